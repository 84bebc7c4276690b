// `attune stats` and `attune eval policy` on anything: each line is asked as a comparison and added to one log, which is
// evaluated at the end. No answer may hold a number that is none, and no interval may leave out its own estimate.
#include "base/json.h"
#include "learn/policy/evaluation.h"
#include "learn/stats/comparison.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace attune;

void insist(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

void check_ends(double value, const std::optional<double>& low, const std::optional<double>& high) {
    insist(std::isfinite(value), "the estimate is no number");
    insist(!low || (std::isfinite(*low) && *low <= value), "the low end is above the estimate");
    insist(!high || (std::isfinite(*high) && *high >= value), "the high end is below the estimate");
}

void check_comparison(base::JsonView line) {
    const auto request = base::from_json<learn::ComparisonRequest>(line);
    if (!request) return;
    const auto answer = learn::compare(*request);
    if (!answer) return insist(!answer.error().fields.empty(), "an error names no member");
    // An interval of more than half the alpha may have both ends on one side.
    if (request->alpha > 0.5) return;
    check_ends(answer->effect, answer->ci[0], answer->ci[1]);
    insist(answer->standard_error > 0, "the standard error is none");
    const double p = answer->p_value.value_or(answer->chance_to_win.value_or(0));
    insist(p >= 0 && p <= 1, "a probability is none");
}

void check_estimate(const learn::PolicyEstimate& estimate) {
    insist(std::isfinite(estimate.standard_error), "a standard error is no number");
    if (!estimate.ci) return insist(std::isfinite(estimate.value), "the estimate is no number");
    check_ends(estimate.value, (*estimate.ci)[0], (*estimate.ci)[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    learn::PolicyLog log;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto document = base::JsonDocument::parse(line);
        if (!document) continue;
        check_comparison(document->root());
        (void)log.add(document->root());
    }
    const auto report = log.evaluate({});
    if (!report) return 0;
    const auto& found = report->estimators;
    for (const auto* estimate : {&found.dm, &found.ips, &found.snips, &found.dr, &found.switch_dr})
        check_estimate(*estimate);
    return 0;
}
