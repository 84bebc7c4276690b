// OutcomeReading: one tenant's log as it is read for Outcomes, a batch at a time. Internal to outcomes. Not thread-safe.
//
// It begins with what a checkpoint knows, where there is a sound one (follow/reading_keeper.h). Weights and counts keep what somebody
// added who was erased since, so none is written from then on until the log has
// been read anew: within a day, while the old reading answers.
#pragma once

#include "engine/follow/reading_keeper.h"
#include "engine/outcomes/item_ratings.h"
#include "engine/outcomes/learned_weights.h"
#include "engine/outcomes/placement_counts.h"
#include "engine/outcomes/tried_items.h"

#include <memory>

namespace attune::engine {

// What answers go by; none is null.
struct OutcomesInForce {
    std::shared_ptr<const WeightsInForce> weights;
    std::shared_ptr<const TriedInForce> tried;
    std::shared_ptr<const ItemTallies> ratings;
};

class OutcomeReading final : private OutcomeListener, private KeptReading {
public:
    static constexpr std::size_t kPlacementsMax = 2'000;

    // They outlive it; without checkpoints all of the log is read.
    OutcomeReading(store::Store& store, TenantId tenant, std::shared_ptr<ItemNumbers> numbers,
                   const WeightTable& weights, Checkpoints* checkpoints);

    // True when everything committed when it began is read. What fails is tried again from where it was.
    [[nodiscard]] Result<bool> step(const WeightTable& weights);
    void forget(const store::PersonId& person);

    [[nodiscard]] ReadingKeeper& keeper() { return keeper_; }
    // What an event weighs is settled when it is read: of other weights, it is all read again.
    [[nodiscard]] bool is_of(const WeightTable& weights) const {
        return fingerprint_ == weights.fingerprint() && !keeper_.is_to_be_renewed();
    }
    [[nodiscard]] std::shared_ptr<const OutcomesInForce> view();
    // That somebody chose from.
    [[nodiscard]] std::uint64_t answered_lists() const { return answered_lists_; }
    // Null where nothing was shown.
    [[nodiscard]] const PlacementCounts* counts(std::string_view placement) const;

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    [[nodiscard]] Result<bool> read_log(const WeightTable& weights);
    [[nodiscard]] LogMark mark() const override { return mark_; }
    [[nodiscard]] std::uint64_t bytes() const override;
    [[nodiscard]] std::unique_ptr<KnowledgeSaver> save() override;
    [[nodiscard]] std::unique_ptr<KnowledgeLoader> load() override;
    [[nodiscard]] Result<void> rate(const store::PersonId& person, const ItemEvent& event);
    void shown(const OpenList& list) override;
    void answered(const OpenList& list, const ListAnswer& answer) override;

    store::Store& store_;
    const TenantId tenant_;
    const std::shared_ptr<ItemNumbers> numbers_;
    const std::uint64_t fingerprint_;
    store::Position upto_;
    LogMark mark_;
    LearnedWeights learned_;
    TriedCounts tried_;
    ItemRatings ratings_;
    WholePeople whole_;  // who gave what
    std::uint64_t answered_lists_ = 0;
    std::map<std::string, PlacementCounts, std::less<>> counts_;
    OpenLists lists_;
    ReadingKeeper keeper_;
};

}  // namespace attune::engine
