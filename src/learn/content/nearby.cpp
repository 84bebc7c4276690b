#include "learn/content/nearby.h"

#include "learn/recommend/model_file.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace attune::learn {

namespace {

constexpr double kEarthRadiusKm = 6'371.0088;

constexpr std::array kSettings{
    Setting{.name = "scale_km",
            .doc = "At this distance an item is worth half of what it is worth here.",
            .fallback = 5,
            .min = 0.001,
            .max = 20'000,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 100},
    Setting{.name = "radius_km",
            .doc = "What lies farther away is left out.",
            .fallback = 100,
            .min = 0.001,
            .max = 20'000,
            .scale = Scale::logarithmic},
    Setting{
        .name = "popularity",
        .doc = "The power of the number of people who touched an item; 0 goes by distance alone.",
        .fallback = 0.5,
        .min = 0,
        .max = 2,
        .is_searched = true,
        .search_low = 0,
        .search_high = 1},
};

// Where there is no such place on earth, none.
std::optional<Nearby::Point> point_of(const Place& place) {
    if (!(std::abs(place.latitude) <= 90) || !(std::abs(place.longitude) <= 360)) return {};
    const double north = place.latitude * std::numbers::pi / 180;
    const double east = place.longitude * std::numbers::pi / 180;
    return Nearby::Point{static_cast<float>(std::cos(north) * std::cos(east)),
                         static_cast<float>(std::cos(north) * std::sin(east)),
                         static_cast<float>(std::sin(north))};
}

bool is_place(const Nearby::Point& point) {
    return point[0] != 0 || point[1] != 0 || point[2] != 0;
}

// From differences, not from the cosine, which would round away what is closer than 2 km.
float square_distance(const Nearby::Point& a, const Nearby::Point& b) {
    const float x = a[0] - b[0];
    const float y = a[1] - b[1];
    const float z = a[2] - b[2];
    return x * x + y * y + z * z;
}

Result<std::unique_ptr<Recommender>> learn_nearby(const Lesson& lesson, const Settings& settings,
                                                  const Training&) {
    const ItemIndex items = lesson.interactions.items();
    if (lesson.facts == nullptr || lesson.facts->size() != items)
        return fail(Code::invalid_argument, "nearby learns from facts, one for each item");
    std::vector<float> weights(items);
    for (const ItemIndex item : lesson.interactions.matrix().columns) weights[item] += 1;
    const auto popularity = static_cast<float>(settings["popularity"]);
    std::vector<Nearby::Point> points(items);
    for (ItemIndex item = 0; item < items; ++item) {
        weights[item] = std::pow(1 + weights[item], popularity);
        const auto& place = (*lesson.facts)[item].place;
        if (place) points[item] = point_of(*place).value_or(Nearby::Point{});
    }
    return std::make_unique<Nearby>(
        std::move(points), std::move(weights),
        NearbyShape{.popularity = popularity,
                    .scale_km = static_cast<float>(settings["scale_km"]),
                    .radius_km = static_cast<float>(settings["radius_km"])});
}

Result<std::unique_ptr<Recommender>> load_nearby(ModelReader& reader) {
    ATTUNE_TRY(auto points, reader.array<Nearby::Point>("points"));
    ATTUNE_TRY(auto weights, reader.array<float>("weights"));
    NearbyShape shape;
    ATTUNE_TRY(shape.popularity, reader.number<float>("popularity"));
    ATTUNE_TRY(shape.scale_km, reader.number<float>("scale_km"));
    ATTUNE_TRY(shape.radius_km, reader.number<float>("radius_km"));
    const auto is_finite = [](float value) { return std::isfinite(value); };
    const bool are_sound =
        points.size() == weights.size() && std::ranges::all_of(weights, is_finite) &&
        std::ranges::all_of(
            points, [&](const auto& point) { return std::ranges::all_of(point, is_finite); });
    if (!are_sound) return reader.damaged("points");
    if (!(shape.scale_km > 0)) return reader.damaged("scale_km");
    return std::make_unique<Nearby>(std::move(points), std::move(weights), shape);
}

void erase_nothings(std::vector<Scored>& list) {
    std::erase_if(list, [](const Scored& one) { return one.score <= 0; });
}

}  // namespace

Nearby::Nearby(std::vector<Point> points, std::vector<float> weights, const NearbyShape& shape)
    : points_(std::move(points)), weights_(std::move(weights)), shape_(shape) {
    ATTUNE_CHECK(points_.size() == weights_.size());
}

void Nearby::score_around(const Point& point, std::span<float> scores) const {
    const auto per_scale = static_cast<float>(kEarthRadiusKm / shape_.scale_km);
    const float square_scale = per_scale * per_scale;
    const auto radius = static_cast<float>(shape_.radius_km / kEarthRadiusKm);
    const float square_radius = radius * radius;
    for (ItemIndex item = 0; item < items(); ++item) {
        const float square = square_distance(point, points_[item]);
        const bool is_near = square <= square_radius && is_place(points_[item]);
        scores[item] = is_near ? weights_[item] / (1 + square * square_scale) : 0;
    }
}

std::optional<Nearby::Point> Nearby::place_of(History history) const {
    for (std::size_t i = history.size(); i > 0; --i) {
        const Touch& touch = history[i - 1];
        if (touch.weight > 0 && touch.item < items() && is_place(points_[touch.item]))
            return points_[touch.item];
    }
    return {};
}

void Nearby::score(const Query& query, std::span<float> scores) const {
    std::ranges::fill(scores, 0.0F);
    if (const auto point = place_of(query.history)) score_around(*point, scores);
}

std::vector<Scored> Nearby::best(const Query& query, std::size_t limit,
                                 const ItemMask& allowed) const {
    auto out = Recommender::best(query, limit, allowed);
    erase_nothings(out);
    return out;
}

std::vector<Scored> Nearby::best_near(const Place& place, std::size_t limit,
                                      const ItemMask& allowed) const {
    const auto point = point_of(place);
    if (!point) return {};
    std::vector<float> scores(items());
    score_around(*point, scores);
    auto out = best_of_scores(scores, limit, allowed);
    erase_nothings(out);
    return out;
}

std::optional<double> Nearby::distance_km(const Place& place, ItemIndex item) const {
    const auto point = point_of(place);
    if (!point || item >= items() || !is_place(points_[item])) return {};
    const double chord = std::sqrt(square_distance(*point, points_[item]));
    return 2 * kEarthRadiusKm * std::asin(std::min(1.0, chord / 2));
}

void Nearby::save(ModelWriter& writer) const {
    writer.put("points", points_);
    writer.put("weights", weights_);
    writer.put("popularity", shape_.popularity);
    writer.put("scale_km", shape_.scale_km);
    writer.put("radius_km", shape_.radius_km);
}

std::size_t Nearby::bytes() const { return points_.size() * (sizeof(Point) + sizeof(float)); }

const Nearby* as_nearby(const Recommender& model) { return dynamic_cast<const Nearby*>(&model); }

const Learner kNearby{
    .name = "nearby",
    .summary = "What people like close to a place, or to where the last item of a history is.",
    .settings = kSettings,
    .needs_facts = true,
    .learn = &learn_nearby,
    .load = &load_nearby};

}  // namespace attune::learn
