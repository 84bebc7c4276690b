#include "engine/track/redact.h"

#include "engine/track/ip_address.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

using base::JsonView;

// Lower case, without '_', '-' and ' '.
constexpr std::string_view kAddressKeys[] = {
    "clientip",   "deviceip",      "forwardedfor", "ip",       "ipaddr", "ipaddress",
    "ipv4",       "ipv6",          "lastip",       "loginip",  "peerip", "realip",
    "remoteaddr", "remoteaddress", "remoteip",     "sourceip", "userip", "xforwardedfor",
    "xrealip",
};
constexpr std::size_t kLongestKey = 13;
static_assert(std::ranges::is_sorted(kAddressKeys));

bool is_address_key(std::string_view key) {
    char plain[kLongestKey];
    std::size_t length = 0;
    for (const char c : key) {
        if (c == '_' || c == '-' || c == ' ') continue;
        if (length == kLongestKey) return false;
        plain[length++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return std::ranges::binary_search(kAddressKeys, std::string_view{plain, length});
}

class Walk {
public:
    explicit Walk(const AddressRedaction& rules) : rules_(rules) {}

    // Whether anything below is an address. `under_key`: the member's name says that it is one.
    [[nodiscard]] bool is_dirty(JsonView value, bool under_key) const {
        if (value.is_object()) {
            for (const JsonView::Member member : value.members()) {
                if (is_dirty(member.value, is_address_key(member.key))) return true;
            }
        } else if (value.is_array()) {
            for (const JsonView element : value.elements()) {
                if (is_dirty(element, under_key)) return true;
            }
        } else if (const auto text = value.as_string()) {
            return is_address(*text, under_key);
        }
        return false;
    }

    void write(std::string& out, JsonView value, bool under_key) const {
        if (value.is_object()) {
            write_object(out, value);
        } else if (value.is_array()) {
            out += '[';
            bool first = true;
            for (const JsonView element : value.elements()) {
                if (!std::exchange(first, false)) out += ',';
                write(out, element, under_key);
            }
            out += ']';
        } else if (const auto text = value.as_string(); text && is_address(*text, under_key)) {
            write_address(out, *text);
        } else {
            base::append_json(out, value);
        }
    }

private:
    // Under an address key, anything that is not one (a list of them, "unknown") is no better.
    [[nodiscard]] bool is_address(std::string_view text, bool under_key) const {
        return !text.empty() &&
               (under_key || std::ranges::find(rules_.known, text) != rules_.known.end());
    }

    void write_object(std::string& out, JsonView value) const {
        out += '{';
        bool first = true;
        for (const JsonView::Member member : value.members()) {
            if (!std::exchange(first, false)) out += ',';
            base::append_json(out, member.key);
            out += ':';
            write(out, member.value, is_address_key(member.key));
        }
        out += '}';
    }

    void write_address(std::string& out, std::string_view text) const {
        const auto address = rules_.keep_truncated ? IpAddress::parse(text) : std::nullopt;
        if (address) {
            base::append_json(out, std::string_view(address->truncated()));
        } else {
            out += "null";
        }
    }

    const AddressRedaction& rules_;
};

}  // namespace

std::optional<std::string> AddressRedaction::apply(base::JsonView value) const {
    const Walk walk(*this);
    if (!walk.is_dirty(value, false)) return std::nullopt;
    std::string out;
    walk.write(out, value, false);
    return out;
}

}  // namespace attune::engine
