#include "engine/profile/decayed_sum.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::engine {
namespace {

constexpr std::int64_t kLandmarkUs = 1'577'836'800'000'000;  // 2020-01-01T00:00:00Z, for ever
constexpr std::int64_t kEpochHalfLives = 32;
constexpr std::int32_t kEpochsKept = 3;
constexpr int kFractionBits = 40;
constexpr double kWeightMax = 1 << 20;

constexpr std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(a) * b) >> 64);
}

constexpr std::uint64_t kOne62 = 1ull << 62;

// e^y for y = fraction of one in 64 bits, below ln 2 / 16, as a 2.62 fixed-point number: Taylor's
// series by Horner's rule. The first term left out is y^10/10! < 2^-66.
template <int kTerms>
constexpr std::uint64_t exp_series(std::uint64_t y) {
    std::uint64_t sum = kOne62;
    for (unsigned k = kTerms; k >= 1; --k) sum = kOne62 + high_product(sum, y) / k;
    return sum;
}

constexpr std::uint64_t kLn2 = 0xB17217F7D1CF79ABull;  // ln 2 · 2^64

// 2^(i/16), 2.62. For these y reaches ln 2 and the series needs 20 terms.
constexpr auto kSixteenths = [] {
    std::array<std::uint64_t, 16> table{};
    for (std::uint64_t i = 0; i < table.size(); ++i)
        table[i] = exp_series<24>(high_product(kLn2, i << 60));
    return table;
}();

// 2^f for f = fraction / 2^64, as a 2.62 fixed-point number in [1, 2]. Within 2^-58 of the exact
// value.
std::uint64_t exp2_fraction(std::uint64_t fraction) {
    const std::uint64_t whole = kSixteenths[fraction >> 60];
    const std::uint64_t rest = exp_series<9>(high_product(kLn2, fraction & ((1ull << 60) - 1)));
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(whole) * rest) >> 62);
}

// Where a time lies: in which epoch, how many whole half-lives into it, and 2^(the rest of a
// half-life).
struct Place {
    std::int32_t epoch;
    int half_lives;
    std::uint64_t growth;  // 2.62
};

Place place_of(std::int64_t time_us, HalfLife half_life) {
    const std::int64_t half_us = static_cast<std::int64_t>(half_life.seconds) * 1'000'000;
    const std::int64_t epoch_us = half_us * kEpochHalfLives;
    const std::int64_t since = time_us - kLandmarkUs;
    std::int64_t epoch = since / epoch_us;
    std::int64_t rest = since % epoch_us;
    if (rest < 0) {
        rest += epoch_us;
        --epoch;
    }
    const auto fraction =
        static_cast<std::uint64_t>((static_cast<unsigned __int128>(rest % half_us) << 64) /
                                   static_cast<std::uint64_t>(half_us));
    return {static_cast<std::int32_t>(epoch), static_cast<int>(rest / half_us),
            exp2_fraction(fraction)};
}

}  // namespace

HalfLife HalfLife::of_days(double days) {
    constexpr double kSecondsMin = 60;
    constexpr double kSecondsMax = 100.0 * 365.25 * 86'400;
    const double seconds = std::round(days * 86'400);
    if (!(seconds > kSecondsMin)) return {static_cast<std::uint32_t>(kSecondsMin)};
    return {static_cast<std::uint32_t>(std::min(seconds, kSecondsMax))};
}

DecayCell decay_term(double weight, HalfLife half_life, std::int64_t time_us) {
    const double bounded = std::isnan(weight) ? 0 : std::clamp(weight, -kWeightMax, kWeightMax);
    const auto fixed = static_cast<std::int64_t>(std::round(std::ldexp(bounded, kFractionBits)));
    const Place place = place_of(time_us, half_life);
    // Rounds half away from zero by hand: a shift of a negative number would round the two signs
    // differently.
    const bool negative = fixed < 0;
    const auto magnitude = static_cast<unsigned __int128>(negative ? -fixed : fixed) * place.growth;
    const int shift = 62 - place.half_lives;
    const auto rounded = static_cast<__int128>(
        (magnitude + (static_cast<unsigned __int128>(1) << (shift - 1))) >> shift);
    return {half_life, place.epoch, Wide(negative ? -rounded : rounded)};
}

DecayedSum::DecayedSum(const DecayedSum& other)
    : first_(other.first_),
      rest_(other.rest_ ? std::make_unique<std::vector<DecayCell>>(*other.rest_) : nullptr) {}

DecayedSum& DecayedSum::operator=(const DecayedSum& other) {
    if (this != &other) *this = DecayedSum(other);
    return *this;
}

void DecayedSum::add(const DecayCell& term) {
    std::size_t at = 0;
    while (at < size() && (cell(at).half_life < term.half_life ||
                           (cell(at).half_life == term.half_life && cell(at).epoch < term.epoch))) {
        ++at;
    }
    if (at < size() && cell(at).half_life == term.half_life && cell(at).epoch == term.epoch) {
        (at == 0 ? first_ : (*rest_)[at - 1]).sum.add(term.sum.value());
        return;
    }
    // A term whose epoch is too old for this half-life's newest one is dropped; a new newest epoch
    // drops others.
    std::int32_t newest = term.epoch;
    for (std::size_t i = at; i < size() && cell(i).half_life == term.half_life; ++i)
        newest = cell(i).epoch;
    if (term.epoch <= newest - kEpochsKept) return;
    insert(at, term);
    for (std::size_t i = 0; i < size();) {
        if (cell(i).half_life == term.half_life && cell(i).epoch <= newest - kEpochsKept)
            drop(i);
        else
            ++i;
    }
}

void DecayedSum::insert(std::size_t at, const DecayCell& term) {
    if (!used()) {
        first_ = term;
        return;
    }
    if (!rest_) {
        rest_ = std::make_unique<std::vector<DecayCell>>();
        rest_->reserve(1);
    }
    if (at == 0) {
        rest_->insert(rest_->begin(), first_);
        first_ = term;
    } else {
        rest_->insert(rest_->begin() + static_cast<std::ptrdiff_t>(at - 1), term);
    }
}

// Never the last one: the newest epoch always stays.
void DecayedSum::drop(std::size_t at) {
    if (at == 0) {
        first_ = rest_->front();
        at = 1;
    }
    rest_->erase(rest_->begin() + static_cast<std::ptrdiff_t>(at - 1));
    if (rest_->empty()) rest_.reset();
}

void DecayedSum::merge(const DecayedSum& other) {
    for (std::size_t i = 0; i < other.size(); ++i) add(other.cell(i));
}

double DecayedSum::value_at(std::int64_t time_us) const {
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        const DecayCell& c = cell(i);
        const Place now = place_of(time_us, c.half_life);
        const std::int64_t half_lives =
            (static_cast<std::int64_t>(c.epoch) - now.epoch) * kEpochHalfLives - now.half_lives;
        const double at_epoch =
            static_cast<double>(c.sum.value()) / static_cast<double>(now.growth);
        sum += std::ldexp(at_epoch,
                          static_cast<int>(std::clamp<std::int64_t>(half_lives, -4096, 1024)) + 62 -
                              kFractionBits);
    }
    return sum;
}

bool operator==(const DecayedSum& a, const DecayedSum& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!(a.cell(i) == b.cell(i))) return false;
    }
    return true;
}

}  // namespace attune::engine
