#include "base/random.h"
#include "learn/evaluate/poisoning.h"

#include <algorithm>
#include <array>

namespace attune::learn {

namespace {

constexpr ItemIndex kTastes = 20;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kDays = 90;
constexpr std::uint64_t kTouchesLeast = 10;
constexpr std::uint64_t kTouchesMore = 30;
constexpr double kByTaste = 0.85;

// Low numbers more often, as what many like.
ItemIndex leaning_low(ItemIndex below, base::Random& random) {
    const double part = random.unit() * random.unit();
    return std::min(static_cast<ItemIndex>(part * below), below - 1);
}

}  // namespace

Interactions made_up_people(PersonIndex people, ItemIndex items, std::uint64_t seed) {
    base::SeededRandom random(seed);
    const ItemIndex of_a_taste = std::max<ItemIndex>(1, items / kTastes);
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < people; ++person) {
        const std::array<ItemIndex, 2> tastes{static_cast<ItemIndex>(random.below(kTastes)),
                                              static_cast<ItemIndex>(random.below(kTastes))};
        const auto comes = random.unit() < 0.5
                               ? static_cast<std::int64_t>(random.below(kDay))
                               : static_cast<std::int64_t>(random.below(kDays * kDay));
        const std::uint64_t touches = kTouchesLeast + random.below(kTouchesMore);
        for (std::uint64_t i = 0; i < touches; ++i) {
            const ItemIndex taste = random.unit() < kByTaste
                                        ? tastes[random.below(tastes.size())]
                                        : static_cast<ItemIndex>(random.below(kTastes));
            const ItemIndex item = leaning_low(of_a_taste, random) * kTastes + taste;
            const auto left = static_cast<std::uint64_t>(kDays * kDay - comes);
            const std::int64_t at =
                i == 0 ? comes : comes + static_cast<std::int64_t>(random.below(left));
            deeds.push_back({person, {.item = std::min(item, items - 1), .weight = 1, .time = at}});
        }
    }
    auto made = Interactions::of(std::move(deeds), people, items);
    ATTUNE_CHECK(made);
    return *std::move(made);
}

}  // namespace attune::learn
