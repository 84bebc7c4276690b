// Entity tags of conditional requests (RFC 9110 §13).
#pragma once

#include "http/text.h"

#include <string_view>

namespace attune::api {

// Whether a list of If-None-Match names this tag. Compared weakly: a profile's tag changes with every event,
// and a cache that weakened it on the way means the same version.
[[nodiscard]] inline bool etag_matches(std::string_view list, std::string_view etag) {
    auto strong = [](std::string_view tag) {
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        return tag;
    };
    while (auto element = http::next_element(list)) {
        if (*element == "*" || strong(*element) == strong(etag)) return true;
    }
    return false;
}

// Whether a list of If-Match names this tag. Compared strongly: a weak tag says no more than that two versions are as good
// as each other to somebody, which is not enough to overwrite one.
[[nodiscard]] inline bool etag_matches_strongly(std::string_view list, std::string_view etag) {
    while (auto element = http::next_element(list)) {
        if (*element == "*" || (*element == etag && !element->starts_with("W/"))) return true;
    }
    return false;
}

}  // namespace attune::api
