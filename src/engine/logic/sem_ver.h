// Versions as flagd compares them: semver 2.0, a leading v allowed, missing parts 0.
//
//     const auto version = SemVer::parse("v1.2-rc.1");    // nothing: only full versions have a pre-release
//     sem_ver_holds("2.1.7", "~", "2.1.0") == true        // same major and minor; no lower bound, unlike npm's ranges
//
// Pure; borrows its text.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string_view>

namespace attune::engine {

class SemVer {
public:
    // Empty when it is no version: "2.0.0.0", "1.02.3", "next".
    [[nodiscard]] static std::optional<SemVer> parse(std::string_view text);

    // Precedence: build metadata does not count, a pre-release comes before its release.
    [[nodiscard]] std::strong_ordering compare(const SemVer& other) const;
    // Whether the first `count` of major, minor, patch are the same.
    [[nodiscard]] bool shares(const SemVer& other, std::size_t count) const;

private:
    std::array<std::string_view, 3> numbers_{"0", "0", "0"};  // digits without leading zeros
    std::string_view pre_release_;
};

enum class VersionTest : unsigned char {
    equal,
    not_equal,
    less,
    at_most,
    greater,
    at_least,
    same_major,
    same_minor
};

// "=", "!=", "<", "<=", ">", ">=", "^", "~"; empty for all else.
[[nodiscard]] std::optional<VersionTest> version_test(std::string_view text);
// Empty when one of the two is no version.
[[nodiscard]] std::optional<bool> sem_ver_holds(std::string_view left, VersionTest test,
                                                std::string_view right);

}  // namespace attune::engine
