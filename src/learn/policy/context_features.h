// From contexts of any shape to a few numbers. A context is JSON that nobody described: numbers
// count as they are, everything else by being there ("device=mobile"). Which of these are worth a
// feature is seen only when all contexts have been: the commonest that differ between rows are kept.
//
//     ContextFeatures features;
//     for (…) features.add(context);
//     features.choose();                       // fixes the features
//     features.row(17)                         // {1, x₁, …}: a constant, then numbers of size 1
//
// Not thread-safe. Memory: at most kTokensMax short entries a row.
#pragma once

#include "base/json_document.h"
#include "base/keyed_hash.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace attune::learn {

class ContextFeatures {
public:
    static constexpr std::size_t kFeaturesMax = 24;  // beside the constant
    static constexpr std::size_t kTokensMax = 64;    // of one context; the rest is not looked at
    static constexpr std::size_t kVocabularyMax = 50'000;
    static constexpr std::size_t kDepthMax = 4;

    void add(const base::JsonView* context);  // null: none was logged
    void choose();

    [[nodiscard]] std::size_t width() const { return chosen_.size() + 1; }
    // Of the row that was added as number `row`; `out` has width() places.
    void row(std::size_t row, std::span<double> out) const;

private:
    struct Token {
        std::uint32_t id = 0;
        float value = 0;
    };
    struct Word {
        std::uint64_t rows = 0;
        double sum = 0;
        double squares = 0;
        std::uint32_t feature = 0;  // 1 and up when chosen
    };
    struct Scale {
        double mean = 0;
        double deviation = 1;
    };

    void walk(base::JsonView value, std::string& path, std::size_t depth);
    void note(std::string_view word, double value);

    base::KeyedMap<std::string, std::uint32_t> vocabulary_;
    std::vector<Word> words_;
    std::vector<Token> tokens_;
    std::vector<std::uint64_t> row_ends_;
    std::vector<Scale> chosen_;
};

}  // namespace attune::learn
