#include "base/try_again.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace attune::base {
namespace {

constexpr std::string_view kBefore = "try again in ";
constexpr std::string_view kBehind = " s";

}  // namespace

std::string try_again_in(std::chrono::seconds wait) {
    const std::int64_t seconds = std::max<std::int64_t>(wait.count(), 1);
    return std::string(kBefore) + std::to_string(seconds) + std::string(kBehind);
}

std::optional<std::chrono::seconds> try_again_of(const Error& error) {
    std::string_view text = error.message;
    const std::size_t begin = text.rfind(kBefore);
    if (begin == std::string_view::npos || !text.ends_with(kBehind)) return std::nullopt;
    text.remove_prefix(begin + kBefore.size());
    text.remove_suffix(kBehind.size());
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (problem != std::errc{} || end != text.data() + text.size() || seconds < 1)
        return std::nullopt;
    return std::chrono::seconds(seconds);
}

}  // namespace attune::base
