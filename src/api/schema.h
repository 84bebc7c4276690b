// The schemas that routes name: of a described type, of a page of them.
#pragma once

#include "base/json.h"
#include "domain/describe.h"

#include <string>
#include <string_view>

namespace attune::api {

template <class T>
[[nodiscard]] std::string schema_of(base::SchemaSet& schemas) {
    return schemas.ref<T>();
}

// Of a page of what `item` is the schema of.
[[nodiscard]] inline std::string page_schema(std::string_view item) {
    return R"({"type":"object","properties":{"items":{"type":"array","items":)" +
           std::string(item) +
           R"(},"cursor":{"type":["string","null"],"description":"There is more when it is set."}},)" +
           R"("required":["items","cursor"]})";
}

template <class T>
[[nodiscard]] std::string schema_of_list(base::SchemaSet& schemas) {
    return page_schema(schemas.ref<T>());
}

// One event, an array, or {"interactions": [...]}.
[[nodiscard]] inline std::string schema_of_events(base::SchemaSet& schemas) {
    const std::string list =
        R"({"type":"array","minItems":1,"items":)" + schemas.ref<domain::IncomingEvent>() + "}";
    return R"({"oneOf":[)" + list + R"(,{"type":"object","properties":{"interactions":)" + list +
           R"(},"required":["interactions"],"additionalProperties":false}]})";
}

[[nodiscard]] inline std::string schema_of_one_or_more_events(base::SchemaSet& schemas) {
    const std::string one = schemas.ref<domain::IncomingEvent>();
    return R"({"oneOf":[)" + one + R"(,{"type":"array","minItems":1,"items":)" + one + "}]}";
}

}  // namespace attune::api
