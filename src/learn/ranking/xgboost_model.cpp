#include "learn/ranking/xgboost_model.h"

#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace attune::learn {

namespace {

using base::JsonDocument;
using base::JsonView;

std::unexpected<Error> not_xgboost(std::string_view what) {
    return fail(Code::invalid_argument,
                "not a tree model of XGBoost: '" + std::string(what) + "' is missing or wrong");
}

std::optional<JsonView> find(JsonView from, std::initializer_list<std::string_view> path) {
    std::optional<JsonView> at = from;
    for (const std::string_view key : path) {
        if (at) at = at->find(key);
    }
    return at;
}

// Parameters are numbers in strings: "5E-1".
std::optional<double> parameter(JsonView from, std::initializer_list<std::string_view> path) {
    const auto at = find(from, path);
    const auto text = at ? at->as_string() : std::nullopt;
    if (!text) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return value;
}

Result<std::vector<double>> numbers(JsonView tree, std::string_view name) {
    const auto list = tree.find(name);
    if (!list || !list->is_array()) return not_xgboost(name);
    std::vector<double> out;
    out.reserve(list->size());
    for (const JsonView one : list->elements()) {
        const auto flag = one.as_bool();
        const auto value = flag ? std::optional(*flag ? 1.0 : 0.0) : one.as_double();
        if (!value) return not_xgboost(name);
        out.push_back(*value);
    }
    return out;
}

std::uint32_t index_of(double value) {
    return value >= 0 && value < 4e9 ? static_cast<std::uint32_t>(value) : ~std::uint32_t{0};
}

Result<GivenTree> tree_of(JsonView tree) {
    ATTUNE_TRY(const auto left, numbers(tree, "left_children"));
    ATTUNE_TRY(const auto right, numbers(tree, "right_children"));
    ATTUNE_TRY(const auto feature, numbers(tree, "split_indices"));
    ATTUNE_TRY(const auto split, numbers(tree, "split_conditions"));
    ATTUNE_TRY(const auto missing, numbers(tree, "default_left"));
    ATTUNE_TRY(const auto cover, numbers(tree, "sum_hessian"));
    ATTUNE_TRY(const auto kind, numbers(tree, "split_type"));
    const std::size_t count = left.size();
    for (const auto* list : {&right, &feature, &split, &missing, &cover, &kind})
        if (list->size() != count) return not_xgboost("left_children");
    if (std::ranges::any_of(kind, [](double one) { return one != 0; }))
        return not_xgboost("split_type");
    GivenTree out(count);
    for (std::size_t i = 0; i < count; ++i) {
        GivenNode& node = out[i];
        node.cover = static_cast<float>(cover[i]);
        if (left[i] < 0) {  // a leaf keeps its value where others keep their split
            node.value = static_cast<float>(split[i]);
            continue;
        }
        node.feature = index_of(feature[i]);
        node.split = static_cast<float>(split[i]);
        node.is_missing_left = missing[i] != 0;
        node.left = index_of(left[i]);
        node.right = index_of(right[i]);
    }
    return out;
}

}  // namespace

Result<Trees> trees_of_xgboost(std::string_view json) {
    ATTUNE_TRY(const auto document,
               JsonDocument::parse(json, {.bytes_max = json.size(), .values_max = json.size()}));
    const auto learner = document.root().find("learner");
    if (!learner) return not_xgboost("learner");
    const auto base = parameter(*learner, {"learner_model_param", "base_score"});
    const auto features = parameter(*learner, {"learner_model_param", "num_feature"});
    const auto trees = find(*learner, {"gradient_booster", "model", "trees"});
    if (!base || !features || !trees || !trees->is_array()) return not_xgboost("trees");
    std::vector<GivenTree> given;
    for (const JsonView tree : trees->elements()) {
        ATTUNE_TRY(given.emplace_back(), tree_of(tree));
    }
    return Trees::of(index_of(*features), static_cast<float>(*base), given);
}

}  // namespace attune::learn
