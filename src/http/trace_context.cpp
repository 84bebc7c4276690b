#include "http/trace_context.h"

#include "http/text.h"

namespace attune::http {

namespace {

bool is_lower_hex(std::string_view text) {
    for (char c : text)
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    return true;
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> trace_id_of(std::string_view traceparent) noexcept {
    constexpr std::size_t kLength = 55;  // 00-<32>-<16>-<2>
    const std::string_view text = trimmed(traceparent);
    if (text.size() < kLength) return std::nullopt;
    const std::string_view version = text.substr(0, 2);
    const std::string_view trace = text.substr(3, 32);
    const std::string_view parent = text.substr(36, 16);
    const std::string_view flags = text.substr(53, 2);
    if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    if (!is_lower_hex(version) || version == "ff") return std::nullopt;
    if (version == "00" && text.size() != kLength) return std::nullopt;
    if (text.size() > kLength && text[kLength] != '-') return std::nullopt;
    if (!is_lower_hex(trace) || is_zero(trace)) return std::nullopt;
    if (!is_lower_hex(parent) || is_zero(parent) || !is_lower_hex(flags)) return std::nullopt;
    return trace;
}

bool is_sane_request_id(std::string_view id) noexcept {
    if (id.empty() || id.size() > 128) return false;
    for (char c : id)
        if (c < 0x21 || c > 0x7E) return false;
    return true;
}

IdMaker::IdMaker(base::Random& random) : state_(random.next()), salt_(random.next() | 1U) {}

// SplitMix64 (Steele, Lea, Flood 2014) with a step of its own for each maker.
std::uint64_t IdMaker::next() {
    state_ += salt_;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

void IdMaker::make(std::string& out) {
    const std::uint64_t high = next();
    std::uint64_t low = next();
    if ((high | low) == 0) low = 1;
    append_hex(out, high);
    append_hex(out, low);
}

}  // namespace attune::http
