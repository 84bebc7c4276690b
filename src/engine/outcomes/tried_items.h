// TriedItems: what the slots of a placement that are left to chance have taught of each item: how often it stood in one of them, and
// how often people did something there that speaks for it. Only these slots tell items apart fairly: elsewhere an item is shown
// because it was expected to be chosen, and the higher it stands the more it is seen.
//
//     const auto tried = outcomes.tried(tenant)->find("home");         // null: nothing was tried there
//     tried->of(item, now).trials                                      // 12.4 times, of late
//     tried->of_all(now).mean()                                        // 0.05: what an item there can hope for
//
// Every list and every answer moves it. The past fades (kTriedMemory), so that what was tried long ago may be tried again. Counts alone:
// it names nobody. TriedInForce is immutable and thread-safe; TriedCounts, which makes it, is not.
#pragma once

#include "engine/outcomes/item_tallies.h"
#include "engine/outcomes/open_lists.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace attune::engine {

using TriedItems = ItemTallies;
inline constexpr learn::Memory kTriedMemory{.half_life = std::chrono::days(30)};

// Of a tenant's placements, as far as the log was read.
class TriedInForce {
public:
    using ByPlacement = std::map<std::string, std::shared_ptr<const TriedItems>, std::less<>>;

    TriedInForce() = default;
    explicit TriedInForce(ByPlacement all) : all_(std::move(all)) {}

    // Null where nothing was tried.
    [[nodiscard]] std::shared_ptr<const TriedItems> find(std::string_view placement) const;

private:
    ByPlacement all_;
};

class TriedCounts {
public:
    static constexpr std::size_t kPlacementsMax = 2'000;
    // Of two kilobytes each, in all placements. Where there is no room for one more, those are forgotten that nothing was tried of for
    // longest: items that are gone, mostly. Whoever comes back is new again.
    static constexpr std::size_t kBlocksMax = 16'384;

    void shown(const OpenList& list);
    void answered(const OpenList& list, const ListAnswer& answer);

    [[nodiscard]] std::size_t blocks() const { return blocks_; }
    // Told anew only after something changed.
    [[nodiscard]] std::shared_ptr<const TriedInForce> in_force();

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    void make_room();

    std::map<std::string, ItemTalliesWriter, std::less<>> placements_;
    std::size_t blocks_ = 0;
    std::shared_ptr<const TriedInForce> in_force_;
};

}  // namespace attune::engine
