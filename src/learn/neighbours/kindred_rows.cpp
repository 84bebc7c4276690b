#include "learn/neighbours/kindred_rows.h"

#include "learn/neighbours/sessions.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

bool is_more_alike(const Likeness& a, const Likeness& b) {
    return a.value != b.value ? a.value > b.value : a.row < b.row;
}

std::vector<float> powers_of(std::span<const std::uint64_t> begins, float exponent) {
    std::vector<float> out(begins.size() - 1);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto people = static_cast<float>(begins[i + 1] - begins[i]);
        out[i] = std::pow(std::max(1.0F, people), -exponent);
    }
    return out;
}

}  // namespace

KindredRows::KindredRows(std::string_view name, SparseRows rows, const KindredShape& shape)
    : name_(name), rows_(std::move(rows)), shape_(shape) {
    rows_.values.clear();
    begins_.assign(std::size_t{items()} + 1, 0);
    for (const std::uint32_t item : rows_.columns) ++begins_[item + 1];
    for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
    holders_.resize(rows_.size());
    std::vector<std::uint64_t> next(begins_.begin(), begins_.end() - 1);
    for (std::uint32_t row = 0; row < rows_.rows(); ++row)
        for (const std::uint32_t item : rows_.columns_of(row)) holders_[next[item]++] = row;

    weights_ = powers_of(begins_, shape_.damping);
    popularity_ = powers_of(begins_, shape_.popularity);
    lengths_.resize(rows_.rows());
    for (std::size_t row = 0; row < lengths_.size(); ++row) {
        float sum = 0;
        for (const std::uint32_t item : rows_.columns_of(row)) sum += weights_[item];
        lengths_[row] = std::pow(sum, shape_.length);
    }
}

std::span<const std::uint32_t> KindredRows::rows_with(ItemIndex item) const {
    const auto all = std::span(holders_).subspan(begins_[item], begins_[item + 1] - begins_[item]);
    return shape_.recent == 0 ? all : all.last(std::min<std::size_t>(all.size(), shape_.recent));
}

std::vector<RowWeight> KindredRows::read(History history) const {
    return read_history(last_session(history, shape_.session_gap), shape_.reading, items());
}

std::vector<Likeness> KindredRows::shared(std::span<const RowWeight> read) const {
    std::size_t size = 0;
    for (const RowWeight& one : read) size += rows_with(one.item).size();
    std::vector<Likeness> out;
    if (size < rows_.rows() / 16) {
        // Few rows are met: sorting them costs less than a place for everybody.
        struct Part {
            std::uint32_t row;
            std::uint32_t from;
        };
        std::vector<Part> parts;
        parts.reserve(size);
        for (std::uint32_t from = 0; from < read.size(); ++from)
            for (const std::uint32_t row : rows_with(read[from].item)) parts.push_back({row, from});
        std::ranges::sort(parts, {},
                          [](const Part& part) { return std::pair(part.row, part.from); });
        for (const Part& part : parts) {
            if (out.empty() || out.back().row != part.row) out.push_back({part.row, 0});
            out.back().value += read[part.from].weight * weights_[read[part.from].item];
        }
        return out;
    }
    std::vector<float> sums(rows_.rows());
    for (const auto& [item, weight] : read)
        for (const std::uint32_t row : rows_with(item)) sums[row] += weight * weights_[item];
    for (std::uint32_t row = 0; row < sums.size(); ++row)
        if (sums[row] > 0) out.push_back({row, sums[row]});
    return out;
}

std::vector<Likeness> KindredRows::most_alike(History history, std::size_t limit,
                                              std::uint32_t without) const {
    const auto read = this->read(history);
    float square = 0;
    for (const auto& [item, weight] : read) square += weight * weight * weights_[item];
    const float own = std::sqrt(square);
    std::vector<Likeness> out = shared(read);
    std::erase_if(out, [&](const Likeness& one) { return one.row == without; });
    for (Likeness& one : out) one.value /= own * lengths_[one.row] + shape_.shrinkage;
    const auto middle = out.begin() + static_cast<std::ptrdiff_t>(std::min(limit, out.size()));
    std::ranges::partial_sort(out, middle, is_more_alike);
    out.erase(middle, out.end());
    return out;
}

void KindredRows::score(const Query& query, std::span<float> scores) const {
    std::ranges::fill(scores, 0.0F);
    for (const Likeness& one : most_alike(query.history, shape_.neighbours)) {
        const float value = std::pow(one.value, shape_.sharpness);
        for (const std::uint32_t item : rows_.columns_of(one.row)) scores[item] += value;
    }
    for (std::size_t item = 0; item < scores.size(); ++item) scores[item] *= popularity_[item];
}

std::vector<Scored> KindredRows::best(const Query& query, std::size_t limit,
                                      const ItemMask& allowed) const {
    auto out = Recommender::best(query, limit, allowed);
    std::erase_if(out, [](const Scored& one) { return one.score <= 0; });
    return out;
}

void KindredRows::save(ModelWriter& writer) const {
    put_rows(writer, "rows", rows_);
    writer.put("neighbours", shape_.neighbours);
    writer.put("damping", shape_.damping);
    writer.put("length", shape_.length);
    writer.put("shrinkage", shape_.shrinkage);
    writer.put("sharpness", shape_.sharpness);
    writer.put("popularity", shape_.popularity);
    writer.put("recent", shape_.recent);
    writer.put("session_gap", shape_.session_gap);
    put_reading(writer, shape_.reading);
}

std::size_t KindredRows::bytes() const {
    return (rows_.begins.size() + begins_.size()) * sizeof(std::uint64_t) +
           (rows_.columns.size() + holders_.size()) * sizeof(std::uint32_t) +
           (weights_.size() + popularity_.size() + lengths_.size()) * sizeof(float);
}

Result<std::unique_ptr<Recommender>> KindredRows::load(std::string_view name, ModelReader& reader) {
    ATTUNE_TRY(SparseRows rows, read_rows(reader, "rows"));
    KindredShape shape;
    ATTUNE_TRY(shape.neighbours, reader.number<std::uint32_t>("neighbours"));
    ATTUNE_TRY(shape.damping, reader.number<float>("damping"));
    ATTUNE_TRY(shape.length, reader.number<float>("length"));
    ATTUNE_TRY(shape.shrinkage, reader.number<float>("shrinkage"));
    ATTUNE_TRY(shape.sharpness, reader.number<float>("sharpness"));
    ATTUNE_TRY(shape.popularity, reader.number<float>("popularity"));
    ATTUNE_TRY(shape.recent, reader.number<std::uint32_t>("recent"));
    ATTUNE_TRY(shape.session_gap, reader.number<std::int64_t>("session_gap"));
    ATTUNE_TRY(shape.reading, read_reading(reader));
    return std::make_unique<KindredRows>(name, std::move(rows), shape);
}

}  // namespace attune::learn
