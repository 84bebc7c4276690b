#include "learn/neighbours/transitions.h"

#include "learn/recommend/budget.h"
#include "learn/recommend/pair_people.h"

#include <array>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "window",
            .doc = "How many steps further on still count as following.",
            .fallback = 8,
            .min = 1,
            .max = TransitionRules::kWindowMax,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 1,
            .search_high = 10},
    Setting{.name = "step_decay",
            .doc = "What a step weighs of the one before it.",
            .fallback = 0.8,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 1},
    Setting{.name = "damping",
            .doc = "The power of an item's popularity that its counts are divided by.",
            .fallback = 0.15,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.6},
    Setting{.name = "source_damping",
            .doc =
                "The power of the popularity of the item gone on from that its counts are divided "
                "by: at 1, each item of a history has the same say.",
            .fallback = 0.4,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{.name = "last",
            .doc = "How many of the latest items of a history are gone on from.",
            .fallback = 10,
            .min = 1,
            .max = 1'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 1,
            .search_high = 50},
    Setting{.name = "recency_decay",
            .doc = "What an item of the history weighs of the one touched after it.",
            .fallback = 0.65,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 1},
    Setting{.name = "backward",
            .doc =
                "What a step back counts of a step ahead: who touched the later item may want the "
                "earlier one.",
            .fallback = 0.4,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{.name = "half_life_days",
            .doc = "After so many days a transition counts half; 0: always the same.",
            .fallback = 0,
            .min = 0,
            .max = 10'000},
    Setting{.name = "followers",
            .doc = "How many followers are kept an item.",
            .fallback = 200,
            .min = 1,
            .max = 100'000,
            .scale = Scale::whole},
    kPairPeople,
    kMemoryGb,
};

constexpr double kSecondsADay = 86'400;

// rows + share × rows transposed.
SparseRows with_backward(SparseRows rows, double share) {
    if (share <= 0) return rows;
    const SparseRows back = rows.transposed();
    const auto scale = static_cast<float>(share);
    SparseRows out;
    out.width = rows.width;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const auto ahead = rows.columns_of(row);
        const auto behind = back.columns_of(row);
        for (std::size_t i = 0, j = 0; i < ahead.size() || j < behind.size();) {
            const bool is_ahead = j == behind.size() || (i < ahead.size() && ahead[i] <= behind[j]);
            const bool is_behind =
                i == ahead.size() || (j < behind.size() && behind[j] <= ahead[i]);
            out.columns.push_back(is_ahead ? ahead[i] : behind[j]);
            float value = 0;
            if (is_ahead) value += rows.values_of(row)[i++];
            if (is_behind) value += scale * back.values_of(row)[j++];
            out.values.push_back(value);
        }
        out.begins.push_back(out.columns.size());
    }
    return out;
}

std::vector<float> powers(std::span<const float> people, double exponent) {
    std::vector<float> out(people.size(), 1);
    for (std::size_t i = 0; i < people.size(); ++i)
        if (people[i] > 0) out[i] = static_cast<float>(std::pow(people[i], exponent));
    return out;
}

Result<std::unique_ptr<Recommender>> learn_transitions(const Lesson& lesson,
                                                       const Settings& settings,
                                                       const Training& training) {
    const TransitionRules rules{.window = settings.whole("window"),
                                .step_decay = settings["step_decay"],
                                .half_life = settings["half_life_days"] * kSecondsADay,
                                .followers = settings.whole("followers"),
                                .people_min = settings.whole(kPairPeople.name)};
    // The counts, a copy in rows, the same turned around, and both together.
    constexpr double kCopies = 5;
    ATTUNE_TRY_VOID(check_budget(
        kTransitions.name,
        kCopies * TransitionCounts::bytes_for(lesson.interactions, rules, training.threads),
        settings["memory_gb"], "fewer followers"));
    ATTUNE_TRY(const auto counts, TransitionCounts::of(lesson.interactions, rules, training));
    return transitions_of(counts, {.damping = settings["damping"],
                                   .source_damping = settings["source_damping"],
                                   .last = settings.whole("last"),
                                   .recency_decay = settings["recency_decay"],
                                   .backward = settings["backward"]});
}

Result<std::unique_ptr<Recommender>> load_transitions(ModelReader& reader) {
    return ItemRows::load(kTransitions.name, reader);
}

}  // namespace

std::unique_ptr<Recommender> transitions_of(const TransitionCounts& counts,
                                            const TransitionReading& reading) {
    SparseRows rows = with_backward(counts.followers(), reading.backward);
    const auto to = powers(counts.people(), -reading.damping);
    const auto from = powers(counts.people(), -reading.source_damping);
    for (std::size_t row = 0; row < rows.rows(); ++row)
        for (std::uint64_t i = rows.begins[row]; i < rows.begins[row + 1]; ++i)
            rows.values[i] *= from[row] * to[rows.columns[i]];
    return std::make_unique<ItemRows>(
        kTransitions.name, std::move(rows),
        HistoryReading{.last = reading.last,
                       .step_decay = static_cast<float>(reading.recency_decay)});
}

const Learner kTransitions{
    .name = "transitions",
    .summary = "What people went on to from what somebody touched last: decayed counts of steps.",
    .settings = kSettings,
    .learn = &learn_transitions,
    .load = &load_transitions};

}  // namespace attune::learn
