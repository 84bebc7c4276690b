#include "engine/numbers/item_numbers.h"

#include <mutex>

namespace attune::engine {

ItemNumbers::~ItemNumbers() {
    for (auto& block : blocks_) delete block.load(std::memory_order_relaxed);
}

ItemNumbers::Shard& ItemNumbers::shard_of(std::string_view id) const {
    // Neither the highest bits nor the lowest, which choose the place within the shard.
    return shards_[base::KeyedHash{}(id) >> 24 & (kShards - 1)];
}

std::optional<ItemNumber> ItemNumbers::find(std::string_view id) const {
    const Shard& shard = shard_of(id);
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.numbers.find(id);
    if (found == shard.numbers.end()) return std::nullopt;
    return found->second;
}

Result<ItemNumber> ItemNumbers::number_for(std::string_view id) {
    if (const auto found = find(id)) return *found;
    Shard& shard = shard_of(id);
    const std::unique_lock lock(shard.mutex);
    if (const auto found = shard.numbers.find(id); found != shard.numbers.end())
        return found->second;
    const base::MutexLock growing(grow_);
    const ItemNumber number = count_.load(std::memory_order_relaxed);
    if (number == kCountMax)
        return fail(Code::resource_exhausted, "too_many_items: this tenant has named " +
                                                  std::to_string(kCountMax) +
                                                  " different items, which is as many as it may");
    auto& block = blocks_[number / kBlock];
    if (block.load(std::memory_order_relaxed) == nullptr)
        block.store(std::make_unique<Block>().release(), std::memory_order_release);
    std::string& kept = (*block.load(std::memory_order_relaxed))[number % kBlock];
    kept = id;
    shard.numbers.emplace(kept, number);
    count_.store(number + 1, std::memory_order_release);
    return number;
}

std::string_view ItemNumbers::id_of(ItemNumber number) const {
    ATTUNE_CHECK(number < count());
    return (*blocks_[number / kBlock].load(std::memory_order_acquire))[number % kBlock];
}

std::shared_ptr<ItemNumbers> AllItemNumbers::of(TenantId tenant) {
    const base::MutexLock lock(mutex_);
    auto& numbers = numbers_[tenant];
    if (!numbers) numbers = std::make_shared<ItemNumbers>();
    return numbers;
}

}  // namespace attune::engine
