#include "api/query.h"

#include "api/answers.h"
#include "base/encoding.h"
#include "base/keyed_hash.h"
#include "http/text.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace attune::api {

Result<std::size_t> limit_of(const http::Request& request) {
    auto text = request.query_param("limit");
    if (!text) return kPageDefault;
    auto limit = http::parse_decimal(*text);
    if (!limit || *limit < 1 || *limit > kPageMax) {
        return fail_field("?limit", "must be a number from 1 to " + std::to_string(kPageMax));
    }
    return static_cast<std::size_t>(*limit);
}

Result<std::optional<base::Time>> time_of(const http::Request& request, std::string_view name) {
    auto text = request.query_param(name);
    if (!text) return std::optional<base::Time>{};
    auto time = base::parse_time(*text);
    if (!time) {
        return fail_field("?" + std::string(name),
                          "must be an RFC 3339 time such as 2026-03-01T12:30:00Z");
    }
    return time;
}

Result<bool> switch_in(const http::Request& request, std::string_view name) {
    const auto text = request.query_param(name);
    if (!text || *text == "false") return false;
    if (*text == "true") return true;
    return fail_field("?" + std::string(name), "must be true or false");
}

namespace {

// Whether the value of a parameter is one that anything could be called by.
bool is_text(std::string_view encoded) {
    const auto value = http::percent_decoded(encoded, http::Plus::space);
    return value && http::is_valid_utf8(*value) && value->find('\0') == std::string::npos;
}

// A parameter's name as it can be told: as it was sent where it is no text, with what is no ASCII encoded.
std::string shown(const std::optional<std::string>& name, std::string_view sent) {
    constexpr std::size_t kShownMax = 64;
    if (name && !name->empty() && name->size() <= kShownMax && http::is_valid_utf8(*name))
        return *name;
    std::string text;
    for (const char c : sent.substr(0, kShownMax)) {
        if (c > ' ' && c < '\x7f')
            text += c;
        else
            text += http::percent_encoded({&c, 1});
    }
    return text;
}

Result<void> check_word(const Param& param, const http::Request& request) {
    const std::string said = request.query_param(param.name).value_or("");
    for (std::string_view rest = param.one_of; !rest.empty();)
        if (next_word(rest) == said) return {};
    return fail_field("?" + std::string(param.name),
                      "must be one of: " + std::string(param.one_of));
}

constexpr std::size_t kSealBytes = 16;

// How many there are on a page, and what is told of each, is not which there are.
bool is_filter(std::string_view name) {
    static constexpr std::array<std::string_view, 5> kOthers{"cursor", "limit", "people", "reasons",
                                                             "tenant"};
    return std::ranges::find(kOthers, name) == kOthers.end();
}

// What a cursor is bound to, and its place, in 16 bytes. Nothing is kept secret by it: a cursor gives nobody more than its list
// does. It tells mistakes.
std::string seal_of(const Call& call, std::string_view place) {
    constexpr base::HashKey kKey{0x637572736f72, 1};
    std::string text(call.route.id);
    const auto add = [&](std::string_view part) { text.append(1, '\0').append(part); };
    add(std::to_string(call.tenant().value));
    for (const http::PathParam& param : call.request.params) add(param.value);
    for (const Param& param : call.route.query) {
        if (!is_filter(param.name)) continue;
        const auto value = call.request.query_param(param.name);
        add(value ? "=" + *value : "");
    }
    add(place);
    const base::Id128 seal = base::hash128(kKey, text);
    return std::string(seal.view());
}

}  // namespace

Result<void> check_query(const Route& route, const http::Request& request) {
    // Other protocols' clients may send what they like.
    if (!route.pattern.starts_with("/api/")) return {};
    std::string_view rest = request.query;
    std::vector<std::string> seen;
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = http::percent_decoded(pair.substr(0, equals));
        const auto param = std::ranges::find(route.query, name.value_or(""), &Param::name);
        if (!name || (*name != "tenant" && param == route.query.end()))
            return fail_field("?" + shown(name, pair.substr(0, equals)),
                              "is no parameter of this request");
        if (std::ranges::find(seen, *name) != seen.end())
            return fail_field("?" + *name, "is there twice");
        if (!is_text(pair.substr(std::min(equals + 1, pair.size()))))
            return fail_field("?" + *name, "must be percent-encoded UTF-8 without U+0000");
        seen.push_back(*name);
        if (param != route.query.end() && !param->one_of.empty())
            ATTUNE_TRY_VOID(check_word(*param, request));
    }
    return {};
}

Result<store::Page> page_of(const Call& call) {
    store::Page page;
    ATTUNE_TRY(page.limit, limit_of(call.request));
    ATTUNE_TRY(page.after, place_in(call));
    return page;
}

std::string cursor_after(const Call& call, std::string_view place) {
    return base::to_base64url(seal_of(call, place).append(place));
}

Result<std::optional<std::string>> place_in(const Call& call) {
    const auto cursor = call.request.query_param("cursor");
    if (!cursor) return std::optional<std::string>{};
    const auto bytes = base::from_base64url(*cursor);
    if (bytes && bytes->size() > kSealBytes) {
        std::string place = bytes->substr(kSealBytes);
        if (std::string_view(*bytes).substr(0, kSealBytes) == seal_of(call, place)) return place;
    }
    return fail_field(
        "?cursor",
        "must be the cursor of a page before this one, of the same list with the same "
        "filters");
}

}  // namespace attune::api
