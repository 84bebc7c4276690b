// JSON by reflection: a struct that is described once (Boost.Describe) is read, checked, written
// and explained from that description. No noun has a reader or writer of its own.
//
//     struct Point { double x = 0; double y = 0; std::optional<std::string> label; };
//     BOOST_DESCRIBE_STRUCT(Point, (), (x, y, label))
//     template <> struct attune::base::Fields<Point> {           // optional: limits and prose
//         static constexpr FieldRule rules[] = {{.name = "x", .minimum = -180, .maximum = 180}};
//     };
//     auto point = from_json<Point>(R"({"x":1,"y":2})");  // Result<Point>; an error names "/x"
//     std::string text = to_json(*point);                 // {"x":1,"y":2}
//
// Reading is strict: valid UTF-8 and JSON, no duplicate keys, no lone surrogates, no U+0000, no
// numbers that a double or 64-bit integer cannot hold, limits on size, depth, strings and members.
// Empty optionals are not written.
#pragma once

#include "base/json_document.h"  // JsonDocument, JsonView: a checked text, walked by hand
#include "base/json_options.h"   // JsonOptions, JsonLimits, FieldRule, Fields
#include "base/json_read.h"      // from_json
#include "base/json_schema.h"    // json_schema, SchemaSet: JSON Schema 2020-12 of described types
#include "base/json_text.h"      // JsonText
#include "base/json_write.h"     // to_json, append_json
