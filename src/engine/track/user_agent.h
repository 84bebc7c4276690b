// What a User-Agent header says of the device, the operating system and the browser: the handful of
// answers that change what a person should be shown, read from the tokens that vendors keep stable.
//
//     UserAgent agent = parse_user_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) …");
//     agent.device == "mobile", agent.os == "iOS 17.1", agent.browser == "Safari 17"
//
// What cannot be told is empty. iPads and some tablets say that they are desktops; nothing here guesses at
// that. Looks at the first 1,024 bytes. Pure and thread-safe; about a microsecond.
#pragma once

#include <string>
#include <string_view>

namespace attune::engine {

struct UserAgent {
    std::string_view
        device;  // "desktop", "mobile", "tablet", "tv", "bot", "other"; empty for an empty header
    std::string os;       // name and at most two parts of its version
    std::string browser;  // name and major version

    bool operator==(const UserAgent&) const = default;
};

[[nodiscard]] UserAgent parse_user_agent(std::string_view header);

}  // namespace attune::engine
