// Kindred rows: a model that is the item lists of others (of people, or of sessions), and answers a history with what is in those
// most like it.
//
//     likeness(row) = Σ over shared items: weight in the history × people(item)^−damping
//                     ÷ (√(the same sum of the history with itself) × (Σ over the row's items: people(item)^−damping)^length + shrinkage)
//     score(item)   = Σ over the `neighbours` most alike rows with the item: likeness^sharpness × people(item)^−popularity
//
// Unlike the other models this one does hold what others did, under numbers only. Somebody who is erased leaves it with the next
// training; until then their list can speak for nobody by name, and the trainer must not keep a model past that.
#pragma once

#include "learn/neighbours/item_rows.h"

namespace attune::learn {

struct KindredShape {
    std::uint32_t neighbours = 200;
    float damping = 0.5F;
    float length = 0.5F;
    float shrinkage = 0;
    float sharpness = 1;
    float popularity = 0;
    std::uint32_t recent = 0;  // an item leads to so many of the last rows with it; 0: to all
    std::int64_t session_gap =
        0;  // in seconds; of a history only the last session is read; 0: all of it
    HistoryReading reading;
};

struct Likeness {
    std::uint32_t row = 0;
    float value = 0;
    friend bool operator==(const Likeness&, const Likeness&) = default;
};

class KindredRows final : public Recommender {
public:
    // `rows` of items; those of later rows are the more recent. Values are not looked at.
    KindredRows(std::string_view name, SparseRows rows, const KindredShape& shape);

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] ItemIndex items() const override { return rows_.width; }
    void score(const Query& query, std::span<float> scores) const override;
    // Leaves out what none of the neighbours has.
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override;

    // The rows most like a history, best first, of equals the lower number first; without one of them, where the row of
    // whoever asks is known. None shares nothing. Costs the rows that each item of the history is in.
    [[nodiscard]] std::vector<Likeness> most_alike(History history, std::size_t limit,
                                                   std::uint32_t without = kNone) const;
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    [[nodiscard]] static Result<std::unique_ptr<Recommender>> load(std::string_view name,
                                                                   ModelReader& reader);

private:
    [[nodiscard]] std::vector<RowWeight> read(History history) const;
    // By row, ascending: the sums of what is shared.
    [[nodiscard]] std::vector<Likeness> shared(std::span<const RowWeight> read) const;
    [[nodiscard]] std::span<const std::uint32_t> rows_with(ItemIndex item) const;

    std::string_view name_;
    SparseRows rows_;  // without values
    KindredShape shape_;
    // Made of the rows:
    std::vector<std::uint64_t> begins_;  // of each item's rows
    std::vector<std::uint32_t> holders_;
    std::vector<float> weights_;     // people^−damping, an item each
    std::vector<float> popularity_;  // people^−popularity, an item each
    std::vector<float> lengths_;     // a row each
};

}  // namespace attune::learn
