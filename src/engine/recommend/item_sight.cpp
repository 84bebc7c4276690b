#include "engine/recommend/item_sight.h"

#include "engine/logic/logic.h"

#include <algorithm>
#include <chrono>

namespace attune::engine {
namespace {

constexpr std::string_view kAtHand[] = {"id", "categories", "tags", "brand", "price", "age_days"};

std::optional<std::string_view> after(std::string_view label, std::string_view family) {
    if (!label.starts_with(family)) return std::nullopt;
    return label.substr(family.size());
}

}  // namespace

bool ItemSight::is_at_hand(const Logic& logic) {
    return std::ranges::all_of(logic.reads(), [](const LogicRead& read) {
        return !read.root.empty() && (read.root != "item" ||
                                      std::ranges::find(kAtHand, read.member) != std::end(kAtHand));
    });
}

ItemSight::ItemSight(const CatalogueSnapshot& catalogue, ItemNumber number, base::Time now,
                     bool whole) {
    const CatalogueItem* item = catalogue.item(number);
    LogicValue brand = LogicValue::null();
    LogicValue price = LogicValue::null();
    LogicValue age = LogicValue::null();
    if (item != nullptr) {
        for (const LabelNumber label : item->labels) {
            const std::string_view name = catalogue.label(label);
            if (const auto category = after(name, "category:"))
                categories_.emplace_back(*category);
            else if (const auto tag = after(name, "tag:"))
                tags_.emplace_back(*tag);
            else if (const auto of = after(name, "brand:"))
                brand = LogicValue(*of);
        }
        if (item->price) price = LogicValue(*item->price);
        age = LogicValue(
            std::chrono::duration<double, std::ratio<86'400>>(now - item->created_at).count());
        if (whole) {
            if (auto parsed = base::JsonDocument::parse(catalogue.item_json(number)))
                document_ = *std::move(parsed);
        }
    }
    category_list_.items = categories_;
    tag_list_.items = tags_;
    members_ = {LogicMember{"id", item != nullptr ? LogicValue(catalogue.id_of(number))
                                                  : LogicValue::null()},
                {"categories", LogicValue(category_list_)},
                {"tags", LogicValue(tag_list_)},
                {"brand", brand},
                {"price", price},
                {"age_days", age}};
    record_ = {.members = members_,
               .rest = document_ ? LogicValue(document_->root()) : LogicValue(),
               .depth = 2};
}

}  // namespace attune::engine
