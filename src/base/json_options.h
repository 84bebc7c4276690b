// What the JSON codec may be told: limits and policies of one reading, and what is known of a
// member beyond its type. Included by base/json.h, which is the manual.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace attune::base {

struct JsonLimits {
    std::size_t bytes_max = 1 << 20;
    std::size_t depth_max = 64;
    std::size_t string_bytes_max = 64 * 1024;
    std::size_t members_max = 10'000;    // of one object
    std::size_t values_max = 2'000'000;  // in all
};

// What a described struct does with members it does not know. `keep` needs a member
// `FlatMap<std::string, JsonText> extra`, which is written back beside the known ones; without it,
// keep is ignore.
enum class Unknown : std::uint8_t { reject, keep, ignore };

struct JsonOptions {
    JsonLimits limits{};
    Unknown unknown = Unknown::reject;
    bool require_members =
        true;  // false: a member that is missing keeps its default (stored forms of other versions)
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

enum class JsonKind : std::uint8_t {
    null,
    boolean,
    integer,
    unsigned_integer,
    real,
    string,
    array,
    object
};

}  // namespace attune::base
