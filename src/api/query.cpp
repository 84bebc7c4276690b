#include "api/query.h"

#include "api/answers.h"
#include "http/text.h"

#include <algorithm>
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
        const bool is_known =
            name && (*name == "tenant" ||
                     std::ranges::find(route.query, *name, &Param::name) != route.query.end());
        if (!is_known)
            return fail_field("?" + name.value_or(std::string(pair)).substr(0, 64),
                              "is no parameter of this request");
        if (std::ranges::find(seen, *name) != seen.end())
            return fail_field("?" + *name, "is there twice");
        if (!is_text(pair.substr(std::min(equals + 1, pair.size()))))
            return fail_field("?" + *name, "must be percent-encoded UTF-8 without U+0000");
        seen.push_back(*name);
    }
    return {};
}

Result<store::Page> page_of(const http::Request& request) {
    store::Page page;
    ATTUNE_TRY(page.limit, limit_of(request));
    page.after = request.query_param("cursor");
    return page;
}

Error in_query(Error error) {
    for (FieldError& field : error.fields) {
        if (field.pointer.starts_with('/')) field.pointer.front() = '?';
    }
    base::retell(error);
    return error;
}

}  // namespace attune::api
