#include "app/commands.h"
#include "app/json_lines.h"
#include "learn/stats/comparison.h"
#include "learn/stats/used_members.h"

namespace attune::app {

namespace {

int run_stats(const Invocation& /*invocation*/, Console& console) {
    return answer_json(console, [](base::JsonView value) -> Result<std::string> {
        ATTUNE_TRY(const auto request, base::from_json<learn::ComparisonRequest>(value));
        ATTUNE_TRY_VOID(learn::check_members(request));
        ATTUNE_TRY(const auto answer, learn::compare(request));
        return base::to_json(answer);
    });
}

}  // namespace

const Command kStats{
    .name = "stats",
    .summary = "Compares a treatment with a control from their sums, read as JSON.",
    .manual =
        "Reads one JSON object, or one a line, from standard input:\n"
        "  {\"metric\": \"mean|proportion|ratio|quantile\",\n"
        "   \"method\": \"frequentist|bayesian|sequential\", \"relative\": true,\n"
        "   \"alternative\": \"two-sided|greater|less\", \"alpha\": 0.05,\n"
        "   \"tuning\": 5000, \"prior\": {\"mean\": 0, \"variance\": 0.09},\n"
        "   \"control\": {\"n\", \"sum\", \"sum_squares\"}, \"treatment\": {…}}\n"
        "and writes a line of {\"effect\", \"ci\": [low, high], \"standard_error\", \"p_value\"} "
        "each, or "
        "\"chance_to_win\" and \"risk\": [control, treatment] instead of \"p_value\". An open end "
        "of an "
        "interval is null.\n"
        "A proportion needs no sum_squares. A ratio needs denominator_sum, denominator_sum_squares "
        "and "
        "cross_sum (of value times denominator). CUPED is asked for by covariate_sum, "
        "covariate_sum_squares and cross_sum (of value times covariate). A quantile needs "
        "\"quantile_level\" beside the metric, and n, quantile, quantile_lower and "
        "quantile_upper.\n"
        "Members that the metric and the method have no use for are refused: `tuning` is of "
        "sequential alone, `prior` of bayesian.\n"
        "What cannot be answered gets {\"error\": …} that names the member; the exit code is then "
        "1. "
        "docs/statistics.md explains all of it.",
    .run = &run_stats};

}  // namespace attune::app
