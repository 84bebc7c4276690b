#include "engine/rules/config_tree.h"

#include "base/json_write.h"

namespace attune::engine {

using domain::RuleOp;

ConfigTree::ConfigTree(base::JsonView document) {
    nodes_.reserve(64);
    nodes_.push_back({.key = {}, .value = document});
}

ConfigTree::Index ConfigTree::add(Index parent, std::string_view key, base::JsonView value) {
    const auto made = static_cast<Index>(nodes_.size());
    nodes_.push_back({.key = key, .value = value});
    Node& above = nodes_[parent];
    if (above.first == kNone)
        above.first = made;
    else
        nodes_[above.last].next = made;
    above.last = made;
    return made;
}

void ConfigTree::unlink(Index parent, Index child) {
    Index before = kNone;
    for (Index at = nodes_[parent].first; at != child; at = nodes_[at].next) before = at;
    (before == kNone ? nodes_[parent].first : nodes_[before].next) = nodes_[child].next;
    if (nodes_[parent].last == child) nodes_[parent].last = before;
}

ConfigTree::Index ConfigTree::find(Index parent, std::string_view key) const {
    for (Index at = nodes_[parent].first; at != kNone; at = nodes_[at].next)
        if (nodes_[at].key == key) return at;
    return kNone;
}

bool ConfigTree::is(Index node, Kind kind) const {
    const Node& one = nodes_[node];
    if (one.kind != Kind::borrowed) return one.kind == kind;
    return kind == Kind::object ? one.value.is_object() : one.value.is_array();
}

void ConfigTree::open_as(Index node, Kind kind) {
    if (nodes_[node].kind == kind) return;
    const bool keeps = is(node, kind);
    const base::JsonView value = nodes_[node].value;
    nodes_[node].kind = kind;
    nodes_[node].first = nodes_[node].last = kNone;
    if (!keeps) return;
    if (kind == Kind::object)
        for (const auto& [key, member] : value.members()) (void)add(node, key, member);
    else
        for (const base::JsonView element : value.elements()) (void)add(node, {}, element);
}

ConfigTree::Index ConfigTree::walk(std::span<const std::string> path, bool make) {
    Index at = 0;
    for (const std::string& key : path) {
        if (!make && !is(at, Kind::object)) return kNone;
        open_as(at, Kind::object);
        Index below = find(at, key);
        if (below == kNone) {
            if (!make) return kNone;
            below = add(at, key, nodes_[0].value);
            nodes_[below].kind = Kind::object;
        }
        at = below;
    }
    return at;
}

void ConfigTree::merge(Index node, base::JsonView value) {
    open_as(node, Kind::object);
    for (const auto& [key, member] : value.members()) {
        const Index there = find(node, key);
        if (there == kNone) {
            (void)add(node, key, member);
        } else if (member.is_object() && is(there, Kind::object)) {
            merge(there, member);
        } else {
            nodes_[there].kind = Kind::borrowed;
            nodes_[there].value = member;
        }
    }
}

bool ConfigTree::equals(Index node, base::JsonView value) const {
    std::string mine;
    write_node(node, mine);
    return mine == value.text().text();
}

void ConfigTree::remove(const Action& action) {
    const Index node = walk(action.path, false);
    if (node == kNone) return;
    if (!action.value) {
        unlink(walk(action.path.first(action.path.size() - 1), false), node);
        return;
    }
    if (!is(node, Kind::array)) return;
    open_as(node, Kind::array);
    for (Index at = nodes_[node].first; at != kNone;) {
        const Index next = nodes_[at].next;
        if (equals(at, *action.value)) unlink(node, at);
        at = next;
    }
}

void ConfigTree::apply(const Action& action) {
    if (action.op == RuleOp::remove) return remove(action);
    const Index node = walk(action.path, true);
    switch (action.op) {
        case RuleOp::set:
            nodes_[node].kind = Kind::borrowed;
            nodes_[node].value = *action.value;
            return;
        case RuleOp::append:
            open_as(node, Kind::array);
            (void)add(node, {}, *action.value);
            return;
        case RuleOp::merge:
            return merge(node, *action.value);
        case RuleOp::remove:
            return;
    }
}

void ConfigTree::write_node(Index node, std::string& out) const {
    const Node& one = nodes_[node];
    if (one.kind == Kind::borrowed) {
        base::append_json(out, one.value);
        return;
    }
    const bool is_object = one.kind == Kind::object;
    out += is_object ? '{' : '[';
    for (Index at = one.first; at != kNone; at = nodes_[at].next) {
        if (at != one.first) out += ',';
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
