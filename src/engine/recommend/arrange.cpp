#include "engine/recommend/arrange.h"

#include "base/random.h"
#include "engine/recommend/label_caps.h"
#include "engine/recommend/slot_chances.h"
#include "engine/rules/compiled_rule.h"
#include "learn/bandit/choice.h"
#include "learn/ranking/diversity.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace attune::engine {
namespace {

// What is looked at beyond those that will be shown, for diversity and chance to choose from.
constexpr std::size_t kBeyond = 5;
constexpr std::size_t kPoolLeast = 100;
// Further down, nobody sees that neighbours are alike.
constexpr std::size_t kDiversePlaces = 50;

// Taken from the front mostly.
using Pool = std::deque<Candidate>;

const std::vector<LabelNumber>& labels_of(const CatalogueSnapshot& catalogue, ItemNumber item) {
    static const std::vector<LabelNumber> none;
    const CatalogueItem* there = catalogue.item(item);
    return there == nullptr ? none : there->labels;
}

// Only these say what a person's mix is made of: brands and tags are too many to be kept in proportion.
learn::Labels categories_of(const CatalogueSnapshot& catalogue, ItemNumber item) {
    learn::Labels categories;
    for (const LabelNumber label : labels_of(catalogue, item))
        if (catalogue.label(label).starts_with("category:")) categories.push_back(label);
    return categories;
}

learn::Mix mix_of(const Asking& asking) {
    std::vector<learn::Labels> labels;
    for (const ItemNumber item : asking.taste.liked())
        labels.push_back(categories_of(*asking.catalogue, item));
    std::vector<learn::LabelledTouch> touches;
    for (const learn::Labels& one : labels) touches.push_back({.labels = one});
    return learn::mix_of(touches);
}

// The pool as the placement's diversity has it, the first so many places of it; then by score as before.
void vary(const domain::PlacementDiversity& diversity, const Asking& asking,
          std::span<const learn::Candidate> placed, std::size_t places, Pool& pool) {
    std::vector<float> scores;
    std::vector<learn::Labels> labels;
    for (const Candidate& one : pool) {
        scores.push_back(static_cast<float>(one.score));
        labels.push_back(diversity.method == domain::PlacementDiversityMethod::mmr
                             ? labels_of(*asking.catalogue, one.item)
                             : categories_of(*asking.catalogue, one.item));
    }
    std::vector<learn::Candidate> order;
    if (diversity.method == domain::PlacementDiversityMethod::mmr)
        order = learn::diverse(scores, learn::LabelSimilarity(labels), places,
                               {.relevance = 1 - diversity.strength, .placed = placed});
    else
        order = learn::calibrated(scores, labels, mix_of(asking), places,
                                  {.calibration = diversity.strength, .placed = placed});
    Pool varied;
    std::vector<bool> is_taken(pool.size());
    for (const learn::Candidate at : placed) is_taken[at] = true;
    for (const learn::Candidate at : order) {
        is_taken[at] = true;
        varied.push_back(pool[at]);
    }
    for (std::size_t at = 0; at < pool.size(); ++at)
        if (!is_taken[at]) varied.push_back(pool[at]);
    pool = std::move(varied);
}

// Fills slots one after the other; those that are pinned are kept free for their items.
class Arrangement {
public:
    Arrangement(const CompiledPlacement& placement, const Asking& asking,
                std::span<const Candidate> ranked, const Arranging& arranging)
        : placement_(placement),
          asking_(asking),
          arranging_(arranging),
          caps_(placement.definition.caps, *asking.catalogue) {
        const std::size_t wanted =
            std::max(kPoolLeast, arranging.limit * kBeyond + arranging.pins.size());
        const auto best = ranked.first(std::min(wanted, ranked.size()));
        left_.assign(best.begin(), best.end());
        std::vector<learn::Candidate> placed;
        for (const auto& [slot, item] : arranging.pins) {
            if (slot > arranging.limit) continue;
            // A pin counts against the caps, but no cap takes it away: somebody wants it there.
            is_full_ = caps_.take(item) || is_full_;
            const auto found = std::ranges::find(left_, item, &Candidate::item);
            if (found == left_.end()) continue;
            placed.push_back(static_cast<learn::Candidate>(found - left_.begin()));
        }
        const auto& diversity = placement.definition.diversity;
        if (diversity && diversity->strength > 0)
            vary(*diversity, asking, placed, std::min(kDiversePlaces, arranging.limit * kBeyond),
                 left_);
        for (const auto& [slot, item] : arranging.pins)
            if (slot <= arranging.limit)
                std::erase_if(left_, [&](const Candidate& one) { return one.item == item; });
    }

    std::vector<Slot> fill() {
        std::vector<Slot> slots;
        const std::size_t explored = explored_slots();
        for (std::size_t slot = 1; slot <= arranging_.limit; ++slot) {
            if (const auto pinned = pinned_at(slot)) {
                slots.push_back({*pinned, SlotKind::pinned, 1});
                continue;
            }
            // A cap that is full stays full: what it holds back is gone for good.
            if (std::exchange(is_full_, false))
                std::erase_if(left_, [&](const Candidate& one) { return !caps_.allow(one.item); });
            if (left_.empty()) continue;  // a later slot may be pinned
            std::size_t chosen = 0;
            Slot next;
            if (slot > arranging_.limit - explored) {
                const learn::Choice choice = drawn(slot);
                chosen = choice.arm;
                next.kind = SlotKind::explored;
                next.probability = choice.propensity;
            }
            next.item = left_[chosen].item;
            is_full_ = caps_.take(next.item);
            left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(chosen));
            slots.push_back(next);
        }
        return slots;
    }

private:
    [[nodiscard]] std::size_t explored_slots() const {
        const auto& exploration = placement_.definition.exploration;
        if (!exploration || arranging_.unit.empty()) return 0;
        return std::min<std::size_t>(exploration->slots, arranging_.limit);
    }

    [[nodiscard]] std::optional<ItemNumber> pinned_at(std::size_t slot) const {
        for (const auto& [at, item] : arranging_.pins)
            if (at == slot) return item;
        return std::nullopt;
    }

    // One slot after the other, and not all at once as learn/ranking/exploration.h does it, since each that is taken may fill a cap.
    [[nodiscard]] learn::Choice drawn(std::size_t slot) {
        if (!chances_) chances_.emplace(*placement_.definition.exploration, asking_, left_);
        const double seed =
            share_of("explore-" + std::to_string(slot), placement_.id, arranging_.unit);
        base::SeededRandom random(std::bit_cast<std::uint64_t>(seed));
        return learn::draw(chances_->of(left_), random);
    }

    const CompiledPlacement& placement_;
    const Asking& asking_;
    const Arranging& arranging_;
    std::optional<SlotChances> chances_;
    LabelCaps caps_;
    bool is_full_ = false;  // a cap, since they were last heeded
    Pool left_;
};

}  // namespace

std::vector<Slot> arrange(const CompiledPlacement& placement, const Asking& asking,
                          std::span<const Candidate> ranked, const Arranging& arranging) {
    return Arrangement(placement, asking, ranked, arranging).fill();
}

}  // namespace attune::engine
