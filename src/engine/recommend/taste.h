// Taste: what a person's doing says about items, in the form that models read: their history as item numbers, and which items
// they did what with.
//
//     const Taste taste(*facts, *numbers, *weights);
//     model.best({taste.history(), now}, 100, allowed);
//     taste.each_seen(placement.exclude_seen, now, [&](ItemNumber item) { allowed.forbid(item); });
//
// Made for one answer from the profile of this instant, so that the last click is in it. Borrows from the facts.
#pragma once

#include "domain/event_kind.h"
#include "engine/decide/person_facts.h"
#include "engine/numbers/item_numbers.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/tenancy/weights.h"
#include "learn/recommend/interactions.h"

#include <span>
#include <vector>

namespace attune::engine {

class Taste {
public:
    // Nobody's.
    Taste() = default;
    Taste(const PersonFacts& facts, const ItemNumbers& numbers, const WeightTable& weights);

    // Oldest first; what speaks against an item has a weight below zero.
    [[nodiscard]] learn::History history() const { return history_; }
    // Items that speak for something, the one touched last first; each once.
    [[nodiscard]] std::span<const ItemNumber> liked() const { return liked_; }

    // Items whose last word was against them.
    [[nodiscard]] std::span<const ItemNumber> disliked() const { return disliked_; }

    // And did not give it back since.
    [[nodiscard]] bool has_bought(ItemNumber item) const;
    // What they did with it, as a sentence has it: "bought", "liked", "looked at", "did something with".
    [[nodiscard]] std::string_view done_with(ItemNumber item) const;

    // Calls take(item) for each item that is not to be shown again.
    template <class Take>
    void each_seen(std::span<const CompiledPlacement::Seen> rules, base::Time now,
                   Take take) const {
        for (const CompiledPlacement::Seen& rule : rules)
            for (const Done& one : done_)
                if (now - one.deed->at <= rule.within && rule.means(one.deed->event) &&
                    !is_undone(one))
                    take(one.item);
    }

private:
    struct Done {
        ItemNumber item = 0;
        const ItemDeed* deed = nullptr;
    };
    // A purchase that was given back, or a later one of the same item was.
    [[nodiscard]] bool is_undone(const Done& purchase) const;

    std::vector<Done> done_;
    std::vector<learn::Touch> history_;
    std::vector<ItemNumber> liked_;
    std::vector<ItemNumber> disliked_;
};

}  // namespace attune::engine
