// FactorScan: the items of a factor model, ready to be searched for the largest dot products with a query. It finds
// exactly what comparing all scores would find, and reads a quarter of the bytes: items are kept once more in 8 bits a dimension,
// and only what an error bound cannot rule out is scored in full.
//
//     ATTUNE_TRY(const auto scan, FactorScan::of(std::move(factors), 64));   // row-major, one row an item
//     auto ten = scan.best(person_factors, 10, allowed);
//
// An item's score is its row times the query, plus its bias. Immutable, so any thread may ask. docs/recommenders.md has the bound.
#pragma once

#include "base/result.h"
#include "learn/recommend/recommender.h"
#include "learn/scan/dots.h"

#include <cstddef>
#include <span>
#include <vector>

namespace attune::learn {

inline constexpr std::size_t kScanDimensionsMax = 4'096;

struct ScanOptions {
    // More than one pays from about 200,000 items on; starting a thread costs some 30 µs.
    unsigned threads = 1;
    // For tests and measurements; the best that there are if none.
    const DotLoops* loops = nullptr;
};

class FactorScan {
public:
    // `factors` are items × dimensions; `bias` is empty or one an item. invalid_argument where sizes do not fit together or
    // a number is not finite.
    [[nodiscard]] static Result<FactorScan> of(std::vector<float> factors, std::size_t dimensions,
                                               std::vector<float> bias = {});

    [[nodiscard]] ItemIndex items() const { return items_; }
    [[nodiscard]] std::size_t dimensions() const { return dimensions_; }
    [[nodiscard]] std::span<const float> factors() const { return factors_; }
    [[nodiscard]] std::span<const float> bias() const { return bias_; }  // empty if there is none
    [[nodiscard]] std::span<const float> row(ItemIndex item) const {
        return std::span(factors_).subspan(std::size_t{item} * dimensions_, dimensions_);
    }

    // A query has dimensions() finite numbers. Scores are the same bits in each of these, on every processor.
    void score(std::span<const float> query, std::span<float> scores) const;
    void score_some(std::span<const float> query, std::span<const ItemIndex> some,
                    std::span<float> scores) const;
    // The best of those allowed, as best_of_scores() orders all of score().
    [[nodiscard]] std::vector<Scored> best(std::span<const float> query, std::size_t limit,
                                           const ItemMask& allowed,
                                           const ScanOptions& options = {}) const;

    [[nodiscard]] std::size_t bytes() const;  // in memory, codes included

private:
    // How far a block's codes may be from what they stand for.
    struct BlockBound {
        float code_norm = 0;  // the largest norm of its items' codes
        float lost_norm = 0;  // the largest norm of what rounding lost, in scales
        float bias = 0;       // the largest size of a bias
    };
    struct Question;
    class Finalists;

    FactorScan() = default;
    void encode(std::size_t block);
    [[nodiscard]] float score_of(const DotLoops& loops, std::span<const float> query,
                                 ItemIndex item) const;
    void scan(const Question& question, std::size_t begin, std::size_t end,
              Finalists& finalists) const;
    void scan_run(const Question& question, std::size_t begin, std::size_t count,
                  Finalists& finalists) const;
    [[nodiscard]] std::vector<Scored> best_by_all(std::span<const float> query, std::size_t limit,
                                                  const ItemMask& allowed) const;

    std::vector<float> factors_;
    std::vector<float> bias_;
    std::size_t dimensions_ = 0;
    ItemIndex items_ = 0;
    std::size_t quads_ = 0;
    std::vector<ScanLine> lines_;  // two of scales and biases, then quads_ of codes, a block
    std::vector<BlockBound> bounds_;
    double norm_max_ = 0;  // of a row
    double bias_max_ = 0;
};

}  // namespace attune::learn
