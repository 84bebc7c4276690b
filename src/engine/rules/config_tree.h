// ConfigTree: a configuration in the making. It begins as a document that it borrows, takes actions one after the other,
// and is written as JSON. Only what an action touches is taken apart, and nothing is copied.
//
//     ConfigTree tree(defaults.root());
//     tree.apply({RuleOp::set, {"ui", "theme"}, value.root()});
//     tree.write(out);                                   // the documents must still be there
//
// An action fits every document: on its way a path makes the objects that are missing, and replaces what is none.
#pragma once

#include "base/json_document.h"
#include "domain/rule.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class ConfigTree {
public:
    struct Action {
        domain::RuleOp op = domain::RuleOp::set;
        std::span<const std::string> path;
        std::optional<base::JsonView> value;  // needed by all but remove
    };

    explicit ConfigTree(base::JsonView document);

    void apply(const Action& action);
    void write(std::string& out) const;

private:
    using Index = std::uint32_t;
    static constexpr Index kNone = UINT32_MAX;
    enum class Kind : std::uint8_t { borrowed, object, array };

    struct Node {
        std::string_view key;
        Kind kind = Kind::borrowed;
        base::JsonView value;  // of a borrowed one
        Index first = kNone;   // child
        Index last = kNone;
        Index next = kNone;  // sibling
    };

    [[nodiscard]] Index add(Index parent, std::string_view key, base::JsonView value);
    void unlink(Index parent, Index child);
    [[nodiscard]] Index find(Index parent, std::string_view key) const;
    // Takes it apart if it is (or makes it) an object or an array; what it was before is forgotten if it was neither.
    void open_as(Index node, Kind kind);
    [[nodiscard]] bool is(Index node, Kind kind) const;
    [[nodiscard]] bool equals(Index node, base::JsonView value) const;
    // The node at the path; missing objects are made when `make` says so.
    [[nodiscard]] Index walk(std::span<const std::string> path, bool make);
    void merge(Index node, base::JsonView value);
    void remove(const Action& action);
    void write_node(Index node, std::string& out) const;

    std::vector<Node> nodes_;
};

}  // namespace attune::engine
