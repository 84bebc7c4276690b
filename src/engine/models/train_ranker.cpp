#include "engine/models/train_ranker.h"

#include "base/field_error.h"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

namespace attune::engine {
namespace {

constexpr double kHeldOut = 0.2;
constexpr std::size_t kNdcgAt = 10;
constexpr std::string_view kNdcg = "ndcg@10";

struct Setting {
    std::string_view name;
    double low;
    double high;
    double (*get)(const learn::RankerOptions&);
    void (*set)(learn::RankerOptions&, double);
};

constexpr std::array<Setting, 4> kSettings{
    {{"trees", 1, 2'000, [](const auto& from) { return static_cast<double>(from.trees_max); },
      [](auto& to, double value) { to.trees_max = static_cast<unsigned>(value); }},
     {"depth", 1, 10, [](const auto& from) { return static_cast<double>(from.depth); },
      [](auto& to, double value) { to.depth = static_cast<unsigned>(value); }},
     {"learning_rate", 0.001, 1, [](const auto& from) { return from.learning_rate; },
      [](auto& to, double value) { to.learning_rate = value; }},
     {"regularization", 0, 1'000, [](const auto& from) { return from.regularization; },
      [](auto& to, double value) { to.regularization = value; }}}};

NumbersByName settings_of(const learn::RankerOptions& options) {
    NumbersByName all;
    for (const Setting& one : kSettings) all[std::string(one.name)] = one.get(options);
    return all;
}

learn::Training part_of(const learn::Training& whole, double from, double to) {
    learn::Training part = whole;
    if (whole.progress)
        part.progress = [tell = whole.progress, from, to](double done) {
            tell(from + done * (to - from));
        };
    return part;
}

// On the lists from `begin` on, of what was learned from those before it.
Result<double> mark_of(const RankerLessons& lessons, const learn::RankerOptions& options,
                       std::size_t begin, const learn::Training& training) {
    ATTUNE_TRY(const learn::LearnedRanker learned,
               learn::learn_ranker(lessons.log.part(0, begin), lessons.names, lessons.bias, options,
                                   training));
    const learn::RankingLog held_out = lessons.log.part(begin, lessons.log.decisions());
    std::vector<float> scores(held_out.gains.size());
    learned.ranker.score(held_out.rows, scores);
    return learn::ndcg(held_out, scores, lessons.bias, kNdcgAt);
}

double mark_of_the_order_shown(const RankerLessons& lessons, std::size_t begin) {
    const learn::RankingLog held_out = lessons.log.part(begin, lessons.log.decisions());
    std::vector<float> scores;
    for (const std::uint16_t position : held_out.positions)
        scores.push_back(-static_cast<float>(position));
    return learn::ndcg(held_out, scores, lessons.bias, kNdcgAt);
}

NumbersByName mark(double ndcg) {
    NumbersByName out;
    out[std::string(kNdcg)] = ndcg;
    return out;
}

double ndcg_in(const NumbersByName& marks) {
    const double* const found = marks.find(kNdcg);
    return found == nullptr ? 0 : *found;
}

std::string shown(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4f", value);
    return text.data();
}

}  // namespace

Result<learn::RankerOptions> ranker_options(const NumbersByName& settings) {
    learn::RankerOptions options;
    for (const auto& [name, value] : settings) {
        const auto known =
            std::ranges::find_if(kSettings, [&](const Setting& one) { return one.name == name; });
        const std::string pointer = "/settings/" + name;
        if (known == kSettings.end())
            return fail_field(pointer,
                              "a ranker has trees, depth, learning_rate and regularization");
        if (!(value >= known->low && value <= known->high))
            return fail_field(pointer,
                              "must be " + shown(known->low) + " to " + shown(known->high));
        known->set(options, value);
    }
    return options;
}

Result<TrainedRanker> train_ranker(const RankerLessons& lessons,
                                   const learn::RankerOptions& options,
                                   const std::optional<NumbersByName>& champion,
                                   const learn::Training& training) {
    const std::size_t lists = lessons.log.decisions();
    const auto begin = static_cast<std::size_t>(static_cast<double>(lists) * (1 - kHeldOut));
    if (begin < options.decisions_min)
        return fail(Code::failed_precondition,
                    "a ranker learns from lists that somebody chose from: there are " +
                        std::to_string(lists) + ", and " +
                        std::to_string(options.decisions_min * 5 / 4) + " are needed",
                    "too_few_decisions");
    ATTUNE_TRY(const double ours, mark_of(lessons, options, begin, part_of(training, 0, 0.4)));
    NumbersByName champion_metrics;
    if (champion) {
        const auto recipe = ranker_options(*champion);
        auto theirs = recipe ? mark_of(lessons, *recipe, begin, part_of(training, 0.4, 0.6))
                             : Result<double>(std::unexpected(recipe.error()));
        if (!theirs && theirs.error().code == Code::cancelled)
            return std::unexpected(theirs.error());
        if (theirs) champion_metrics = mark(*theirs);
    }
    ATTUNE_TRY(learn::LearnedRanker learned,
               learn::learn_ranker(lessons.log, lessons.names, lessons.bias, options,
                                   part_of(training, 0.6, 1)));
    return TrainedRanker{.ranker = std::move(learned.ranker),
                         .settings = settings_of(options),
                         .metrics = mark(ours),
                         .champion_metrics = std::move(champion_metrics),
                         .shown_metrics = mark(mark_of_the_order_shown(lessons, begin))};
}

std::optional<std::string> why_not_better(const TrainedRanker& trained, bool is_same_recipe) {
    const double ours = ndcg_in(trained.metrics);
    const double before = ndcg_in(trained.shown_metrics);
    const std::string name(kNdcg);
    if (ours <= before)
        return name + " is " + shown(ours) + ", and that of the order that was shown " +
               shown(before);
    if (is_same_recipe || trained.champion_metrics.empty()) return std::nullopt;
    const double champion = ndcg_in(trained.champion_metrics);
    if (ours <= champion)
        return name + " is " + shown(ours) + ", and that of the published recipe " +
               shown(champion);
    return std::nullopt;
}

}  // namespace attune::engine
