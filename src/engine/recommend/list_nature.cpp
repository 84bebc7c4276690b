#include "engine/recommend/list_nature.h"

#include "learn/ranking/adjustments.h"

#include <algorithm>

namespace attune::engine {
namespace {

bool have_label_in_common(const CatalogueItem* a, const CatalogueItem* b) {
    if (a == nullptr || b == nullptr) return false;
    return std::ranges::any_of(a->labels, [&](LabelNumber label) {
        return std::ranges::find(b->labels, label) != b->labels.end();
    });
}

std::optional<double> diversity_of(const Asking& asking, std::span<const Slot> slots) {
    if (slots.size() < 2) return std::nullopt;
    std::size_t unlike = 0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < slots.size(); ++i)
        for (std::size_t j = i + 1; j < slots.size(); ++j, ++pairs)
            if (!have_label_in_common(asking.catalogue->item(slots[i].item),
                                      asking.catalogue->item(slots[j].item)))
                ++unlike;
    return static_cast<double>(unlike) / static_cast<double>(pairs);
}

}  // namespace

ListNature nature_of(const Asking& asking, std::span<const Slot> slots) {
    slots = slots.first(std::min(slots.size(), kNatureSlots));
    ListNature nature{.diversity = diversity_of(asking, slots), .novelty = {}, .popularity = {}};
    const auto people = static_cast<double>(asking.activity->people());
    if (people < 2 || slots.empty()) return nature;
    const auto most =
        asking.activity->popular(kMostTouched, learn::ItemMask(asking.catalogue->width()));
    double novelty = 0;
    std::size_t known = 0;
    for (const Slot& slot : slots) {
        novelty += learn::novelty(asking.activity->counts(slot.item).people, people);
        known += std::ranges::find(most, slot.item, &learn::Scored::item) == most.end() ? 0 : 1;
    }
    const auto count = static_cast<double>(slots.size());
    nature.novelty = novelty / count;
    nature.popularity = static_cast<double>(known) / count;
    return nature;
}

}  // namespace attune::engine
