// JsonTree: a JSON value that is kept. A JsonDocument holds the parser's buffers, some twenty times its text, so that the
// next one costs nothing; what stays for long is copied out of it into just the room it needs.
//
//     ATTUNE_TRY(const auto document, JsonDocument::parse(text));
//     const JsonTree kept(document.root());
//     kept.root().find("theme");
//
// Immutable; any thread may read it. Views into it stay valid when it is moved.
#pragma once

#include "base/json_document.h"

#include <cstddef>
#include <memory>

namespace attune::base {

class JsonTree {
public:
    explicit JsonTree(JsonView value);

    [[nodiscard]] JsonView root() const { return JsonView(nodes_.get()); }
    // Asks for its beginning, and does not wait for it.
    void prefetch() const;
    // What it takes in memory, itself not included.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    class Copy;

    std::unique_ptr<JsonNode[]> nodes_;
    std::unique_ptr<char[]> text_;
    std::size_t bytes_ = 0;
};

}  // namespace attune::base
