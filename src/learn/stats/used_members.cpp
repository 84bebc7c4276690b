#include "learn/stats/used_members.h"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace attune::learn {

namespace {

constexpr std::array<std::string_view, 4> kMetrics{"mean", "proportion", "ratio", "quantile"};

std::string article_of(Metric metric) {
    return "a " + std::string(kMetrics[static_cast<std::size_t>(metric)]);
}

struct Member {
    std::string_view name;
    bool is_there;
    bool belongs;  // to the metric, where a covariate is given
    bool is_of_covariate = false;
};

Result<void> check_each(std::span<const Member> members, Metric metric, bool is_adjusted,
                        const std::string& where) {
    for (const Member& one : members) {
        if (!one.is_there) continue;
        const std::string pointer = where + "/" + std::string(one.name);
        if (!one.belongs)
            return fail_field(pointer,
                              "says nothing about " + article_of(metric) + ": leave it out");
        if (one.is_of_covariate && !is_adjusted)
            return fail_field(pointer, "says nothing without covariate_sum: leave it out");
    }
    return {};
}

Result<void> check_sample(const Sample& sample, Metric metric, const std::string& where) {
    const bool is_ratio = metric == Metric::ratio;
    const bool is_quantile = metric == Metric::quantile;
    const bool is_adjusted = sample.covariate_sum.has_value();
    const std::array members{
        Member{"sum", sample.sum.has_value(), !is_quantile},
        Member{"sum_squares", sample.sum_squares.has_value(), !is_quantile},
        Member{"denominator_sum", sample.denominator_sum.has_value(), is_ratio},
        Member{"denominator_sum_squares", sample.denominator_sum_squares.has_value(), is_ratio},
        Member{"covariate_sum", is_adjusted, !is_quantile},
        Member{"covariate_sum_squares", sample.covariate_sum_squares.has_value(), !is_quantile,
               true},
        Member{"covariate_denominator_sum", sample.covariate_denominator_sum.has_value(), is_ratio,
               true},
        Member{"covariate_denominator_sum_squares",
               sample.covariate_denominator_sum_squares.has_value(), is_ratio, true},
        Member{"cross_sum", sample.cross_sum.has_value(), !is_quantile, !is_ratio},
        Member{"cross_sums", sample.cross_sums.has_value(), is_ratio},
        Member{"quantile", sample.quantile.has_value(), is_quantile},
        Member{"quantile_lower", sample.quantile_lower.has_value(), is_quantile},
        Member{"quantile_upper", sample.quantile_upper.has_value(), is_quantile},
        Member{"n_star", sample.n_star.has_value(), is_quantile}};
    ATTUNE_TRY_VOID(check_each(members, metric, is_adjusted, where));
    const CrossSums cross = sample.cross_sums.value_or(CrossSums{});
    const std::array crosses{
        Member{"value_covariate", cross.value_covariate.has_value(), true, true},
        Member{"value_covariate_denominator", cross.value_covariate_denominator.has_value(), true,
               true},
        Member{"denominator_covariate", cross.denominator_covariate.has_value(), true, true},
        Member{"denominator_covariate_denominator",
               cross.denominator_covariate_denominator.has_value(), true, true},
        Member{"covariate_covariate_denominator", cross.covariate_covariate_denominator.has_value(),
               true, true}};
    ATTUNE_TRY_VOID(check_each(crosses, metric, is_adjusted, where + "/cross_sums"));
    if (metric == Metric::proportion && sample.sum_squares && sample.sum_squares != sample.sum)
        return fail_field(where + "/sum_squares",
                          "differs from the sum, which a proportion's noughts and ones cannot");
    if (sample.cross_sum && cross.value_denominator && sample.cross_sum != cross.value_denominator)
        return fail_field(where + "/cross_sum", "differs from cross_sums/value_denominator");
    return {};
}

}  // namespace

Result<void> check_members(const ComparisonRequest& request) {
    if (request.tuning && request.method != Method::sequential)
        return fail_field("/tuning", "is of the sequential method alone: leave it out");
    if (request.prior && request.method != Method::bayesian)
        return fail_field("/prior", "is of the bayesian method alone: leave it out");
    if (request.quantile_level && request.metric != Metric::quantile)
        return fail_field("/quantile_level",
                          "says nothing about " + article_of(request.metric) + ": leave it out");
    ATTUNE_TRY_VOID(check_sample(request.control, request.metric, "/control"));
    return check_sample(request.treatment, request.metric, "/treatment");
}

}  // namespace attune::learn
