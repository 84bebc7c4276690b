// Near you: what people like close to a place.
//
//     ATTUNE_TRY(const auto model, kNearby.learn({interactions, &facts}, settings, training));
//     const auto* nearby = as_nearby(*model);
//     auto ten = nearby->best_near({.latitude = 48.14, .longitude = 11.58}, 10, allowed);
//
// score(item) = (1 + people)^popularity ÷ (1 + (distance ÷ scale_km)²), or 0 beyond radius_km and for items without a place.
//
// Asked with a history instead of a place, it takes the place of the last item of the history that has one. Distances are
// straight through the earth, which is under 0.1 % short of the way over it up to 900 km. Costs one pass over the
// catalogue: a few nanoseconds an item.
#pragma once

#include "learn/recommend/learner.h"

#include <array>
#include <optional>

namespace attune::learn {

// Needs facts, as many as the interactions have items: invalid_argument otherwise.
extern const Learner kNearby;

struct NearbyShape {
    float popularity = 0.5F;
    float scale_km = 5;
    float radius_km = 100;
};

class Nearby final : public Recommender {
public:
    // A point on the unit sphere; of length 0 where there is none.
    using Point = std::array<float, 3>;

    // A point and a weight an item.
    Nearby(std::vector<Point> points, std::vector<float> weights, const NearbyShape& shape);

    [[nodiscard]] std::string_view name() const override { return kNearby.name; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(points_.size());
    }
    void score(const Query& query, std::span<float> scores) const override;
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override;

    // The best around a place, best first; nothing where the place is none on earth.
    [[nodiscard]] std::vector<Scored> best_near(const Place& place, std::size_t limit,
                                                const ItemMask& allowed) const;
    // Between a place and an item; nothing where either is none.
    [[nodiscard]] std::optional<double> distance_km(const Place& place, ItemIndex item) const;

private:
    [[nodiscard]] std::optional<Point> place_of(History history) const;
    void score_around(const Point& point, std::span<float> scores) const;

    std::vector<Point> points_;
    std::vector<float> weights_;
    NearbyShape shape_;
};

// Null where the model is another.
[[nodiscard]] const Nearby* as_nearby(const Recommender& model);

}  // namespace attune::learn
