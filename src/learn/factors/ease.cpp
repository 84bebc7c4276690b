#include "learn/factors/ease.h"

#include "learn/factors/damping.h"
#include "learn/factors/ease_weights.h"
#include "learn/recommend/budget.h"
#include "learn/recommend/pair_people.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "regularization",
            .doc = "What is added to the diagonal, times the root of an item's mean touches and "
                   "the mean squared weight.",
            .fallback = 30,
            .min = 0.01,
            .max = 10'000,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 2,
            .search_high = 100},
    Setting{.name = "dropout",
            .doc = "The part of a history that is as if left out in training.",
            .fallback = 0,
            .min = 0,
            .max = 0.9,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.6},
    Setting{.name = "person_damping",
            .doc = "How much less somebody who touched much counts: 0 not, 0.5 all people alike.",
            .fallback = 0,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.5},
    Setting{.name = "neighbours",
            .doc = "How many weights of an item are kept.",
            .fallback = 500,
            .min = 1,
            .max = 100'000,
            .scale = Scale::whole},
    Setting{.name = "dense",
            .doc = "How many of the most touched items are inverted; 0 for all.",
            .fallback = 0,
            .min = 0,
            .max = 1'000'000,
            .scale = Scale::whole},
    Setting{.name = "emphasis",
            .doc = "How much the weight of a touch counts: 0 not, 1 in proportion.",
            .fallback = 0.5,
            .min = 0,
            .max = 2},
    kPairPeople,
    kMemoryGb,
};

class EaseModel final : public Recommender {
public:
    EaseModel(ItemWeights weights, std::vector<float> item_sums, float emphasis)
        : weights_(std::move(weights)), item_sums_(std::move(item_sums)), emphasis_(emphasis) {
        const double all = std::accumulate(item_sums_.begin(), item_sums_.end(), 0.0);
        if (all > 0) share_of_one_ = static_cast<float>(1 / all);
    }

    [[nodiscard]] std::string_view name() const override { return kEase.name; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(item_sums_.size());
    }
    void score(const Query& query, std::span<float> scores) const override {
        const auto evidence = evidence_of(query.history, items());
        if (evidence.empty()) {
            // Of all that was done, so that it is little beside what a history says.
            std::ranges::transform(item_sums_, scores.begin(),
                                   [&](float sum) { return sum * share_of_one_; });
            return;
        }
        std::ranges::fill(scores, 0.0F);
        weights_.add(evidence, emphasis_, scores);
    }
    // Where no weight is left between a history and an item, nothing is said of it.
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override {
        auto out = Recommender::best(query, limit, allowed);
        std::erase_if(out, [](const Scored& one) { return one.score == 0; });
        return out;
    }
    void save(ModelWriter& writer) const override {
        weights_.save(writer);
        writer.put("item_sums", item_sums_);
        writer.put("emphasis", emphasis_);
    }
    [[nodiscard]] std::size_t bytes() const override {
        return weights_.bytes() + item_sums_.size() * sizeof(float);
    }

    static Result<std::unique_ptr<Recommender>> load(ModelReader& reader) {
        ATTUNE_TRY(auto weights, ItemWeights::load(reader));
        ATTUNE_TRY(auto item_sums, reader.array<float>("item_sums"));
        ATTUNE_TRY(const auto emphasis, reader.number<float>("emphasis"));
        const auto is_sound = [](float value) { return std::isfinite(value) && value >= 0; };
        if (item_sums.size() != weights.rows().width || !std::ranges::all_of(item_sums, is_sound))
            return reader.damaged("item_sums");
        if (!is_sound(emphasis)) return reader.damaged("emphasis");
        return std::make_unique<EaseModel>(std::move(weights), std::move(item_sums), emphasis);
    }

private:
    ItemWeights weights_;
    std::vector<float> item_sums_;
    float emphasis_;
    float share_of_one_ = 0;
};

// The inverse, the weights that are kept of it, and what they are read through.
Result<void> check_fits(const SparseRows& rows, std::span<const float> item_sums,
                        const EaseOptions& options, double limit_gb) {
    const auto touched =
        static_cast<double>(std::ranges::count_if(item_sums, [](float sum) { return sum > 0; }));
    const double dense =
        options.dense == 0 ? touched : std::min(touched, static_cast<double>(options.dense));
    const auto kept = [&](double of) {
        return std::min<double>(static_cast<double>(options.neighbours), of);
    };
    // Weights are held twice while they are packed; what is not dense keeps its part of G and its weights too.
    const double weights = touched * kept(touched) * 16 + (touched - dense) * kept(dense) * 24;
    const double others = weights + static_cast<double>(rows.size()) * 24;
    const double bytes =
        SymmetricTiles::bytes_of(static_cast<std::size_t>(dense)) + dense * 1100 + others;
    const std::size_t fits = SymmetricTiles::rows_within(std::max(0.0, limit_gb * 1e9 - others));
    return check_budget(kEase.name, bytes, limit_gb,
                        fits == 0 ? std::string("fewer neighbours fit")
                                  : "dense " + std::to_string(fits * 9 / 10) + " fits");
}

Result<std::unique_ptr<Recommender>> learn_ease(const Lesson& lesson, const Settings& settings,
                                                const Training& training) {
    const auto of = [&](std::string_view name) { return static_cast<float>(settings[name]); };
    DampedRows people =
        damped(lesson.interactions,
               {.emphasis = of("emphasis"), .person = of("person_damping"), .item = 0});
    if (people.rows.size() == 0)
        return fail(Code::invalid_argument, "ease: no interaction with a weight above zero");
    const EaseOptions options{.dense = settings.whole("dense"),
                              .neighbours = settings.whole("neighbours"),
                              .regularization = of("regularization"),
                              .dropout = of("dropout"),
                              .pair_people = settings.whole(kPairPeople.name)};
    ATTUNE_TRY_VOID(check_fits(people.rows, people.item_sums, options, settings["memory_gb"]));
    ATTUNE_TRY(ItemWeights weights, ease_weights(people.rows, options, training));
    return std::make_unique<EaseModel>(std::move(weights), std::move(people.item_sums),
                                       of("emphasis"));
}

}  // namespace

const Learner kEase{
    .name = "ease",
    .summary = "Weights from item to item that rebuild each history, in closed form.",
    .settings = kSettings,
    .learn = &learn_ease,
    .load = &EaseModel::load};

}  // namespace attune::learn
