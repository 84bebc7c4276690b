#include "engine/vocabulary/spelling.h"

#include <algorithm>
#include <array>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kLettersMax = 64;
using Row = std::array<std::size_t, kLettersMax + 1>;

char small(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

// By rows: what it takes to make each beginning of `b` of the beginning of `a` that the row stands for. Beginnings whose lengths
// differ by more than `most` are further apart than that.
std::size_t letters_apart(std::string_view a, std::string_view b, std::size_t most) {
    a = a.substr(0, kLettersMax);
    b = b.substr(0, kLettersMax);
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
    Row before_last{};
    Row last{};
    for (std::size_t j = 0; j <= b.size(); ++j) last.at(j) = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        Row row{};
        row.fill(most + 1);
        if (i <= most) row.at(0) = i;
        std::size_t least = row.at(0);
        const std::size_t end = std::min(b.size(), i + most);
        for (std::size_t j = i > most ? i - most : 1; j <= end; ++j) {
            const bool is_same = small(a[i - 1]) == small(b[j - 1]);
            row.at(j) = std::min({last.at(j) + 1, row.at(j - 1) + 1,
                                  last.at(j - 1) + static_cast<std::size_t>(!is_same)});
            if (i > 1 && j > 1 && small(a[i - 1]) == small(b[j - 2]) &&
                small(a[i - 2]) == small(b[j - 1]))
                row.at(j) = std::min(row.at(j), before_last.at(j - 2) + 1);
            least = std::min(least, row.at(j));
        }
        if (least > most) return most + 1;
        before_last = std::exchange(last, row);
    }
    return std::min(last.at(b.size()), most + 1);
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
    std::size_t least = std::clamp<std::size_t>(word.size() / 3, 1, 3) + 1;
    std::string_view nearest;
    for (const std::string_view one : known) {
        const std::size_t apart = letters_apart(word, one, least);
        // Of a word of which nothing is left, nobody meant another.
        if (apart >= least || apart >= word.size()) continue;
        least = apart;
        nearest = one;
    }
    return nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?";
}

}  // namespace attune::engine
