#include "engine/bandit/draw_memory.h"

namespace attune::engine {

std::optional<std::uint8_t> DrawMemory::recall_or_keep(const base::Id128& unit,
                                                       std::uint8_t drawn) {
    Shard& shard = shards_[unit.low() % kShards];
    const base::MutexLock lock(shard.mutex);
    if (const auto known = shard.newer.find(unit); known != shard.newer.end()) return known->second;
    std::optional<std::uint8_t> given;
    if (const auto known = shard.older.find(unit); known != shard.older.end())
        given = known->second;
    // Who is asked about again is young again.
    if (shard.newer.size() >= kGenerationMax) {
        shard.older.swap(shard.newer);
        shard.newer.clear();
    }
    shard.newer.emplace(unit, given.value_or(drawn));
    return given;
}

}  // namespace attune::engine
