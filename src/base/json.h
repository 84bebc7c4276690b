// JSON by reflection: a struct that is described once (Boost.Describe) is read, checked, written and explained
// from that description. No noun has a reader or writer of its own.
//
//     struct Point { double x = 0; double y = 0; std::optional<std::string> label; };
//     BOOST_DESCRIBE_STRUCT(Point, (), (x, y, label))
//     template <> struct attune::base::Fields<Point> {           // optional: limits and prose
//         static constexpr FieldRule rules[] = {{.name = "x", .doc = "East", .minimum = -180, .maximum = 180}};
//     };
//     auto point = from_json<Point>(R"({"x":1,"y":2})");          // Result<Point>; an error names "/x"
//     std::string text = to_json(*point);                         // {"x":1,"y":2}
//
// Reading is strict: valid UTF-8 and JSON, no duplicate keys, no lone surrogates, no U+0000, no numbers that a double or
// 64-bit integer cannot hold, limits on size, depth, strings and members. Empty optionals are not written.
#pragma once

#include "base/json_text.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace attune::base {

struct JsonLimits {
    std::size_t bytes_max = 1 << 20;
    std::size_t depth_max = 64;
    std::size_t string_bytes_max = 64 * 1024;
    std::size_t members_max = 10'000;   // of one object
    std::size_t values_max = 2'000'000;  // in all
};

// What a described struct does with members it does not know. `keep` needs a member
// `FlatMap<std::string, JsonText> extra`, which is written back beside the known ones; without it, keep is ignore.
enum class Unknown : std::uint8_t { reject, keep, ignore };

struct JsonOptions {
    JsonLimits limits{};
    Unknown unknown = Unknown::reject;
    bool require_members = true;  // false: a member that is missing keeps its default (stored forms of other versions)
};

// What is known of one member beyond its type.
struct FieldRule {
    std::string_view name;
    std::string_view doc = {};
    bool optional = false;  // may be left out though it is no std::optional
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    std::size_t length_min = 0;  // of strings in bytes, of lists and maps in entries
    std::size_t length_max = std::numeric_limits<std::size_t>::max();
    bool object = false;  // a JsonText that must be an object (or left out)
};

template <class T>
struct Fields {
    static constexpr std::span<const FieldRule> rules{};
};

enum class JsonKind : std::uint8_t { null, boolean, integer, unsigned_integer, real, string, array, object };

class JsonDocument;

// One value inside a JsonDocument: two words, copied freely, valid as long as the document.
class JsonView;

}  // namespace attune::base

#include "base/json_document.h"  // JsonDocument, JsonView
#include "base/json_read.h"      // from_json
#include "base/json_write.h"     // to_json, append_json
#include "base/json_schema.h"    // json_schema: a JSON Schema (2020-12) of a described type
