#include "learn/evaluate/trial.h"

#include "base/json.h"
#include "learn/evaluate/learners.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace attune::learn {

namespace {

double seconds_between(base::SteadyTime begin, base::SteadyTime end) {
    return std::chrono::duration<double>(end - begin).count();
}

// As many digits as tell two models apart; the rest is noise that makes files differ.
std::string digits(double value, const char* format = "%.6g") {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), format, value);
    return {text.data(), static_cast<std::size_t>(size)};
}

void append_member(std::string& out, bool& is_first, std::string_view name, double value) {
    out.append(is_first ? "" : ", ");
    is_first = false;
    base::append_json(out, name);
    out.append(": ").append(digits(value));
}

std::string padded(std::string text, std::size_t width, bool to_left) {
    if (text.size() >= width) return text;
    text.insert(to_left ? text.size() : 0, width - text.size(), ' ');
    return text;
}

std::string spelled(const Settings::Given& settings) {
    std::string out;
    for (const auto& [name, value] : settings)
        out.append(out.empty() ? "" : " ").append(name).append("=").append(digits(value));
    return out;
}

Settings::Given given_to(const Learner& learner, const RecommenderTrialOptions& options) {
    const auto found = options.given.find(learner.name);
    return found == options.given.end() ? Settings::Given{} : found->second;
}

SearchOptions search_options(const Learner& learner, const RecommenderTrialOptions& options,
                             const Meters& meters, base::Duration budget) {
    const std::size_t at = options.exam.at.front();
    const auto end = meters.clock.steady_now() + budget;
    return {.at = at,
            .may_repeat = options.exam.may_repeat,
            .is_over = [&clock = meters.clock, end] { return clock.steady_now() >= end; },
            .on_try =
                [&options, at, name = learner.name, highest = 0.0](const Settings::Given& tried,
                                                                   double ndcg) mutable {
                    if (ndcg <= highest) return;
                    highest = ndcg;
                    options.say(std::string(name) + ": ndcg@" + std::to_string(at) + " " +
                                digits(ndcg, "%.5f") + " on the validation with " + spelled(tried));
                }};
}

Result<Found> searched(const Learner& learner, const Settings::Given& given, const Exam& validation,
                       const RecommenderTrialOptions& options, const Meters& meters,
                       base::Duration budget) {
    ATTUNE_TRY(Found found,
               search(learner, given, validation, options.facts,
                      search_options(learner, options, meters, budget), options.training));
    options.say(std::string(learner.name) + ": chose " + spelled(found.given) + " after " +
                std::to_string(found.tries) + " tries");
    return found;
}

using Learned = Result<std::unique_ptr<Recommender>>;

// One learner by itself.
Result<Settings> settings_for(const Learner& learner, const Exam& exam,
                              const RecommenderTrialOptions& options, const Meters& meters) {
    if (!options.search) return Settings::of(learner, given_to(learner, options));
    ATTUNE_TRY(const Exam validation,
               cut_again(exam.train, options.validation, options.training.seed));
    ATTUNE_TRY(const Found found, searched(learner, given_to(learner, options), validation, options,
                                           meters, *options.search));
    return Settings::of(learner, found.given);
}

// The blend: searched members, and the weights told.
Result<BestOptions> best_options_for(const Exam& exam, const RecommenderTrialOptions& options,
                                     const Meters& meters) {
    Settings::Given given = given_to(kBest, options);
    if (!given.contains("at")) given["at"] = static_cast<double>(options.exam.at.front());
    ATTUNE_TRY(const Settings settings, Settings::of(kBest, given));
    BestOptions best = best_options(settings);
    // The cut follows the exam, unless it was told otherwise.
    const std::size_t people_max = best.validation.people_max;
    if (!given.contains("drawn") && !given.contains("candidates"))
        best.validation = options.validation;
    best.validation.people_max = people_max;
    best.given = options.given;
    if (!options.search) return best;

    ATTUNE_TRY(const Exam validation,
               cut_again(exam.train, best.validation, options.training.seed));
    std::vector<const Learner*> members = members_for(best, options.facts);
    std::erase_if(members, [](const Learner* learner) {
        return std::ranges::none_of(learner->settings, &Setting::is_searched);
    });
    for (const Learner* learner : members) {
        auto found = searched(*learner, given_to_member(options.given, *learner, best.pair_people),
                              validation, options, meters,
                              *options.search / static_cast<std::int64_t>(members.size()));
        if (!found && found.error().code == Code::cancelled)
            return std::unexpected(std::move(found).error());
        // Who cannot learn once in its share of the time, or not at all, would take the blend longer than all others together.
        if (!found || found->tries == 0) {
            options.say("best: does without " + std::string(learner->name));
            best.without.emplace(learner->name);
            continue;
        }
        best.given[std::string(learner->name)] = std::move(found->given);
    }
    return best;
}

Learned learn_and_tell(const Exam& exam, BestOptions best, const RecommenderTrialOptions& options,
                       const Meters& meters, Settings::Given& params) {
    const auto begin = meters.clock.steady_now();
    auto member_begin = begin;
    best.on_member = [&](std::string_view name, std::string_view what) {
        member_begin = meters.clock.steady_now();
        options.say("best: " + digits(seconds_between(begin, member_begin), "%.0f") + " s, " +
                    std::string(name) + " " + std::string(what));
    };
    if (options.member_limit)
        best.is_late = [&] {
            return meters.clock.steady_now() - member_begin >= *options.member_limit;
        };
    ATTUNE_TRY(auto learned, learn_best({exam.train, options.facts}, best, options.training));
    for (const BestMember& member : learned.members) {
        options.say("best: " + member.name + " weighs " + digits(member.weight, "%.3f") +
                    "; alone it has ndcg " + digits(member.alone, "%.5f") + " on the validation");
        if (member.weight <= 0) continue;
        params["weight." + member.name] = member.weight;
        for (const auto& [name, value] : member.settings) params[member.name + "." + name] = value;
    }
    options.say("best: ndcg " + digits(learned.ndcg, "%.5f") + " on the validation");
    return std::move(learned.model);
}

}  // namespace

Result<TrialResult> run_trial(const Learner& learner, const Exam& exam,
                              const RecommenderTrialOptions& options, const Meters& meters) {
    if (learner.needs_facts && options.facts == nullptr)
        return fail(Code::invalid_argument,
                    "it compares items by what is known of them, which interactions do not tell");
    const bool is_best = &learner == &kBest;
    BestOptions best;
    TrialResult out{.model = std::string(learner.name)};
    std::optional<Settings> settings;
    if (is_best) {
        ATTUNE_TRY(best, best_options_for(exam, options, meters));
    } else {
        ATTUNE_TRY(settings, settings_for(learner, exam, options, meters));
        out.params = settings->all();
    }

    meters.restart_peak();
    const auto begin = meters.clock.steady_now();
    ATTUNE_TRY(const auto model,
               is_best ? learn_and_tell(exam, std::move(best), options, meters, out.params)
                       : learner.learn({exam.train, options.facts}, *settings, options.training));
    const auto learned = meters.clock.steady_now();
    out.train_seconds = seconds_between(begin, learned);
    out.peak_mb = meters.peak_mb();
    out.model_mb = static_cast<double>(model->bytes()) / 1e6;
    ATTUNE_TRY(auto report, examine(*model, exam, options.exam, options.training));
    out.metrics = std::move(report.metrics);
    out.examine_seconds = seconds_between(learned, meters.clock.steady_now());
    return out;
}

std::string trials_json(std::span<const TrialResult> results) {
    std::string out = "{\"models\": [";
    for (std::size_t i = 0; i < results.size(); ++i) {
        const TrialResult& one = results[i];
        out.append(i == 0 ? "" : ", ").append("{\"model\": ");
        base::append_json(out, std::string_view(one.model));
        out.append(", \"params\": {");
        bool is_first = true;
        for (const auto& [name, value] : one.params) append_member(out, is_first, name, value);
        out.append("}, \"metrics\": {");
        is_first = true;
        for (const Metric& metric : one.metrics)
            append_member(out, is_first, metric.name, metric.value);
        out.append("}, \"train_seconds\": ").append(digits(one.train_seconds, "%.3f"));
        out.append(", \"peak_mb\": ").append(digits(one.peak_mb, "%.1f")).append("}");
    }
    return out.append("]}");
}

std::string trials_table(std::span<const TrialResult> results) {
    std::vector<std::vector<std::string>> rows{{"model"}};
    if (!results.empty())
        for (const Metric& metric : results.front().metrics) rows[0].push_back(metric.name);
    const std::size_t metrics = rows[0].size() - 1;
    rows[0].insert(rows[0].end(), {"train s", "peak MB"});
    for (const TrialResult& one : results) {
        std::vector<std::string> row{one.model};
        for (std::size_t i = 0; i < metrics; ++i)
            row.push_back(i < one.metrics.size() ? digits(one.metrics[i].value, "%.4f") : "");
        row.push_back(digits(one.train_seconds, "%.1f"));
        row.push_back(digits(one.peak_mb, "%.0f"));
        rows.push_back(std::move(row));
    }
    // A model a column: there are many metrics and few models.
    std::vector<std::size_t> widths(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const auto& cell : rows[i]) widths[i] = std::max(widths[i], cell.size());
    std::string out;
    for (std::size_t line = 0; line < rows[0].size(); ++line) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i > 0) out.append("  ");
            out.append(padded(rows[i][line], widths[i], i == 0));
        }
        out.push_back('\n');
    }
    return out;
}

}  // namespace attune::learn
