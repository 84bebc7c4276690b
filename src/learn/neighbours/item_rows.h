// Item rows: a model that is a list per item, "who touched this wants those, this much", and answers a history with the
// sum of its items' lists. Transitions, item neighbours, RP3beta and co-visits differ in how their lists come about and in
// how they read a history; what they answer with is this.
#pragma once

#include "learn/recommend/model_file.h"
#include "learn/recommend/recommender.h"

namespace attune::learn {

// How a history is read: its different items, each as of its latest touch, the latest first.
struct HistoryReading {
    std::uint32_t last = 0;  // no more than so many of the latest items; 0: all of them
    float step_decay = 1;    // an item weighs this much of the one touched after it
    bool by_weight = false;  // times the sum of its touches' weights; otherwise each weighs alike
};

struct RowWeight {
    ItemIndex item = 0;
    float weight = 1;
    friend bool operator==(const RowWeight&, const RowWeight&) = default;
};

// Passes over items past `items` and touches without positive weight.
[[nodiscard]] std::vector<RowWeight> read_history(History history, const HistoryReading& reading,
                                                  ItemIndex items);

class ItemRows final : public Recommender {
public:
    // `rows` is as wide as it is long, with values above zero. The name is a learner's.
    ItemRows(std::string_view name, SparseRows rows, HistoryReading reading);

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] ItemIndex items() const override { return rows_.width; }
    void score(const Query& query, std::span<float> scores) const override;
    void score_some(const Query& query, std::span<const ItemIndex> some,
                    std::span<float> scores) const override;
    // Leaves out what no list of the history names. Costs as much as those lists are long, not as the catalogue.
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override;

    [[nodiscard]] const SparseRows& rows() const { return rows_; }

    [[nodiscard]] static Result<std::unique_ptr<Recommender>> load(std::string_view name,
                                                                   ModelReader& reader);

private:
    // Whether sorting what the lists of a history name costs less than a place for each item does: an entry is
    // compared with some sixteen others on its way to its place.
    [[nodiscard]] bool are_short(std::span<const RowWeight> read) const;
    // What the lists of the history say, summed: ascending by item.
    [[nodiscard]] std::vector<Scored> sums(std::span<const RowWeight> read) const;

    std::string_view name_;
    SparseRows rows_;
    HistoryReading reading_;
};

// Sparse rows in a model's bytes, under a name of their own; read back, they are known to be well-formed: data_loss where
// columns are not below the width or a value is not finite. Either all columns have values or none.
void put_rows(ModelWriter& writer, std::string_view name, const SparseRows& rows);
[[nodiscard]] Result<SparseRows> read_rows(const ModelReader& reader, std::string_view name);
void put_reading(ModelWriter& writer, const HistoryReading& reading);
[[nodiscard]] Result<HistoryReading> read_reading(const ModelReader& reader);

}  // namespace attune::learn
