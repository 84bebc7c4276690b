// ConfigTree: a configuration in the making. It begins as a document that it borrows, takes actions one after the other,
// and is written as JSON. Only what an action touches is taken apart, and nothing is copied.
//
//     ConfigTree tree(defaults.root());
//     tree.apply({RuleOp::set, {"ui", "theme"}, value.root()});
//     tree.write(out);                                   // the documents must still be there
//
// With authors, it tells afterwards whose word holds where (config_authors.h); what it comes to is the same.
//
// An action fits every document: on its way a path makes the objects that are missing, and replaces what is none.
#pragma once

#include "base/json_document.h"
#include "domain/rule.h"
#include "engine/rules/config_authors.h"

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
        ConfigAuthor author = kNoAuthor;
    };

    // The authors outlive it; null: nobody wants to know.
    explicit ConfigTree(base::JsonView document, ConfigAuthors* authors = nullptr);

    void apply(const Action& action);
    void write(std::string& out) const;
    // Where authors have a word, in the order of the document; empty without authors.
    [[nodiscard]] std::vector<ConfigWord> words() const;

private:
    using Index = std::uint32_t;
    static constexpr Index kNone = UINT32_MAX;
    // What was removed stays while there are authors, to tell by whom.
    enum class Kind : std::uint8_t { borrowed, object, array, removed };

    struct Node {
        std::string_view key;
        Kind kind = Kind::borrowed;
        base::JsonView value;  // of a borrowed one
        Index first = kNone;   // child
        Index last = kNone;
        Index next = kNone;  // sibling
        ConfigAuthor author = kNoAuthor;
    };
    // Who is at work, and where, if anybody wants to know.
    struct Hand {
        ConfigAuthor author;
        std::string path;
    };

    Index add(Index parent, std::string_view key, base::JsonView value, ConfigAuthor author);
    void set(Index node, base::JsonView value, ConfigAuthor author);
    void unlink(Index parent, Index child);
    void take_away(Index parent, Index child, ConfigAuthor author);
    [[nodiscard]] Index find(Index parent, std::string_view key) const;
    // Takes it apart if it is (or makes it) an object or an array; what it was before is forgotten if it was neither.
    void open_as(Index node, Kind kind, ConfigAuthor author);
    [[nodiscard]] bool is(Index node, Kind kind) const;
    [[nodiscard]] bool equals(Index node, base::JsonView value) const;
    // The node at the path; missing objects are made when `make` says so.
    [[nodiscard]] Index walk(std::span<const std::string> path, bool make, ConfigAuthor author);
    [[nodiscard]] Hand hand_of(const Action& action) const;
    void note(const Action& action, const Hand& hand);
    void merge(Index node, base::JsonView value, const Hand& hand);
    void remove(const Action& action);
    void write_node(Index node, std::string& out) const;
    [[nodiscard]] std::vector<ConfigAuthor> authors_of(Index node) const;
    void tell(Index node, const std::string& path, std::vector<ConfigWord>& words) const;
    void tell_members(Index node, const std::string& path, std::vector<ConfigWord>& words) const;

    ConfigAuthors* const authors_;
    std::vector<Node> nodes_;
};

}  // namespace attune::engine
