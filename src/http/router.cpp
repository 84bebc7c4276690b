#include "http/router.h"

#include "http/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace attune::http {

namespace {

constexpr std::size_t kMethodCount = static_cast<std::size_t>(Method::other);
constexpr std::size_t kSegmentsMax = 32;

// The raw segments of a path, without the trailing slash. None for a path that is deeper than any route.
struct Segments {
    std::array<std::string_view, kSegmentsMax> items;
    std::size_t count = 0;

    [[nodiscard]] std::span<const std::string_view> view() const { return {items.data(), count}; }
};
std::optional<Segments> segments_of(std::string_view path) {
    if (path.empty() || path.front() != '/') return std::nullopt;
    path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    std::optional<Segments> segments(std::in_place);
    if (path.empty()) return segments;
    while (true) {
        if (segments->count == kSegmentsMax) return std::nullopt;
        const std::size_t slash = path.find('/');
        segments->items[segments->count++] = path.substr(0, slash);
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

// "{id}:test" taken apart; an empty name for a literal segment.
struct PatternSegment {
    std::string_view literal;
    std::string_view name;
    std::string_view verb;
    bool is_rest = false;  // {name...}
};
std::optional<PatternSegment> parse_segment(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text.front() != '{') {
        if (text.find_first_of("{}%?#") != std::string_view::npos) return std::nullopt;
        return PatternSegment{text, {}, {}};
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos || close == 1) return std::nullopt;
    PatternSegment segment{{}, text.substr(1, close - 1), {}};
    segment.is_rest = segment.name.ends_with("...");
    if (segment.is_rest) segment.name.remove_suffix(3);
    const std::string_view rest = text.substr(close + 1);
    if (segment.name.find('{') != std::string_view::npos) return std::nullopt;
    if (segment.name.empty()) return std::nullopt;
    if (rest.empty()) return segment;
    if (segment.is_rest) return std::nullopt;
    segment.verb = rest.substr(1);
    const bool plain_verb = rest.front() == ':' && !segment.verb.empty() &&
                            segment.verb.find_first_of(":{}") == std::string_view::npos;
    return plain_verb ? std::optional(segment) : std::nullopt;
}

}  // namespace

// One place in the tree of patterns. A request visits each node at most once.
struct Router::Node {
    struct Endpoint {
        const Route* route = nullptr;
        std::vector<std::string> names;  // of the {name} segments on the way here
    };
    using Endpoints = std::array<Endpoint, kMethodCount>;

    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> any;                            // a {name} segment
    std::map<std::string, Endpoints, std::less<>> verbs;  // "{name}:verb" in the last segment
    std::unique_ptr<Endpoints> rest;                      // "{name...}"
    Endpoints endpoints;
};

// One search: the path's segments, what was captured so far, and what was found.
struct Router::Search {
    std::span<const std::string_view> segments;
    Method method = Method::other;
    std::array<std::string_view, kSegmentsMax> captures{};
    std::size_t captured = 0;
    const Node::Endpoint* found = nullptr;
    unsigned allowed = 0;  // a bit for each method that the path has

    bool take(const Node::Endpoints& endpoints) {
        for (std::size_t i = 0; i < kMethodCount; ++i)
            if (endpoints[i].route != nullptr) allowed |= 1U << i;
        const auto at = [&](Method m) -> const Node::Endpoint* {
            if (m == Method::other) return nullptr;
            const auto& endpoint = endpoints[static_cast<std::size_t>(m)];
            return endpoint.route != nullptr ? &endpoint : nullptr;
        };
        found = at(method);
        if (found == nullptr && method == Method::head) found = at(Method::get);
        return found != nullptr;
    }

    bool visit(const Node& node, std::size_t index) {
        if (index == segments.size()) return take(node.endpoints);
        const std::string_view segment = segments[index];
        if (segment.empty()) return false;
        if (const auto literal = node.literals.find(segment);
            literal != node.literals.end() && visit(*literal->second, index + 1))
            return true;
        if (index + 1 == segments.size() && !node.verbs.empty()) {
            const std::size_t colon = segment.rfind(':');
            if (colon != std::string_view::npos && colon > 0) {
                const auto verb = node.verbs.find(segment.substr(colon + 1));
                if (verb != node.verbs.end()) {
                    captures[captured++] = segment.substr(0, colon);
                    if (take(verb->second)) return true;
                    --captured;
                    return false;  // the verb is meant, with another method
                }
            }
        }
        captures[captured++] = segment;
        if (node.any && visit(*node.any, index + 1)) return true;
        // From here to the end of the last segment: all are views of one text.
        captures[captured - 1] = {segment.begin(), segments.back().end()};
        if (node.rest && take(*node.rest)) return true;
        --captured;
        return false;
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Result<void> Router::add(Route route) {
    const auto refuse = [&](std::string why) {
        return fail(Code::invalid_argument, "route " + std::string(name_of(route.method)) + " \"" +
                                                route.pattern + "\": " + why);
    };
    if (route.method == Method::other) return refuse("the method is none that a route can have");
    if (static_cast<bool>(route.handler) == static_cast<bool>(route.stream_handler))
        return refuse("needs exactly one of handler and stream_handler");
    const auto segments = segments_of(route.pattern);
    if (!segments) return refuse("a pattern starts with '/' and has at most 32 segments");

    Node* node = root_.get();
    std::vector<std::string> names;
    Node::Endpoints* endpoints = &node->endpoints;
    for (std::size_t i = 0; i < segments->count; ++i) {
        const std::string_view text = segments->items[i];
        const auto segment = parse_segment(text);
        const bool must_be_last = segment && (!segment->verb.empty() || segment->is_rest);
        if (!segment || (must_be_last && i + 1 != segments->count))
            return refuse("segment \"" + std::string(text) +
                          "\" is neither a literal nor {name} nor a last {name}:verb");
        if (!segment->name.empty()) {
            if (std::ranges::find(names, segment->name) != names.end())
                return refuse("a name is there twice");
            names.emplace_back(segment->name);
        }
        if (segment->is_rest) {
            if (!node->rest) node->rest = std::make_unique<Node::Endpoints>();
            endpoints = node->rest.get();
            break;
        }
        if (!segment->verb.empty()) {
            endpoints = &node->verbs[std::string(segment->verb)];
            break;
        }
        auto& child =
            segment->name.empty() ? node->literals[std::string(segment->literal)] : node->any;
        if (!child) child = std::make_unique<Node>();
        node = child.get();
        endpoints = &node->endpoints;
    }
    auto& endpoint = (*endpoints)[static_cast<std::size_t>(route.method)];
    if (endpoint.route != nullptr)
        return refuse("is there already, as \"" + endpoint.route->pattern + "\"");
    routes_.push_back(std::make_unique<Route>(std::move(route)));
    endpoint = {routes_.back().get(), std::move(names)};
    return {};
}

namespace {

std::string allow_header(unsigned methods) {
    if ((methods & (1U << static_cast<unsigned>(Method::get))) != 0)
        methods |= 1U << static_cast<unsigned>(Method::head);
    methods |= 1U << static_cast<unsigned>(Method::options);
    std::string allow;
    for (std::size_t i = 0; i < kMethodCount; ++i) {
        if ((methods & (1U << i)) == 0) continue;
        if (!allow.empty()) allow += ", ";
        allow += name_of(static_cast<Method>(i));
    }
    return allow;
}

bool is_sound(const std::string& value) {
    return value.find('\0') == std::string::npos && is_valid_utf8(value);
}

}  // namespace

Router::Match Router::match(Request& request) const {
    request.params.clear();
    const auto segments = segments_of(request.path);
    if (!segments) return {};
    Search search{.segments = segments->view(), .method = request.method};
    if (!search.visit(*root_, 0)) {
        Match none;
        if (search.allowed != 0) none.allowed = allow_header(search.allowed);
        return none;
    }
    for (std::size_t i = 0; i < search.captured; ++i) {
        auto value = percent_decoded(search.captures[i]);
        if (!value || !is_sound(*value)) return Match{nullptr, {}, true};
        request.params.push_back({search.found->names[i], std::move(*value)});
    }
    return Match{search.found->route, {}, false};
}

}  // namespace attune::http
