#include "learn/neighbours/trend_counts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace attune::learn {

namespace {

// So many half-lives after the last of enough people an item is no longer lively.
constexpr double kLivelyHalfLives = 4;

double left_after(double seconds, double half_life) {
    return std::exp2(-std::max(0.0, seconds) / half_life);
}

}  // namespace

float Trends::rise(ItemIndex item, std::int64_t now) const {
    if (now > lively_until[item] || usual_sum <= 0) return 0;
    const double passed = static_cast<double>(now - at);
    const double quick_left = left_after(passed, rules.half_life);
    const double expected = usual[item] * (quick_sum / usual_sum) * quick_left;
    const double rise = (quick[item] * quick_left - expected) / std::sqrt(expected + rules.prior);
    return rise > 0 ? static_cast<float>(rise) : 0;
}

TrendCounts::TrendCounts(ItemIndex items, const TrendRules& rules) : rules_(rules), counts_(items) {
    ATTUNE_CHECK(rules.half_life > 0 && rules.usual_half_life > 0 && rules.people <= kPeople);
}

// Brings a count to a moment; what comes late finds it where it is.
void TrendCounts::bring(Decayed& count, std::int64_t time) const {
    if (time <= count.at) return;
    const auto passed = static_cast<double>(time - count.at);
    count.quick *= left_after(passed, rules_.half_life);
    count.usual *= left_after(passed, rules_.usual_half_life);
    count.at = time;
}

void TrendCounts::add(ItemIndex item, std::uint64_t person, std::int64_t time) {
    if (item >= counts_.size()) return;
    Count& count = counts_[item];
    const auto known = std::span(count.last).first(count.visitors);
    auto visitor = std::ranges::find(known, person, &Visitor::person);
    const bool is_known = visitor != known.end();
    if (is_known && static_cast<double>(time - visitor->time) < rules_.half_life) return;

    for (Decayed* one : {&count.decayed, &sum_}) {
        bring(*one, time);
        const auto late = static_cast<double>(one->at - time);
        one->quick += left_after(late, rules_.half_life);
        one->usual += left_after(late, rules_.usual_half_life);
    }
    // To the front of the visitors, in the place of the same person or of the one seen longest ago.
    if (!is_known && count.visitors < kPeople) ++count.visitors;
    const auto end = is_known ? count.last.begin() + (visitor - known.begin()) + 1
                              : count.last.begin() + count.visitors;
    std::shift_right(count.last.begin(), end, 1);
    count.last.front() = {person, time};
}

void TrendCounts::forget(std::uint64_t person) {
    for (Count& count : counts_) {
        const auto known = std::span(count.last).first(count.visitors);
        const auto visitor = std::ranges::find(known, person, &Visitor::person);
        if (visitor == known.end()) continue;
        for (Decayed* one : {&count.decayed, &sum_}) {
            const auto passed = static_cast<double>(one->at - visitor->time);
            one->quick = std::max(0.0, one->quick - left_after(passed, rules_.half_life));
            one->usual = std::max(0.0, one->usual - left_after(passed, rules_.usual_half_life));
        }
        std::shift_left(visitor, known.end(), 1);
        --count.visitors;
    }
}

void TrendCounts::grow(ItemIndex items) {
    if (items > counts_.size()) counts_.resize(items);
}

Trends TrendCounts::trends() const {
    Trends out{.rules = rules_,
               .at = sum_.at,
               .quick_sum = sum_.quick,
               .usual_sum = sum_.usual,
               .quick = std::vector<float>(counts_.size()),
               .usual = std::vector<float>(counts_.size()),
               .lively_until = std::vector<std::int64_t>(counts_.size())};
    const std::size_t people = std::max<std::size_t>(1, rules_.people);
    const auto lively = static_cast<std::int64_t>(kLivelyHalfLives * rules_.half_life);
    for (std::size_t item = 0; item < counts_.size(); ++item) {
        const Count& count = counts_[item];
        Decayed decayed = count.decayed;
        bring(decayed, sum_.at);
        out.quick[item] = static_cast<float>(decayed.quick);
        out.usual[item] = static_cast<float>(decayed.usual);
        std::array<std::int64_t, kPeople> times{};
        std::ranges::transform(count.last, times.begin(), &Visitor::time);
        const auto known = std::span(times).first(count.visitors);
        std::ranges::sort(known, std::ranges::greater{});
        out.lively_until[item] = known.size() < people ? std::numeric_limits<std::int64_t>::min()
                                                       : known[people - 1] + lively;
    }
    return out;
}

}  // namespace attune::learn
