// The context of an event: where, with what and in which language it happened. Reads the shapes that Segment's libraries,
// browsers and mobile SDKs send, and Attune's own snake_case.
//
// ContextFacts borrows from the document it was read from. Pure and thread-safe.
#pragma once

#include "base/json.h"
#include "engine/track/user_agent.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

struct ContextFacts {
    std::string_view user_agent;
    std::string_view ip;
    std::string_view locale;
    std::string_view time_zone;
    std::string_view page;    // a path, a URL or a name
    std::string_view search;  // "?utm_campaign=…"
    std::string_view referrer;
    std::string_view campaign;
    std::string_view app_version;
    std::string_view country;
    // What a device says of itself, better than any header.
    std::string_view device;
    std::string_view device_model;
    std::string_view os;
    std::string_view os_version;
    std::string_view browser;
    std::string_view browser_version;
    std::optional<bool> is_mobile;
};

[[nodiscard]] ContextFacts read_context(base::JsonView root);

// "mobile", "tablet", … from what a device calls itself; empty when that tells nothing.
[[nodiscard]] std::string_view device_class(std::string_view type, std::string_view model);
// "/shop/hats" of "https://example.com/shop/hats?size=7#top": queries are where personal data hides.
[[nodiscard]] std::string page_of(std::string_view page);
// The address without its query and fragment.
[[nodiscard]] std::string referrer_of(std::string_view referrer);
// "de-CH" of "de_CH.UTF-8"; empty for what is no locale.
[[nodiscard]] std::string locale_of(std::string_view locale);
// The value of utm_campaign in "?a=b&utm_campaign=spring+sale"; empty when there is none.
[[nodiscard]] std::string campaign_of(std::string_view search);

}  // namespace attune::engine
