#include "learn/recommend/item_mask.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace attune::learn {
namespace {

RC_GTEST_PROP(ItemMaskTest, PickedBitsAreThoseOfTheChosenInTheirOrder, ()) {
    const auto words = *rc::gen::inRange<std::size_t>(0, 9);
    const auto bits =
        *rc::gen::container<std::vector<std::uint64_t>>(words, rc::gen::arbitrary<std::uint64_t>());
    // Some words whole and some empty, since these are the edges.
    const auto chosen = *rc::gen::container<std::vector<std::uint64_t>>(
        words, rc::gen::weightedOneOf<std::uint64_t>(
                   {{1, rc::gen::just(std::uint64_t{0})},
                    {2, rc::gen::just(~std::uint64_t{0})},
                    {5, rc::gen::arbitrary<std::uint64_t>()},
                    {2, rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                     [](std::uint64_t any) { return ~any; })}}));
    std::vector<bool> expected;
    for (std::size_t place = 0; place < words * 64; ++place)
        if ((chosen[place / 64] >> (place % 64) & 1U) != 0)
            expected.push_back((bits[place / 64] >> (place % 64) & 1U) != 0);

    const auto picked = picked_bits(bits, chosen, expected.size());

    RC_ASSERT(picked.size() == (expected.size() + 63) / 64);
    for (std::size_t i = 0; i < picked.size() * 64; ++i)
        RC_ASSERT((picked[i / 64] >> (i % 64) & 1U) ==
                  (i < expected.size() && expected[i] ? 1U : 0U));
}

}  // namespace
}  // namespace attune::learn
