#include "api/query.h"

#include "api/answers.h"
#include "http/text.h"

#include <string>

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
    return std::optional<base::Time>{*time};
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
    retell(error);
    return error;
}

}  // namespace attune::api
