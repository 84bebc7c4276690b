#include "engine/rules/config_tree.h"

#include "base/json_write.h"

namespace attune::engine {

using domain::RuleOp;

ConfigTree::ConfigTree(base::JsonView document, ConfigAuthors* authors) : authors_(authors) {
    nodes_.reserve(64);
    nodes_.push_back({.key = {}, .value = document});
}

ConfigTree::Index ConfigTree::add(Index parent, std::string_view key, base::JsonView value,
                                  ConfigAuthor author) {
    const auto made = static_cast<Index>(nodes_.size());
    nodes_.push_back({.key = key, .value = value, .author = author});
    Node& above = nodes_[parent];
    if (above.first == kNone)
        above.first = made;
    else
        nodes_[above.last].next = made;
    above.last = made;
    return made;
}

void ConfigTree::set(Index node, base::JsonView value, ConfigAuthor author) {
    nodes_[node].kind = Kind::borrowed;
    nodes_[node].value = value;
    nodes_[node].author = author;
}

void ConfigTree::unlink(Index parent, Index child) {
    Index before = kNone;
    for (Index at = nodes_[parent].first; at != child; at = nodes_[at].next) before = at;
    (before == kNone ? nodes_[parent].first : nodes_[before].next) = nodes_[child].next;
    if (nodes_[parent].last == child) nodes_[parent].last = before;
}

void ConfigTree::take_away(Index parent, Index child, ConfigAuthor author) {
    if (authors_ == nullptr) return unlink(parent, child);
    nodes_[child].kind = Kind::removed;
    nodes_[child].author = author;
}

ConfigTree::Index ConfigTree::find(Index parent, std::string_view key) const {
    for (Index at = nodes_[parent].first; at != kNone; at = nodes_[at].next)
        if (nodes_[at].key == key && nodes_[at].kind != Kind::removed) return at;
    return kNone;
}

bool ConfigTree::is(Index node, Kind kind) const {
    const Node& one = nodes_[node];
    if (one.kind != Kind::borrowed) return one.kind == kind;
    return kind == Kind::object ? one.value.is_object() : one.value.is_array();
}

void ConfigTree::open_as(Index node, Kind kind, ConfigAuthor author) {
    if (nodes_[node].kind == kind) return;
    const bool keeps = is(node, kind);
    const base::JsonView value = nodes_[node].value;
    nodes_[node].kind = kind;
    nodes_[node].first = nodes_[node].last = kNone;
    if (!keeps) {
        nodes_[node].author = author;
        return;
    }
    const ConfigAuthor whose = nodes_[node].author;
    if (kind == Kind::object)
        for (const auto& [key, member] : value.members()) add(node, key, member, whose);
    else
        for (const base::JsonView element : value.elements()) add(node, {}, element, whose);
}

ConfigTree::Index ConfigTree::walk(std::span<const std::string> path, bool make,
                                   ConfigAuthor author) {
    Index at = 0;
    for (const std::string& key : path) {
        if (!make && !is(at, Kind::object)) return kNone;
        open_as(at, Kind::object, author);
        Index below = find(at, key);
        if (below == kNone) {
            if (!make) return kNone;
            below = add(at, key, nodes_[0].value, author);
            nodes_[below].kind = Kind::object;
        }
        at = below;
    }
    return at;
}

ConfigTree::Hand ConfigTree::hand_of(const Action& action) const {
    Hand hand{action.author, {}};
    if (authors_ != nullptr)
        for (const std::string& key : action.path) hand.path = ConfigAuthors::below(hand.path, key);
    return hand;
}

void ConfigTree::merge(Index node, base::JsonView value, const Hand& hand) {
    open_as(node, Kind::object, hand.author);
    for (const auto& [key, member] : value.members()) {
        const Index there = find(node, key);
        const bool is_within = there != kNone && member.is_object() && is(there, Kind::object);
        Hand below{hand.author, {}};
        if (authors_ != nullptr) {
            below.path = ConfigAuthors::below(hand.path, key);
            if (!is_within) authors_->said(below.path, member, hand.author);
        }
        if (is_within)
            merge(there, member, below);
        else if (there == kNone)
            add(node, key, member, hand.author);
        else
            set(there, member, hand.author);
    }
}

bool ConfigTree::equals(Index node, base::JsonView value) const {
    std::string mine;
    write_node(node, mine);
    return mine == value.text().text();
}

void ConfigTree::remove(const Action& action) {
    const Index node = walk(action.path, false, action.author);
    if (node == kNone) return;
    const Hand hand = hand_of(action);
    if (!action.value) {
        const auto above = action.path.first(action.path.size() - 1);
        take_away(walk(above, false, action.author), node, action.author);
        if (authors_ != nullptr) authors_->said(hand.path, action.author);
        return;
    }
    if (!is(node, Kind::array)) return;
    open_as(node, Kind::array, action.author);
    for (Index at = nodes_[node].first; at != kNone;) {
        const Index next = nodes_[at].next;
        if (nodes_[at].kind != Kind::removed && equals(at, *action.value)) {
            take_away(node, at, action.author);
            if (authors_ != nullptr) authors_->said(hand.path, action.author);
        }
        at = next;
    }
}

void ConfigTree::apply(const Action& action) {
    if (action.op == RuleOp::remove) return remove(action);
    const Hand hand = hand_of(action);
    if (authors_ != nullptr) note(action, hand);
    const Index node = walk(action.path, true, action.author);
    if (action.op == RuleOp::merge) return merge(node, *action.value, hand);
    if (action.op == RuleOp::set) return set(node, *action.value, action.author);
    open_as(node, Kind::array, action.author);
    add(node, {}, *action.value, action.author);
}

// What a merge says within an object that is there is noted where it says it.
void ConfigTree::note(const Action& action, const Hand& hand) {
    if (action.op == RuleOp::append) return authors_->said(hand.path, action.author);
    const Index before = walk(action.path, false, action.author);
    if (action.op == RuleOp::merge && before != kNone && is(before, Kind::object)) return;
    authors_->said(hand.path, *action.value, action.author);
}

void ConfigTree::write_node(Index node, std::string& out) const {
    const Node& one = nodes_[node];
    if (one.kind == Kind::borrowed) {
        base::append_json(out, one.value);
        return;
    }
    const bool is_object = one.kind == Kind::object;
    out += is_object ? '{' : '[';
    bool is_first = true;
    for (Index at = one.first; at != kNone; at = nodes_[at].next) {
        if (nodes_[at].kind == Kind::removed) continue;
        if (!is_first) out += ',';
        is_first = false;
        if (is_object) {
            base::append_json(out, nodes_[at].key);
            out += ':';
        }
        write_node(at, out);
    }
    out += is_object ? '}' : ']';
}

void ConfigTree::write(std::string& out) const { write_node(0, out); }

}  // namespace attune::engine
