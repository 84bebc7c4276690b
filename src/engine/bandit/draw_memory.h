// DrawMemory: which variant a unit was drawn, from the draw until its decision is written and folded, and for the rest of a
// session. The newest 130,000 or so; what is forgotten is drawn again. Thread-safe: sixteen locks, each held for a look-up.
#pragma once

#include "base/id128.h"
#include "base/mutex.h"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>

namespace attune::engine {

class DrawMemory {
public:
    // What the unit was given before; else it is `drawn` from now on, and nothing is answered.
    [[nodiscard]] std::optional<std::uint8_t> recall_or_keep(const base::Id128& unit,
                                                             std::uint8_t drawn);

private:
    static constexpr std::size_t kShards = 16;
    static constexpr std::size_t kGenerationMax = (1u << 17) / kShards / 2;
    using Generation = boost::unordered_flat_map<base::Id128, std::uint8_t, base::Id128Hash>;
    struct Shard {
        base::Mutex mutex;
        Generation newer ATTUNE_GUARDED_BY(mutex);
        Generation older ATTUNE_GUARDED_BY(mutex);
    };
    std::array<Shard, kShards> shards_;
};

}  // namespace attune::engine
