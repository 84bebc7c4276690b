#include "learn/factors/ratings.h"

#include "learn/factors/factor_recommender.h"
#include "learn/factors/ridge.h"
#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"
#include "learn/recommend/budget.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "factors",
            .doc = "The length of a vector, beside the biases.",
            .fallback = 32,
            .min = 1,
            .max = 2048,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 8,
            .search_high = 128},
    Setting{.name = "epochs",
            .doc = "How often each rating is learned from.",
            .fallback = 40,
            .min = 1,
            .max = 10'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 10,
            .search_high = 100},
    Setting{.name = "alpha",
            .doc = "How far a step goes; the last ones go a tenth as far.",
            .fallback = 0.005,
            .min = 1e-6,
            .max = 0.5,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.001,
            .search_high = 0.02},
    Setting{.name = "beta",
            .doc = "How short vectors are kept.",
            .fallback = 0.15,
            .min = 1e-6,
            .max = 10,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.02,
            .search_high = 0.5},
    kMemoryGb,
};

struct Rating {
    std::uint32_t person = 0;
    ItemIndex item = 0;
    float value = 0;
};

// The last of each pair, ascending by item.
std::vector<Rating> ratings_of(PersonIndex person, History history, ItemIndex items) {
    std::vector<std::pair<ItemIndex, std::size_t>> order;
    for (std::size_t i = 0; i < history.size(); ++i)
        if (history[i].item < items && history[i].weight > 0)
            order.emplace_back(history[i].item, i);
    std::ranges::sort(order);
    std::vector<Rating> out;
    for (std::size_t i = 0; i < order.size(); ++i)
        if (i + 1 == order.size() || order[i + 1].first != order[i].first)
            out.push_back({person, order[i].first, history[order[i].second].weight});
    return out;
}

// An item's vector is q, then its bias, then 1: those are met by p, 1 and what a person adds to every rating.
constexpr std::size_t kBeside = 2;

class RatingsModel final : public FactorRecommender {
public:
    RatingsModel(Matrix factors, float mean, float beta)
        : FactorRecommender(factors), mean_(mean), beta_(beta) {}

    [[nodiscard]] std::string_view name() const override { return kRatings.name; }

    [[nodiscard]] std::vector<float> person(const Query& query) const override {
        const std::size_t factors = item_factors().dimensions() - kBeside;
        std::vector<float> out(item_factors().dimensions());
        out[factors] = 1;
        out[factors + 1] = mean_;
        const auto ratings = ratings_of(0, query.history, items());
        if (ratings.empty()) return out;
        const float penalty = beta_ / 2 * static_cast<float>(ratings.size());
        Ridge ridge;
        ridge.begin(std::vector<float>(factors + 1, penalty), ratings.size());
        std::vector<float> vector(factors + 1, 1.0F);
        for (const Rating& one : ratings) {
            const auto item = item_factors().row(one.item);
            std::ranges::copy(item.first(factors), vector.begin());
            ridge.add(vector, 1, one.value - mean_ - item[factors]);
        }
        std::vector<float> x(factors + 1);
        if (!ridge.solve(x)) return out;
        std::ranges::copy(std::span(x).first(factors), out.begin());
        out[factors + 1] = mean_ + x[factors];
        return out;
    }

    void save(ModelWriter& writer) const override {
        FactorRecommender::save(writer);
        writer.put("mean", mean_);
        writer.put("beta", beta_);
    }

    static Result<std::unique_ptr<Recommender>> load(ModelReader& reader) {
        ATTUNE_TRY(Matrix factors, load_factors(reader));
        ATTUNE_TRY(const auto mean, reader.number<float>("mean"));
        ATTUNE_TRY(const auto beta, reader.number<float>("beta"));
        if (factors.columns() <= kBeside) return reader.damaged("factors");
        if (!std::isfinite(mean) || !(beta > 0) || !std::isfinite(beta))
            return reader.damaged("mean");
        return std::make_unique<RatingsModel>(std::move(factors), mean, beta);
    }

private:
    float mean_;
    float beta_;
};

struct Descent {
    Matrix people;  // p, 1 and the person's bias
    Matrix items;   // q, the item's bias and 1
    float mean = 0;
    float beta = 0;

    void step(const Rating& rating, float alpha) {
        const auto p = people.row(rating.person);
        const auto q = items.row(rating.item);
        const std::size_t factors = p.size() - kBeside;
        const float push = 2 * alpha * (rating.value - mean - dot(p, q));
        const float keep = 1 - alpha * beta;
        for (std::size_t k = 0; k < factors; ++k) {
            const float was = p[k];
            p[k] = keep * was + push * q[k];
            q[k] = keep * q[k] + push * was;
        }
        q[factors] = keep * q[factors] + push;
        p[factors + 1] = keep * p[factors + 1] + push;
    }
};

void shuffle(std::span<Rating> ratings, Draws& draws) {
    for (std::size_t i = ratings.size(); i > 1; --i)
        std::swap(ratings[i - 1], ratings[draws.below(i)]);
}

std::vector<Rating> all_ratings(const Interactions& interactions) {
    std::vector<Rating> all;
    for (PersonIndex person = 0; person < interactions.people(); ++person) {
        const auto own = ratings_of(person, interactions.of_person(person), interactions.items());
        all.insert(all.end(), own.begin(), own.end());
    }
    return all;
}

Descent beginning(const Interactions& interactions, std::span<const Rating> ratings,
                  std::size_t factors, float beta, std::uint64_t seed) {
    const float deviation = 0.1F / std::sqrt(static_cast<float>(factors));
    Descent out{
        .people = normal_matrix(interactions.people(), factors + kBeside, deviation, seed),
        .items = normal_matrix(interactions.items(), factors + kBeside, deviation, seed + 1),
        .beta = beta};
    for (PersonIndex person = 0; person < interactions.people(); ++person) {
        out.people.row(person)[factors] = 1;
        out.people.row(person)[factors + 1] = 0;
    }
    for (ItemIndex item = 0; item < interactions.items(); ++item) {
        out.items.row(item)[factors] = 0;
        out.items.row(item)[factors + 1] = 1;
    }
    double sum = 0;
    for (const Rating& one : ratings) sum += one.value;
    out.mean = static_cast<float>(sum / static_cast<double>(ratings.size()));
    return out;
}

Result<std::unique_ptr<Recommender>> learn_ratings(const Lesson& lesson, const Settings& settings,
                                                   const Training& training) {
    const Interactions& interactions = lesson.interactions;
    const std::size_t factors = settings.whole("factors");
    const double rows = static_cast<double>(interactions.people()) + interactions.items();
    ATTUNE_TRY_VOID(check_budget(kRatings.name,
                                 rows * static_cast<double>(factors + kBeside) * sizeof(float) +
                                     static_cast<double>(interactions.size()) * 24,
                                 settings["memory_gb"],
                                 "fewer factors fit, or a larger memory_gb"));
    std::vector<Rating> ratings = all_ratings(interactions);
    if (ratings.empty()) return fail(Code::invalid_argument, "ratings: none is above zero");
    Descent descent = beginning(interactions, ratings, factors,
                                static_cast<float>(settings["beta"]), training.seed);
    Draws draws(training.seed, 2);
    const std::uint32_t epochs = settings.whole("epochs");
    for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
        if (training.stop.stop_requested()) return fail(Code::cancelled, "learning was stopped");
        shuffle(ratings, draws);
        const double done = static_cast<double>(epoch) / epochs;
        const auto alpha = static_cast<float>(settings["alpha"] * (1 - 0.9 * done));
        for (const Rating& rating : ratings) descent.step(rating, alpha);
        if (training.progress) training.progress((epoch + 1.0) / epochs);
    }
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (!std::ranges::all_of(descent.items.values(), is_finite))
        return fail(Code::invalid_argument,
                    "ratings: the steps grew without end; a smaller alpha helps");
    return std::make_unique<RatingsModel>(std::move(descent.items), descent.mean, descent.beta);
}

}  // namespace

const Learner kRatings{.name = "ratings",
                       .summary = "Predicted ratings, from vectors and biases.",
                       .settings = kSettings,
                       .learn = &learn_ratings,
                       .load = &RatingsModel::load};

}  // namespace attune::learn
