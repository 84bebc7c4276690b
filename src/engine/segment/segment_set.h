// SegmentSet: all of a tenant's segments, in an order in which each comes after those that it asks for.
//
//     ATTUNE_TRY(const auto set, SegmentSet::compile(definitions));
//     const auto lasting = set->lasting(facts);                    // once for each version of a profile
//     for (const SegmentSet::Place in : set->members(facts, lasting)) use(set->id(in));
//
// Most conditions look at nothing but the person, so what they come to holds for as long as the profile does; the others,
// which look at the session or the time or ask for one that does, are worked out each time.
//
// Immutable and thread-safe.
#pragma once

#include "base/id128.h"
#include "base/time.h"
#include "engine/definitions/definition_store.h"
#include "engine/logic/logic_budget.h"
#include "engine/segment/compiled_segment.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace attune::engine {

// What conditions of segments look into.
struct SegmentFacts {
    LogicValue profile;
    LogicValue interests;
    LogicValue session;             // not asked by lasting()
    LogicValue time;                // not asked by lasting()
    base::Time now{};               // not asked by lasting()
    LogicBudget* budget = nullptr;  // of the request; null: one of their own
};

class SegmentSet {
public:
    // A segment's number in this set, in the order of ids.
    using Place = std::uint32_t;

    // Also those that are paused or drafts. invalid_argument names the place in the one that is being saved (whose version
    // is not known yet), and of segments that go in a circle the whole circle.
    [[nodiscard]] static Result<std::shared_ptr<const SegmentSet>> compile(
        std::span<const Definition> definitions);

    // Those that somebody is in for as long as nothing more is known of them; sorted. It is kept, so it has a budget of its own:
    // those that all together take more work than that are empty.
    [[nodiscard]] std::vector<Place> lasting(const SegmentFacts& facts) const;
    // All that they are in now, given those; sorted. Takes its work off the budget.
    [[nodiscard]] std::vector<Place> members(const SegmentFacts& facts,
                                             std::span<const Place> lasting) const;

    [[nodiscard]] std::string_view id(Place place) const { return segments_[place].id; }
    // Also of those that are paused or drafts.
    [[nodiscard]] bool has(std::string_view id) const;
    [[nodiscard]] std::size_t size() const { return segments_.size(); }
    // Whether all that there is lasts.
    [[nodiscard]] bool is_lasting() const { return momentary_.empty(); }
    // The same for sets that come to the same: what was worked out by one holds in the other.
    [[nodiscard]] const base::Id128& fingerprint() const { return fingerprint_; }

private:
    Result<void> arrange(std::span<const Definition> definitions);
    void evaluate(std::span<const Place> order, const SegmentFacts& facts, LogicBudget& budget,
                  std::vector<Place>& in) const;

    std::vector<CompiledSegment> segments_;  // by id
    std::vector<Place> lasting_;             // active ones, each after those that it asks for
    std::vector<Place> momentary_;           // the same
    base::Id128 fingerprint_{};
};

}  // namespace attune::engine
