#include "engine/models/served_ranker.h"

#include "learn/recommend/model_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kKind = "served-ranker";
constexpr std::uint32_t kLayout = 1;

}  // namespace

ServedRanker::ServedRanker(std::string id, learn::Ranker ranker)
    : id_(std::move(id)), ranker_(std::move(ranker)) {}

std::vector<float> ServedRanker::in_own_order(std::span<const std::string_view> names,
                                              std::span<const float> rows) const {
    const std::vector<std::string>& own = ranker_.names();
    std::vector<std::size_t> from;
    for (const std::string& name : own)
        from.push_back(static_cast<std::size_t>(std::ranges::find(names, name) - names.begin()));
    std::vector<float> out(rows.size() / names.size() * own.size());
    auto to = out.begin();
    for (; !rows.empty(); rows = rows.subspan(names.size()))
        for (const std::size_t column : from)
            *to++ = column < names.size() ? rows[column] : std::numeric_limits<float>::quiet_NaN();
    return out;
}

void ServedRanker::score(std::span<const std::string_view> names, std::span<const float> rows,
                         std::span<float> scores) const {
    ATTUNE_CHECK(!names.empty() && rows.size() == scores.size() * names.size());
    ranker_.score(in_own_order(names, rows), scores);
}

std::vector<ServedRanker::Part> ServedRanker::explain(std::span<const std::string_view> names,
                                                      std::span<const float> row,
                                                      std::size_t limit) const {
    ATTUNE_CHECK(!names.empty() && row.size() == names.size());
    const std::vector<float> own = in_own_order(names, row);
    std::vector<float> contributions(own.size());
    (void)ranker_.explain(own, contributions);
    std::vector<Part> parts;
    for (std::size_t i = 0; i < own.size(); ++i)
        if (contributions[i] != 0) parts.push_back({ranker_.names()[i], own[i], contributions[i]});
    std::ranges::sort(parts, [](const Part& a, const Part& b) {
        const float left = std::abs(a.contribution);
        const float right = std::abs(b.contribution);
        return left != right ? left > right : a.feature < b.feature;
    });
    parts.resize(std::min(parts.size(), limit));
    return parts;
}

std::string ServedRanker::save() const {
    learn::ModelWriter writer(kKind, kLayout);
    ranker_.save(writer);
    return std::move(writer).finish();
}

Result<std::shared_ptr<const ServedRanker>> ServedRanker::load(std::string id,
                                                               std::string_view bytes) {
    ATTUNE_TRY(const learn::ModelReader reader, learn::ModelReader::open(bytes));
    if (reader.kind() != kKind || reader.layout() != kLayout) return reader.damaged("kind");
    ATTUNE_TRY(learn::Ranker ranker, learn::Ranker::load(reader));
    return std::make_shared<const ServedRanker>(std::move(id), std::move(ranker));
}

}  // namespace attune::engine
