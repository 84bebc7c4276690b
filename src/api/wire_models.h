// What requests and answers about models look like. Entries and plans are described in engine/models.
#pragma once

#include "api/wire.h"
#include "engine/models/describe.h"

namespace attune::api::wire {

struct Models {
    std::vector<engine::ModelEntry> items;
    std::optional<std::string> published;
};
BOOST_DESCRIBE_STRUCT(Models, (), (items, published))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<api::wire::Models> {
    static constexpr FieldRule rules[] = {
        {.name = "items", .doc = "The newest first."},
        {.name = "published", .doc = "The one that answers."},
    };
};

}  // namespace attune::base
