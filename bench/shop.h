// Shop: a made-up catalogue and what people look at in it, for the benchmarks of recommendations: 200 categories, 1,000 brands, and
// people who keep to four categories each and to what is liked best within them.
//
//     const bench::Shop shop(100'000);
//     catalogue.put(tenant, {{.item = shop.item(7)}});
//     const bench::Shop::View view = shop.view(person, random);     // of item view.item, in category view.category
#pragma once

#include "domain/item.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>

namespace attune::bench {

class Shop {
public:
    struct View {
        std::uint32_t item = 0;
        std::uint32_t category = 0;
    };

    explicit Shop(std::uint32_t items) : items_(items) {}

    [[nodiscard]] std::uint32_t items() const { return items_; }
    [[nodiscard]] static std::string item_id(std::uint32_t item) {
        return "item-" + std::to_string(item);
    }
    [[nodiscard]] static std::string category_name(std::uint32_t category) {
        return "c" + std::to_string(category);
    }

    // The same item for the same number.
    [[nodiscard]] static domain::Item item(std::uint32_t number) {
        std::minstd_rand random(number + 1);
        random.discard(3);  // the first draws of neighbours are alike
        domain::Item one{.id = item_id(number), .title = "Item " + std::to_string(number)};
        one.categories = {category_name(number % kCategories)};
        one.tags = {"t" + std::to_string(random() % 500), "t" + std::to_string(random() % 500)};
        one.brand = "b" + std::to_string(random() % kBrands);
        one.price = static_cast<double>(random() % 10'000) / 100;
        return one;
    }

    [[nodiscard]] View view(std::uint64_t person, std::mt19937_64& random) const {
        const auto category = static_cast<std::uint32_t>((person * 7 + random() % 4) % kCategories);
        const double depth = std::pow(static_cast<double>(random() >> 11) * 0x1p-53, 3);
        const std::uint32_t in_category = std::max(1U, items_ / kCategories);
        const auto rank = static_cast<std::uint32_t>(depth * in_category);
        return {.item = std::min(items_ - 1, rank * kCategories + category), .category = category};
    }

private:
    static constexpr std::uint32_t kCategories = 200;
    static constexpr std::uint32_t kBrands = 1'000;

    std::uint32_t items_;
};

}  // namespace attune::bench
