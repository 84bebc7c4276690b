#include "engine/track/context.h"

#include <algorithm>

namespace attune::engine {
namespace {

using base::JsonView;

std::string_view text_of(JsonView value) { return value.as_string().value_or(std::string_view{}); }

std::string_view member_text(JsonView object, std::string_view name) {
    const auto member = object.find(name);
    return member ? text_of(*member) : std::string_view{};
}

// A text by itself, or a member of an object.
std::string_view text_or_member(JsonView value, std::string_view name) {
    return value.is_object() ? member_text(value, name) : text_of(value);
}

bool is_any(std::string_view key, std::string_view a, std::string_view b, std::string_view c = {}) {
    return key == a || key == b || (!c.empty() && key == c);
}

void read_page(JsonView page, ContextFacts& facts) {
    facts.page = text_or_member(page, "path");
    if (!page.is_object()) return;
    if (facts.page.empty()) facts.page = member_text(page, "url");
    facts.search = member_text(page, "search");
    if (facts.referrer.empty()) facts.referrer = member_text(page, "referrer");
}

// User-agent client hints: the brand that is neither the engine nor made up ("Not/A)Brand").
void read_hints(JsonView hints, ContextFacts& facts) {
    if (const auto mobile = hints.find("mobile")) facts.is_mobile = mobile->as_bool();
    if (facts.os.empty()) {
        facts.os = member_text(hints, "platform");
        facts.os_version = {};
    }
    const auto brands = hints.find("brands");
    if (!brands || !facts.browser.empty()) return;
    for (const JsonView brand : brands->elements()) {
        const std::string_view name = member_text(brand, "brand");
        if (name.empty() || name == "Chromium" || name.find("Not") != name.npos) continue;
        facts.browser = name == "Google Chrome"    ? "Chrome"
                        : name == "Microsoft Edge" ? "Edge"
                                                   : name;
        facts.browser_version = member_text(brand, "version");
        return;
    }
}

// What stands in the context once, in the order of likelihood.
void read_member(std::string_view key, JsonView value, ContextFacts& facts) {
    if (is_any(key, "userAgent", "user_agent")) {
        facts.user_agent = text_of(value);
    } else if (key == "ip") {
        facts.ip = text_of(value);
    } else if (key == "page") {
        read_page(value, facts);
    } else if (is_any(key, "locale", "language")) {
        facts.locale = text_of(value);
    } else if (is_any(key, "timezone", "time_zone", "timeZone")) {
        facts.time_zone = text_of(value);
    } else if (key == "referrer") {
        if (const auto text = text_or_member(value, "url"); !text.empty()) facts.referrer = text;
    } else if (key == "campaign") {
        facts.campaign = text_or_member(value, "name");
    } else if (key == "app") {
        facts.app_version = member_text(value, "version");
    } else if (is_any(key, "app_version", "appVersion")) {
        facts.app_version = text_of(value);
    } else if (key == "device") {
        facts.device = text_or_member(value, "type");
        facts.device_model = value.is_object() ? member_text(value, "model") : std::string_view{};
    } else if (key == "os") {
        facts.os = text_or_member(value, "name");
        facts.os_version = value.is_object() ? member_text(value, "version") : std::string_view{};
    } else if (key == "browser") {
        facts.browser = text_or_member(value, "name");
        facts.browser_version =
            value.is_object() ? member_text(value, "version") : std::string_view{};
    } else if (key == "country") {
        facts.country = text_of(value);
    } else if (key == "location") {
        if (value.is_object()) facts.country = member_text(value, "country");
    }
}

std::string lower(std::string_view text) {
    std::string out(text.substr(0, 64));
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::string_view without_query(std::string_view url) {
    return url.substr(0, url.find_first_of("?#"));
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

ContextFacts read_context(JsonView root) {
    ContextFacts facts;
    std::optional<JsonView> hints;
    for (const JsonView::Member member : root.members()) {
        if (is_any(member.key, "userAgentData", "user_agent_data")) {
            hints = member.value;
        } else {
            read_member(member.key, member.value, facts);
        }
    }
    // Last, since they only fill what nothing else said.
    if (hints) read_hints(*hints, facts);
    return facts;
}

std::string_view device_class(std::string_view type, std::string_view model) {
    const std::string kind = lower(type);
    const auto has = [&](std::string_view word) { return kind.find(word) != kind.npos; };
    if (has("tablet") || has("ipad") || model.starts_with("iPad")) return "tablet";
    if (has("tv") || model.starts_with("AppleTV")) return "tv";
    if (has("desktop") || has("laptop") || kind == "web" || kind == "pc" || kind == "mac")
        return "desktop";
    if (has("mobile") || has("phone") || kind == "ios" || kind == "android") return "mobile";
    return has("bot") ? "bot" : "";
}

std::string page_of(std::string_view page) {
    page = without_query(page);
    const std::size_t scheme = page.find("://");
    if (scheme != page.npos) {
        const std::size_t path = page.find('/', scheme + 3);
        page = path == page.npos ? "/" : page.substr(path);
    }
    return std::string(page);
}

std::string referrer_of(std::string_view referrer) { return std::string(without_query(referrer)); }

std::string locale_of(std::string_view locale) {
    std::string text(locale.substr(0, locale.find_first_of(".@")));
    std::ranges::replace(text, '_', '-');
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    };
    return text.size() >= 2 && text.size() <= 35 && std::ranges::all_of(text, is_plain) ? text : "";
}

std::string campaign_of(std::string_view search) {
    constexpr std::string_view kName = "utm_campaign=";
    std::size_t at = search.find(kName);
    while (at != search.npos && at > 0 && search[at - 1] != '?' && search[at - 1] != '&') {
        at = search.find(kName, at + 1);
    }
    if (at == search.npos) return {};
    std::string_view value = search.substr(at + kName.size());
    value = value.substr(0, value.find_first_of("&#"));
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const int high = i + 2 < value.size() ? hex_digit(value[i + 1]) : -1;
        const int low = i + 2 < value.size() ? hex_digit(value[i + 2]) : -1;
        if (value[i] == '%' && high >= 0 && low >= 0) {
            text += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            text += value[i] == '+' ? ' ' : value[i];
        }
    }
    return text;
}

}  // namespace attune::engine
