#include "engine/experiment/novelty.h"

#include "engine/experiment/plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace attune::engine {
namespace {

// The control's units and a variant's that were exposed at one time.
struct Part {
    learn::SampleSums control;
    learn::SampleSums treatment;

    [[nodiscard]] std::uint64_t units() const { return control.n() + treatment.n(); }
    Part& operator+=(const Part& other) {
        control += other.control;
        treatment += other.treatment;
        return *this;
    }
};

// How many of the buckets are of units whose windows were over when the newest one came.
std::size_t settled_buckets(const AgeBuckets& ages, const domain::ExperimentMetric& metric) {
    const base::Duration window =
        std::chrono::seconds(metric.after_seconds.value_or(0) + metric.window_seconds);
    std::size_t settled = 0;
    while (settled < ages.size() && ages.end_of(settled) <= ages.newest() - window) ++settled;
    return settled;
}

struct Halves {
    Part early;
    Part late;
};

// Cut where the parts are most alike in size.
Halves halves_of(const AgeBuckets& ages, std::size_t arm, std::size_t settled) {
    std::vector<Part> parts;
    std::uint64_t units = 0;
    for (std::size_t i = 0; i < settled; ++i) {
        parts.push_back({ages.sums(0, i), ages.sums(arm, i)});
        units += parts.back().units();
    }
    Halves halves;
    for (const Part& part : parts) {
        const std::uint64_t middle_of_it = (2 * halves.early.units()) + part.units();
        const bool is_early = halves.late.units() == 0 && middle_of_it <= units;
        (is_early ? halves.early : halves.late) += part;
    }
    return halves;
}

bool is_enough(const Part& part, learn::Metric metric) {
    return learn::is_enough_to_compare(metric, part.control, part.treatment);
}

bool is_known_not_to_be_zero(const learn::Comparison& one) {
    const auto& [low, high] = one.ci;
    return (low && *low > 0) || (high && *high < 0);
}

}  // namespace

NoveltyCheck check_novelty(const Tally& tally, std::size_t arm,
                           const learn::ComparisonRequest& request) {
    const AgeBuckets& ages = *tally.ages();
    const domain::ExperimentMetric& metric = tally.definition().metrics[*tally.aged_metric()];
    const Halves halves = halves_of(ages, arm, settled_buckets(ages, metric));
    if (!is_enough(halves.early, request.metric) || !is_enough(halves.late, request.metric))
        return {.problem = "too few units whose window is over"};
    const bool is_adjusted = metric.covariate_seconds.has_value();
    const auto early =
        learn::compare(request, halves.early.control, halves.early.treatment, is_adjusted);
    const auto late =
        learn::compare(request, halves.late.control, halves.late.treatment, is_adjusted);
    if (!early || !late) return {.problem = (early ? late : early).error().message};
    const double people = static_cast<double>(halves.early.units() + halves.late.units());
    const learn::Comparison change = learn::change_of_effect(request, *early, *late, people);
    const bool is_towards_zero = std::signbit(change.effect) != std::signbit(early->effect);
    return {.early = early->effect,
            .late = late->effect,
            .p_value = change.p_value,
            .is_fading = is_known_not_to_be_zero(*early) && is_towards_zero &&
                         is_known_not_to_be_zero(change)};
}

}  // namespace attune::engine
