#include "engine/logic/sem_ver.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_number(std::string_view text) {
    return is_digits(text) && (text.size() == 1 || text[0] != '0');
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-';
    });
}

// Takes what comes before the first `separator` away from `text`; all of it when there is none.
std::string_view next_part(std::string_view& text, char separator) {
    const std::size_t at = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

template <class Accepts>
bool are_identifiers(std::string_view text, Accepts accepts) {
    if (text.empty() || text.back() == '.') return false;
    while (!text.empty()) {
        if (!accepts(next_part(text, '.'))) return false;
    }
    return true;
}

// Digits of any length, without leading zeros.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() <=> b.size() : a.compare(b) <=> 0;
}

std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
    const bool a_is_number = is_digits(a);
    const bool b_is_number = is_digits(b);
    if (a_is_number && b_is_number) return compare_numbers(a, b);
    if (a_is_number != b_is_number)
        return a_is_number ? std::strong_ordering::less : std::strong_ordering::greater;
    return a.compare(b) <=> 0;
}

std::strong_ordering compare_pre_releases(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.empty() <=> b.empty();  // the release comes last
    while (!a.empty() && !b.empty()) {
        if (const auto order = compare_identifiers(next_part(a, '.'), next_part(b, '.'));
            order != 0)
            return order;
    }
    return b.empty() <=> a.empty();
}

}  // namespace

std::optional<SemVer> SemVer::parse(std::string_view text) {
    if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
    SemVer version;
    const std::size_t plus = text.find('+');
    const bool has_build = plus != std::string_view::npos;
    if (has_build && !are_identifiers(text.substr(plus + 1), is_identifier)) return std::nullopt;
    text = text.substr(0, plus);
    const std::size_t dash = text.find('-');
    const bool is_pre_release = dash != std::string_view::npos;
    if (is_pre_release) {
        version.pre_release_ = text.substr(dash + 1);
        const auto accepts = [](std::string_view part) {
            return is_identifier(part) && (!is_digits(part) || is_number(part));
        };
        if (!are_identifiers(version.pre_release_, accepts)) return std::nullopt;
    }
    text = text.substr(0, dash);
    if (text.ends_with('.')) return std::nullopt;
    std::size_t count = 0;
    while (!text.empty()) {
        const std::string_view part = next_part(text, '.');
        if (count == version.numbers_.size() || !is_number(part)) return std::nullopt;
        version.numbers_[count++] = part;
    }
    const bool must_be_full = is_pre_release || has_build;
    if (count == 0 || (must_be_full && count < version.numbers_.size())) return std::nullopt;
    return version;
}

std::strong_ordering SemVer::compare(const SemVer& other) const {
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
        if (const auto order = compare_numbers(numbers_[i], other.numbers_[i]); order != 0)
            return order;
    }
    return compare_pre_releases(pre_release_, other.pre_release_);
}

bool SemVer::shares(const SemVer& other, std::size_t count) const {
    return std::equal(numbers_.begin(), numbers_.begin() + static_cast<std::ptrdiff_t>(count),
                      other.numbers_.begin());
}

std::optional<VersionTest> version_test(std::string_view text) {
    using enum VersionTest;
    static constexpr std::array<std::pair<std::string_view, VersionTest>, 8> kTests{
        {{"=", equal},
         {"!=", not_equal},
         {"<", less},
         {"<=", at_most},
         {">", greater},
         {">=", at_least},
         {"^", same_major},
         {"~", same_minor}}};
    for (const auto& [name, test] : kTests) {
        if (name == text) return test;
    }
    return std::nullopt;
}

std::optional<bool> sem_ver_holds(std::string_view left, VersionTest test, std::string_view right) {
    const auto a = SemVer::parse(left);
    const auto b = SemVer::parse(right);
    if (!a || !b) return std::nullopt;
    switch (test) {
        case VersionTest::equal:
            return a->compare(*b) == 0;
        case VersionTest::not_equal:
            return a->compare(*b) != 0;
        case VersionTest::less:
            return a->compare(*b) < 0;
        case VersionTest::at_most:
            return a->compare(*b) <= 0;
        case VersionTest::greater:
            return a->compare(*b) > 0;
        case VersionTest::at_least:
            return a->compare(*b) >= 0;
        case VersionTest::same_major:
            return a->shares(*b, 1);
        case VersionTest::same_minor:
            return a->shares(*b, 2);
    }
    return std::nullopt;
}

}  // namespace attune::engine
