// Worth: what recommending is worth, found out where the truth is known. A shop opens in the simulated world with a whole engine
// behind it: first it shows everybody what the storefront shows, then it leaves its home page to chance for some days, then an
// experiment of the engine's own gives half of the people what is popular and the other half what the engine recommends.
//
//     ATTUNE_TRY(const auto report, find_worth({.people = 2'000, .days = 30}, {}));
//     report.lift.effect          // of clicks a person, against what is popular
//     report.estimate.value       // the click rate that was promised before anybody saw it …
//     report.estimate.happened    // … and the one that came of it
//
// The engine learns from events alone, as it does for anybody: nothing of the world's truth reaches it. The same options give the same
// days; figures of models, and what rests on them, may differ in their last digits. Takes minutes for a thousand people and a month; memory for everything that they do.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

struct WorthOptions {
    std::uint64_t seed = 1;
    std::uint32_t people = 2'000;
    std::uint32_t items = 1'000;
    std::uint32_t history_days = 14;     // of the storefront, before anything is chosen
    std::uint32_t explore_days = 14;     // of lists that are left to chance
    std::uint32_t days = 30;             // of the experiment
    std::uint32_t learn_every_days = 7;  // from when the history is over
};

// What a variant's people were shown in that time, and what they did with it.
struct Engagement {
    std::uint64_t answers = 0;
    std::uint64_t shown = 0;  // items in those answers
    std::uint64_t clicks = 0;
    std::uint64_t acquired = 0;  // bought or installed

    [[nodiscard]] double click_rate() const {
        return shown == 0 ? 0 : static_cast<double>(clicks) / static_cast<double>(shown);
    }
};

struct WorthDay {
    std::uint32_t day = 0;  // of the experiment, from 1
    Engagement control;
    Engagement treatment;
};

// As the experiment's own results say it.
struct WorthLift {
    std::string metric;
    std::uint64_t control_people = 0;
    std::uint64_t treatment_people = 0;
    double control_mean = 0;
    double treatment_mean = 0;
    // Relative, with an interval that holds however often somebody looks; empty while there are too few people.
    std::optional<double> effect;
    std::array<std::optional<double>, 2> ci;
    std::optional<double> p_value;
};

// The treatment's click rate as it was estimated from the days of chance, and what then happened.
struct WorthEstimate {
    std::uint64_t rows = 0;     // places in lists that were left to chance
    std::uint64_t matched = 0;  // of those, where chance chose as the treatment would have
    double logged = 0;          // the click rate of chance
    double ips = 0;
    double snips = 0;
    double value = 0;  // doubly robust
    std::optional<std::array<double, 2>> ci;
    double happened = 0;
    bool is_within = false;
    std::vector<std::string> warnings;
};

// A model that was learned on the way.
struct WorthModel {
    std::string learner;
    std::string state;  // in the end: "published", or "retired" when it answered before
    std::optional<std::string> reason;  // why it was not published
    std::uint64_t touches = 0;          // that it was learned from
    double ndcg = 0;                    // of the newest tenth of them, learned from the rest
    double popularity_ndcg = 0;
};

struct WorthReport {
    WorthOptions options;
    std::uint64_t events = 0;  // that the engine was told
    Engagement control;
    Engagement treatment;
    std::vector<WorthDay> by_day;
    std::vector<WorthLift> lifts;  // the first is the question: clicks a person
    std::string verdict;           // "ship", "continue", …
    std::string reason;
    WorthEstimate estimate;
    std::vector<WorthModel> models;  // that are kept; the newest first
};

// Told after each day: of how many, and how many events so far.
using WorthProgress =
    std::function<void(std::uint32_t day, std::uint32_t days, std::uint64_t events)>;

// invalid_argument names an option that is out of bounds; resource_exhausted and others as the engine says them.
[[nodiscard]] Result<WorthReport> find_worth(const WorthOptions& options,
                                             const WorthProgress& progress);

}  // namespace attune::engine
