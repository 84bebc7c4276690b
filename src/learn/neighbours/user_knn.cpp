#include "learn/neighbours/user_knn.h"

#include "learn/neighbours/sparse_product.h"

#include <array>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "neighbours",
            .doc = "How many of the people most like somebody have a say.",
            .fallback = 200,
            .min = 1,
            .max = 100'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 20,
            .search_high = 2'000},
    Setting{.name = "damping",
            .doc = "The power of an item's popularity that sharing it is divided by.",
            .fallback = 0.5,
            .min = 0,
            .max = 2,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{
        .name = "length",
        .doc = "The power of the length of others' lists that their likeness is divided by; 0.5 is "
               "the cosine.",
        .fallback = 0.5,
        .min = 0,
        .max = 1,
        .is_searched = true,
        .search_low = 0.2,
        .search_high = 0.8},
    Setting{.name = "shrinkage",
            .doc = "Added to what a likeness is divided by: what rests on few items counts less.",
            .fallback = 0,
            .min = 0,
            .max = 1'000,
            .is_searched = true,
            .search_low = 0,
            .search_high = 10},
    Setting{.name = "sharpness",
            .doc = "The power of a likeness; more listens to the closest only.",
            .fallback = 1,
            .min = 0,
            .max = 8,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 4},
    Setting{.name = "popularity",
            .doc = "The power of an item's popularity that its score is divided by.",
            .fallback = 0.2,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.6},
    Setting{.name = "history",
            .doc = "How many of somebody's latest items are kept.",
            .fallback = 500,
            .min = 2,
            .max = 100'000,
            .scale = Scale::whole},
};

Result<std::unique_ptr<Recommender>> learn_user_knn(const Lesson& lesson, const Settings& settings,
                                                    const Training&) {
    const KindredShape shape{.neighbours = static_cast<std::uint32_t>(settings["neighbours"]),
                             .damping = static_cast<float>(settings["damping"]),
                             .length = static_cast<float>(settings["length"]),
                             .shrinkage = static_cast<float>(settings["shrinkage"]),
                             .sharpness = static_cast<float>(settings["sharpness"]),
                             .popularity = static_cast<float>(settings["popularity"]),
                             .reading = {.last = settings.whole("history")}};
    return std::make_unique<KindredRows>(
        kUserKnn.name, latest_matrix(lesson.interactions, settings.whole("history")), shape);
}

Result<std::unique_ptr<Recommender>> load_user_knn(ModelReader& reader) {
    return KindredRows::load(kUserKnn.name, reader);
}

}  // namespace

std::vector<SimilarPerson> similar_people(const Recommender& model, History history,
                                          std::size_t limit, PersonIndex without) {
    std::vector<SimilarPerson> out;
    if (model.name() != kUserKnn.name) return out;
    const auto& people = dynamic_cast<const KindredRows&>(model);
    for (const Likeness& one : people.most_alike(history, limit, without))
        out.push_back({one.row, one.value});
    return out;
}

const Learner kUserKnn{.name = "user-knn",
                       .summary = "What the people most like somebody touched.",
                       .settings = kSettings,
                       .keeps_people = true,
                       .learn = &learn_user_knn,
                       .load = &load_user_knn};

}  // namespace attune::learn
