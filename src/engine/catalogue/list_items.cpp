#include "engine/catalogue/catalogue.h"

#include <algorithm>

namespace attune::engine {
namespace {

learn::ItemMask fitting(const CatalogueSnapshot& items, const ItemFilter& filter) {
    learn::ItemMask mask = items.present();
    for (const std::string& label : filter.labels) mask.intersect(*items.labelled(label));
    if (filter.open_at) mask.intersect(*items.open_mask(*filter.open_at));
    return mask;
}

}  // namespace

ItemPage list_items(const CatalogueSnapshot& items, const ItemFilter& filter,
                    std::optional<std::string_view> after, std::size_t limit) {
    const learn::ItemMask mask = fitting(items, filter);
    std::vector<ItemNumber> found;
    for (ItemNumber number = 0; number < items.width(); ++number) {
        if (!mask.allows(number)) continue;
        if (filter.hidden && items.item(number)->hidden != *filter.hidden) continue;
        if (!after || items.id_of(number) > *after) found.push_back(number);
    }
    const auto id = [&](ItemNumber number) { return items.id_of(number); };
    ItemPage page;
    const std::size_t count = std::min(limit, found.size());
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count), {}, id);
    if (count < found.size() && count > 0) page.after = std::string(id(found[count - 1]));
    found.resize(count);
    page.items = std::move(found);
    return page;
}

}  // namespace attune::engine
