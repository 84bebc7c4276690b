// The items that a checkpoint speaks of, by their ids: numbers are those of a process. A table of them stands before whatever names
// them by the numbers that they had when it was written.
//
//     ItemsNamed named;  named.add(item); …  ATTUNE_TRY_VOID(named.write(writer, numbers));
//     ItemsThen then;    ATTUNE_TRY_VOID(then.read(reader, numbers));  ATTUNE_TRY(item, then.today(reader, item));
//
// Internal to outcomes. Not thread-safe.
#pragma once

#include "engine/follow/checkpoint_file.h"
#include "engine/numbers/item_numbers.h"

#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

// Ids that nothing speaks of are not kept, or an item that is long gone would be known for ever.
class ItemsNamed {
public:
    void add(ItemNumber item) {
        if (item >= is_named_.size()) is_named_.resize(std::size_t{item} + 1 + (item / 4));
        is_named_[item] = true;
    }
    [[nodiscard]] Result<void> write(CheckpointWriter& to, const ItemNumbers& numbers) const {
        ATTUNE_TRY_VOID(to.put(static_cast<std::uint32_t>(is_named_.size())));
        for (std::size_t item = 0; item < is_named_.size(); ++item)
            ATTUNE_TRY_VOID(to.put(is_named_[item] ? numbers.id_of(static_cast<ItemNumber>(item))
                                                   : std::string_view{}));
        return {};
    }

private:
    std::vector<bool> is_named_;
};

class ItemsThen {
public:
    [[nodiscard]] Result<void> read(CheckpointReader& from, ItemNumbers& numbers) {
        ATTUNE_TRY(const auto count, from.get<std::uint32_t>());
        if (count > 2 * ItemNumbers::kCountMax) return from.damaged();
        today_.resize(count);
        for (std::optional<ItemNumber>& one : today_) {
            ATTUNE_TRY(const std::string id, from.text(kIdBytesMax));
            if (id.empty()) continue;
            ATTUNE_TRY(one, numbers.number_for(id));
        }
        return {};
    }
    [[nodiscard]] Result<ItemNumber> today(const CheckpointReader& from, ItemNumber then) const {
        if (then >= today_.size() || !today_[then]) return from.damaged();
        return *today_[then];
    }

private:
    static constexpr std::size_t kIdBytesMax = 1u << 16;
    std::vector<std::optional<ItemNumber>> today_;  // by number then
};

}  // namespace attune::engine
