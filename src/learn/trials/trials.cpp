#include "learn/trials/trials.h"

#include "learn/stats/sample_ratio.h"

#include <array>
#include <cmath>

namespace attune::learn {

namespace {

// A proportion of 10 % buy. Of a mean, 40 % spend, exponentially distributed around 25 times their own
// size. Of a ratio, 1 to 8 things are shown, of which a fifth is clicked.
constexpr double kBuyers = 0.1;
constexpr double kSpenders = 0.4;
constexpr double kSpending = 25;
constexpr double kClicks = 0.2;
constexpr int kShownMax = 8;

// What somebody is like, in this month as in the one before: 0.5 to 1.5.
double size_of(base::Random& random) { return 0.5 + random.unit(); }

double spent(base::Random& random, double size) {
    if (random.unit() >= kSpenders) return 0;
    return -std::log1p(-random.unit()) * kSpending * size;
}

double clicked(base::Random& random, double size, int shown, double lift) {
    double clicks = 0;
    for (int i = 0; i < shown; ++i) clicks += random.unit() < kClicks * size * (1 + lift) ? 1 : 0;
    return clicks;
}

bool leaves_out(const Comparison& answer, double value) {
    return (answer.ci[0] && *answer.ci[0] > value) || (answer.ci[1] && *answer.ci[1] < value);
}

TrialRun run_one(const TrialOptions& options, std::uint64_t run) {
    base::SeededRandom random(options.seed * 1'000'003 + run);
    const ComparisonRequest request{.metric = options.metric,
                                    .method = options.method,
                                    .alpha = options.alpha,
                                    .tuning = static_cast<double>(options.people)};
    SampleSums control;
    SampleSums treatment;
    TrialRun told;
    std::uint64_t done = 0;
    for (std::uint64_t look = 1; look <= options.looks; ++look) {
        for (; done < options.people * look / options.looks; ++done) {
            const bool treated = random.unit() < 0.5;
            (treated ? treatment : control)
                .add(person_of(options, treated ? options.lift : 0, random));
        }
        if (options.looks > 1 && !is_enough_to_compare(options.metric, control, treatment))
            continue;
        const auto answer = compare(request, control, treatment, options.adjusted);
        told.look(answer ? &*answer : nullptr, options.lift);
    }
    return told;
}

}  // namespace

Observation person_of(const TrialOptions& options, double lift, base::Random& random) {
    const double size = size_of(random);
    switch (options.metric) {
        case Metric::mean: {
            // Half of what is spent now was spent then as well: habits.
            const double habit = spent(random, size);
            const double before = habit + spent(random, size);
            return {.value = (habit + spent(random, size)) * (1 + lift), .covariate = before};
        }
        case Metric::ratio: {
            const auto shown = static_cast<int>(1 + random.below(kShownMax));
            const auto earlier = static_cast<int>(1 + random.below(kShownMax));
            const double before = clicked(random, size, earlier, 0);
            return {.value = clicked(random, size, shown, lift),
                    .denominator = static_cast<double>(shown),
                    .covariate = before,
                    .covariate_denominator = static_cast<double>(earlier)};
        }
        default:
            return {.value = random.unit() < kBuyers * size * (1 + lift) ? 1.0 : 0.0,
                    .covariate = random.unit() < kBuyers * size ? 1.0 : 0.0};
    }
}

Result<void> check_trials(const TrialOptions& options) {
    if (options.metric == Metric::quantile)
        return fail_field("/metric", "must be proportion, mean or ratio");
    if (!(options.lift > -1 && options.lift <= 1))
        return fail_field("/lift", "must be above -1 and at most 1");
    if (options.runs == 0) return fail_field("/runs", "must be at least 1");
    if (options.looks == 0 || options.looks > options.people)
        return fail_field("/looks", "must be 1 to the number of people");
    return {};
}

void TrialRun::look(const Comparison* said, double truth) {
    last_wrong_ = said != nullptr && leaves_out(*said, truth);
    last_claimed_ = said != nullptr && leaves_out(*said, 0);
    ever_wrong_ = ever_wrong_ || last_wrong_;
    ever_claimed_ = ever_claimed_ || last_claimed_;
}

void TrialRun::add_to(TrialOutcome& counts) const {
    counts.last_wrong += last_wrong_ ? 1 : 0;
    counts.ever_wrong += ever_wrong_ ? 1 : 0;
    counts.last_claimed += last_claimed_ ? 1 : 0;
    counts.ever_claimed += ever_claimed_ ? 1 : 0;
}

TrialOutcome shares_of(TrialOutcome counts, std::uint64_t runs) {
    for (double* share :
         {&counts.last_wrong, &counts.ever_wrong, &counts.last_claimed, &counts.ever_claimed})
        *share /= static_cast<double>(runs);
    return counts;
}

Result<TrialOutcome> run_trials(const TrialOptions& options) {
    ATTUNE_TRY_VOID(check_trials(options));
    TrialOutcome counts;
    for (std::uint64_t run = 0; run < options.runs; ++run) run_one(options, run).add_to(counts);
    return shares_of(counts, options.runs);
}

PowerPlan plan_of(const TrialOptions& options) {
    PowerPlan plan{.metric = options.metric,
                   .method = options.method,
                   .alpha = options.alpha,
                   .tuning = static_cast<double>(options.people),
                   .baseline_mean = kBuyers,
                   .minimum_effect = options.lift};
    // Of size s uniform on 0.5 to 1.5: E s = 1, E s² = 13/12.
    constexpr double kSizeSquares = 13.0 / 12;
    if (options.metric == Metric::mean) {
        const double once = kSpenders * kSpending;
        const double squares = kSpenders * 2 * kSpending * kSpending * kSizeSquares;
        // Twice spent, alike in size alone.
        plan.baseline_mean = 2 * once;
        plan.baseline_deviation = std::sqrt(2 * squares + 2 * once * once * kSizeSquares -
                                            plan.baseline_mean * plan.baseline_mean);
    } else if (options.metric == Metric::ratio) {
        // Given d shown and size s, clicks are binomial; the residual's mean is d(ps − p).
        const double d = (1.0 + kShownMax) / 2;
        const double d_squares = (kShownMax + 1.0) * (2 * kShownMax + 1) / 6;
        const double binomial = d * (kClicks - kClicks * kClicks * kSizeSquares);
        const double between = d_squares * kClicks * kClicks * (kSizeSquares - 1);
        plan.baseline_mean = kClicks;
        plan.baseline_deviation = std::sqrt(binomial + between) / d;
    }
    return plan;
}

double run_sample_ratio_trials(const TrialOptions& options, double level) {
    double rejected = 0;
    constexpr std::array kWeights{0.2, 0.3, 0.5};
    for (std::uint64_t run = 0; run < options.runs; ++run) {
        base::SeededRandom random(options.seed * 1'000'003 + run);
        std::array<std::uint64_t, 3> counts{};
        for (std::uint64_t i = 0; i < options.people; ++i) {
            const double u = random.unit();
            ++counts[u < 0.2 ? 0 : u < 0.5 ? 1 : 2];
        }
        rejected += check_sample_ratio(counts, kWeights)->p_value < level ? 1 : 0;
    }
    return rejected / static_cast<double>(options.runs);
}

}  // namespace attune::learn
