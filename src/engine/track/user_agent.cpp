#include "engine/track/user_agent.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBytesMax = 1024;
constexpr std::size_t kTokensMax = 96;

enum class Sort : std::uint8_t { browser, os, phone, tablet, tv, mobile, bot };

// What a token means by itself. Of several browsers in one header the one with the highest rank speaks: everybody also
// claims to be Mozilla, Safari and Chrome.
struct Mark {
    std::string_view token;
    Sort sort;
    std::string_view name;
    std::uint8_t rank = 0;
};

constexpr Mark kMarks[] = {
    {"Android", Sort::os, "Android", 5},
    {"AppleTV", Sort::tv, "tvOS"},
    {"BRAVIA", Sort::tv, ""},
    {"BytedanceWebview", Sort::browser, "TikTok", 9},
    {"Chrome", Sort::browser, "Chrome", 3},
    {"Chromium", Sort::browser, "Chromium", 4},
    {"CrKey", Sort::tv, "Chromecast"},
    {"CrOS", Sort::os, "ChromeOS", 6},
    {"CriOS", Sort::browser, "Chrome", 5},
    {"DuckDuckGo", Sort::browser, "DuckDuckGo", 7},
    {"Edg", Sort::browser, "Edge", 7},
    {"EdgA", Sort::browser, "Edge", 7},
    {"Edge", Sort::browser, "Edge", 7},
    {"EdgiOS", Sort::browser, "Edge", 7},
    {"FBAN", Sort::browser, "Facebook", 9},
    {"FBAV", Sort::browser, "Facebook", 8},
    {"Firefox", Sort::browser, "Firefox", 5},
    {"FxiOS", Sort::browser, "Firefox", 5},
    {"GSA", Sort::browser, "Google App", 8},
    {"GoogleTV", Sort::tv, ""},
    {"HbbTV", Sort::tv, ""},
    {"HeadlessChrome", Sort::bot, "HeadlessChrome"},
    {"HuaweiBrowser", Sort::browser, "Huawei Browser", 7},
    {"Instagram", Sort::browser, "Instagram", 9},
    {"Kindle", Sort::tablet, ""},
    {"Line", Sort::browser, "LINE", 9},
    {"LinkedInApp", Sort::browser, "LinkedIn", 9},
    {"Linux", Sort::os, "Linux", 2},
    {"MSIE", Sort::browser, "Internet Explorer", 6},
    {"Macintosh", Sort::os, "macOS", 3},
    {"MicroMessenger", Sort::browser, "WeChat", 9},
    {"MiuiBrowser", Sort::browser, "Mi Browser", 7},
    {"Mobile", Sort::mobile, ""},
    {"NetCast", Sort::tv, ""},
    {"Nintendo", Sort::tv, "Nintendo"},
    {"OPR", Sort::browser, "Opera", 7},
    {"OPT", Sort::browser, "Opera", 7},
    {"OPX", Sort::browser, "Opera", 7},
    {"OPiOS", Sort::browser, "Opera", 7},
    {"Opera", Sort::browser, "Opera", 6},
    {"Pinterest", Sort::browser, "Pinterest", 9},
    {"PlayBook", Sort::tablet, ""},
    {"PlayStation", Sort::tv, "PlayStation"},
    {"Roku", Sort::tv, "Roku"},
    {"SMART-TV", Sort::tv, ""},
    {"Safari", Sort::browser, "Safari", 1},
    {"SamsungBrowser", Sort::browser, "Samsung Internet", 7},
    {"Silk", Sort::browser, "Silk", 7},
    {"SmartTV", Sort::tv, ""},
    {"Snapchat", Sort::browser, "Snapchat", 9},
    {"Tablet", Sort::tablet, ""},
    {"Tizen", Sort::os, "Tizen", 6},
    {"Trident", Sort::browser, "Internet Explorer", 6},
    {"Twitter", Sort::browser, "Twitter", 9},
    {"UCBrowser", Sort::browser, "UC Browser", 7},
    {"Vivaldi", Sort::browser, "Vivaldi", 7},
    {"Web0S", Sort::tv, "webOS"},
    {"Windows", Sort::os, "Windows", 4},
    {"Xbox", Sort::tv, "Xbox"},
    {"YaBrowser", Sort::browser, "Yandex", 7},
    {"iPad", Sort::tablet, "iOS"},
    {"iPhone", Sort::phone, "iOS"},
    {"iPod", Sort::phone, "iOS"},
    {"musical_ly", Sort::browser, "TikTok", 9},
    {"tvOS", Sort::tv, "tvOS"},
};
static_assert(std::ranges::is_sorted(kMarks, {}, &Mark::token));

// Programs rather than people, by the beginning of the header.
constexpr std::string_view kPrograms[] = {
    "curl/",
    "Wget/",
    "python-requests/",
    "Python-urllib/",
    "python-httpx/",
    "Go-http-client/",
    "axios/",
    "node-fetch/",
    "node",
    "undici",
    "Java/",
    "Apache-HttpClient/",
    "PostmanRuntime/",
    "facebookexternalhit/",
    "WhatsApp/",
    "Ruby",
    "libwww-perl/",
    "aiohttp/",
    "Scrapy/",
    "kube-probe/",
    "GuzzleHttp/",
    "insomnia/",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool contains_fold(std::string_view text, std::string_view lower) {
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    };
    return !std::ranges::search(text, lower, same).empty();
}

// "Googlebot", "AdsBot-Google", "Baiduspider"; not the telephones called CUBOT.
bool is_bot(std::string_view header) {
    for (const std::string_view program : kPrograms) {
        if (header.starts_with(program)) return true;
    }
    return (contains_fold(header, "bot") && !contains_fold(header, "cubot")) ||
           contains_fold(header, "spider") || contains_fold(header, "crawler") ||
           contains_fold(header, "lighthouse");
}

struct Token {
    std::string_view name;
    std::string_view version;  // behind a slash
};

struct Tokens {
    std::array<Token, kTokensMax> all;
    std::size_t count = 0;

    [[nodiscard]] Token at(std::size_t i) const { return i < count ? all[i] : Token{}; }
    [[nodiscard]] std::span<const Token> list() const { return {all.data(), count}; }
};

Tokens tokens_of(std::string_view header) {
    constexpr std::string_view kSeparators = " ;(),[]\t";
    Tokens tokens;
    while (tokens.count < kTokensMax) {
        const std::size_t begin = header.find_first_not_of(kSeparators);
        if (begin == header.npos) break;
        header.remove_prefix(begin);
        const std::string_view token = header.substr(0, header.find_first_of(kSeparators));
        header.remove_prefix(token.size());
        const std::size_t slash = token.find('/');
        tokens.all[tokens.count++] = slash == token.npos
                                         ? Token{token, {}}
                                         : Token{token.substr(0, slash), token.substr(slash + 1)};
    }
    return tokens;
}

// "17_1_2" with two parts: "17.1".
std::string version_of(std::string_view text, int parts) {
    std::string version;
    for (const char c : text) {
        const bool dot = c == '.' || c == '_';
        if (!dot && !is_digit(c)) break;
        if (dot && --parts == 0) break;
        version += dot ? '.' : c;
        if (version.size() > 16) return {};
    }
    while (version.ends_with('.')) version.pop_back();
    return version;
}

std::string named(std::string_view name, std::string_view version) {
    std::string text{name};
    if (!version.empty()) text.append(" ").append(version);
    return text;
}

std::string_view windows_name(std::string_view nt) {
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"10.0", "10"}, {"6.3", "8.1"}, {"6.2", "8"}, {"6.1", "7"}, {"6.0", "Vista"}, {"5.1", "XP"},
    };
    for (const auto& [number, name] : kNames) {
        if (nt == number) return name;
    }
    return "";
}

// The version that follows the operating system's own token.
std::string os_version(const Tokens& tokens, std::size_t at, std::string_view os) {
    const Token next = tokens.at(at + 1);
    if (os == "Windows")
        return std::string(next.name == "NT" ? windows_name(tokens.at(at + 2).name) : "");
    if (os == "ChromeOS") return version_of(tokens.at(at + 2).name, 1);
    if (os == "Android" || os == "Tizen") {
        const std::string_view text =
            tokens.at(at).version.empty() ? next.name : tokens.at(at).version;
        return version_of(text, 2);
    }
    // "CPU iPhone OS 17_1 like Mac OS X", "Intel Mac OS X 10_15_7": a number right behind OS or X.
    if (os != "iOS" && os != "macOS") return {};
    for (std::size_t i = at; i + 1 < tokens.count; ++i) {
        const std::string_view name = tokens.at(i).name;
        const std::string_view number = tokens.at(i + 1).name;
        if ((name == "OS" || name == "X") && !number.empty() && is_digit(number.front()))
            return version_of(number, 2);
    }
    return {};
}

struct Findings {
    const Mark* browser = nullptr;
    std::size_t browser_at = 0;
    const Mark* os = nullptr;
    std::size_t os_at = 0;
    const Mark* tv = nullptr;
    bool tablet = false;
    bool phone = false;
    bool mobile = false;
    bool web_view = false;
    std::string_view safari_version;  // "Version/17.1"
    std::string_view rv;              // Internet Explorer 11
};

void note(Findings& found, const Mark& mark, std::size_t at) {
    static constexpr Mark kIos{"", Sort::os, "iOS", 7};
    switch (mark.sort) {
        case Sort::browser:
            if (found.browser == nullptr || mark.rank > found.browser->rank) {
                found.browser = &mark;
                found.browser_at = at;
            }
            return;
        case Sort::os:
            if (found.os == nullptr || mark.rank > found.os->rank) {
                found.os = &mark;
                found.os_at = at;
            }
            return;
        case Sort::tv:
            found.tv = &mark;
            return;
        case Sort::mobile:
            found.mobile = true;
            return;
        case Sort::tablet:
        case Sort::phone:
            (mark.sort == Sort::tablet ? found.tablet : found.phone) = true;
            if (mark.name == "iOS") {
                found.os = &kIos;
                found.os_at = at;
            }
            return;
        case Sort::bot:
            return;
    }
}

Findings findings_of(const Tokens& tokens) {
    Findings found;
    for (std::size_t i = 0; i < tokens.count; ++i) {
        const Token& token = tokens.all[i];
        if (token.name == "Version") found.safari_version = token.version;
        if (token.name == "wv") found.web_view = true;
        if (token.name.starts_with("rv:")) found.rv = token.name.substr(3);
        // "Opera Mini/7", "Windows Phone 10.0", "Smart TV": two words that mean more than the first.
        if (token.name == "Mini" || token.name == "Phone") found.phone = true;
        const auto* mark = std::ranges::lower_bound(kMarks, token.name, {}, &Mark::token);
        if (mark != std::end(kMarks) && mark->token == token.name) note(found, *mark, i);
        // Fire TV sets call themselves by model: AFTS, AFTMM.
        static constexpr Mark kFireTv{"", Sort::tv, ""};
        if (token.name == "TV" || (token.name.starts_with("AFT") && token.name.size() <= 7)) {
            if (found.tv == nullptr) found.tv = &kFireTv;
        }
    }
    return found;
}

std::string browser_of(const Tokens& tokens, const Findings& found) {
    const bool ios = found.os != nullptr && found.os->name == "iOS";
    if (found.browser == nullptr) return ios && found.mobile ? "iOS WebView" : "";
    const Mark& mark = *found.browser;
    std::string_view version = tokens.at(found.browser_at).version;
    if (mark.token == "MSIE") version = tokens.at(found.browser_at + 1).name;
    if (mark.token == "Trident") version = found.rv;
    if (mark.token == "Opera" && !found.safari_version.empty()) version = found.safari_version;
    if (mark.token == "FBAN") version = {};
    if (mark.token == "Safari") {
        // The stock browser of old Androids, and whoever leaves out its version, only look like Safari.
        if (found.os != nullptr && found.os->name == "Android") return "Android Browser";
        version = found.safari_version;
    }
    if (mark.token == "Chrome" && found.web_view)
        return named("Android WebView", version_of(version, 1));
    return named(mark.name, version_of(version, 1));
}

std::string_view device_of(const Findings& found) {
    const std::string_view os = found.os != nullptr ? found.os->name : "";
    const bool silk = found.browser != nullptr && found.browser->token == "Silk";
    if (found.tv != nullptr) return "tv";
    if (found.tablet) return "tablet";
    if (found.phone) return "mobile";
    if (os == "Android") return found.mobile ? "mobile" : "tablet";
    if (silk) return found.mobile ? "mobile" : "tablet";
    if (os == "Tizen") return found.mobile ? "mobile" : "tv";
    if (os == "Windows" || os == "macOS" || os == "Linux" || os == "ChromeOS") return "desktop";
    return found.mobile ? "mobile" : "other";
}

}  // namespace

UserAgent parse_user_agent(std::string_view header) {
    header = header.substr(0, kBytesMax);
    if (header.find_first_not_of(' ') == header.npos) return {};
    const Tokens tokens = tokens_of(header);
    const Findings found = findings_of(tokens);
    UserAgent agent;
    const auto headless = [](const Token& token) { return token.name == "HeadlessChrome"; };
    if (is_bot(header) || std::ranges::any_of(tokens.list(), headless)) {
        agent.device = "bot";
        return agent;
    }
    agent.device = device_of(found);
    agent.browser = browser_of(tokens, found);
    if (found.tv != nullptr && !found.tv->name.empty()) {
        agent.os = found.tv->name;
    } else if (found.os != nullptr) {
        agent.os = named(found.os->name, os_version(tokens, found.os_at, found.os->name));
    }
    if (found.os != nullptr && found.os->name == "Windows" &&
        tokens.at(found.os_at + 1).name == "Phone") {
        agent.os = named("Windows Phone", version_of(tokens.at(found.os_at + 2).name, 2));
    }
    return agent;
}

}  // namespace attune::engine
