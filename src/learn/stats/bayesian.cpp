#include "learn/stats/distributions.h"
#include "learn/stats/methods.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

struct Gaussian {
    double mean = 0;
    double deviation = 1;
};

Result<Gaussian> posterior_of(const Effect& effect, const ComparisonRequest& request) {
    if (!request.prior || !request.prior->proper)
        return Gaussian{effect.estimate, effect.standard_error};
    const GaussianPrior& prior = *request.prior;
    if (!(prior.variance > 0)) return fail_field("/prior/variance", "must be above 0");
    double scale = 1;
    if (prior.relative != request.relative) {
        if (effect.control_mean == 0)
            return fail_field("/prior/relative", "cannot be translated: the control's mean is 0");
        scale = prior.relative ? std::abs(effect.control_mean) : 1 / std::abs(effect.control_mean);
    }
    const double prior_precision = 1 / (prior.variance * scale * scale);
    const double data_precision = 1 / (effect.standard_error * effect.standard_error);
    const double precision = prior_precision + data_precision;
    if (!std::isfinite(precision)) return fail_field("/prior/variance", "is too small");
    return Gaussian{
        (effect.estimate * data_precision + prior.mean * scale * prior_precision) / precision,
        std::sqrt(1 / precision)};
}

}  // namespace

Result<Comparison> bayesian(const Effect& effect, const ComparisonRequest& request) {
    ATTUNE_TRY(const Gaussian posterior, posterior_of(effect, request));
    const double z = posterior.mean / posterior.deviation;
    const double half = normal_upper_quantile(request.alpha / 2) * posterior.deviation;
    // E[max(D, 0)] and E[max(−D, 0)] of a Gaussian difference D. Far in a tail the two terms cancel,
    // and rounding must not make a loss negative.
    const double spread = posterior.deviation * normal_density(z);
    const double gained = std::max(0.0, posterior.mean * normal_cdf(z) + spread);
    const double lost = std::max(0.0, -posterior.mean * normal_upper(z) + spread);
    const bool less = request.alternative.direction == Direction::less;
    Comparison answer{.effect = posterior.mean, .standard_error = posterior.deviation};
    answer.ci = {posterior.mean - half, posterior.mean + half};
    answer.chance_to_win = less ? normal_upper(z) : normal_cdf(z);
    answer.risk = std::array{gained, lost};
    if (less) std::swap((*answer.risk)[0], (*answer.risk)[1]);
    return answer;
}

}  // namespace attune::learn
