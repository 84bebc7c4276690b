// ItemBlock: 256 neighbours of a catalogue. What changes in a catalogue is its block; all others are shared with the
// catalogue as it was before. Internal to engine/catalogue.
//
// Immutable and thread-safe; labels are sorted when they are first asked for, since most blocks of an import are replaced
// before anybody does.
#pragma once

#include "engine/catalogue/catalogue_item.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace attune::engine {

class ItemBlock {
public:
    static constexpr std::size_t kItems = 256;
    static constexpr std::size_t kWords = kItems / 64;
    using Items = std::array<std::shared_ptr<const CatalogueItem>, kItems>;  // null: not there
    using Words = std::array<std::uint64_t, kWords>;                         // a bit an item

    explicit ItemBlock(Items items);

    [[nodiscard]] const Items& items() const { return items_; }
    [[nodiscard]] std::size_t count() const { return count_; }

    // Those in answers at `now`. Narrows [since, until) to the time for which that holds.
    [[nodiscard]] Words open_at(base::Time now, base::Time& since, base::Time& until) const;
    // Those with the label.
    [[nodiscard]] Words labelled(LabelNumber label) const;
    // Those that are there.
    [[nodiscard]] const Words& present() const { return present_; }

    // NaN without a price; 0 when it is not there. As arrays, so that a scan of all prices reads prices only.
    [[nodiscard]] std::span<const double, kItems> prices() const { return prices_; }
    [[nodiscard]] std::span<const std::int64_t, kItems> created() const { return created_; }
    // None that is there was created later.
    [[nodiscard]] std::int64_t newest() const { return newest_; }

private:
    // One that comes or goes.
    struct Window {
        std::size_t at = 0;
        base::Time opens;
        base::Time closes;
    };

    Items items_;
    std::size_t count_ = 0;
    Words present_{};
    Words always_{};  // open, and without a window
    std::vector<Window> windows_;
    std::array<double, kItems> prices_{};
    std::array<std::int64_t, kItems> created_{};
    std::int64_t newest_ = std::numeric_limits<std::int64_t>::min();

    mutable std::once_flag sorted_;
    mutable std::vector<std::uint64_t> labels_;  // label << 8 | place, ascending
};

}  // namespace attune::engine
