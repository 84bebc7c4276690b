// Transition counts: how many people went on from one item to another, and how soon. Made of whole histories at once, or
// event by event as they happen; both ways lead to the same counts.
//
//     TransitionCounts counts(items, {.window = 8, .half_life = 30 * 86'400.0});
//     counts.add(history, touch);               // somebody with that history touched this now
//     counts.forget(history);                   // … and asked to be forgotten
//     const SparseRows next = counts.followers();   // for a recommender: a copy as of now
//
// From one item to the next counts 1, over one step more `step_decay` of that, and so on up to `window` steps. Whoever goes
// the same way again counts as often as they did best, so that nobody adds more than 1 to a pair, however often they
// repeat it. With a half-life, what happened longer ago weighs less; the counts are then relative to a landmark in time that
// moves along, so only the ratios between them mean something.
//
// Memory: 8 bytes a follower, at most followers + followers / 4 of them an item: 100,000 items with 200 followers each take
// 200 MB when all of them are full, which few items of a real catalogue ever are. When an item has more, the least of
// them go; those could have grown later, so counts of items with more followers than are kept are a lower bound.
//
// One writer at a time; whoever reads at the same time reads a copy.
#pragma once

#include "learn/recommend/interactions.h"
#include "learn/recommend/learner.h"

#include <array>

namespace attune::learn {

struct TransitionRules {
    static constexpr std::uint32_t kWindowMax = 16;

    std::uint32_t window = 8;  // at most kWindowMax
    double step_decay = 0.8;
    double half_life = 0;           // in seconds; 0: what happened long ago counts like today
    std::uint32_t followers = 200;  // kept an item, at least 1
    // Of whole histories: what fewer different people went on to is not counted. Event by event, everything is.
    std::uint32_t people_min = 1;
    std::uint32_t history = 200;  // so much of somebody's past is looked through for repetitions
};

class TransitionCounts {
public:
    TransitionCounts(ItemIndex items, const TransitionRules& rules);

    // Of everybody's histories. cancelled.
    [[nodiscard]] static Result<TransitionCounts> of(const Interactions& interactions,
                                                     const TransitionRules& rules,
                                                     const Training& training);

    // What counting these histories takes in memory at most.
    [[nodiscard]] static double bytes_for(const Interactions& interactions,
                                          const TransitionRules& rules, unsigned threads);

    // Somebody with the history `before` (oldest first) touched something. Touches without positive weight and items past
    // items() are passed over. Times are the caller's to check: one far ahead makes everything before it weigh nothing.
    void add(History before, const Touch& touch);
    // Takes back what the adding of this history, touch by touch, gave. Exact, as if it had never been, as long as no
    // half-life is set and none of its items had more followers than are kept; close otherwise, until the counts are
    // next made anew.
    void forget(History history);

    // For a catalogue that has grown.
    void grow(ItemIndex items);

    [[nodiscard]] ItemIndex items() const { return static_cast<ItemIndex>(rows_.size()); }
    [[nodiscard]] const TransitionRules& rules() const { return rules_; }
    // From item to item, columns ascending: at most rules().followers a row, the largest.
    [[nodiscard]] SparseRows followers() const;
    // How many different people touched each item, decayed alike.
    [[nodiscard]] std::span<const float> people() const { return people_; }
    [[nodiscard]] std::size_t bytes() const;

private:
    struct Follower {
        ItemIndex item = 0;
        float count = 0;
    };
    using Row = std::vector<Follower>;

    void set_landmark(const Interactions& interactions);
    void change(History before, const Touch& touch, float sign);
    void change_row(ItemIndex from, ItemIndex to, float by);
    void cut(Row& row) const;
    // What a touch of that time weighs now; moves the landmark first where it lies too far back.
    [[nodiscard]] float weight_at(std::int64_t time);
    void move_landmark(std::int64_t time);
    [[nodiscard]] float decay_at(std::int64_t time) const;
    [[nodiscard]] bool counts_for(const Touch& touch) const;

    TransitionRules rules_;
    std::array<float, TransitionRules::kWindowMax> step_weights_{};
    std::vector<Row> rows_;
    std::vector<float> people_;
    std::int64_t landmark_ = 0;
    bool has_landmark_ = false;
};

}  // namespace attune::learn
