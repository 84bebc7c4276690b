// ItemSight: an item as conditions see it: id, title, categories, tags, brand, price, age_days, and whatever else stands in it
// ("item.attributes.colour"). What scans look at anyway is at hand; the rest is parsed where a condition asks for it.
//
//     ItemSight sight(catalogue, now, ItemReads::of(condition));
//     const LogicMember roots[] = {{"item", sight.data()}};
//     for (const ItemNumber item : items) {
//         sight.show(item);
//         condition.holds(…);
//     }
//
// Borrows from the snapshot; what it showed before is gone with the next. Not thread-safe; lives on the stack.
#pragma once

#include "base/json_document.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/logic/logic_value.h"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace attune::engine {

class Logic;

// What of items some conditions look at. Worked out once, when they are compiled.
struct ItemReads {
    bool labels = false;  // categories, tags, brand
    bool whole = false;   // more than is at hand without parsing

    [[nodiscard]] static ItemReads of(const Logic& logic);
    [[nodiscard]] ItemReads with(const ItemReads& other) const {
        return {.labels = labels || other.labels, .whole = whole || other.whole};
    }
};

class ItemSight {
public:
    // Conditions that look at more than `reads` find it missing.
    ItemSight(const CatalogueSnapshot& catalogue, base::Time now, ItemReads reads);
    ItemSight(const ItemSight&) = delete;
    ItemSight& operator=(const ItemSight&) = delete;

    // Null and empty all over where it is not in the catalogue.
    void show(ItemNumber number);
    // The same for each item: what it is about changes with show().
    [[nodiscard]] LogicValue data() const { return LogicValue(record_); }

private:
    void show_labels(const CatalogueItem& item);

    const CatalogueSnapshot& catalogue_;
    const base::Time now_;
    const ItemReads reads_;
    std::vector<LogicValue> categories_;
    std::vector<LogicValue> tags_;
    LogicList category_list_;
    LogicList tag_list_;
    std::optional<base::JsonDocument> document_;
    std::array<LogicMember, 6> members_;
    LogicRecord record_;
};

}  // namespace attune::engine
