#include "engine/recommend/arrange.h"

#include "engine/recommend/label_caps.h"
#include "engine/rules/compiled_rule.h"

#include <algorithm>
#include <optional>
#include <string>

namespace attune::engine {
namespace {

// What is looked at beyond those that will be shown, for diversity and chance to choose from.
constexpr std::size_t kBeyond = 5;
constexpr std::size_t kPoolLeast = 100;

// Fills slots one after the other; those that are pinned are kept free for their items.
class Arrangement {
public:
    Arrangement(const CompiledPlacement& placement, const Asking& asking,
                std::span<const Candidate> ranked, const Arranging& arranging)
        : placement_(placement),
          arranging_(arranging),
          caps_(placement.definition.caps, *asking.catalogue) {
        const std::size_t pool =
            std::max(kPoolLeast, arranging.limit * kBeyond + arranging.pins.size());
        pool_.reserve(std::min(pool, ranked.size()));
        for (const Candidate& one : ranked.first(std::min(pool, ranked.size())))
            pool_.push_back({one.item, one.score});
        for (const auto& [slot, item] : arranging.pins) {
            // A pin counts against the caps, but no cap takes it away: somebody wants it there.
            if (slot > arranging.limit) continue;
            caps_.take(item);
            forget(item);
        }
        likeness_.emplace(placement, asking, pool_);
    }

    std::vector<Slot> fill() {
        std::vector<Slot> slots;
        const std::size_t explored = explored_slots();
        for (std::size_t slot = 1; slot <= arranging_.limit; ++slot) {
            if (const auto pinned = pinned_at(slot)) {
                slots.push_back({*pinned, SlotKind::pinned, 1});
                likeness_->take(*pinned);
                continue;
            }
            const auto best = best_place();
            if (!best) continue;  // a later slot may be pinned
            const bool explores = slot > arranging_.limit - explored;
            Slot next{.item = pool_[*best].item, .kind = SlotKind::ranked, .probability = 1};
            if (explores) next = explore(slot, *best);
            slots.push_back(next);
            caps_.take(next.item);
            likeness_->take(next.item);
            forget(next.item);
        }
        return slots;
    }

private:
    struct Left {
        ItemNumber item = 0;
        double score = 0;
    };

    // How alike two items are, by the labels they share: what mmr holds against an item.
    class Likeness {
    public:
        Likeness(const CompiledPlacement& placement, const Asking& asking,
                 std::span<const Left> pool)
            : catalogue_(*asking.catalogue), strength_(0) {
            if (const auto& diversity = placement.definition.diversity) {
                strength_ = diversity->strength;
                method_ = diversity->method;
            }
            if (strength_ == 0) return;
            if (method_ == domain::PlacementDiversityMethod::calibrated) want(asking);
            top_ = pool.empty() ? 1 : std::max(pool.front().score, 1e-9);
        }

        // Of 1 for the best down, less what speaks against one more of its kind.
        [[nodiscard]] double adjusted(const Left& one) const {
            if (strength_ == 0) return one.score;
            const double relevance = one.score / top_;
            return (1 - strength_) * relevance +
                   strength_ * (method_ == domain::PlacementDiversityMethod::mmr
                                    ? -most_alike(one.item)
                                    : missing(one.item));
        }

        void take(ItemNumber item) {
            if (strength_ == 0) return;
            taken_.push_back(item);
            const CatalogueItem* there = catalogue_.item(item);
            if (there == nullptr) return;
            for (const LabelNumber label : there->labels) ++given_[label];
        }

    private:
        // Jaccard: labels in common, of all that either has.
        [[nodiscard]] double alike(ItemNumber a, ItemNumber b) const {
            const CatalogueItem* one = catalogue_.item(a);
            const CatalogueItem* other = catalogue_.item(b);
            if (one == nullptr || other == nullptr) return 0;
            std::size_t common = 0;
            for (const LabelNumber label : one->labels)
                if (std::ranges::find(other->labels, label) != other->labels.end()) ++common;
            const std::size_t all = one->labels.size() + other->labels.size() - common;
            return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
        }
        [[nodiscard]] double most_alike(ItemNumber item) const {
            double most = 0;
            for (const ItemNumber before : taken_) most = std::max(most, alike(item, before));
            return most;
        }
        // Positive where the answer has less of the item's labels than the person's own mix.
        [[nodiscard]] double missing(ItemNumber item) const {
            const CatalogueItem* there = catalogue_.item(item);
            if (there == nullptr) return 0;
            double sum = 0;
            std::size_t counted = 0;
            for (const LabelNumber label : there->labels) {
                const auto wanted = wanted_.find(label);
                if (wanted == wanted_.end()) continue;
                const auto given = given_.find(label);
                const double share =
                    given == given_.end() || taken_.empty()
                        ? 0
                        : static_cast<double>(given->second) / static_cast<double>(taken_.size());
                sum += wanted->second - share;
                ++counted;
            }
            return counted == 0 ? 0 : sum / static_cast<double>(counted);
        }
        // The person's mix: of what they like, how much is of each label.
        void want(const Asking& asking) {
            const auto liked = asking.taste.liked();
            for (const ItemNumber item : liked) {
                const CatalogueItem* there = catalogue_.item(item);
                if (there == nullptr) continue;
                for (const LabelNumber label : there->labels)
                    if (catalogue_.label(label).starts_with("category:"))
                        wanted_[label] += 1.0 / static_cast<double>(liked.size());
            }
        }

        const CatalogueSnapshot& catalogue_;
        double strength_;
        domain::PlacementDiversityMethod method_ = domain::PlacementDiversityMethod::mmr;
        double top_ = 1;
        std::vector<ItemNumber> taken_;
        boost::unordered_flat_map<LabelNumber, std::uint32_t> given_;
        boost::unordered_flat_map<LabelNumber, double> wanted_;
    };

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

    [[nodiscard]] std::optional<std::size_t> best_place() const {
        std::optional<std::size_t> best;
        double best_score = 0;
        for (std::size_t i = 0; i < pool_.size(); ++i) {
            if (!caps_.allow(pool_[i].item)) continue;
            const double score = likeness_->adjusted(pool_[i]);
            if (best && score <= best_score) continue;
            best = i;
            best_score = score;
            // Without diversity the pool is in its order already.
            if (!placement_.definition.diversity || placement_.definition.diversity->strength == 0)
                break;
        }
        return best;
    }

    // With the placement's share of chance any that is left, each alike; else the best.
    Slot explore(std::size_t slot, std::size_t best) {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < pool_.size(); ++i)
            if (caps_.allow(pool_[i].item)) open.push_back(i);
        const double share = placement_.definition.exploration->share;
        const std::string purpose = "explore-" + std::to_string(slot);
        std::size_t chosen = best;
        if (share_of(purpose, placement_.id, arranging_.unit) < share) {
            const double draw = share_of(purpose + "-which", placement_.id, arranging_.unit);
            chosen =
                open[std::min(open.size() - 1,
                              static_cast<std::size_t>(draw * static_cast<double>(open.size())))];
        }
        const double even = share / static_cast<double>(open.size());
        return {.item = pool_[chosen].item,
                .kind = SlotKind::explored,
                .probability = even + (chosen == best ? 1 - share : 0)};
    }

    void forget(ItemNumber item) {
        const auto found = std::ranges::find(pool_, item, &Left::item);
        if (found != pool_.end()) pool_.erase(found);
    }

    const CompiledPlacement& placement_;
    const Arranging& arranging_;
    LabelCaps caps_;
    std::vector<Left> pool_;
    std::optional<Likeness> likeness_;
};

}  // namespace

std::vector<Slot> arrange(const CompiledPlacement& placement, const Asking& asking,
                          std::span<const Candidate> ranked, const Arranging& arranging) {
    return Arrangement(placement, asking, ranked, arranging).fill();
}

}  // namespace attune::engine
