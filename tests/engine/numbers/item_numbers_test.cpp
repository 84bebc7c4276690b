#include "engine/numbers/item_numbers.h"

#include <gtest/gtest.h>

#include <thread>

namespace attune::engine {
namespace {

TEST(ItemNumbers, AnIdKeepsItsNumberAndANumberItsId) {
    ItemNumbers numbers;
    EXPECT_EQ(numbers.find("a"), std::nullopt);
    EXPECT_EQ(*numbers.number_for("a"), 0U);
    EXPECT_EQ(*numbers.number_for("b"), 1U);
    EXPECT_EQ(*numbers.number_for("a"), 0U);
    EXPECT_EQ(numbers.find("b"), 1U);
    EXPECT_EQ(numbers.id_of(1), "b");
    EXPECT_EQ(numbers.count(), 2U);
}

TEST(ItemNumbers, ManyThreadsAgree) {
    ItemNumbers numbers;
    constexpr int kIds = 20'000;
    std::vector<std::vector<ItemNumber>> seen(4, std::vector<ItemNumber>(kIds));
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < seen.size(); ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < kIds; ++i)
                    seen[thread][static_cast<std::size_t>(i)] =
                        *numbers.number_for("item-" + std::to_string(i));
            });
    }
    EXPECT_EQ(numbers.count(), static_cast<ItemNumber>(kIds));
    for (const auto& one : seen) EXPECT_EQ(one, seen.front());
    for (int i = 0; i < kIds; ++i)
        EXPECT_EQ(numbers.id_of(seen[0][static_cast<std::size_t>(i)]), "item-" + std::to_string(i));
}

TEST(ItemNumbers, EachTenantHasItsOwn) {
    AllItemNumbers all;
    const TenantId one{.value = 1};
    const TenantId other{.value = 2};
    EXPECT_EQ(*all.of(one)->number_for("a"), 0U);
    EXPECT_EQ(all.of(other)->count(), 0U);
    EXPECT_EQ(all.of(one)->count(), 1U);
}

}  // namespace
}  // namespace attune::engine
