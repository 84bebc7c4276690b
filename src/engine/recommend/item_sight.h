// ItemSight: an item as conditions see it: id, title, categories, tags, brand, price, age_days, and whatever else stands in it
// ("item.attributes.colour"). What scans look at anyway is at hand; the rest is parsed where a condition asks for it.
//
//     ItemSight sight(catalogue, number, now);
//     const LogicMember roots[] = {{"item", sight.data()}};
//
// Borrows from the snapshot. Not thread-safe; lives on the stack.
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

class ItemSight {
public:
    // `whole` is needed where a condition reads more than is_at_hand.
    ItemSight(const CatalogueSnapshot& catalogue, ItemNumber number, base::Time now, bool whole);
    ItemSight(const ItemSight&) = delete;
    ItemSight& operator=(const ItemSight&) = delete;

    [[nodiscard]] LogicValue data() const { return LogicValue(record_); }

    // Whether all that the condition reads of an item needs no parsing.
    [[nodiscard]] static bool is_at_hand(const Logic& logic);

private:
    std::vector<LogicValue> categories_;
    std::vector<LogicValue> tags_;
    LogicList category_list_;
    LogicList tag_list_;
    std::optional<base::JsonDocument> document_;
    std::array<LogicMember, 6> members_;
    LogicRecord record_;
};

}  // namespace attune::engine
