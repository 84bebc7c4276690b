// Route: one line of the table that is the whole HTTP surface. Dispatch, /openapi.json and the isolation matrix of
// the tests are readings of it, so none of them can tell another story than the others.
#pragma once

#include "api/access.h"
#include "base/result.h"
#include "http/message.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace attune::base {
class SchemaSet;
}

namespace attune::api {

struct Call;

// Handlers are synchronous and take microseconds; what must wait for the disk is a ticket in the answer. Those of routes
// that say `waits` may take their time, on a worker's thread.
using Handler = Result<http::Answer> (*)(const Call&);
// For bodies that arrive piece by piece.
using StreamHandler = Result<std::unique_ptr<http::BodySink>> (*)(const Call&);
// Writes the JSON Schema of a body, adding the types it names to the set (api/schema.h makes these).
using SchemaOf = std::string (*)(base::SchemaSet&);

struct Param {
    std::string_view name;
    std::string_view doc;
    std::string_view type = "string";  // of JSON Schema
    std::string_view format = {};      // "date-time"
    std::uint32_t minimum = 0;  // of an integer, with its maximum; 0 and 0: none that a schema says
    std::uint32_t maximum = 0;
    std::string_view one_of = {};  // "active, paused, draft": what it may say; empty: anything
};

// Goes over such words: next_word(rest) is "active", then "paused", … and in the end empty.
[[nodiscard]] constexpr std::string_view next_word(std::string_view& rest) {
    const std::string_view word = rest.substr(0, rest.find(", "));
    rest.remove_prefix(word.size() == rest.size() ? word.size() : word.size() + 2);
    return word;
}

struct Body {
    SchemaOf schema = nullptr;
    std::string_view doc = {};
    std::string_view example = {};  // JSON
    // A second content type that the same route takes: "application/x-ndjson".
    std::string_view also = {};
    bool required = true;
};

struct Reply {
    unsigned status = 200;
    std::string_view doc;
    SchemaOf schema = nullptr;
    std::string_view content_type = "application/json";
};

struct Route {
    http::Method method;
    std::string_view pattern;
    std::string_view id;  // operationId: "track_events"
    std::string_view tag;
    std::string_view summary;
    Access access;
    Handler handler = nullptr;  // one of these two
    StreamHandler stream = nullptr;
    std::span<const Param> query{};
    Body body{};
    std::span<const Reply> replies{};
    std::string_view description = {};
    std::uint64_t body_bytes_max = 1 << 20;
    bool any_origin = false;  // CORS "*": for protocols that browsers speak with a key of their own
    bool waits = false;
    bool always = false;        // answered even when the server sheds load
    bool rest_of_path = false;  // the last parameter takes all that is left, slashes too
    bool conditional = false;   // answers ETag, honours If-None-Match or If-Match
    // Ids in paths hold no rights by themselves, but a retried write must count once: every buffered write takes an
    // Idempotency-Key unless its protocol has ids of its own.
    bool idempotent = true;

    [[nodiscard]] constexpr bool writes() const {
        return method != http::Method::get && method != http::Method::head;
    }
};

}  // namespace attune::api
