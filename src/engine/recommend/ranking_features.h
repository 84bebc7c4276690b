// RankingFeatures: what a ranker is told of each candidate: what each source makes of it, what everybody did with it and gave it, how new it is, what
// it costs compared with what this person looks at, how well its labels meet their interests, how often it was shown to them in vain; and
// beside that the hour, the weekday, the device, how well the person is known.
//
//     const RankingFeatures features(asking);
//     features.write(candidate, row);                  // row: names().size() numbers, NaN where nothing is known
//
// The same code writes the log of decisions, from which rankers learn, and the rows that they answer from; a number is rounded to
// a thousandth before either sees it, so both see the same. Names are kept for good: a ranker finds its features by them, and one
// that is not known any more is missing.
#pragma once

#include "engine/recommend/candidates.h"

#include <array>
#include <span>
#include <string_view>

namespace attune::engine {

class RankingFeatures {
public:
    // What an item is, apart from what sources make of it; and what is the same for all candidates of an answer.
    static constexpr std::array<std::string_view, 12> kOfItem{
        "people",   "people_lately", "click_rate",    "age_days",    "price",  "price_fit",
        "interest", "touched_days",  "shown_in_vain", "distance_km", "rating", "ratings"};
    static constexpr std::array<std::string_view, 6> kOfAsking{"hour",    "weekday",  "is_mobile",
                                                               "touches", "sessions", "goes_with"};
    using OfItem = std::array<float, kOfItem.size()>;
    using OfAsking = std::array<float, kOfAsking.size()>;

    static constexpr std::size_t kCount = kSourceKinds + kOfItem.size() + kOfAsking.size();
    // Of a whole row: "source.model", …, "people", …, "hour", …
    [[nodiscard]] static std::span<const std::string_view> names();

    explicit RankingFeatures(const Asking& asking);

    [[nodiscard]] OfItem of_item(ItemNumber item) const;
    [[nodiscard]] const OfAsking& of_asking() const { return of_asking_; }
    // All of it: sources, item, asking.
    void write(const Candidate& candidate, std::span<float> row) const;

private:
    [[nodiscard]] learn::Tally ratings_of(ItemNumber item) const;
    [[nodiscard]] float interest_of(const CatalogueItem& item) const;
    [[nodiscard]] float price_fit_of(const CatalogueItem& item) const;
    [[nodiscard]] float touched_days(ItemNumber item) const;

    struct Liked {
        LabelNumber label = 0;
        double share = 0;  // of the strongest
    };
    struct Touched {
        ItemNumber item = 0;
        std::int64_t last = 0;  // in seconds
    };
    const Asking& asking_;
    OfAsking of_asking_{};
    std::vector<Liked> liked_;
    std::vector<Touched> touched_;  // by item
    double usual_price_ = 0;        // of what they touched; 0: not known
};

}  // namespace attune::engine
