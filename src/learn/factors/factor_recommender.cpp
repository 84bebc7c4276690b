#include "learn/factors/factor_recommender.h"

#include "learn/linear/vectors.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace attune::learn {

void FactorRecommender::score(const Query& query, std::span<float> scores) const {
    ATTUNE_CHECK(scores.size() == factors_.rows());
    dots(factors_.values(), person(query), scores);
}

void FactorRecommender::score_some(const Query& query, std::span<const ItemIndex> some,
                                   std::span<float> scores) const {
    const std::vector<float> asking = person(query);
    for (std::size_t i = 0; i < some.size(); ++i) scores[i] = dot(factors_.row(some[i]), asking);
}

void FactorRecommender::save(ModelWriter& writer) const {
    writer.put("items", static_cast<std::uint32_t>(factors_.rows()));
    writer.put("factors", factors_.values());
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
