// What requests and answers about models look like. Entries and plans are described in engine/models.
#pragma once

#include "api/wire.h"
#include "engine/models/describe.h"

namespace attune::api::wire {

struct Models {
    std::vector<engine::ModelEntry> items;
    std::optional<std::string> published;
    std::optional<std::string> ranker;
    std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(Models, (), (items, published, ranker, cursor))

struct Rollback {
    engine::ModelKind kind = engine::ModelKind::recommender;
};
BOOST_DESCRIBE_STRUCT(Rollback, (), (kind))

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<api::wire::Models> {
    static constexpr FieldRule rules[] = {
        {.name = "items", .doc = "The newest first."},
        {.name = "published", .doc = "The recommender that answers."},
        {.name = "ranker", .doc = "The ranker that answers."},
    };
};

template <>
struct Fields<api::wire::Rollback> {
    static constexpr FieldRule rules[] = {
        {.name = "kind", .doc = "recommender when left out.", .optional = true},
    };
};

}  // namespace attune::base
