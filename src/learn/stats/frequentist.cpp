#include "learn/stats/distributions.h"
#include "learn/stats/methods.h"

#include <cmath>

namespace attune::learn {

Comparison frequentist(const Effect& effect, const ComparisonRequest& request) {
    const double t = effect.estimate / effect.standard_error;
    const Direction direction = request.alternative.direction;
    const double tail = direction == Direction::two_sided ? request.alpha / 2 : request.alpha;
    const double half = student_upper_quantile(tail, effect.degrees) * effect.standard_error;
    Comparison answer{.effect = effect.estimate, .standard_error = effect.standard_error};
    if (direction != Direction::less) answer.ci[0] = effect.estimate - half;
    if (direction != Direction::greater) answer.ci[1] = effect.estimate + half;
    switch (direction) {
        case Direction::two_sided:
            answer.p_value = 2 * student_upper(std::abs(t), effect.degrees);
            break;
        case Direction::greater:
            answer.p_value = student_upper(t, effect.degrees);
            break;
        case Direction::less:
            answer.p_value = student_upper(-t, effect.degrees);
            break;
    }
    return answer;
}

}  // namespace attune::learn
