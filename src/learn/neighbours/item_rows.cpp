#include "learn/neighbours/item_rows.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace attune::learn {

std::vector<RowWeight> read_history(History history, const HistoryReading& reading,
                                    ItemIndex items) {
    struct Aged {
        ItemIndex item;
        std::size_t age;
        float weight;
    };
    std::vector<Aged> touched;
    touched.reserve(history.size());
    for (std::size_t age = 0; age < history.size(); ++age) {
        const Touch& touch = history[history.size() - 1 - age];
        if (touch.item < items && touch.weight > 0)
            touched.push_back({touch.item, age, touch.weight});
    }
    // Each item once, as old as its latest touch and as heavy as all of them.
    std::ranges::sort(touched, {}, [](const Aged& one) { return std::pair(one.item, one.age); });
    std::size_t different = 0;
    for (const Aged& one : touched) {
        if (different > 0 && touched[different - 1].item == one.item)
            touched[different - 1].weight += one.weight;
        else
            touched[different++] = one;
    }
    touched.resize(different);
    std::ranges::sort(touched, {}, &Aged::age);
    if (reading.last > 0 && touched.size() > reading.last) touched.resize(reading.last);

    std::vector<RowWeight> out;
    out.reserve(touched.size());
    float decayed = 1;
    for (const Aged& one : touched) {
        out.push_back({one.item, reading.by_weight ? decayed * one.weight : decayed});
        decayed *= reading.step_decay;
    }
    return out;
}

ItemRows::ItemRows(std::string_view name, SparseRows rows, HistoryReading reading)
    : name_(name), rows_(std::move(rows)), reading_(reading) {
    ATTUNE_CHECK(rows_.rows() == rows_.width);
}

void ItemRows::score(const Query& query, std::span<float> scores) const {
    std::ranges::fill(scores, 0.0F);
    for (const auto& [item, weight] : read_history(query.history, reading_, items())) {
        const auto columns = rows_.columns_of(item);
        const auto values = rows_.values_of(item);
        for (std::size_t i = 0; i < columns.size(); ++i) scores[columns[i]] += weight * values[i];
    }
}

// Additions to an item stay in the order of score(), so the sums are the same bit by bit.
std::vector<Scored> ItemRows::sums(std::span<const RowWeight> read) const {
    struct Part {
        ItemIndex item;
        std::uint32_t from;
        float score;
    };
    std::vector<Part> parts;
    std::size_t size = 0;
    for (const RowWeight& one : read) size += rows_.columns_of(one.item).size();
    parts.reserve(size);
    for (std::uint32_t from = 0; from < read.size(); ++from) {
        const auto columns = rows_.columns_of(read[from].item);
        const auto values = rows_.values_of(read[from].item);
        for (std::size_t i = 0; i < columns.size(); ++i)
            parts.push_back({columns[i], from, read[from].weight * values[i]});
    }
    std::ranges::sort(parts, {}, [](const Part& part) { return std::pair(part.item, part.from); });
    std::vector<Scored> out;
    for (const Part& part : parts) {
        if (out.empty() || out.back().item != part.item) out.push_back({part.item, 0});
        out.back().score += part.score;
    }
    return out;
}

bool ItemRows::are_short(std::span<const RowWeight> read) const {
    std::size_t size = 0;
    for (const RowWeight& one : read) size += rows_.columns_of(one.item).size();
    return size < items() / 16;
}

void ItemRows::score_some(const Query& query, std::span<const ItemIndex> some,
                          std::span<float> scores) const {
    const auto read = read_history(query.history, reading_, items());
    if (!are_short(read)) return Recommender::score_some(query, some, scores);
    const auto known = sums(read);
    for (std::size_t i = 0; i < some.size(); ++i) {
        const auto found = std::ranges::lower_bound(known, some[i], {}, &Scored::item);
        scores[i] = found != known.end() && found->item == some[i] ? found->score : 0;
    }
}

std::vector<Scored> ItemRows::best(const Query& query, std::size_t limit,
                                   const ItemMask& allowed) const {
    const auto read = read_history(query.history, reading_, items());
    if (are_short(read)) {
        auto known = sums(read);
        std::erase_if(known, [&](const Scored& one) { return !allowed.allows(one.item); });
        return best_of_list(std::move(known), limit);
    }
    std::vector<float> scores(items());
    score(query, scores);
    auto out = best_of_scores(scores, limit, allowed);
    std::erase_if(out, [](const Scored& one) { return one.score <= 0; });
    return out;
}

void ItemRows::save(ModelWriter& writer) const {
    put_rows(writer, "rows", rows_);
    put_reading(writer, reading_);
}

std::size_t ItemRows::bytes() const {
    return rows_.begins.size() * sizeof(std::uint64_t) +
           rows_.size() * (sizeof(std::uint32_t) + sizeof(float));
}

Result<std::unique_ptr<Recommender>> ItemRows::load(std::string_view name, ModelReader& reader) {
    ATTUNE_TRY(SparseRows rows, read_rows(reader, "rows"));
    if (rows.rows() != rows.width || rows.values.size() != rows.size())
        return reader.damaged("rows");
    ATTUNE_TRY(const HistoryReading reading, read_reading(reader));
    return std::make_unique<ItemRows>(name, std::move(rows), reading);
}

void put_reading(ModelWriter& writer, const HistoryReading& reading) {
    writer.put("last", reading.last);
    writer.put("step_decay", reading.step_decay);
    writer.put("by_weight", static_cast<std::uint8_t>(reading.by_weight));
}

Result<HistoryReading> read_reading(const ModelReader& reader) {
    HistoryReading out;
    ATTUNE_TRY(out.last, reader.number<std::uint32_t>("last"));
    ATTUNE_TRY(out.step_decay, reader.number<float>("step_decay"));
    ATTUNE_TRY(const auto by_weight, reader.number<std::uint8_t>("by_weight"));
    out.by_weight = by_weight != 0;
    return out;
}

void put_rows(ModelWriter& writer, std::string_view name, const SparseRows& rows) {
    const std::string prefix(name);
    writer.put(prefix + ".begins", rows.begins);
    writer.put(prefix + ".columns", rows.columns);
    writer.put(prefix + ".values", rows.values);
    writer.put(prefix + ".width", rows.width);
}

Result<SparseRows> read_rows(const ModelReader& reader, std::string_view name) {
    const std::string prefix(name);
    SparseRows out;
    ATTUNE_TRY(out.begins, reader.array<std::uint64_t>(prefix + ".begins"));
    ATTUNE_TRY(out.columns, reader.array<std::uint32_t>(prefix + ".columns"));
    ATTUNE_TRY(out.values, reader.array<float>(prefix + ".values"));
    ATTUNE_TRY(out.width, reader.number<std::uint32_t>(prefix + ".width"));
    const bool is_whole = !out.begins.empty() && out.begins.front() == 0 &&
                          out.begins.back() == out.columns.size() &&
                          (out.values.empty() || out.values.size() == out.columns.size()) &&
                          std::ranges::is_sorted(out.begins);
    const bool is_sound =
        is_whole &&
        std::ranges::all_of(out.columns,
                            [&](std::uint32_t column) { return column < out.width; }) &&
        std::ranges::all_of(out.values, [](float value) { return std::isfinite(value); });
    if (!is_sound) return reader.damaged(name);
    return out;
}

}  // namespace attune::learn
