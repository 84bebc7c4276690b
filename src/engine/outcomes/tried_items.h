// TriedItems: what the slots of a placement that are left to chance have taught of each item: how often it stood in one of them, and
// how often people did something there that speaks for it. Only these slots tell items apart fairly: elsewhere an item is shown
// because it was expected to be chosen, and the higher it stands the more it is seen.
//
//     const auto tried = outcomes.tried(tenant)->find("home");         // null: nothing was tried there
//     tried->of(item, now).trials                                      // 12.4 times, of late
//     tried->of_all(now).mean()                                        // 0.05: what an item there can hope for
//
// Every list and every answer moves it. The past fades (kHalfLife), so that what was tried long ago may be tried again. Counts alone:
// it names nobody. TriedItems and TriedInForce are immutable and thread-safe; TriedCounts, which makes them, is not.
#pragma once

#include "engine/outcomes/open_lists.h"
#include "learn/bandit/tally.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::engine {

class TriedItems {
public:
    static constexpr learn::Memory kMemory{.half_life = std::chrono::days(30)};

    // As of `now`; of what was never tried, nothing.
    [[nodiscard]] learn::Tally of(ItemNumber item, base::Time now) const;
    [[nodiscard]] learn::Tally of_all(base::Time now) const;
    // `look(item, tally)` for each that was ever tried, by number.
    void each(base::Time now, const auto& look) const {
        for (const auto& [number, block] : blocks_)
            for (std::size_t place = 0; place < kBlockItems; ++place) {
                if (!((*block)[place].trials > 0)) continue;
                learn::Tally tally = (*block)[place];
                tally.age(now, kMemory);
                look(static_cast<ItemNumber>(number * kBlockItems + place), tally);
            }
    }

private:
    friend class TriedCounts;

    static constexpr std::size_t kBlockItems = 64;
    // Shared with what was told before, but for those that changed since.
    using Block = std::array<learn::Tally, kBlockItems>;
    using Blocks = std::vector<std::pair<std::size_t, std::shared_ptr<const Block>>>;  // by number

    [[nodiscard]] static Blocks::const_iterator find(const Blocks& blocks, std::size_t number);

    Blocks blocks_;
    learn::Tally all_;
};

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
    // Of two kilobytes each, in all placements; what does not find room is not counted, and stays as if it were new.
    static constexpr std::size_t kBlocksMax = 16'384;

    void shown(const OpenList& list);
    void answered(const OpenList& list, const ListAnswer& answer);

    // Told anew only after something changed.
    [[nodiscard]] std::shared_ptr<const TriedInForce> in_force();

private:
    struct Placement {
        std::map<std::size_t, std::shared_ptr<TriedItems::Block>> blocks;
        std::vector<std::size_t> changed;  // blocks that nobody was told of as they are; sorted
        learn::Tally all;
        std::shared_ptr<const TriedItems> told;
    };
    // Where it may be written; null where there is no room.
    [[nodiscard]] learn::Tally* tally_of(Placement& placement, ItemNumber item);

    std::map<std::string, Placement, std::less<>> placements_;
    std::size_t blocks_ = 0;
    std::shared_ptr<const TriedInForce> in_force_;
};

}  // namespace attune::engine
