#include "learn/content/content.h"

#include "learn/neighbours/item_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "text",
            .doc = "The share of the words in a comparison; 0 leaves them out.",
            .fallback = 1,
            .min = 0,
            .max = 100,
            .is_searched = true,
            .search_low = 0,
            .search_high = 2},
    Setting{.name = "labels",
            .doc = "The share of the labels.",
            .fallback = 1,
            .min = 0,
            .max = 100,
            .is_searched = true,
            .search_low = 0,
            .search_high = 2},
    Setting{.name = "numbers",
            .doc = "The share of price and numbers.",
            .fallback = 0.3,
            .min = 0,
            .max = 100,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{.name = "embedding",
            .doc = "The share of the embeddings.",
            .fallback = 1,
            .min = 0,
            .max = 100,
            .is_searched = true,
            .search_low = 0,
            .search_high = 2},
    Setting{.name = "last",
            .doc = "How many of the latest items of a history are compared with.",
            .fallback = 50,
            .min = 1,
            .max = 1'000,
            .scale = Scale::whole},
    Setting{.name = "recency_decay",
            .doc = "What an item of the history weighs of the one touched after it.",
            .fallback = 0.9,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 1},
    Setting{
        .name = "terms",
        .doc = "How many of the heaviest terms of a history are compared by; bounds what an answer "
               "costs.",
        .fallback = 300,
        .min = 1,
        .max = 100'000,
        .scale = Scale::whole},
};

struct Profile {
    std::vector<std::pair<std::uint32_t, float>> terms;  // ascending
    std::vector<float> embedding;
};

class Content final : public Recommender {
public:
    Content(SparseRows terms, std::vector<float> embeddings, HistoryReading reading,
            std::uint32_t terms_max)
        : terms_(std::move(terms)),
          holders_(terms_.transposed()),
          embeddings_(std::move(embeddings)),
          dimensions_(terms_.rows() == 0 ? 0 : embeddings_.size() / terms_.rows()),
          reading_(reading),
          terms_max_(terms_max) {}

    [[nodiscard]] std::string_view name() const override { return kContent.name; }
    [[nodiscard]] ItemIndex items() const override { return static_cast<ItemIndex>(terms_.rows()); }
    void score(const Query& query, std::span<float> scores) const override;
    void score_some(const Query& query, std::span<const ItemIndex> some,
                    std::span<float> scores) const override;
    // Leaves out what has nothing in common with the history.
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override {
        auto out = Recommender::best(query, limit, allowed);
        std::erase_if(out, [](const Scored& one) { return one.score <= 0; });
        return out;
    }
    void save(ModelWriter& writer) const override {
        put_rows(writer, "terms", terms_);
        writer.put("embeddings", embeddings_);
        put_reading(writer, reading_);
        writer.put("terms_max", terms_max_);
    }
    [[nodiscard]] std::size_t bytes() const override {
        return 2 * terms_.size() * (sizeof(std::uint32_t) + sizeof(float)) +
               (terms_.begins.size() + holders_.begins.size()) * sizeof(std::uint64_t) +
               embeddings_.size() * sizeof(float);
    }

private:
    [[nodiscard]] Profile profile_of(History history) const;
    [[nodiscard]] float alike_by_embedding(const Profile& profile, ItemIndex item) const {
        const auto embedding = embedding_of(item);
        float dot = 0;
        for (std::size_t i = 0; i < dimensions_; ++i) dot += profile.embedding[i] * embedding[i];
        return dot;
    }
    [[nodiscard]] std::span<const float> embedding_of(ItemIndex item) const {
        return std::span(embeddings_).subspan(item * dimensions_, dimensions_);
    }

    SparseRows terms_;    // items by terms
    SparseRows holders_;  // terms by items
    std::vector<float> embeddings_;
    std::size_t dimensions_;
    HistoryReading reading_;
    std::uint32_t terms_max_;
};

// Of length 1 together, its lightest terms cut off where there are too many.
Profile Content::profile_of(History history) const {
    Profile out;
    out.embedding.resize(dimensions_);
    for (const auto& [item, weight] : read_history(history, reading_, items())) {
        const auto columns = terms_.columns_of(item);
        const auto values = terms_.values_of(item);
        for (std::size_t i = 0; i < columns.size(); ++i)
            out.terms.emplace_back(columns[i], weight * values[i]);
        const auto embedding = embedding_of(item);
        for (std::size_t i = 0; i < dimensions_; ++i) out.embedding[i] += weight * embedding[i];
    }
    // By term and then by what it weighs, so that the sums do not depend on how the sort goes.
    std::ranges::sort(out.terms);
    std::size_t different = 0;
    for (const auto& term : out.terms) {
        if (different > 0 && out.terms[different - 1].first == term.first)
            out.terms[different - 1].second += term.second;
        else
            out.terms[different++] = term;
    }
    out.terms.resize(different);
    if (different > terms_max_) {
        std::ranges::nth_element(
            out.terms, out.terms.begin() + terms_max_, [](const auto& a, const auto& b) {
                return a.second != b.second ? a.second > b.second : a.first < b.first;
            });
        out.terms.resize(terms_max_);
        std::ranges::sort(out.terms);
    }
    double square = 0;
    for (const auto& [term, weight] : out.terms) square += static_cast<double>(weight) * weight;
    for (const float value : out.embedding) square += static_cast<double>(value) * value;
    const auto scale = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0F;
    for (auto& [term, weight] : out.terms) weight *= scale;
    for (float& value : out.embedding) value *= scale;
    return out;
}

void Content::score(const Query& query, std::span<float> scores) const {
    std::ranges::fill(scores, 0.0F);
    const Profile profile = profile_of(query.history);
    for (const auto& [term, weight] : profile.terms) {
        const auto holders = holders_.columns_of(term);
        const auto values = holders_.values_of(term);
        for (std::size_t i = 0; i < holders.size(); ++i) scores[holders[i]] += weight * values[i];
    }
    if (dimensions_ == 0) return;
    for (ItemIndex item = 0; item < items(); ++item)
        scores[item] += alike_by_embedding(profile, item);
}

// Adds up in the order of score(): by ascending term.
void Content::score_some(const Query& query, std::span<const ItemIndex> some,
                         std::span<float> scores) const {
    const Profile profile = profile_of(query.history);
    for (std::size_t i = 0; i < some.size(); ++i) {
        const auto columns = terms_.columns_of(some[i]);
        const auto values = terms_.values_of(some[i]);
        float sum = 0;
        auto term = profile.terms.begin();
        for (std::size_t at = 0; at < columns.size() && term != profile.terms.end(); ++at) {
            while (term != profile.terms.end() && term->first < columns[at]) ++term;
            if (term != profile.terms.end() && term->first == columns[at])
                sum += term->second * values[at];
        }
        scores[i] = dimensions_ == 0 ? sum : sum + alike_by_embedding(profile, some[i]);
    }
}

Result<std::unique_ptr<Recommender>> learn_content(const Lesson& lesson, const Settings& settings,
                                                   const Training& training) {
    if (lesson.facts == nullptr || lesson.facts->size() != lesson.interactions.items())
        return fail(Code::invalid_argument, "content learns from facts, one for each item");
    if (training.stop.stop_requested()) return fail(Code::cancelled, "learning was stopped");
    FactVectors vectors = fact_vectors(*lesson.facts, {.text = settings["text"],
                                                       .labels = settings["labels"],
                                                       .numbers = settings["numbers"],
                                                       .embedding = settings["embedding"]});
    return std::make_unique<Content>(
        std::move(vectors.terms), std::move(vectors.embeddings),
        HistoryReading{.last = settings.whole("last"),
                       .step_decay = static_cast<float>(settings["recency_decay"]),
                       .by_weight = true},
        settings.whole("terms"));
}

Result<std::unique_ptr<Recommender>> load_content(ModelReader& reader) {
    ATTUNE_TRY(SparseRows terms, read_rows(reader, "terms"));
    if (terms.values.size() != terms.size()) return reader.damaged("terms");
    ATTUNE_TRY(auto embeddings, reader.array<float>("embeddings"));
    const bool is_sound =
        (terms.rows() == 0 ? embeddings.empty() : embeddings.size() % terms.rows() == 0) &&
        std::ranges::all_of(embeddings, [](float value) { return std::isfinite(value); });
    if (!is_sound) return reader.damaged("embeddings");
    ATTUNE_TRY(const HistoryReading reading, read_reading(reader));
    ATTUNE_TRY(const auto terms_max, reader.number<std::uint32_t>("terms_max"));
    return std::make_unique<Content>(std::move(terms), std::move(embeddings), reading, terms_max);
}

}  // namespace

const Learner kContent{
    .name = "content",
    .summary = "What is like the items somebody touched by text, labels, numbers and embeddings.",
    .settings = kSettings,
    .needs_facts = true,
    .learn = &learn_content,
    .load = &load_content};

}  // namespace attune::learn
