// ModelEntry: what the registry of models keeps of one: how it was asked for, what it was learned from, how good it was found to
// be beside the champion of then and beside popularity, and what became of it.
//
// There are two kinds: a recommender finds items for people from what they touched; a ranker orders what others found, from what
// people chose of what they were shown.
//
//     waiting → training → ready → published → retired          and from the first two: failed, cancelled
//
// At most one of a tenant's models of each kind is published.
#pragma once

#include "base/flat_map.h"
#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

enum class ModelKind : std::uint8_t { recommender, ranker };

enum class ModelState : std::uint8_t {
    waiting,    // for its turn
    training,   // now
    ready,      // learned, and not published
    published,  // answers
    retired,    // was published, and may be again
    failed,     // `reason` says why
    cancelled,
};

using NumbersByName = base::FlatMap<std::string, double>;

// How much single accounts may teach (learn/recommend/influence.h). Beside these, what somebody says about an item counts for less than 10 in
// all and of everybody the newest 500 touches count, always.
struct TrainingBounds {
    double young_days = 7;  // an account is young for so long after its first touch
    double young_growth =
        3;  // an item's young people in a window over as many as chance would bring; 0: any
    double surge_growth = 0;  // an item's people in a window over the most in any before; 0: any
    double surge_least = 5;   // people more that both let through, so that what is new can begin
    double window_days = 7;
    bool leaves_out_suspects =
        false;                     // who was young in a surge of ten times what chance would bring
    std::uint32_t people_min = 2;  // an item that fewer touched is in no model of what people did

    bool operator==(const TrainingBounds&) const = default;
};

struct TrainingRequest {
    std::string learner = "ials";  // "ranker" for a ranker
    NumbersByName settings;        // of the learner; its own defaults for the others
    std::uint64_t seed = 1;
    bool publish = true;  // when it is found to be better
    // Settings that are not given are searched first, until one of the two is used up; 0: not by that.
    double search_minutes = 0;
    std::uint32_t search_tries = 0;
    TrainingBounds bounds;
};
[[nodiscard]] constexpr bool searches(const TrainingRequest& request) {
    return request.search_minutes > 0 || request.search_tries > 0;
}

// What a tenant wants to be trained by itself.
struct TrainingPlan {
    TrainingRequest request;
    double every_hours = 0;  // 0: not by time
    std::uint64_t after_touches =
        0;  // so many more or fewer than the last one learned from; 0: not by change
    double ranker_every_hours = 0;         // the same for a ranker by its defaults; 0: not by time
    std::uint64_t ranker_after_lists = 0;  // so many more that somebody chose from; 0: not by them
    std::uint32_t keep = 5;                // models that can be published; the oldest go first
};

[[nodiscard]] constexpr bool trains_by_itself(const TrainingPlan& plan) {
    return plan.every_hours > 0 || plan.after_touches > 0 || plan.ranker_every_hours > 0 ||
           plan.ranker_after_lists > 0;
}

// What a search for settings tried, on data that is older than what a model is judged on.
struct SearchTry {
    NumbersByName settings;
    double ndcg = 0;  // @10
};
struct SettingsSearch {
    std::uint32_t tried = 0;
    double seconds = 0;
    std::vector<SearchTry> best;  // the best first, at most 20
};

struct ModelEntry {
    std::string id;
    ModelKind kind = ModelKind::recommender;
    std::string by;  // the key that asked, "schedule" or "change"
    TrainingRequest request;
    ModelState state = ModelState::waiting;
    std::optional<std::string> reason;  // of a failure, or why it was not published
    base::Time created_at;
    std::optional<base::Time> trained_at;
    std::optional<base::Time>
        published_at;     // last by a call or for being better; rolling back leaves it
    double progress = 0;  // 0 to 1

    NumbersByName settings;  // all of them, as it was learned
    std::optional<SettingsSearch> search;
    std::uint64_t people = 0;
    std::uint64_t items = 0;
    std::uint64_t touches = 0;
    std::uint64_t lists = 0;  // of a ranker: that people chose something from
    std::uint64_t answered_lists =
        0;  // of a ranker: that had been by then, also those it does not learn from
    std::uint64_t all_touches =
        0;  // of a recommender: that there were by then, also those it does not learn from
    std::uint64_t held_back = 0;            // of touches, by the request's bounds
    std::optional<std::uint64_t> suspects;  // people; empty where no bound looked for them
    std::optional<base::Time> data_from;
    std::optional<base::Time> data_until;

    NumbersByName
        metrics;  // ndcg@10, hr@10, …: of the newest tenth of the data, learned from the rest
    std::optional<std::string> champion;  // the one published then, made and asked alike
    NumbersByName champion_metrics;
    NumbersByName popularity_metrics;
    NumbersByName shown_metrics;  // of a ranker: of the order that people were shown

    std::uint64_t bytes = 0;
    std::uint32_t chunks = 0;
    double seconds = 0;
};

// Whether its bytes are there.
[[nodiscard]] constexpr bool has_model(ModelState state) {
    return state == ModelState::ready || state == ModelState::published ||
           state == ModelState::retired;
}
[[nodiscard]] constexpr bool is_under_way(ModelState state) {
    return state == ModelState::waiting || state == ModelState::training;
}

}  // namespace attune::engine
