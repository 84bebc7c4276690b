#include "learn/factors/evidence.h"

#include <algorithm>
#include <utility>

namespace attune::learn {

std::vector<Evidence> evidence_of(History history, ItemIndex items) {
    std::vector<Evidence> all;
    all.reserve(history.size());
    for (const Touch& touch : history)
        if (touch.item < items) all.push_back({touch.item, touch.weight});
    // By weight too, so that the order of equal times does not show in the last bit of a sum.
    std::ranges::sort(all, {}, [](const Evidence& one) { return std::pair(one.item, one.weight); });
    std::vector<Evidence> out;
    for (std::size_t i = 0; i < all.size();) {
        Evidence sum = all[i];
        for (++i; i < all.size() && all[i].item == sum.item; ++i) sum.weight += all[i].weight;
        if (sum.weight > 0) out.push_back(sum);
    }
    return out;
}

}  // namespace attune::learn
