#include "learn/evaluate/search.h"

#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace attune::learn {

namespace {

// Draws before the first step around the best: enough to see every setting low and high a few times.
constexpr unsigned kDrawsLeast = 6;
constexpr double kStepShare = 0.65;  // of the tries after that; the others are draws again
constexpr double kStepWidth = 0.18;  // the deviation of a step, in parts of the bounds

// Each learner draws its own way, so that adding one to a blend does not change the others.
std::uint64_t seed_of(std::uint64_t seed, std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return seed ^ hash;
}

double normal(base::Random& random) {
    const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
    return radius * std::cos(2 * std::numbers::pi * random.unit());
}

// A setting's value as a part of the way through its bounds, and back.
bool is_logarithmic(const Setting& setting) {
    return setting.search_low > 0 &&
           (setting.scale == Scale::logarithmic ||
            (setting.scale == Scale::whole && setting.search_high / setting.search_low >= 16));
}
double part_of(const Setting& setting, double value) {
    const double low = setting.search_low;
    const double high = setting.search_high;
    value = std::clamp(value, low, high);
    if (is_logarithmic(setting)) return std::log(value / low) / std::log(high / low);
    return (value - low) / (high - low);
}
double value_at(const Setting& setting, double part) {
    const double low = setting.search_low;
    const double high = setting.search_high;
    const double value =
        is_logarithmic(setting) ? low * std::pow(high / low, part) : low + (high - low) * part;
    if (setting.scale == Scale::whole) return std::clamp(std::round(value), low, high);
    // Three digits: what is printed is what was used.
    const double digit = std::pow(10, std::floor(std::log10(std::max(std::abs(value), 1e-12))) - 2);
    return std::clamp(std::round(value / digit) * digit, low, high);
}

Settings::Given drawn(std::span<const Setting> searched, Settings::Given from,
                      base::Random& random) {
    for (const Setting& setting : searched)
        from[std::string(setting.name)] = value_at(setting, random.unit());
    return from;
}

Settings::Given step_from(std::span<const Setting> searched, Settings::Given from,
                          base::Random& random) {
    // One setting changes for certain, each other one every third time.
    const std::size_t certain = random.below(searched.size());
    for (std::size_t i = 0; i < searched.size(); ++i) {
        if (i != certain && random.unit() > 1.0 / 3) continue;
        const Setting& setting = searched[i];
        double& value = from[std::string(setting.name)];
        const double part = part_of(setting, value) + kStepWidth * normal(random);
        value = value_at(setting, std::clamp(part, 0.0, 1.0));
    }
    return from;
}

std::vector<Setting> searched_settings(const Learner& learner, const Settings::Given& given,
                                       const Settings::Given& at_most) {
    std::vector<Setting> searched;
    for (const Setting& setting : learner.settings) {
        if (!setting.is_searched || given.contains(setting.name)) continue;
        searched.push_back(setting);
        if (const auto most = at_most.find(setting.name); most != at_most.end())
            searched.back().search_high =
                std::clamp(most->second, setting.search_low, setting.search_high);
    }
    return searched;
}

// What was found good before, of the settings that are searched.
Settings::Given taken_over(std::span<const Setting> searched, Settings::Given from,
                           const Settings::Given& also) {
    for (const Setting& setting : searched)
        if (const auto value = also.find(setting.name); value != also.end())
            from[std::string(setting.name)] =
                std::clamp(value->second, setting.min, std::min(setting.max, setting.search_high));
    return from;
}

}  // namespace

bool has_searched_settings(const Learner& learner, const Settings::Given& given) {
    return !searched_settings(learner, given, {}).empty();
}

Result<Found> search(const Learner& learner, const Settings::Given& given, const Exam& validation,
                     const ItemFacts* facts, const SearchOptions& options,
                     const Training& training) {
    const std::vector<Setting> searched = searched_settings(learner, given, options.at_most);
    const ExamOptions asked{
        .at = {options.at}, .may_repeat = options.may_repeat, .beyond_accuracy = false};

    const auto judge = [&](const Settings& settings) -> Result<double> {
        std::stop_source stop;
        Training inner = training;
        inner.stop = stop.get_token();
        inner.progress = [&](double) {
            if (options.is_over() || training.stop.stop_requested()) stop.request_stop();
        };
        ATTUNE_TRY(const auto model, learner.learn({validation.train, facts}, settings, inner));
        ATTUNE_TRY(const auto report, examine(*model, validation, asked, training));
        return report["ndcg@" + std::to_string(options.at)];
    };

    base::SeededRandom random(seed_of(training.seed, learner.name));
    const auto draws = std::max<unsigned>(kDrawsLeast, 2 * static_cast<unsigned>(searched.size()));
    Found best;
    std::optional<Error> problem;
    bool is_found = false;
    ATTUNE_TRY(const Settings first, Settings::of(learner, given));
    const unsigned tries = searched.empty() ? 0 : options.tries_max;
    for (unsigned i = 0; i <= tries && !(i > 0 && options.is_over()); ++i) {
        Settings::Given tried = first.all();
        if (i > 0 && i <= options.also.size()) {
            tried = taken_over(searched, std::move(tried), options.also[i - 1]);
            if (tried == first.all()) continue;
        } else if (i > draws + options.also.size() && is_found && random.unit() < kStepShare) {
            tried = step_from(searched, best.given, random);
        } else if (i > 0) {
            tried = drawn(searched, std::move(tried), random);
        }
        ATTUNE_TRY(const Settings settings, Settings::of(learner, tried));
        const auto ndcg = judge(settings);
        if (training.stop.stop_requested()) return fail(Code::cancelled, "the search was stopped");
        if (!ndcg) {
            // Out of time in the middle of a try: what was found before counts.
            if (ndcg.error().code == Code::cancelled) break;
            problem = ndcg.error();
            continue;
        }
        ++best.tries;
        if (options.on_try) options.on_try(tried, *ndcg);
        if (is_found && *ndcg <= best.ndcg) continue;
        is_found = true;
        best.ndcg = *ndcg;
        best.given = std::move(tried);
    }
    if (is_found) return best;
    if (problem) return std::unexpected(*std::move(problem));
    // Not even one was learned in time: what was given is as good as any.
    best.given = first.all();
    return best;
}

}  // namespace attune::learn
