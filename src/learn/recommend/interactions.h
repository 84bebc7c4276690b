// Interactions: what people did with items, as every learner reads it. People and items are numbers here; who they are is
// the caller's business.
//
//     auto interactions = Interactions::of(std::move(deeds), people, items);
//     for (const Touch& touch : interactions.of_person(7)) …      // oldest first
//     const SparseRows matrix = interactions.matrix();              // each pair once
//
// Immutable once made, so any thread may read it.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace attune::learn {

using PersonIndex = std::uint32_t;
using ItemIndex = std::uint32_t;

// One thing that somebody did with an item. The weight says how much it tells of their taste: 1 for a plain sign,
// more for a purchase, below zero for a dislike, a rating where ratings are learned from.
struct Touch {
    ItemIndex item = 0;
    float weight = 1;
    std::int64_t time = 0;  // in seconds; without times, any order that grows
};

using History = std::span<const Touch>;  // of one person, oldest first; an item may come again

struct Deed {
    PersonIndex person = 0;
    Touch touch;
};

// A sparse matrix by rows: columns ascending and unique within a row.
struct SparseRows {
    std::vector<std::uint64_t> begins{0};  // rows + 1 of them
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    std::uint32_t width = 0;  // the number of columns

    [[nodiscard]] std::size_t rows() const { return begins.size() - 1; }
    [[nodiscard]] std::size_t size() const { return columns.size(); }
    [[nodiscard]] std::span<const std::uint32_t> columns_of(std::size_t row) const {
        return std::span(columns).subspan(begins[row], begins[row + 1] - begins[row]);
    }
    [[nodiscard]] std::span<const float> values_of(std::size_t row) const {
        return std::span(values).subspan(begins[row], begins[row + 1] - begins[row]);
    }
    [[nodiscard]] SparseRows transposed() const;
};

class Interactions {
public:
    // Sorts by person and time; deeds of one moment keep their order. invalid_argument where a number is not below its
    // count or a weight is not finite.
    [[nodiscard]] static Result<Interactions> of(std::vector<Deed> deeds, PersonIndex people,
                                                 ItemIndex items);

    [[nodiscard]] PersonIndex people() const {
        return static_cast<PersonIndex>(begins_.size() - 1);
    }
    [[nodiscard]] ItemIndex items() const { return items_; }
    [[nodiscard]] std::size_t size() const { return touches_.size(); }
    [[nodiscard]] History of_person(PersonIndex person) const {
        return std::span(touches_).subspan(begins_[person], begins_[person + 1] - begins_[person]);
    }
    // People by items, the weights of a pair summed. What sums to zero or less is left out: it says nothing that
    // an implicit learner could use.
    [[nodiscard]] SparseRows matrix() const;

private:
    std::vector<std::uint64_t> begins_{0};
    std::vector<Touch> touches_;
    ItemIndex items_ = 0;
};

}  // namespace attune::learn
