// Interest clusters: items that are alike by their nature, and what is popular in each. They serve whom little is known of: after one
// touch, or after choosing a few labels.
//
//     ATTUNE_TRY(const auto model, kClusters.learn({interactions, &facts}, settings, training));
//     const auto* clusters = as_clusters(*model);
//     auto ten = clusters->best_for_labels({{{"tag:puzzle", 1}, {"tag:cozy", 0.5F}}}, 10, allowed);
//
// score(item) = share of its cluster in the history (or in the labels) × √((1 + people) ÷ (1 + most people of one of its items))
//
// Items are clustered by k-means on their fact vectors, thrown onto 128 random axes, which keep the distances between them but for
// a few percent. Only sums over many people are held.
#pragma once

#include "learn/content/k_means.h"
#include "learn/neighbours/item_rows.h"

#include <string>

namespace attune::learn {

// Needs facts, as many as the interactions have items: invalid_argument otherwise.
extern const Learner kClusters;

struct Interest {
    std::uint32_t cluster = 0;
    float share = 0;  // of 1 over all clusters
    friend bool operator==(const Interest&, const Interest&) = default;
};

struct LabelWeight {
    std::string_view label;
    float weight = 1;
};

struct ClusterModel {
    std::uint32_t clusters = 0;
    std::vector<std::uint32_t> of;  // an item's, or kNoCluster
    std::vector<float>
        standing;  // an item's within its cluster: √((1 + people) ÷ (1 + most people))
    std::vector<std::string> labels;  // ascending
    SparseRows label_items;  // labels by clusters: how many items of the cluster have the label
    HistoryReading reading;
};

class Clusters final : public Recommender {
public:
    explicit Clusters(ClusterModel model);

    [[nodiscard]] std::string_view name() const override { return kClusters.name; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(model_.of.size());
    }
    void score(const Query& query, std::span<float> scores) const override;
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override;

    // For somebody of whom only labels they like are known. Labels of no item are passed over.
    [[nodiscard]] std::vector<Scored> best_for_labels(std::span<const LabelWeight> labels,
                                                      std::size_t limit,
                                                      const ItemMask& allowed) const;
    // Which clusters a history lies in, the largest share first.
    [[nodiscard]] std::vector<Interest> interests(History history) const;
    [[nodiscard]] std::vector<Interest> interests(std::span<const LabelWeight> labels) const;
    // The labels that tell most of a cluster: frequent in it and rare elsewhere, the most telling first.
    [[nodiscard]] std::vector<std::string_view> labels_of(std::uint32_t cluster,
                                                          std::size_t limit) const;

    [[nodiscard]] std::uint32_t clusters() const { return model_.clusters; }

private:
    void score_by(std::span<const Interest> interests, std::span<float> scores) const;

    ClusterModel model_;
};

// Null where the model is another.
[[nodiscard]] const Clusters* as_clusters(const Recommender& model);

}  // namespace attune::learn
