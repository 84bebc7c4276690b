#include "learn/neighbours/rp3beta.h"

#include "learn/neighbours/item_rows.h"
#include "learn/neighbours/sparse_product.h"
#include "learn/recommend/budget.h"
#include "learn/recommend/pair_people.h"

#include <array>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "alpha",
            .doc = "The power of the probability of each step.",
            .fallback = 0.5,
            .min = 0,
            .max = 2,
            .is_searched = true,
            .search_low = 0.3,
            .search_high = 1.5},
    Setting{.name = "beta",
            .doc = "The power of an item's popularity that its weights are divided by.",
            .fallback = 0.25,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{.name = "neighbours",
            .doc = "How many items each item is reached from.",
            .fallback = 200,
            .min = 1,
            .max = 10'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 10,
            .search_high = 1'000},
    Setting{
        .name = "recency_decay",
        .doc = "What an item of the history weighs of the one touched after it; below 1 where what "
               "was touched last tells most.",
        .fallback = 0.99,
        .min = 0,
        .max = 1,
        .is_searched = true,
        .search_low = 0.6,
        .search_high = 1},
    Setting{.name = "history",
            .doc = "How many of somebody's latest items are learned from.",
            .fallback = 2'000,
            .min = 2,
            .max = 100'000,
            .scale = Scale::whole},
    kPairPeople,
    kMemoryGb,
};

Result<std::unique_ptr<Recommender>> learn_rp3beta(const Lesson& lesson, const Settings& settings,
                                                   const Training& training) {
    SparseRows touched = latest_matrix(lesson.interactions, settings.whole("history"));
    ATTUNE_TRY_VOID(check_budget(kRp3Beta.name,
                                 product_bytes(touched, settings.whole("neighbours"),
                                               sizeof(OwnedDotProduct), training.threads),
                                 settings["memory_gb"], "fewer neighbours, or a shorter history"));
    std::vector<float> people(touched.width);
    for (const std::uint32_t item : touched.columns) people[item] += 1;

    // By the item that the walk ends at, so that each keeps what it is reached from best.
    const double alpha = settings["alpha"];
    const double beta = settings["beta"];
    for (std::size_t person = 0; person < touched.rows(); ++person) {
        const auto items = static_cast<double>(touched.columns_of(person).size());
        for (std::uint64_t i = touched.begins[person]; i < touched.begins[person + 1]; ++i)
            touched.values[i] = static_cast<float>(std::pow(items, -alpha));
    }
    const SparseRows last_steps = touched.transposed();
    std::ranges::fill(touched.values, 1.0F);
    std::vector<float> first_step(people.size());
    std::vector<float> damping(people.size());
    for (std::size_t i = 0; i < people.size(); ++i) {
        const double popularity = std::max(1.0F, people[i]);
        first_step[i] = static_cast<float>(std::pow(popularity, -alpha));
        damping[i] = static_cast<float>(std::pow(popularity, -beta));
    }
    const std::uint32_t pair_people = settings.whole(kPairPeople.name);
    ATTUNE_TRY(const SparseRows reached,
               best_of_product<OwnedDotProduct>(
                   last_steps, touched, settings.whole("neighbours"), training,
                   [&](std::size_t item, std::size_t from, const OwnedDotProduct& sum) {
                       if (item == from || sum.people < pair_people) return 0.0F;
                       return sum.value * first_step[from] * damping[item];
                   }));
    return std::make_unique<ItemRows>(
        kRp3Beta.name, reached.transposed(),
        HistoryReading{.step_decay = static_cast<float>(settings["recency_decay"])});
}

Result<std::unique_ptr<Recommender>> load_rp3beta(ModelReader& reader) {
    return ItemRows::load(kRp3Beta.name, reader);
}

}  // namespace

const Learner kRp3Beta{
    .name = "rp3beta",
    .summary =
        "Where a walk over what people touched leads in three steps, with popular ends held back.",
    .settings = kSettings,
    .learn = &learn_rp3beta,
    .load = &load_rp3beta};

}  // namespace attune::learn
