#include "engine/recommend/item_sight.h"

#include "engine/logic/logic.h"

#include <algorithm>
#include <chrono>

namespace attune::engine {
namespace {

constexpr std::string_view kAtHand[] = {"id", "categories", "tags", "brand", "price", "age_days"};
constexpr std::string_view kOfLabels[] = {"categories", "tags", "brand"};
enum Member : std::uint8_t { kId, kCategories, kTags, kBrand, kPrice, kAgeDays };

std::optional<std::string_view> after(std::string_view label, std::string_view family) {
    if (!label.starts_with(family)) return std::nullopt;
    return label.substr(family.size());
}

bool is_among(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

ItemReads ItemReads::of(const Logic& logic) {
    ItemReads reads;
    for (const LogicRead& read : logic.reads()) {
        if (!read.root.empty() && read.root != "item") continue;
        const bool is_at_hand = !read.root.empty() && is_among(kAtHand, read.member);
        reads.whole = reads.whole || !is_at_hand;
        reads.labels = reads.labels || !is_at_hand || is_among(kOfLabels, read.member);
    }
    return reads;
}

ItemSight::ItemSight(const CatalogueSnapshot& catalogue, base::Time now, ItemReads reads)
    : catalogue_(catalogue), now_(now), reads_(reads) {
    members_ = {LogicMember{"id", LogicValue::null()}, {"categories", LogicValue(category_list_)},
                {"tags", LogicValue(tag_list_)},       {"brand", LogicValue::null()},
                {"price", LogicValue::null()},         {"age_days", LogicValue::null()}};
    record_ = {.members = members_, .rest = {}, .depth = 2};
}

void ItemSight::show(ItemNumber number) {
    const CatalogueItem* item = catalogue_.item(number);
    categories_.clear();
    tags_.clear();
    document_.reset();
    for (const Member member : {kId, kBrand, kPrice, kAgeDays})
        members_[member].value = LogicValue::null();
    if (item != nullptr) {
        members_[kId].value = LogicValue(catalogue_.id_of(number));
        if (reads_.labels) show_labels(*item);
        if (item->price) members_[kPrice].value = LogicValue(*item->price);
        members_[kAgeDays].value = LogicValue(
            std::chrono::duration<double, std::ratio<86'400>>(now_ - item->created_at).count());
        if (reads_.whole) {
            if (auto parsed = base::JsonDocument::parse(catalogue_.item_json(number)))
                document_ = *std::move(parsed);
        }
    }
    category_list_.items = categories_;
    tag_list_.items = tags_;
    record_.rest = document_ ? LogicValue(document_->root()) : LogicValue();
}

void ItemSight::show_labels(const CatalogueItem& item) {
    for (const LabelNumber label : item.labels) {
        const std::string_view name = catalogue_.label(label);
        if (const auto category = after(name, "category:"))
            categories_.emplace_back(*category);
        else if (const auto tag = after(name, "tag:"))
            tags_.emplace_back(*tag);
        else if (const auto brand = after(name, "brand:"))
            members_[kBrand].value = LogicValue(*brand);
    }
}

}  // namespace attune::engine
