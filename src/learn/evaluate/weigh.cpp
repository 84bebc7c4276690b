#include "learn/evaluate/weigh.h"

#include "learn/recommend/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace attune::learn {

namespace {

constexpr std::size_t kChunk = 64;
constexpr int kRoundsMax = 12;

// What the members say of everything that one person could be shown: item by item, on the common scale.
struct Answers {
    std::vector<float> scores;          // items × members
    std::vector<std::uint32_t> wanted;  // which rows of `scores`
    std::size_t wanted_count = 0;       // also those that nobody proposed
};

Answers answers_of(std::span<const BlendMember> members, const Exam& exam, const Examinee& one,
                   std::size_t depth) {
    const Query query{.history = exam.history_of(one), .now = one.now};
    CommonGround ground = common_ground(members, query, depth);
    std::vector<ItemIndex> items = std::move(ground.items);
    if (!one.candidates.empty()) {
        items = one.candidates;
        items.insert(items.end(), one.wanted.begin(), one.wanted.end());
        std::ranges::sort(items);
    }
    Answers out{.scores = std::vector<float>(items.size() * members.size()),
                .wanted = {},
                .wanted_count = one.wanted.size()};
    for (const ItemIndex item : one.wanted)
        if (const auto at = std::ranges::lower_bound(items, item); at != items.end() && *at == item)
            out.wanted.push_back(static_cast<std::uint32_t>(at - items.begin()));
    std::vector<float> own(items.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
        if (ground.scales[m] == 0) continue;
        members[m].model->score_some(query, items, own);
        for (std::size_t i = 0; i < items.size(); ++i)
            out.scores[i * members.size() + m] = own[i] * ground.scales[m];
    }
    return out;
}

// The gain of one person's list; ties count against it.
double ndcg_of(const Answers& answers, std::span<const float> weights, std::size_t at,
               std::vector<float>& sums) {
    const std::size_t items = answers.scores.size() / weights.size();
    sums.resize(items);
    for (std::size_t i = 0; i < items; ++i) {
        float sum = 0;
        for (std::size_t m = 0; m < weights.size(); ++m)
            sum += weights[m] * answers.scores[i * weights.size() + m];
        sums[i] = sum;
    }
    std::vector<float> wanted;
    for (const std::uint32_t row : answers.wanted) wanted.push_back(sums[row]);
    std::ranges::sort(wanted, std::greater{});
    double gain = 0;
    for (const float score : wanted) {
        // Of equals among the wanted all stand last, which is the most that ties can cost.
        const auto place = static_cast<std::size_t>(
            std::ranges::count_if(sums, [&](float sum) { return sum >= score; }));
        if (place > at) break;
        gain += 1 / std::log2(static_cast<double>(place) + 1);
    }
    double best = 0;
    for (std::size_t i = 0; i < std::min(at, answers.wanted_count); ++i)
        best += 1 / std::log2(static_cast<double>(i) + 2);
    return gain / best;
}

class Climb {
public:
    Climb(const std::vector<Answers>& people, std::size_t at, const Training& training)
        : people_(people), at_(at), training_(training) {}

    Result<double> value_of(std::span<const double> weights) const {
        const std::vector<float> narrow(weights.begin(), weights.end());
        std::vector<double> sums(people_.size() / kChunk + 1);
        ATTUNE_TRY_VOID(for_chunks(people_.size(), kChunk, training_,
                                   [&](std::size_t begin, std::size_t end, unsigned /*worker*/) {
                                       std::vector<float> scratch;
                                       for (std::size_t i = begin; i < end; ++i)
                                           sums[begin / kChunk] +=
                                               ndcg_of(people_[i], narrow, at_, scratch);
                                   }));
        return std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(people_.size());
    }

    // Changes one weight at a time, to where the value is highest, until a round brings nothing.
    Result<void> climb(std::vector<double>& weights, double& value) const {
        constexpr double kFactors[] = {0, 0.25, 0.5, 0.7, 0.85, 0.93, 1.07, 1.18, 1.4, 2, 4};
        constexpr double kShares[] = {0.05, 0.15, 0.4, 1};
        for (int round = 0; round < kRoundsMax; ++round) {
            const double before = value;
            for (double& weight : weights) {
                const double old = weight;
                const double most = std::ranges::max(weights);
                double chosen = old;
                const auto attempt = [&](double changed) -> Result<void> {
                    weight = changed;
                    if (std::ranges::max(weights) <= 0) return {};
                    ATTUNE_TRY(const double now, value_of(weights));
                    if (now > value) {
                        value = now;
                        chosen = changed;
                    }
                    return {};
                };
                if (old > 0) {
                    for (const double factor : kFactors) ATTUNE_TRY_VOID(attempt(old * factor));
                } else {
                    for (const double share : kShares) ATTUNE_TRY_VOID(attempt(most * share));
                }
                weight = chosen;
            }
            constexpr double kLeastGain = 1e-4;
            if (value - before < kLeastGain * before) break;
        }
        return {};
    }

private:
    const std::vector<Answers>& people_;
    std::size_t at_;
    const Training& training_;
};

// Leaves out whom the blend hardly misses, the least missed first.
Result<void> prune(const Climb& climb, std::vector<double>& weights, double& value,
                   double least_share) {
    for (;;) {
        std::size_t least = weights.size();
        double without_it = 0;
        for (std::size_t m = 0; m < weights.size(); ++m) {
            if (weights[m] <= 0 ||
                std::ranges::count_if(weights, [](double w) { return w > 0; }) < 2)
                continue;
            std::vector<double> others = weights;
            others[m] = 0;
            ATTUNE_TRY(const double value_without, climb.value_of(others));
            if (least == weights.size() || value_without > without_it) {
                least = m;
                without_it = value_without;
            }
        }
        if (least == weights.size() || without_it < value * (1 - least_share)) return {};
        weights[least] = 0;
        value = without_it;
    }
}

}  // namespace

Result<Weighed> weigh(std::span<const BlendMember> members, const Exam& exam,
                      const WeighOptions& options, const Training& training) {
    ATTUNE_CHECK(!members.empty() && !exam.people.empty());
    std::vector<Answers> people(exam.people.size());
    ATTUNE_TRY_VOID(for_chunks(
        people.size(), 8, training, [&](std::size_t begin, std::size_t end, unsigned /*worker*/) {
            for (std::size_t i = begin; i < end; ++i)
                people[i] = answers_of(members, exam, exam.people[i], options.depth);
        }));
    const Climb climb(people, options.at, training);
    Weighed out{.weights = std::vector<double>(members.size()), .alone = {}};
    for (std::size_t m = 0; m < members.size(); ++m) {
        std::vector<double> only(members.size());
        only[m] = 1;
        ATTUNE_TRY(const double value, climb.value_of(only));
        out.alone.push_back(value);
    }
    const auto first = std::ranges::max_element(out.alone) - out.alone.begin();
    out.weights[static_cast<std::size_t>(first)] = 1;
    out.ndcg = *std::ranges::max_element(out.alone);
    ATTUNE_TRY_VOID(climb.climb(out.weights, out.ndcg));
    ATTUNE_TRY_VOID(prune(climb, out.weights, out.ndcg, options.least_share));
    const double sum = std::accumulate(out.weights.begin(), out.weights.end(), 0.0);
    for (double& weight : out.weights) weight /= sum;
    return out;
}

}  // namespace attune::learn
