#include "learn/stats/sample_ratio.h"

#include "learn/stats/distributions.h"

#include <cmath>
#include <string>

namespace attune::learn {

namespace {

struct Totals {
    double people = 0;
    double weight = 0;
    double variants = 0;
};

Result<Totals> totals_of(std::span<const std::uint64_t> counts, std::span<const double> weights) {
    if (counts.size() != weights.size())
        return fail_field("/weights", "must be as many as there are counts");
    Totals totals;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!(weights[i] >= 0) || !std::isfinite(weights[i]))
            return fail_field("/weights/" + std::to_string(i), "must be 0 or more");
        if (weights[i] == 0 && counts[i] > 0)
            return fail_field("/counts/" + std::to_string(i),
                              "must be 0, since the variant has no weight");
        if (weights[i] == 0) continue;
        totals.people += static_cast<double>(counts[i]);
        totals.weight += weights[i];
        totals.variants += 1;
    }
    if (totals.variants < 2) return fail_field("/weights", "must be above 0 for at least two");
    if (!std::isfinite(totals.weight)) return fail_field("/weights", "are too large to add up");
    return totals;
}

}  // namespace

Result<SampleRatio> check_sample_ratio(std::span<const std::uint64_t> counts,
                                       std::span<const double> weights) {
    ATTUNE_TRY(const Totals totals, totals_of(counts, weights));
    SampleRatio answer{.degrees = totals.variants - 1};
    if (totals.people == 0) return answer;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (weights[i] == 0) continue;
        const double expected = weights[i] / totals.weight * totals.people;
        const double off = static_cast<double>(counts[i]) - expected;
        answer.chi_square += off * off / expected;
    }
    if (!std::isfinite(answer.chi_square))
        return fail_field("/weights", "differ too much to expect anybody in the lightest variant");
    answer.p_value = chi_square_upper(answer.chi_square, answer.degrees);
    return answer;
}

}  // namespace attune::learn
