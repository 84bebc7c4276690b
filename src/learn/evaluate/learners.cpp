#include "learn/evaluate/learners.h"

#include "learn/content/clusters.h"
#include "learn/content/content.h"
#include "learn/content/nearby.h"
#include "learn/evaluate/best.h"
#include "learn/factors/bpr.h"
#include "learn/factors/ease.h"
#include "learn/factors/ials.h"
#include "learn/factors/ratings.h"
#include "learn/factors/spectral.h"
#include "learn/factors/svd.h"
#include "learn/neighbours/covisits.h"
#include "learn/neighbours/item_knn.h"
#include "learn/neighbours/rp3beta.h"
#include "learn/neighbours/session_knn.h"
#include "learn/neighbours/transitions.h"
#include "learn/neighbours/trending.h"
#include "learn/neighbours/user_knn.h"
#include "learn/recommend/model_file.h"
#include "learn/recommend/popularity.h"

#include <algorithm>

namespace attune::learn {

namespace {

// Addresses of constants of other files: known before anything runs, so the order of their making does not matter.
constexpr const Learner* kLearners[] = {
    // One a line: learners come one by one.
    // clang-format off
    &kPopularity,
    &kIals,
    &kSpectral,
    &kEase,
    &kSvd,
    &kBpr,
    &kRatings,
    &kItemKnn,
    &kRp3Beta,
    &kUserKnn,
    &kTransitions,
    &kCovisits,
    &kSessionKnn,
    &kTrending,
    &kContent,
    &kClusters,
    &kNearby,
    &kBest,
    // clang-format on
};

constexpr std::uint32_t kLayout = 1;

}  // namespace

std::span<const Learner* const> all_learners() { return kLearners; }

Result<const Learner*> find_learner(std::string_view name) {
    const auto found = std::ranges::find(kLearners, name, &Learner::name);
    if (found != std::end(kLearners)) return *found;
    std::string message = "there is no learner named ";
    message.append(name).append("; there are ");
    for (std::size_t i = 0; i < std::size(kLearners); ++i)
        message.append(i == 0 ? "" : ", ").append(kLearners[i]->name);
    return fail(Code::not_found, std::move(message));
}

std::string save_model(const Recommender& model) {
    ModelWriter writer(model.name(), kLayout);
    model.save(writer);
    return std::move(writer).finish();
}

Result<std::unique_ptr<Recommender>> load_model(std::string_view bytes) {
    ATTUNE_TRY(auto reader, ModelReader::open(bytes));
    ATTUNE_TRY(const Learner* learner, find_learner(reader.kind()));
    return learner->load(reader);
}

}  // namespace attune::learn
