#include "learn/ranking/trees.h"

#include "learn/recommend/model_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace attune::learn {

namespace {

// Groups that go through all trees together: enough that a tree is used well once it is near, few enough to stay near themselves.
constexpr std::size_t kBatchGroups = 8;
// Rows that step side by side, so that one's memory access hides another's: a group. Its numbers stand by place, then by row.
constexpr std::size_t kLanes = 16;

std::unexpected<Error> no_tree(std::size_t tree, const std::string& why) {
    return fail(Code::invalid_argument, "tree " + std::to_string(tree) + " " + why);
}

Result<void> check(const GivenTree& nodes, std::size_t tree, std::uint32_t features) {
    if (nodes.empty()) return no_tree(tree, "has no nodes");
    std::vector<char> has_parent(nodes.size(), 0);
    has_parent[0] = 1;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const GivenNode& node = nodes[i];
        if (!has_parent[i]) return no_tree(tree, "has a node that no other leads to");
        if (!std::isfinite(node.cover) || node.cover < 0)
            return no_tree(tree, "has a cover that is no amount");
        if (node.left == 0 && node.right == 0) {
            if (!std::isfinite(node.value)) return no_tree(tree, "has a leaf that is not finite");
            continue;
        }
        if (node.feature >= features) return no_tree(tree, "asks for a feature that there is not");
        if (!std::isfinite(node.split)) return no_tree(tree, "has a split that is not finite");
        for (const std::uint32_t child : {node.left, node.right}) {
            if (child <= i || child >= nodes.size() || has_parent[child])
                return no_tree(tree, "has a child that is none");
            has_parent[child] = 1;
        }
    }
    return {};
}

// The mean of the leaves below each node, by cover. Children come after parents, so backwards.
std::vector<double> means_of(const GivenTree& nodes) {
    std::vector<double> means(nodes.size());
    for (std::size_t i = nodes.size(); i-- > 0;) {
        const GivenNode& node = nodes[i];
        if (node.left == 0) {
            means[i] = node.value;
            continue;
        }
        const double left = nodes[node.left].cover;
        const double right = nodes[node.right].cover;
        means[i] = left + right > 0
                       ? (left * means[node.left] + right * means[node.right]) / (left + right)
                       : (means[node.left] + means[node.right]) / 2;
    }
    return means;
}

}  // namespace

Result<Trees> Trees::of(std::uint32_t features, float base, std::span<const GivenTree> trees) {
    if (features == 0 || features > kFeaturesMax || !std::isfinite(base))
        return fail(Code::invalid_argument, "trees need 1 to " + std::to_string(kFeaturesMax) +
                                                " features and a finite base");
    Trees out;
    out.features_ = features;
    out.base_ = base;
    for (std::size_t t = 0; t < trees.size(); ++t) {
        const GivenTree& given = trees[t];
        ATTUNE_TRY_VOID(check(given, t, features));
        const auto means = means_of(given);
        const auto root = static_cast<std::uint32_t>(out.nodes_.size());
        out.nodes_.resize(root + given.size());
        // Breadth first: the upper nodes, which every row visits, lie together.
        std::vector<std::uint32_t> level{0};
        std::vector<std::uint32_t> places{root};
        std::uint32_t next = root + 1;
        std::uint32_t depth = 0;
        while (true) {
            std::vector<std::uint32_t> below;
            std::vector<std::uint32_t> below_places;
            for (std::size_t i = 0; i < level.size(); ++i) {
                const GivenNode& from = given[level[i]];
                Node& node = out.nodes_[places[i]];
                node.value = static_cast<float>(means[level[i]]);
                if (from.left == 0) {
                    node.split = std::numeric_limits<float>::quiet_NaN();
                    node.left = places[i];
                    continue;
                }
                node.split = from.split;
                node.left = next;
                node.place = from.feature + (from.is_missing_left ? 0 : features);
                for (const std::uint32_t child : {from.left, from.right}) {
                    below.push_back(child);
                    below_places.push_back(next++);
                }
            }
            if (below.empty()) break;
            if (++depth > kDepthMax)
                return no_tree(t, "is deeper than " + std::to_string(kDepthMax));
            level = std::move(below);
            places = std::move(below_places);
        }
        out.trees_.push_back({root, depth});
    }
    return out;
}

float Trees::at(std::span<const float> row, std::uint32_t place) const {
    constexpr float kInfinite = std::numeric_limits<float>::infinity();
    const float value = row[place % features_];
    if (!std::isnan(value)) return value;
    return place < features_ ? -kInfinite : kInfinite;
}

// The first two steps meet three nodes at most, so they ask all rows about each: loops over lanes that become vector instructions.
// From there on each row goes its own way.
void Trees::add(const float* group, std::span<float> scores, const Tree& tree) const {
    const Node* nodes = nodes_.data();
    std::array<std::uint32_t, kLanes> at;
    at.fill(tree.root);
    if (tree.depth > 0) {
        const Node& root = nodes[tree.root];
        const Node& left = nodes[root.left];
        const Node& right = nodes[root.left + 1];
        const float* at_root = group + std::size_t{root.place} * kLanes;
        const float* at_left = group + std::size_t{left.place} * kLanes;
        const float* at_right = group + std::size_t{right.place} * kLanes;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::uint32_t from_left = left.left + (at_left[lane] >= left.split ? 1U : 0U);
            const std::uint32_t from_right = right.left + (at_right[lane] >= right.split ? 1U : 0U);
            at[lane] = at_root[lane] >= root.split ? from_right : from_left;
        }
    }
    for (std::uint32_t depth = 2; depth < tree.depth; ++depth) {
// A quarter faster than the loop. Gathers (AVX-512) took twice as long.
#pragma clang loop unroll(full)
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const Node& node = nodes[at[lane]];
            const float value = group[std::size_t{node.place} * kLanes + lane];
            at[lane] = node.left + static_cast<std::uint32_t>(value >= node.split);
        }
    }
    for (std::size_t lane = 0; lane < scores.size(); ++lane) scores[lane] += nodes[at[lane]].value;
}

void Trees::score(std::span<const float> rows, std::span<float> scores) const {
    ATTUNE_CHECK(rows.size() == scores.size() * features_);
    std::ranges::fill(scores, base_);
    const std::size_t group_size = kLanes * features_ * 2;
    const std::size_t groups = (scores.size() + kLanes - 1) / kLanes;
    std::vector<float> batch(std::min(kBatchGroups, groups) * group_size);
    const auto group_of = [&](std::size_t group) {
        const std::size_t begin = group * kLanes;
        return std::pair(begin, std::min(kLanes, scores.size() - begin));
    };
    for (std::size_t first = 0; first < groups; first += kBatchGroups) {
        const std::size_t last = std::min(first + kBatchGroups, groups);
        for (std::size_t group = first; group < last; ++group) {
            float* out = batch.data() + (group - first) * group_size;
            const auto [begin, count] = group_of(group);
            for (std::size_t lane = 0; lane < count; ++lane) {
                const auto row = rows.subspan((begin + lane) * features_, features_);
                for (std::uint32_t place = 0; place < features_ * 2; ++place)
                    out[place * kLanes + lane] = at(row, place);
            }
        }
        for (const Tree& tree : trees_)
            for (std::size_t group = first; group < last; ++group) {
                const auto [begin, count] = group_of(group);
                add(batch.data() + (group - first) * group_size, scores.subspan(begin, count),
                    tree);
            }
    }
}

float Trees::explain(std::span<const float> row, std::span<float> contributions) const {
    ATTUNE_CHECK(row.size() == features_ && contributions.size() == features_);
    double everybody = base_;
    std::vector<double> sums(features_);
    for (const Tree& tree : trees_) {
        const Node* node = &nodes_[tree.root];
        everybody += node->value;
        while (!std::isnan(node->split)) {
            const Node* next = &nodes_[node->left + (at(row, node->place) >= node->split ? 1 : 0)];
            sums[node->place % features_] += double{next->value} - node->value;
            node = next;
        }
    }
    std::ranges::transform(sums, contributions.begin(),
                           [](double sum) { return static_cast<float>(sum); });
    return static_cast<float>(everybody);
}

std::size_t Trees::bytes() const {
    return nodes_.capacity() * sizeof(Node) + trees_.capacity() * sizeof(Tree);
}

void Trees::save(ModelWriter& writer) const {
    writer.put("trees.features", features_);
    writer.put("trees.base", base_);
    writer.put("trees.nodes", nodes_);
    writer.put("trees.roots", trees_);
}

// The same promises as of() makes, from bytes: every step stays inside, goes forward, and ends within the depth.
Result<Trees> Trees::load(const ModelReader& reader) {
    Trees out;
    ATTUNE_TRY(out.features_, reader.number<std::uint32_t>("trees.features"));
    ATTUNE_TRY(out.base_, reader.number<float>("trees.base"));
    ATTUNE_TRY(out.nodes_, reader.array<Node>("trees.nodes"));
    ATTUNE_TRY(out.trees_, reader.array<Tree>("trees.roots"));
    if (out.features_ == 0 || out.features_ > kFeaturesMax || !std::isfinite(out.base_))
        return reader.damaged("trees.features");
    const std::size_t count = out.nodes_.size();
    for (std::size_t i = 0; i < count; ++i) {
        const Node& node = out.nodes_[i];
        const bool is_leaf = std::isnan(node.split) && node.left == i;
        const bool is_fork =
            std::isfinite(node.split) && node.left > i && std::size_t{node.left} + 1 < count;
        if (!(is_leaf || is_fork) || node.place >= 2 * out.features_ || !std::isfinite(node.value))
            return reader.damaged("trees.nodes");
    }
    for (const Tree& tree : out.trees_) {
        if (tree.root >= count || tree.depth > kDepthMax) return reader.damaged("trees.roots");
        // The first step looks at both children.
        const bool is_leaf = out.nodes_[tree.root].left == tree.root;
        if (is_leaf != (tree.depth == 0)) return reader.damaged("trees.roots");
    }
    return out;
}

}  // namespace attune::learn
