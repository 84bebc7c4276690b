// The wire form of a sample, into sums.
#include "learn/stats/arm.h"

#include <cmath>

namespace attune::learn {

namespace {

// Takes the members that a metric needs, and remembers the first one that is missing.
class Reader {
public:
    Reader(SampleSums& sums, std::string where) : sums_(sums), where_(std::move(where)) {}

    void sum(Variable of, const std::optional<double>& from, const char* name) {
        sums_.set_sum(of, needed(from, name));
    }
    void product(Variable a, Variable b, const std::optional<double>& from, const char* name) {
        sums_.set_product(a, b, needed(from, name));
    }
    [[nodiscard]] Result<void> done() const {
        if (!missing_.empty()) return fail_field(missing_, "is required for this metric");
        return {};
    }

private:
    double needed(const std::optional<double>& from, const char* name) {
        if (!from && missing_.empty()) missing_ = where_ + "/" + name;
        return from.value_or(0);
    }

    SampleSums& sums_;
    std::string where_;
    std::string missing_;
};

bool has_covariate(const Sample& sample) { return sample.covariate_sum.has_value(); }

void read_adjusted_ratio(Reader& reader, const Sample& sample) {
    using enum Variable;
    const CrossSums cross = sample.cross_sums.value_or(CrossSums{});
    reader.sum(covariate_denominator, sample.covariate_denominator_sum,
               "covariate_denominator_sum");
    reader.product(covariate_denominator, covariate_denominator,
                   sample.covariate_denominator_sum_squares, "covariate_denominator_sum_squares");
    reader.product(value, covariate, cross.value_covariate, "cross_sums/value_covariate");
    reader.product(value, covariate_denominator, cross.value_covariate_denominator,
                   "cross_sums/value_covariate_denominator");
    reader.product(denominator, covariate, cross.denominator_covariate,
                   "cross_sums/denominator_covariate");
    reader.product(denominator, covariate_denominator, cross.denominator_covariate_denominator,
                   "cross_sums/denominator_covariate_denominator");
    reader.product(covariate, covariate_denominator, cross.covariate_covariate_denominator,
                   "cross_sums/covariate_covariate_denominator");
}

}  // namespace

Result<SampleSums> sums_of(const Sample& sample, Metric metric, const char* where) {
    using enum Variable;
    SampleSums sums;
    sums.set_n(sample.n);
    Reader reader(sums, where);
    reader.sum(value, sample.sum, "sum");
    const bool zero_or_one = metric == Metric::proportion;
    reader.product(value, value, zero_or_one ? sample.sum : sample.sum_squares, "sum_squares");
    if (metric == Metric::ratio) {
        reader.sum(denominator, sample.denominator_sum, "denominator_sum");
        reader.product(denominator, denominator, sample.denominator_sum_squares,
                       "denominator_sum_squares");
        const bool named = sample.cross_sums && sample.cross_sums->value_denominator;
        reader.product(value, denominator,
                       named ? sample.cross_sums->value_denominator : sample.cross_sum,
                       "cross_sum");
    }
    if (has_covariate(sample)) {
        reader.sum(covariate, sample.covariate_sum, "covariate_sum");
        const bool implied = zero_or_one && !sample.covariate_sum_squares;
        reader.product(covariate, covariate,
                       implied ? sample.covariate_sum : sample.covariate_sum_squares,
                       "covariate_sum_squares");
        if (metric == Metric::ratio) {
            read_adjusted_ratio(reader, sample);
        } else {
            reader.product(value, covariate, sample.cross_sum, "cross_sum");
        }
    }
    ATTUNE_TRY_VOID(reader.done());
    if (zero_or_one && *sample.sum != std::trunc(*sample.sum))
        return fail_field(std::string(where) + "/sum",
                          "must be a whole number for a proportion: so many of n did it");
    return sums;
}

}  // namespace attune::learn
