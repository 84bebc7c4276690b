// ItemNumbers: a small number for each item id of a tenant, so that catalogues, counts, models and masks can be arrays. An
// item may be seen in an event before it is in the catalogue, or after it was removed: it is the same number all along.
//
//     ItemNumbers& numbers = *all.of(tenant);
//     ATTUNE_TRY(const ItemNumber number, numbers.number_for("song-7"));   // makes one
//     numbers.find("song-7");                                               // or looks
//     numbers.id_of(number);                                                // "song-7"
//
// Numbers are those of this process: 0, 1, 2 … in the order in which ids came up, never given to another id. What is stored
// names items by their ids. Thread-safe: id_of takes no lock, find a shared one of a 64th of the ids.
#pragma once

#include "base/keyed_hash.h"
#include "base/mutex.h"
#include "base/result.h"
#include "domain/tenant.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

using domain::TenantId;
using ItemNumber = std::uint32_t;

class ItemNumbers {
public:
    static constexpr ItemNumber kCountMax = 1u << 22;  // 4 million ids

    ItemNumbers() = default;
    ~ItemNumbers();
    ItemNumbers(const ItemNumbers&) = delete;
    ItemNumbers& operator=(const ItemNumbers&) = delete;

    [[nodiscard]] std::optional<ItemNumber> find(std::string_view id) const;
    // resource_exhausted "too_many_items" where kCountMax ids have come up.
    [[nodiscard]] Result<ItemNumber> number_for(std::string_view id);
    // Of a number that was given out; lives as long as this.
    [[nodiscard]] std::string_view id_of(ItemNumber number) const;
    // All numbers given out are below it.
    [[nodiscard]] ItemNumber count() const { return count_.load(std::memory_order_acquire); }

private:
    static constexpr std::size_t kBlock = 4'096;
    using Block = std::array<std::string, kBlock>;
    struct Shard {
        mutable std::shared_mutex mutex;
        // The ids live in the blocks.
        boost::unordered_flat_map<std::string_view, ItemNumber, base::KeyedHash, std::equal_to<>>
            numbers;
    };
    static constexpr std::size_t kShards = 64;

    [[nodiscard]] Shard& shard_of(std::string_view id) const;

    mutable std::array<Shard, kShards> shards_;
    base::Mutex grow_;
    std::array<std::atomic<Block*>, kCountMax / kBlock> blocks_{};
    std::atomic<ItemNumber> count_ = 0;
};

// Those of all tenants, made when they are first asked for.
class AllItemNumbers {
public:
    [[nodiscard]] std::shared_ptr<ItemNumbers> of(TenantId tenant);

private:
    base::Mutex mutex_;
    std::map<TenantId, std::shared_ptr<ItemNumbers>> numbers_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
