// A page of a list that is held whole, as those of tenants, keys and models are: they are short, and in order.
//
//     ATTUNE_TRY(const auto page, page_of(call));
//     auto keys = tenants.keys(tenant);
//     const auto last = cut_to_page(keys, page, ListOrder::rising, place_of_key);
//     if (last) answer.cursor = cursor_after(call, *last);
#pragma once

#include "base/time.h"
#include "store/store.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::api {

enum class ListOrder : std::uint8_t { rising, falling };

// A place in a list by time: of equal times by id. Text that is ordered as they are.
[[nodiscard]] inline std::string place_in_time(base::Time at, std::string_view id) {
    const std::string digits = std::to_string(at.time_since_epoch().count());
    return std::string(20 - std::min<std::size_t>(digits.size(), 20), '0')
        .append(digits)
        .append(id);
}

// Leaves what stands on the page in `all`, which is ordered by `place_of`. Answers the place of the last entry where there are
// more behind it. The entry where the page before ended may be gone by now.
template <class T, class PlaceOf>
[[nodiscard]] std::optional<std::string> cut_to_page(std::vector<T>& all, const store::Page& page,
                                                     ListOrder order, PlaceOf place_of) {
    if (page.after) {
        const auto was_shown = [&](const T& one) {
            const std::string place = place_of(one);
            return order == ListOrder::rising ? place <= *page.after : place >= *page.after;
        };
        all.erase(all.begin(), std::ranges::partition_point(all, was_shown));
    }
    if (all.size() <= page.limit) return std::nullopt;
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(page.limit), all.end());
    return place_of(all.back());
}

}  // namespace attune::api
