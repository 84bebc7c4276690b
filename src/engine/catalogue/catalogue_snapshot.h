// CatalogueSnapshot: a tenant's items as they are between two changes. Items go by their numbers (engine/numbers), so that
// masks, models and counts speak of the same ones; a number may be of an item that is not in the catalogue.
//
//     ATTUNE_TRY(const auto items, catalogue.of(tenant));            // a pointer: cheap, no copy
//     const auto open = items->open_mask(clock.now());                // what may be in an answer at all
//     learn::ItemMask games = *items->labelled("category:games");
//     games.intersect(*open);
//     for (const auto& [number, score] : model.best(query, 10, games)) use(items->item(number)->json);
//
// Immutable, so any thread may read it, for as long as it holds it. A change makes the next one, which shares all but the
// blocks of 256 items that changed.
#pragma once

#include "base/snapshot.h"
#include "base/time.h"
#include "engine/catalogue/catalogue_item.h"
#include "engine/numbers/item_numbers.h"
#include "learn/recommend/item_mask.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::engine {

class ItemBlock;
class LabelMasks;

class CatalogueSnapshot {
public:
    struct Change {
        ItemNumber number = 0;
        std::shared_ptr<const CatalogueItem> item;  // null: it goes
    };
    using Lengths = std::map<std::string, std::size_t, std::less<>>;

    // An empty one. Labels are numbered as items are.
    CatalogueSnapshot(std::shared_ptr<const ItemNumbers> numbers,
                      std::shared_ptr<const ItemNumbers> labels);
    // What it is after the changes, seen at `now`.
    [[nodiscard]] std::shared_ptr<const CatalogueSnapshot> after(std::span<const Change> changes,
                                                                 Lengths embeddings,
                                                                 base::Time now) const;

    // One more with every change, since the process began.
    [[nodiscard]] std::uint64_t version() const { return version_; }
    [[nodiscard]] std::size_t count() const { return count_; }
    // Above the highest number of an item; of as many items are the masks.
    [[nodiscard]] ItemNumber width() const { return width_; }

    // Of an item that is there.
    [[nodiscard]] std::optional<ItemNumber> find(std::string_view id) const;
    // Numbers from the first up to the second, for each run of neighbours among which one may be another than it was `before`.
    [[nodiscard]] std::vector<std::pair<ItemNumber, ItemNumber>> changed_since(
        const CatalogueSnapshot& before) const;
    // Null when it is not there.
    [[nodiscard]] const CatalogueItem* item(ItemNumber number) const;
    [[nodiscard]] std::string_view id_of(ItemNumber number) const {
        return numbers_->id_of(number);
    }
    // The document that conditions over items see.
    [[nodiscard]] std::string_view item_json(ItemNumber number) const;

    // Those that are there, not hidden, and within their time at `now`. Kept until one comes or goes by its time.
    [[nodiscard]] std::shared_ptr<const learn::ItemMask> open_mask(base::Time now) const;
    // All that are there.
    [[nodiscard]] learn::ItemMask present() const;
    // Those with the label, "category:games"; none when there is no such label. Kept for the labels asked for last.
    [[nodiscard]] std::shared_ptr<const learn::ItemMask> labelled(std::string_view label) const;
    // Those that cost something from `low` to `high`, both included; not those without a price.
    [[nodiscard]] learn::ItemMask priced(double low, double high) const;
    // The newest of those allowed (a mask of width() items), newest first, of equals the lower number first. Looks at the blocks
    // of what is newest only.
    [[nodiscard]] std::vector<ItemNumber> newest(std::size_t limit,
                                                 const learn::ItemMask& allowed) const;

    [[nodiscard]] std::optional<LabelNumber> find_label(std::string_view label) const {
        return labels_->find(label);
    }
    [[nodiscard]] std::string_view label(LabelNumber number) const {
        return labels_->id_of(number);
    }
    // How long the vectors of each name are.
    [[nodiscard]] const Lengths& embeddings() const { return embeddings_; }

private:
    struct Open {
        base::Time since;  // the mask holds from then
        base::Time until;  // to then
        std::shared_ptr<const learn::ItemMask> mask;
    };

    struct Born {
        std::int64_t at = 0;
        ItemNumber number = 0;
    };

    CatalogueSnapshot(const CatalogueSnapshot& before, std::uint64_t version);
    template <class Take>
    void each_allowed(std::size_t block, const learn::ItemMask& allowed, Take take) const;
    template <class BlockWords>
    [[nodiscard]] learn::ItemMask mask_of(const BlockWords& words_of) const;
    [[nodiscard]] std::shared_ptr<const Open> open_at(base::Time now) const;
    void open_after(const CatalogueSnapshot& before, const std::vector<std::size_t>& changed,
                    base::Time now);

    std::shared_ptr<const ItemNumbers> numbers_;
    std::shared_ptr<const ItemNumbers> labels_;
    std::shared_ptr<const std::vector<std::shared_ptr<const ItemBlock>>> blocks_;
    std::shared_ptr<LabelMasks> label_masks_;
    Lengths embeddings_;
    std::uint64_t version_ = 0;
    std::size_t count_ = 0;
    ItemNumber width_ = 0;
    mutable base::Snapshot<Open> open_;
};

}  // namespace attune::engine
