// What is written into a catalogue, what comes of it, and how much it may hold.
#pragma once

#include "domain/item.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace attune::engine {

struct CatalogueOptions {
    std::size_t items_max = 1'000'000;             // of a tenant
    std::size_t bytes_max = std::size_t{2} << 30;  // of a tenant, in memory
};

struct ItemEdit {
    domain::Item item;
    // The version that the caller has seen; 0: it must be new; empty: whatever is there.
    std::optional<std::uint64_t> expected{};
};

struct SavedItem {
    std::uint64_t version = 0;
    bool is_new = false;
    bool is_changed = true;  // not: it was so already, and nothing was written
};

}  // namespace attune::engine
