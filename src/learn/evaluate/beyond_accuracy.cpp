#include "learn/evaluate/beyond_accuracy.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

namespace {

// Likeness costs as much as popular items have people, for k² / 2 pairs a list.
constexpr std::size_t kDiversityPeople = 2'000;

// How many of two ascending rows are in both.
std::size_t shared(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
    std::size_t count = 0;
    for (auto at_a = a.begin(), at_b = b.begin(); at_a != a.end() && at_b != b.end();) {
        if (*at_a == *at_b) ++count;
        const bool step_a = *at_a <= *at_b;
        const bool step_b = *at_b <= *at_a;
        at_a += step_a ? 1 : 0;
        at_b += step_b ? 1 : 0;
    }
    return count;
}

}  // namespace

BeyondAccuracy::BeyondAccuracy(const Exam& exam, std::vector<std::size_t> at)
    : exam_(exam), at_(std::move(at)), people_of_(exam.train.matrix().transposed()) {
    sums_.resize(at_.size());
    for (Sums& sums : sums_) sums.is_covered.resize(exam.train.items());
    diversity_step_ =
        std::max<std::size_t>(1, (exam.people.size() + kDiversityPeople - 1) / kDiversityPeople);
}

double BeyondAccuracy::likeness(ItemIndex a, ItemIndex b) const {
    const auto of_a = people_of_.columns_of(a);
    const auto of_b = people_of_.columns_of(b);
    if (of_a.empty() || of_b.empty()) return 0;
    return static_cast<double>(shared(of_a, of_b)) /
           std::sqrt(static_cast<double>(of_a.size()) * static_cast<double>(of_b.size()));
}

void BeyondAccuracy::add(std::size_t person, std::span<const ItemIndex> ranking) {
    const History history = exam_.history_of(exam_.people[person]);
    if (!history.empty()) {
        double touched = 0;
        for (const Touch& touch : history) touched += popularity_of(touch.item);
        taste_ += touched / static_cast<double>(history.size());
        tastes_ += 1;
    }
    const auto everybody = static_cast<double>(std::max(1U, exam_.train.people()));
    for (std::size_t cut = 0; cut < at_.size(); ++cut) {
        const auto list = ranking.first(std::min(at_[cut], ranking.size()));
        if (list.empty()) continue;
        Sums& sums = sums_[cut];
        double novelty = 0;
        double popularity = 0;
        for (const ItemIndex item : list) {
            sums.is_covered[item] = true;
            novelty -= std::log2(std::max(0.5, popularity_of(item)) / everybody);
            popularity += popularity_of(item);
        }
        sums.novelty += novelty / static_cast<double>(list.size());
        sums.popularity += popularity / static_cast<double>(list.size());
        sums.lists += 1;
        if (list.size() < 2 || person % diversity_step_ != 0) continue;
        double alike = 0;
        for (std::size_t i = 0; i < list.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) alike += likeness(list[i], list[j]);
        const auto pairs = static_cast<double>(list.size() * (list.size() - 1) / 2);
        sums.diversity += 1 - alike / pairs;
        sums.lists_of_pairs += 1;
    }
}

void BeyondAccuracy::report(std::vector<Metric>& metrics) const {
    const auto ratio = [](double a, double b) { return b > 0 ? a / b : 0; };
    for (std::size_t cut = 0; cut < at_.size(); ++cut) {
        const Sums& sums = sums_[cut];
        const std::string at = "@" + std::to_string(at_[cut]);
        const auto covered = static_cast<double>(std::ranges::count(sums.is_covered, true));
        metrics.push_back(
            {"coverage" + at, ratio(covered, static_cast<double>(sums.is_covered.size()))});
        metrics.push_back({"diversity" + at, ratio(sums.diversity, sums.lists_of_pairs)});
        metrics.push_back({"novelty" + at, ratio(sums.novelty, sums.lists)});
        metrics.push_back({"popularity_bias" + at,
                           ratio(ratio(sums.popularity, sums.lists), ratio(taste_, tastes_))});
    }
}

}  // namespace attune::learn
