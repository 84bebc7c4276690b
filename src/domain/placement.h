// Placement: a place where items are shown (the home page's first row, the basket's "goes well with") and how they are
// chosen for it: where candidates come from, what may be shown, what stands where, how alike it may all be, and what is tried out.
#pragma once

#include "base/flat_map.h"
#include "base/json_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

enum class PlacementStatus : std::uint8_t { active, paused, draft };

enum class PlacementSourceKind : std::uint8_t {
    model,       // the tenant's published model
    after,       // what people went on to after what this one touched last
    similar,     // like the items that were asked with, else like those touched last
    content,     // by nature like what this one likes
    popular,     // what most people touched
    trending,    // what is touched more than it used to be
    fresh,       // what is newest in the catalogue
    nearby,      // near the place that was asked with
    peers,       // what people of like taste touched
    interests,   // popular among the categories and tags this one likes
    unfinished,  // what this one touched lately and did not buy
};

struct PlacementSource {
    PlacementSourceKind kind = PlacementSourceKind::popular;
    double weight = 1;
    std::uint32_t limit = 200;
};

struct PlacementBoost {
    base::JsonText condition;  // JSONLogic over item and all that rules see
    double factor = 1;         // above 1 lifts, below 1 buries
    std::optional<std::string> name;
};

struct PlacementPin {
    std::string item_id;
    std::uint32_t slot = 1;    // 1 is the first
    base::JsonText condition;  // left out: always
};

// What brings the candidates of all sources into one order.
enum class PlacementRanking : std::uint8_t {
    written,  // the weights of the sources, as they are written
    learned,  // weights that start as written and move with what people choose
    ranker,   // the tenant's published ranker; learned weights until there is one
};

enum class PlacementLabel : std::uint8_t { category, tag, brand };

struct PlacementCap {
    PlacementLabel by = PlacementLabel::brand;
    std::uint32_t max = 1;
};

struct PlacementSeen {
    std::vector<std::string> events;  // "purchase", "view", …
    double within_days = 30;
};

enum class PlacementDiversityMethod : std::uint8_t {
    mmr,         // each item unlike those before it
    calibrated,  // in the person's own mix of categories
};

struct PlacementDiversity {
    PlacementDiversityMethod method = PlacementDiversityMethod::mmr;
    double strength = 0.3;  // 0: none; 1: nothing else counts
};

// What chance goes by.
enum class PlacementExplorationBy : std::uint8_t {
    uniform,   // any item that is left, each alike
    thompson,  // each as likely as it is to be the one that people choose most often here, by what is known of it so far
};

struct PlacementExploration {
    std::uint32_t slots = 1;  // the last ones
    double share = 1;         // of each slot: how often it explores
    PlacementExplorationBy by = PlacementExplorationBy::uniform;
};

// What was shown to somebody and not chosen sinks the next time.
struct PlacementFatigue {
    double strength = 0.1;      // how much of its score each time costs; 0: none
    double half_life_days = 7;  // after so long, a time counts for half
};

// Which version of this placement is used for whom: an experiment's variants name versions.
struct PlacementTrial {
    std::string experiment;
    base::FlatMap<std::string, std::uint64_t> versions;  // by variant; another one gets the newest
};

struct Placement {
    std::string name;
    std::optional<std::string> description;
    PlacementStatus status = PlacementStatus::active;
    std::vector<PlacementSource> sources;  // none: those that do well in general
    // None: by the ranker where no sources are written, else as written.
    std::optional<PlacementRanking> ranking;
    base::JsonText filter;  // JSONLogic: who passes may be shown
    std::vector<PlacementBoost> boosts;
    std::vector<PlacementPin> pins;
    std::vector<PlacementCap> caps;
    std::vector<PlacementSeen> exclude_seen;
    std::optional<PlacementDiversity> diversity;
    std::optional<PlacementExploration> exploration;
    std::optional<PlacementFatigue> fatigue;  // none: a little
    std::uint32_t limit = 10;
    std::optional<PlacementTrial> trial;
    std::optional<std::string> owner;
    std::vector<std::string> tags;
};

}  // namespace attune::domain
