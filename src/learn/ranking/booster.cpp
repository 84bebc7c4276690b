#include "learn/ranking/booster.h"

#include <xgboost/c_api.h>
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace attune::learn {

struct Booster::Handles {
    DMatrixHandle rows = nullptr;
    BoosterHandle booster = nullptr;
    std::size_t count = 0;
};

namespace {

Result<void> checked(int status) {
    if (status == 0) return {};
    return fail(Code::internal, std::string("XGBoost: ") + XGBGetLastError());
}

}  // namespace

void Booster::Free::operator()(Handles* handles) const {
    if (handles->booster != nullptr) XGBoosterFree(handles->booster);
    if (handles->rows != nullptr) XGDMatrixFree(handles->rows);
    delete handles;
}

Result<Booster> Booster::of(std::span<const float> rows, std::uint32_t features,
                            const BoosterOptions& options) {
    std::unique_ptr<Handles, Free> handles(new Handles);
    handles->count = rows.size() / features;
    ATTUNE_TRY_VOID(checked(XGDMatrixCreateFromMat_omp(
        rows.data(), handles->count, features, std::numeric_limits<float>::quiet_NaN(),
        &handles->rows, static_cast<int>(options.threads))));
    ATTUNE_TRY_VOID(checked(XGBoosterCreate(&handles->rows, 1, &handles->booster)));
    // The gradients are ours; of the objective only its prediction is used, which is the sum of the leaves.
    const std::pair<const char*, std::string> parameters[] = {
        {"objective", "reg:squarederror"},
        {"base_score", "0"},
        {"tree_method", "hist"},
        {"verbosity", "0"},
        {"disable_default_eval_metric", "1"},
        {"eta", std::to_string(options.learning_rate)},
        {"max_depth", std::to_string(options.depth)},
        {"min_child_weight", std::to_string(options.leaf_weight_min)},
        {"lambda", std::to_string(options.regularization)},
        {"seed", std::to_string(options.seed & 0x7fffffff)},
        {"nthread", std::to_string(std::max(1U, options.threads))},
    };
    for (const auto& [name, value] : parameters)
        ATTUNE_TRY_VOID(checked(XGBoosterSetParam(handles->booster, name, value.c_str())));
    return Booster(std::move(handles));
}

Result<void> Booster::grow(std::span<const float> first, std::span<const float> second) {
    ATTUNE_CHECK(first.size() == handles_->count && second.size() == handles_->count);
    // The interface is not const, though the gradients are only read.
    std::vector<float> gradients(first.begin(), first.end());
    std::vector<float> curvatures(second.begin(), second.end());
    return checked(XGBoosterBoostOneIter(handles_->booster, handles_->rows, gradients.data(),
                                         curvatures.data(), handles_->count));
}

Result<void> Booster::score(std::span<float> scores) const {
    ATTUNE_CHECK(scores.size() == handles_->count);
    bst_ulong count = 0;
    const float* values = nullptr;
    constexpr int kMargin = 1;
    ATTUNE_TRY_VOID(checked(
        XGBoosterPredict(handles_->booster, handles_->rows, kMargin, 0, 1, &count, &values)));
    if (count != scores.size())
        return fail(Code::internal, "XGBoost scored another number of rows");
    std::copy_n(values, count, scores.begin());
    return {};
}

Result<std::string> Booster::save() const {
    bst_ulong size = 0;
    const char* text = nullptr;
    ATTUNE_TRY_VOID(checked(
        XGBoosterSaveModelToBuffer(handles_->booster, R"({"format": "json"})", &size, &text)));
    return std::string(text, size);
}

}  // namespace attune::learn
