// What an OutcomeReading knows, in a checkpoint: written and read some at a time (follow/reading_keeper.h). What is read is exactly what
// was written; items alone have the numbers that they have in this process. Internal to outcomes.
#pragma once

#include "engine/follow/reading_keeper.h"
#include "engine/outcomes/lists_image.h"
#include "engine/outcomes/outcome_reading.h"

namespace attune::engine {

// Raised when what is in it changes, or what is read out of an event (item_event.h, shown_list.h) or made of it.
inline constexpr CheckpointFormat kOutcomesFormat{.kind = "outcomes", .version = 2};

class OutcomeSaver final : public KnowledgeSaver {
public:
    explicit OutcomeSaver(const OutcomeReading& of);
    [[nodiscard]] Result<bool> step(CheckpointWriter& to) override;

private:
    enum class Part : std::uint8_t { items, small, ratings, counts, lists, done };
    [[nodiscard]] ItemsNamed items() const;
    [[nodiscard]] Result<void> save_weights(CheckpointWriter& to) const;
    [[nodiscard]] Result<void> save_tried(CheckpointWriter& to) const;
    [[nodiscard]] Result<bool> save_ratings(CheckpointWriter& to);
    [[nodiscard]] Result<bool> save_counts(CheckpointWriter& to);

    const OutcomeReading& of_;
    Part part_ = Part::items;
    decltype(ItemRatings::by_person_)::const_iterator person_;
    decltype(OutcomeReading::counts_)::const_iterator placement_;
    ListsSaver lists_;
};

class OutcomeLoader final : public KnowledgeLoader {
public:
    explicit OutcomeLoader(OutcomeReading& of) : of_(of) {}
    [[nodiscard]] Result<bool> step(CheckpointReader& from) override;
    void take(const LogMark& mark) override;

private:
    enum class Part : std::uint8_t { items, small, ratings, counts, lists, done };
    [[nodiscard]] Result<void> load_weights(CheckpointReader& from);
    [[nodiscard]] Result<void> load_tried(CheckpointReader& from);
    [[nodiscard]] Result<void> load_tallies(CheckpointReader& from, ItemTalliesWriter& to) const;
    [[nodiscard]] Result<bool> load_ratings(CheckpointReader& from);
    [[nodiscard]] Result<bool> load_counts(CheckpointReader& from);
    [[nodiscard]] Result<void> load_seen(CheckpointReader& from, ItemsSeen& to) const;

    OutcomeReading& of_;
    Part part_ = Part::items;
    ItemsThen items_;
    LearnedWeights learned_;
    TriedCounts tried_;
    ItemRatings ratings_;
    std::uint64_t answered_lists_ = 0;
    std::map<std::string, PlacementCounts, std::less<>> counts_;
    std::optional<std::uint64_t> left_;  // of a part that is read some at a time
    ListsLoader lists_;
};

}  // namespace attune::engine
