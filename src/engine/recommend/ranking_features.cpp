#include "engine/recommend/ranking_features.h"

#include "engine/recommend/distance.h"
#include "engine/recommend/sources.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace attune::engine {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kLabels = 20;       // of what somebody likes
constexpr std::size_t kPricedItems = 20;  // of what somebody touched last
constexpr double kDaySeconds = 86'400;
// As if every item had been shown so often before, and clicked once in twenty times: one click of two showings says little.
constexpr double kShownBefore = 20;
constexpr double kClickedBefore = 1;
// And so often been rated, as all items are: a single five is less than a hundred of which most are.
constexpr double kRatedBefore = 3;

// As it stands in the log: whoever answers sees what whoever learns will see.
float rounded(double value) { return static_cast<float>(std::round(value * 1'000) / 1'000); }

// Counts grow without bound and what tells is their order of magnitude.
float magnitude(double count) { return rounded(std::log2(1 + std::max(0.0, count))); }

double days_between(base::Time from, base::Time to) {
    return std::chrono::duration<double>(to - from).count() / kDaySeconds;
}

std::vector<std::string> all_names() {
    std::vector<std::string> names;
    for (std::size_t kind = 0; kind < kSourceKinds; ++kind)
        names.push_back("source." +
                        std::string(name_of(static_cast<domain::PlacementSourceKind>(kind))));
    return names;
}

double median_price(const Asking& asking) {
    std::vector<double> prices;
    for (const ItemNumber item : asking.taste.liked()) {
        if (prices.size() == kPricedItems) break;
        const CatalogueItem* there = asking.catalogue->item(item);
        if (there != nullptr && there->price && *there->price > 0) prices.push_back(*there->price);
    }
    if (prices.empty()) return 0;
    const auto middle = prices.begin() + static_cast<std::ptrdiff_t>(prices.size() / 2);
    std::ranges::nth_element(prices, middle);
    return *middle;
}

}  // namespace

std::span<const std::string_view> RankingFeatures::names() {
    static const std::vector<std::string> sources = all_names();
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> names(sources.begin(), sources.end());
        names.insert(names.end(), kOfItem.begin(), kOfItem.end());
        names.insert(names.end(), kOfAsking.begin(), kOfAsking.end());
        return names;
    }();
    return all;
}

RankingFeatures::RankingFeatures(const Asking& asking)
    : asking_(asking), usual_price_(median_price(asking)) {
    const Moment& moment = asking.moment;
    of_asking_ = {moment.hour ? rounded(*moment.hour) : kUnknown,
                  moment.weekday ? rounded(*moment.weekday) : kUnknown,
                  moment.is_mobile ? (*moment.is_mobile ? 1.0F : 0.0F) : kUnknown,
                  magnitude(static_cast<double>(asking.taste.history().size())),
                  asking.facts ? magnitude(static_cast<double>(asking.facts->sessions)) : kUnknown,
                  magnitude(static_cast<double>(asking.seeds.size()))};
    for (const learn::Touch& one : asking.taste.history()) touched_.push_back({one.item, one.time});
    // Of each item the last one first, which is the one that a search finds.
    std::ranges::sort(touched_, [](const Touched& a, const Touched& b) {
        return a.item != b.item ? a.item < b.item : a.last > b.last;
    });
    if (asking.facts == nullptr) return;
    const auto labels = liked_labels(*asking.facts, kLabels);
    for (const LikedLabel& one : labels)
        if (const auto number = asking.catalogue->find_label(one.label))
            liked_.push_back({*number, one.score / labels.front().score});
}

learn::Tally RankingFeatures::ratings_of(ItemNumber item) const {
    return asking_.ratings ? asking_.ratings->of(item, asking_.now) : learn::Tally{};
}

float RankingFeatures::interest_of(const CatalogueItem& item) const {
    if (asking_.facts == nullptr) return kUnknown;
    double sum = 0;
    for (const Liked& one : liked_)
        if (std::ranges::find(item.labels, one.label) != item.labels.end()) sum += one.share;
    return rounded(sum);
}

// In doublings: 1 is twice or half of what they usually look at.
float RankingFeatures::price_fit_of(const CatalogueItem& item) const {
    if (!(usual_price_ > 0) || !item.price || !(*item.price > 0)) return kUnknown;
    return rounded(std::abs(std::log2(*item.price / usual_price_)));
}

float RankingFeatures::touched_days(ItemNumber item) const {
    const auto found = std::ranges::lower_bound(touched_, item, {}, &Touched::item);
    if (found == touched_.end() || found->item != item) return kUnknown;
    return magnitude(static_cast<double>(asking_.seconds() - found->last) / kDaySeconds);
}

RankingFeatures::OfItem RankingFeatures::of_item(ItemNumber item) const {
    const ItemActivity counts = asking_.activity->counts(item);
    const CatalogueItem* there = asking_.catalogue->item(item);
    static const CatalogueItem nothing;
    const CatalogueItem& known = there == nullptr ? nothing : *there;
    const bool is_dated = known.created_at > base::Time{};
    const learn::Tally ratings = ratings_of(item);
    const double usual = asking_.ratings ? asking_.ratings->of_all(asking_.now).mean() : 0;
    const double rating =
        (ratings.reward_sum + kRatedBefore * usual) / (ratings.trials + kRatedBefore);
    const bool has_distance = asking_.place && known.location;
    return {magnitude(counts.people),
            magnitude(counts.recent),
            rounded((counts.clicked + kClickedBefore) / (counts.shown + kShownBefore)),
            is_dated ? magnitude(days_between(known.created_at, asking_.now)) : kUnknown,
            known.price ? magnitude(*known.price) : kUnknown,
            price_fit_of(known),
            interest_of(known),
            touched_days(item),
            rounded(asking_.shown_in_vain(item)),
            has_distance ? magnitude(distance_km(*asking_.place, *known.location)) : kUnknown,
            ratings.trials > 0 ? rounded(rating) : kUnknown,
            magnitude(ratings.trials)};
}

void RankingFeatures::write(const Candidate& candidate, std::span<float> row) const {
    ATTUNE_CHECK(row.size() == kCount);
    auto out = row.begin();
    for (const float one : candidate.by_source) *out++ = rounded(double{one});
    out = std::ranges::copy(of_item(candidate.item), out).out;
    std::ranges::copy(of_asking_, out);
}

}  // namespace attune::engine
