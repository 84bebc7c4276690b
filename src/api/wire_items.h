// What answers about items look like. Items themselves are described in domain/.
#pragma once

#include "api/wire.h"

#include <cstdint>
#include <vector>

namespace attune::api::wire {

struct ItemsReply {
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::vector<RejectedEvent> rejected;
};
BOOST_DESCRIBE_STRUCT(ItemsReply, (), (accepted, duplicates, rejected))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<api::wire::ItemsReply> {
    static constexpr FieldRule rules[] = {
        {.name = "accepted", .doc = "Items that were saved."},
        {.name = "duplicates", .doc = "Items that were so already; nothing was written."},
        {.name = "rejected", .doc = "The others, and why."},
    };
};

}  // namespace attune::base
