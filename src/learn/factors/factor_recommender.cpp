#include "learn/factors/factor_recommender.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace attune::learn {

namespace {

FactorScan scan_of(const Matrix& factors) {
    std::vector<float> values = factors.values();
    for (std::size_t row = 0; row < factors.rows(); ++row) {
        const auto own = std::span(values).subspan(row * factors.columns(), factors.columns());
        if (!std::ranges::all_of(own, [](float value) { return std::isfinite(value); }))
            std::ranges::fill(own, 0.0F);
    }
    auto scan = FactorScan::of(std::move(values), std::max<std::size_t>(1, factors.columns()));
    ATTUNE_CHECK(scan.has_value());
    return *std::move(scan);
}

}  // namespace

FactorRecommender::FactorRecommender(const Matrix& factors) : factors_(scan_of(factors)) {}

void FactorRecommender::score(const Query& query, std::span<float> scores) const {
    factors_.score(person(query), scores);
}

void FactorRecommender::score_some(const Query& query, std::span<const ItemIndex> some,
                                   std::span<float> scores) const {
    factors_.score_some(person(query), some, scores);
}

std::vector<Scored> FactorRecommender::best(const Query& query, std::size_t limit,
                                            const ItemMask& allowed) const {
    return factors_.best(person(query), limit, allowed);
}

void FactorRecommender::save(ModelWriter& writer) const {
    writer.put("items", items());
    writer.put("factors", factors_.factors());
}

Result<Matrix> load_factors(const ModelReader& reader) {
    ATTUNE_TRY(const auto items, reader.number<std::uint32_t>("items"));
    ATTUNE_TRY(const auto values, reader.array<float>("factors"));
    if (items == 0 ? !values.empty() : values.size() % items != 0 || values.empty())
        return reader.damaged("factors");
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (!std::ranges::all_of(values, is_finite)) return reader.damaged("factors");
    Matrix out(items, items == 0 ? 0 : values.size() / items);
    std::ranges::copy(values, out.data());
    return out;
}

Result<std::vector<float>> load_axis_values(const ModelReader& reader, std::string_view name,
                                            const Matrix& factors) {
    ATTUNE_TRY(auto values, reader.array<float>(name));
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (values.size() != factors.columns() || !std::ranges::all_of(values, is_finite))
        return reader.damaged(name);
    return values;
}

}  // namespace attune::learn
