#include "learn/content/clusters.h"

#include "learn/content/fact_vectors.h"
#include "learn/recommend/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::size_t kAxes = 128;

constexpr std::array kSettings{
    Setting{.name = "clusters",
            .doc = "How many; 0: the root of half the number of items, at most 200.",
            .fallback = 0,
            .min = 0,
            .max = 10'000,
            .scale = Scale::whole},
    Setting{.name = "rounds",
            .doc = "How often the centres are moved, at most.",
            .fallback = 15,
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
};

constexpr std::uint32_t kLast = 50;

// SplitMix64's mixing: 64 signs for a term.
std::uint64_t signs_of(std::uint64_t seed, std::uint64_t term, std::uint64_t block) {
    std::uint64_t bits = seed + (term * 2 + block + 1) * 0x9e3779b97f4a7c15U;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31U);
}

void add_on_axes(std::span<float> out, std::uint64_t seed, std::uint64_t term, float value) {
    for (std::size_t block = 0; block < kAxes / 64; ++block) {
        std::uint64_t signs = signs_of(seed, term, block);
        for (std::size_t i = 0; i < 64; ++i, signs >>= 1U)
            out[block * 64 + i] += (signs & 1U) != 0 ? value : -value;
    }
}

// Items by kAxes.
Result<std::vector<float>> on_axes(const FactVectors& vectors, const Training& training) {
    std::vector<float> out(vectors.terms.rows() * kAxes);
    ATTUNE_TRY_VOID(for_chunks(
        vectors.terms.rows(), 256, training, [&](std::size_t begin, std::size_t end, unsigned) {
            for (std::size_t item = begin; item < end; ++item) {
                const auto row = std::span(out).subspan(item * kAxes, kAxes);
                const auto columns = vectors.terms.columns_of(item);
                const auto values = vectors.terms.values_of(item);
                for (std::size_t i = 0; i < columns.size(); ++i)
                    add_on_axes(row, training.seed, columns[i], values[i]);
                for (std::size_t i = 0; i < vectors.dimensions; ++i)
                    add_on_axes(row, training.seed, vectors.terms.width + i,
                                vectors.embeddings[item * vectors.dimensions + i]);
            }
        }));
    return out;
}

std::vector<float> standings(const Interactions& interactions, const Clustering& found) {
    std::vector<float> people(found.of.size());
    for (const ItemIndex item : interactions.matrix().columns) people[item] += 1;
    std::vector<float> most(found.clusters);
    for (std::size_t item = 0; item < people.size(); ++item)
        if (found.of[item] != kNoCluster)
            most[found.of[item]] = std::max(most[found.of[item]], people[item]);
    for (std::size_t item = 0; item < people.size(); ++item)
        people[item] = found.of[item] == kNoCluster
                           ? 0
                           : std::sqrt((1 + people[item]) / (1 + most[found.of[item]]));
    return people;
}

// Fills labels and label_items.
void count_labels(const ItemFacts& facts, ClusterModel& model) {
    std::vector<std::pair<std::string_view, std::uint32_t>> pairs;
    for (std::size_t item = 0; item < facts.size(); ++item)
        for (const std::string& label : facts[item].labels)
            if (model.of[item] != kNoCluster) pairs.emplace_back(label, model.of[item]);
    std::ranges::sort(pairs);
    model.label_items.width = model.clusters;
    for (std::size_t i = 0; i < pairs.size();) {
        const auto& [label, cluster] = pairs[i];
        if (model.labels.empty() || model.labels.back() != label) {
            model.labels.emplace_back(label);
            model.label_items.begins.push_back(model.label_items.columns.size());
        }
        std::size_t end = i;
        while (end < pairs.size() && pairs[end] == pairs[i]) ++end;
        model.label_items.columns.push_back(cluster);
        model.label_items.values.push_back(static_cast<float>(end - i));
        model.label_items.begins.back() = model.label_items.columns.size();
        i = end;
    }
}

Result<std::unique_ptr<Recommender>> learn_clusters(const Lesson& lesson, const Settings& settings,
                                                    const Training& training) {
    const ItemIndex items = lesson.interactions.items();
    if (lesson.facts == nullptr || lesson.facts->size() != items)
        return fail(Code::invalid_argument, "clusters learn from facts, one for each item");
    ATTUNE_TRY(const std::vector<float> rows, on_axes(fact_vectors(*lesson.facts, {}), training));
    const std::uint32_t asked = settings.whole("clusters");
    const auto usual = static_cast<std::uint32_t>(std::lround(std::sqrt(items / 2.0)));
    ATTUNE_TRY(Clustering found,
               k_means(rows, kAxes,
                       {.clusters = asked > 0 ? asked : std::clamp(usual, 2U, 200U),
                        .rounds = settings.whole("rounds")},
                       training));
    ClusterModel model{.clusters = found.clusters,
                       .standing = standings(lesson.interactions, found),
                       .reading = {.last = kLast,
                                   .step_decay = static_cast<float>(settings["recency_decay"]),
                                   .by_weight = true}};
    model.of = std::move(found.of);
    count_labels(*lesson.facts, model);
    return std::make_unique<Clusters>(std::move(model));
}

// Labels are kept one after the other, each with where it ends.
Result<std::vector<std::string>> load_labels(const ModelReader& reader) {
    ATTUNE_TRY(const auto ends, reader.array<std::uint64_t>("label_ends"));
    ATTUNE_TRY(const std::string_view text, reader.text("labels"));
    std::vector<std::string> out;
    std::uint64_t begin = 0;
    for (const std::uint64_t end : ends) {
        if (end < begin || end > text.size()) return reader.damaged("labels");
        out.emplace_back(text.substr(begin, end - begin));
        begin = end;
    }
    if (!std::ranges::is_sorted(out)) return reader.damaged("labels");
    return out;
}

Result<std::unique_ptr<Recommender>> load_clusters(ModelReader& reader) {
    ClusterModel out;
    ATTUNE_TRY(out.clusters, reader.number<std::uint32_t>("clusters"));
    ATTUNE_TRY(out.of, reader.array<std::uint32_t>("of"));
    ATTUNE_TRY(out.standing, reader.array<float>("standing"));
    ATTUNE_TRY(out.labels, load_labels(reader));
    ATTUNE_TRY(out.reading, read_reading(reader));
    ATTUNE_TRY(out.label_items, read_rows(reader, "label_items"));
    const bool is_sound =
        std::ranges::all_of(
            out.of, [&](std::uint32_t one) { return one < out.clusters || one == kNoCluster; }) &&
        std::ranges::all_of(out.standing, [](float one) { return std::isfinite(one); }) &&
        out.standing.size() == out.of.size();
    if (!is_sound) return reader.damaged("of");
    const SparseRows& labels = out.label_items;
    if (labels.rows() != out.labels.size() || labels.width != out.clusters ||
        labels.values.size() != labels.size())
        return reader.damaged("label_items");
    return std::make_unique<Clusters>(std::move(out));
}

// Shares of a whole, those of nothing left out.
std::vector<Interest> shares_of(std::span<const float> weights) {
    float whole = 0;
    for (const float weight : weights) whole += weight;
    std::vector<Interest> out;
    for (std::uint32_t cluster = 0; cluster < weights.size(); ++cluster)
        if (weights[cluster] > 0) out.push_back({cluster, weights[cluster] / whole});
    std::ranges::sort(out, [](const Interest& a, const Interest& b) {
        return a.share != b.share ? a.share > b.share : a.cluster < b.cluster;
    });
    return out;
}

void erase_nothings(std::vector<Scored>& list) {
    std::erase_if(list, [](const Scored& one) { return one.score <= 0; });
}

}  // namespace

Clusters::Clusters(ClusterModel model) : model_(std::move(model)) {}

std::vector<Interest> Clusters::interests(History history) const {
    std::vector<float> weights(model_.clusters);
    for (const auto& [item, weight] : read_history(history, model_.reading, items()))
        if (model_.of[item] != kNoCluster) weights[model_.of[item]] += weight;
    return shares_of(weights);
}

std::vector<Interest> Clusters::interests(std::span<const LabelWeight> labels) const {
    std::vector<float> weights(model_.clusters);
    for (const auto& [label, weight] : labels) {
        const auto found = std::ranges::lower_bound(model_.labels, label);
        if (found == model_.labels.end() || *found != label || !(weight > 0)) continue;
        const auto row = static_cast<std::size_t>(found - model_.labels.begin());
        const auto clusters = model_.label_items.columns_of(row);
        const auto counts = model_.label_items.values_of(row);
        float whole = 0;
        for (const float count : counts) whole += count;
        for (std::size_t i = 0; i < clusters.size(); ++i)
            weights[clusters[i]] += weight * counts[i] / whole;
    }
    return shares_of(weights);
}

std::vector<std::string_view> Clusters::labels_of(std::uint32_t cluster, std::size_t limit) const {
    std::vector<std::pair<float, std::size_t>> telling;
    for (std::size_t row = 0; row < model_.labels.size(); ++row) {
        const auto clusters = model_.label_items.columns_of(row);
        const auto counts = model_.label_items.values_of(row);
        const auto found = std::ranges::lower_bound(clusters, cluster);
        if (found == clusters.end() || *found != cluster) continue;
        float whole = 0;
        for (const float count : counts) whole += count;
        const float here = counts[static_cast<std::size_t>(found - clusters.begin())];
        telling.emplace_back(-here * here / whole, row);
    }
    std::ranges::sort(telling);
    std::vector<std::string_view> out;
    for (const auto& [_, row] : telling) {
        if (out.size() == limit) break;
        out.push_back(model_.labels[row]);
    }
    return out;
}

void Clusters::score_by(std::span<const Interest> interests, std::span<float> scores) const {
    std::vector<float> shares(model_.clusters);
    for (const Interest& one : interests) shares[one.cluster] = one.share;
    for (ItemIndex item = 0; item < items(); ++item)
        scores[item] =
            model_.of[item] == kNoCluster ? 0 : shares[model_.of[item]] * model_.standing[item];
}

void Clusters::score(const Query& query, std::span<float> scores) const {
    score_by(interests(query.history), scores);
}

std::vector<Scored> Clusters::best(const Query& query, std::size_t limit,
                                   const ItemMask& allowed) const {
    auto out = Recommender::best(query, limit, allowed);
    erase_nothings(out);
    return out;
}

std::vector<Scored> Clusters::best_for_labels(std::span<const LabelWeight> labels,
                                              std::size_t limit, const ItemMask& allowed) const {
    std::vector<float> scores(items());
    score_by(interests(labels), scores);
    auto out = best_of_scores(scores, limit, allowed);
    erase_nothings(out);
    return out;
}

void Clusters::save(ModelWriter& writer) const {
    std::string text;
    std::vector<std::uint64_t> ends;
    for (const std::string& label : model_.labels) {
        text += label;
        ends.push_back(text.size());
    }
    writer.put("clusters", model_.clusters);
    writer.put("of", model_.of);
    writer.put("standing", model_.standing);
    writer.put("labels", std::string_view(text));
    writer.put("label_ends", ends);
    put_rows(writer, "label_items", model_.label_items);
    put_reading(writer, model_.reading);
}

std::size_t Clusters::bytes() const {
    std::size_t sum = model_.of.size() * (sizeof(std::uint32_t) + sizeof(float)) +
                      model_.label_items.size() * (sizeof(std::uint32_t) + sizeof(float));
    for (const std::string& label : model_.labels) sum += sizeof(std::string) + label.size();
    return sum;
}

const Clusters* as_clusters(const Recommender& model) {
    return dynamic_cast<const Clusters*>(&model);
}

const Learner kClusters{
    .name = "clusters",
    .summary = "What is popular among items of the nature of those somebody touched or asked for.",
    .settings = kSettings,
    .needs_facts = true,
    .learn = &learn_clusters,
    .load = &load_clusters};

}  // namespace attune::learn
