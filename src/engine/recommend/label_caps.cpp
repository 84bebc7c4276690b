#include "engine/recommend/label_caps.h"

#include <string_view>

namespace attune::engine {
namespace {

std::string_view family_of(domain::PlacementLabel by) {
    switch (by) {
        case domain::PlacementLabel::category:
            return "category:";
        case domain::PlacementLabel::tag:
            return "tag:";
        case domain::PlacementLabel::brand:
            return "brand:";
    }
    return "";
}

}  // namespace

template <class Take>
void LabelCaps::each_capped(ItemNumber item, Take take) const {
    if (caps_.empty()) return;
    const CatalogueItem* there = catalogue_.item(item);
    if (there == nullptr) return;
    for (const LabelNumber label : there->labels)
        for (const domain::PlacementCap& cap : caps_)
            if (catalogue_.label(label).starts_with(family_of(cap.by)) && !take(label, cap.max))
                return;
}

bool LabelCaps::allow(ItemNumber item) const {
    bool fits = true;
    each_capped(item, [&](LabelNumber label, std::uint32_t max) {
        const auto found = counts_.find(label);
        fits = found == counts_.end() || found->second < max;
        return fits;
    });
    return fits;
}

bool LabelCaps::take(ItemNumber item) {
    bool is_full = false;
    each_capped(item, [&](LabelNumber label, std::uint32_t max) {
        is_full = ++counts_[label] >= max || is_full;
        return true;
    });
    return is_full;
}

}  // namespace attune::engine
