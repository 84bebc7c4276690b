#include "engine/models/served_model.h"

#include "learn/evaluate/learners.h"
#include "learn/recommend/model_file.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace attune::engine {
namespace {

constexpr learn::ItemIndex kNoRow = ~learn::ItemIndex{0};
constexpr std::string_view kKind = "served";
constexpr std::uint32_t kLayout = 1;

}  // namespace

ServedModel::ServedModel(std::string id, std::unique_ptr<learn::Recommender> model,
                         std::vector<ItemNumber> items)
    : id_(std::move(id)), model_(std::move(model)), items_(std::move(items)) {
    ATTUNE_CHECK(model_ && model_->items() == items_.size());
    const ItemNumber past = items_.empty() ? 0 : *std::ranges::max_element(items_) + 1;
    rows_.assign(past, kNoRow);
    for (learn::ItemIndex row = 0; row < items_.size(); ++row) rows_[items_[row]] = row;
    if (std::ranges::adjacent_find(items_, std::greater_equal{}) != items_.end()) return;
    known_.resize((std::size_t{past} + 63) / 64);
    for (const ItemNumber item : items_) known_[item / 64] |= std::uint64_t{1} << (item % 64);
}

std::optional<learn::ItemIndex> ServedModel::row_of(ItemNumber item) const {
    if (item >= rows_.size() || rows_[item] == kNoRow) return std::nullopt;
    return rows_[item];
}

learn::ItemMask ServedModel::rows_of(const learn::ItemMask& numbers) const {
    // The words must reach to the last item.
    std::span<const std::uint64_t> bits = numbers.words();
    std::vector<std::uint64_t> longer;
    if (const std::size_t needed = (rows_.size() + 63) / 64; bits.size() < needed) {
        longer.assign(bits.begin(), bits.end());
        longer.resize(needed);
        bits = longer;
    }
    if (!known_.empty()) return {learn::picked_bits(bits, known_, items_.size()), model_->items()};
    // Without a branch on a bit, which nobody can foresee.
    std::vector<std::uint64_t> rows((items_.size() + 63) / 64);
    for (std::size_t row = 0; row < items_.size(); ++row) {
        const ItemNumber item = items_[row];
        rows[row / 64] |= (bits[item / 64] >> (item % 64) & 1U) << (row % 64);
    }
    return {std::move(rows), model_->items()};
}

std::vector<learn::Touch> ServedModel::history_of(learn::History numbers) const {
    std::vector<learn::Touch> history;
    history.reserve(numbers.size());
    for (learn::Touch touch : numbers) {
        const auto row = row_of(touch.item);
        if (!row) continue;
        touch.item = *row;
        history.push_back(touch);
    }
    return history;
}

std::vector<learn::Scored> ServedModel::in_numbers(std::vector<learn::Scored> rows) const {
    for (learn::Scored& one : rows) one.item = items_[one.item];
    return rows;
}

std::vector<learn::Scored> ServedModel::best(learn::History history, std::int64_t now,
                                             std::size_t limit,
                                             const learn::ItemMask& numbers) const {
    const auto known = history_of(history);
    return in_numbers(model_->best({.history = known, .now = now}, limit, rows_of(numbers)));
}

std::vector<learn::Scored> ServedModel::like(ItemNumber item, std::size_t limit,
                                             const learn::ItemMask& numbers) const {
    const auto row = row_of(item);
    if (!row) return {};
    return in_numbers(model_->like(*row, limit, rows_of(numbers)));
}

void ServedModel::score_some(learn::History history, std::int64_t now,
                             std::span<const ItemNumber> some, std::span<float> scores) const {
    std::vector<learn::ItemIndex> rows;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < some.size(); ++i) {
        scores[i] = 0;
        const auto row = row_of(some[i]);
        if (!row) continue;
        rows.push_back(*row);
        places.push_back(i);
    }
    const auto known = history_of(history);
    std::vector<float> found(rows.size());
    model_->score_some({.history = known, .now = now}, rows, found);
    for (std::size_t i = 0; i < places.size(); ++i) scores[places[i]] = found[i];
}

std::string ServedModel::save(const ItemNumbers& numbers) const {
    std::string ids;
    std::vector<std::uint32_t> lengths;
    lengths.reserve(items_.size());
    for (const ItemNumber item : items_) {
        const std::string_view id = numbers.id_of(item);
        ids += id;
        lengths.push_back(static_cast<std::uint32_t>(id.size()));
    }
    learn::ModelWriter writer(kKind, kLayout);
    writer.put("id_lengths", lengths);
    writer.put("ids", std::string_view(ids));
    writer.put("model", std::string_view(learn::save_model(*model_)));
    return std::move(writer).finish();
}

Result<std::shared_ptr<const ServedModel>> ServedModel::load(std::string id, std::string_view bytes,
                                                             ItemNumbers& numbers) {
    ATTUNE_TRY(const auto reader, learn::ModelReader::open(bytes));
    if (reader.kind() != kKind || reader.layout() != kLayout) return reader.damaged("kind");
    ATTUNE_TRY(const auto lengths, reader.array<std::uint32_t>("id_lengths"));
    ATTUNE_TRY(std::string_view ids, reader.text("ids"));
    std::vector<ItemNumber> items;
    items.reserve(lengths.size());
    for (const std::uint32_t length : lengths) {
        if (length > ids.size()) return reader.damaged("ids");
        ATTUNE_TRY(const ItemNumber number, numbers.number_for(ids.substr(0, length)));
        items.push_back(number);
        ids.remove_prefix(length);
    }
    ATTUNE_TRY(const std::string_view model_bytes, reader.text("model"));
    ATTUNE_TRY(auto model, learn::load_model(model_bytes));
    if (model->items() != items.size()) return reader.damaged("model");
    return std::make_shared<const ServedModel>(std::move(id), std::move(model), std::move(items));
}

}  // namespace attune::engine
