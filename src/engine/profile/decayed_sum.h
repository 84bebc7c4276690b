// DecayedSum: Σ weight · 2^((t − now)/half_life), kept so that the order of the terms cannot
// matter.
//
// Forward decay (Cormode et al. 2009): a term is weighed against a fixed landmark L instead of
// against now, so it never changes after it was added. The time axis is cut into epochs of 32
// half-lives; within its epoch a term is the integer
//
//     round(weight · 2^40 · 2^(r / half_life)),    r = time since the epoch began, 0 ≤ r < 32
//     half-lives
//
// and an epoch's sum is a 128-bit integer. Integers add exactly, in any order and grouping, which
// doubles do not. Only the newest three epochs of a half-life are kept: what is older weighs less
// than 2^-64 of its weight, and which epochs these are depends on the newest term alone. 2^r/h is
// computed in fixed point, so that every machine gets the same bits.
//
//     DecayedSum sum;
//     sum.add(decay_term(1.0, HalfLife::of_days(30), event_time));
//     double now = sum.value_at(last_event_time);
//
// Range: |weight| ≤ 2^20, more than 2^30 terms an epoch. Error: below 1e-9 of Σ|terms| for weights
// of 0.001 and more.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace attune::engine {

// A 128-bit integer in two words, so that a struct that holds one need not be aligned to sixteen
// bytes.
class Wide {
public:
    Wide() = default;
    explicit Wide(__int128 value)
        : low_(static_cast<std::uint64_t>(value)), high_(static_cast<std::int64_t>(value >> 64)) {}
    [[nodiscard]] __int128 value() const {
        return static_cast<__int128>(
            (static_cast<unsigned __int128>(static_cast<std::uint64_t>(high_)) << 64) | low_);
    }
    void add(__int128 term) { *this = Wide(value() + term); }
    bool operator==(const Wide&) const = default;

private:
    std::uint64_t low_ = 0;
    std::int64_t high_ = 0;
};

// Whole seconds, between a minute and a century.
struct HalfLife {
    std::uint32_t seconds = 0;

    [[nodiscard]] static HalfLife of_days(double days);
    auto operator<=>(const HalfLife&) const = default;
};

// One sum: all terms of one half-life that fell into one epoch.
struct DecayCell {
    HalfLife half_life;
    std::int32_t epoch = 0;
    Wide sum;

    bool operator==(const DecayCell&) const = default;
};

// A term to add: computed once for an event, added to as many sums as the event touches.
[[nodiscard]] DecayCell decay_term(double weight, HalfLife half_life, std::int64_t time_us);

class DecayedSum {
public:
    DecayedSum() = default;
    DecayedSum(const DecayedSum& other);
    DecayedSum(DecayedSum&&) noexcept = default;
    DecayedSum& operator=(const DecayedSum& other);
    DecayedSum& operator=(DecayedSum&&) noexcept = default;
    ~DecayedSum() = default;

    void add(const DecayCell& term);
    void merge(const DecayedSum& other);
    [[nodiscard]] double value_at(std::int64_t time_us) const;

    // Sorted by half-life and epoch. Most sums have one cell, which needs no allocation.
    [[nodiscard]] std::size_t size() const { return rest_ ? 1 + rest_->size() : (used() ? 1 : 0); }
    [[nodiscard]] const DecayCell& cell(std::size_t i) const {
        return i == 0 ? first_ : (*rest_)[i - 1];
    }
    [[nodiscard]] std::size_t heap_bytes() const {
        return rest_ ? sizeof(*rest_) + rest_->capacity() * sizeof(DecayCell) : 0;
    }
    friend bool operator==(const DecayedSum& a, const DecayedSum& b);

private:
    void insert(std::size_t at, const DecayCell& term);
    void drop(std::size_t at);

    // No half-life: there is no cell yet.
    [[nodiscard]] bool used() const { return first_.half_life.seconds != 0; }

    DecayCell first_;
    std::unique_ptr<std::vector<DecayCell>> rest_;
};

}  // namespace attune::engine
