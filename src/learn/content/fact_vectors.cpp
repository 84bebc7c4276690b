#include "learn/content/fact_vectors.h"

#include "learn/content/words.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

using Term = std::pair<std::uint32_t, float>;
using Terms = std::vector<Term>;
using Numbering = base::KeyedMap<std::string, std::uint32_t>;

// Descriptions go on for pages; what an item is stands at their beginning.
constexpr std::size_t kTextBytesMax = 20'000;
constexpr std::uint32_t kBands = 10;

std::uint32_t number_of(Numbering& numbering, std::string_view name, std::uint32_t next) {
    const auto found = numbering.find(name);
    if (found != numbering.end()) return found->second;
    return numbering.emplace(name, next).first->second;
}

void merge(Terms& terms) {
    std::ranges::sort(terms, {}, &Term::first);
    std::size_t different = 0;
    for (const Term& term : terms) {
        if (different > 0 && terms[different - 1].first == term.first)
            terms[different - 1].second += term.second;
        else
            terms[different++] = term;
    }
    terms.resize(different);
}

void scale_to(Terms& terms, double length) {
    double square = 0;
    for (const Term& term : terms) square += static_cast<double>(term.second) * term.second;
    if (square <= 0) return;
    const auto scale = static_cast<float>(length / std::sqrt(square));
    for (Term& term : terms) term.second *= scale;
}

// One part of the vectors: a list of terms an item, numbered from 0 for the part alone.
struct Part {
    std::vector<Terms> items;
    std::uint32_t width = 0;

    // What all have in common weighs `common`, before the logarithm, more than nothing.
    void weigh_by_rarity(double common) {
        std::vector<std::uint32_t> holders(width);
        for (const Terms& terms : items)
            for (const auto& [term, count] : terms) ++holders[term];
        const auto all = static_cast<double>(items.size());
        for (Terms& terms : items)
            for (auto& [term, count] : terms)
                count = static_cast<float>((1 + std::log(std::max(1.0F, count))) *
                                           std::log(common + all / holders[term]));
    }
};

Part text_part(const ItemFacts& facts) {
    Part out{.items = std::vector<Terms>(facts.size())};
    Numbering numbering;
    for (std::size_t item = 0; item < facts.size(); ++item) {
        Terms& terms = out.items[item];
        for_words(std::string_view(facts[item].text).substr(0, kTextBytesMax),
                  [&](std::string_view word, float weight) {
                      const std::uint32_t term = number_of(numbering, word, out.width);
                      out.width = std::max(out.width, term + 1);
                      terms.emplace_back(term, weight);
                  });
        merge(terms);
    }
    // Words that are in every text need no list to be passed over.
    out.weigh_by_rarity(1e-3);
    return out;
}

Part label_part(const ItemFacts& facts, Numbering& numbering) {
    Part out{.items = std::vector<Terms>(facts.size())};
    for (std::size_t item = 0; item < facts.size(); ++item) {
        Terms& terms = out.items[item];
        for (const std::string& label : facts[item].labels) {
            const std::uint32_t term = number_of(numbering, label, out.width);
            out.width = std::max(out.width, term + 1);
            terms.emplace_back(term, 1.0F);
        }
        merge(terms);
        for (auto& [term, count] : terms) count = 1;
    }
    out.weigh_by_rarity(1);
    return out;
}

// The values of one named number, and who has them.
struct Column {
    std::vector<std::pair<double, std::size_t>> values;
};

Part number_part(const ItemFacts& facts) {
    Numbering numbering;
    std::vector<Column> columns;
    const auto add = [&](std::string_view name, double value, std::size_t item) {
        if (!std::isfinite(value)) return;
        const auto column = number_of(numbering, name, static_cast<std::uint32_t>(columns.size()));
        if (column == columns.size()) columns.emplace_back();
        columns[column].values.emplace_back(value, item);
    };
    for (std::size_t item = 0; item < facts.size(); ++item) {
        // No name of a number begins so.
        if (facts[item].price) add("\x01price", *facts[item].price, item);
        for (const auto& [name, value] : facts[item].numbers) add(name, value, item);
    }

    Part out{.items = std::vector<Terms>(facts.size())};
    for (Column& column : columns) {
        std::ranges::sort(column.values);
        const auto& values = column.values;
        for (std::size_t begin = 0; begin < values.size();) {
            std::size_t end = begin;
            while (end < values.size() && values[end].first == values[begin].first) ++end;
            // Equal values have the rank in their middle.
            const double rank =
                static_cast<double>(begin + end) / 2 / static_cast<double>(values.size()) * kBands;
            const double band = std::floor(rank);
            const double share = rank - band;
            const std::uint32_t term = out.width + static_cast<std::uint32_t>(band);
            for (std::size_t i = begin; i < end; ++i) {
                Terms& terms = out.items[values[i].second];
                terms.emplace_back(term, static_cast<float>(1 - share));
                if (share > 0) terms.emplace_back(term + 1, static_cast<float>(share));
            }
            begin = end;
        }
        out.width += kBands + 1;
    }
    for (Terms& terms : out.items) merge(terms);
    return out;
}

// Unit vectors where an item has one of the right length.
void take_embeddings(const ItemFacts& facts, FactVectors& out) {
    const auto first =
        std::ranges::find_if(facts, [](const ItemFact& fact) { return !fact.embedding.empty(); });
    if (first == facts.end()) return;
    const std::size_t dimensions = first->embedding.size();
    out.dimensions = static_cast<std::uint32_t>(dimensions);
    out.embeddings.resize(facts.size() * dimensions);
    for (std::size_t item = 0; item < facts.size(); ++item) {
        const auto& given = facts[item].embedding;
        double square = 0;
        for (const float value : given) square += static_cast<double>(value) * value;
        if (given.size() != dimensions || !(square > 0) || !std::isfinite(square)) continue;
        const auto scale = static_cast<float>(1 / std::sqrt(square));
        for (std::size_t i = 0; i < dimensions; ++i)
            out.embeddings[item * dimensions + i] = given[i] * scale;
    }
}

// All parts of an item as one vector of length 1, each with the root of its share of the square.
void join(std::span<Part> parts, std::span<const double> shares, double embedding_share,
          FactVectors& out) {
    out.terms.width = 0;
    for (const Part& part : parts) out.terms.width += part.width;
    const std::size_t items = parts.front().items.size();
    for (std::size_t item = 0; item < items; ++item) {
        const auto embedding =
            std::span(out.embeddings).subspan(item * out.dimensions, out.dimensions);
        const bool is_embedded =
            std::ranges::any_of(embedding, [](float value) { return value != 0; });
        double whole = is_embedded ? embedding_share : 0;
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (!parts[i].items[item].empty()) whole += shares[i];
        std::uint32_t offset = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            Terms& terms = parts[i].items[item];
            if (shares[i] > 0) {
                scale_to(terms, std::sqrt(shares[i] / whole));
                for (const auto& [term, value] : terms) {
                    out.terms.columns.push_back(offset + term);
                    out.terms.values.push_back(value);
                }
            }
            offset += parts[i].width;
            terms = {};
        }
        if (is_embedded) {
            const auto scale = static_cast<float>(std::sqrt(embedding_share / whole));
            for (float& value : embedding) value *= scale;
        }
        out.terms.begins.push_back(out.terms.columns.size());
    }
}

}  // namespace

FactVectors fact_vectors(const ItemFacts& facts, const FactShares& shares) {
    FactVectors out;
    if (shares.embedding > 0) take_embeddings(facts, out);
    std::array parts{label_part(facts, out.labels), text_part(facts), number_part(facts)};
    const std::array part_shares{shares.labels, shares.text, shares.numbers};
    join(parts, part_shares, shares.embedding, out);
    return out;
}

}  // namespace attune::learn
