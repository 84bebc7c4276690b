#include "engine/profile/render.h"

#include "base/json.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::engine {
namespace {

using domain::Preference;
using Preferences = base::FlatMap<std::string, Preference>;

// How many observations make a guess half sure.
constexpr double kPrior = 10;
constexpr std::size_t kHoursNamed = 3;

void infer(Preferences& preferences, std::string_view key, std::string json, double observations,
           double agreement, std::string_view category, std::int64_t updated_us) {
    if (observations <= 0 || preferences.contains(key)) return;
    Preference& p = preferences[key];
    p.value = base::JsonText::trusted(std::move(json));
    p.confidence = observations / (observations + kPrior) * agreement;
    p.source = "inferred";
    p.category = std::string(category);
    p.updated_at = base::Time(base::Duration(updated_us));
}

std::string in_quotes(std::string_view text) {
    std::string json;
    base::append_json(json, text);
    return json;
}

// Of the uses whose key begins with `prefix`, counted by what follows up to `end`: the most frequent.
struct Favourite {
    std::string name;
    double count = 0;
    double total = 0;
    std::int64_t last = 0;
};

Favourite favourite_of(const TallyMap<UseTally>& uses, std::string_view prefix,
                       std::string_view ends) {
    base::FlatMap<std::string, double> counts;
    Favourite best;
    for (const UseTally& use : uses.entries()) {
        std::string_view name = use.key.view();
        if (!name.starts_with(prefix)) continue;
        name.remove_prefix(prefix.size());
        name = name.substr(0, name.find_first_of(ends));
        if (name.empty()) continue;
        counts[name] += use.count;
        best.total += use.count;
        best.last = std::max(best.last, use.last);
    }
    for (const auto& [name, count] : counts) {
        if (count > best.count) {
            best.name = name;
            best.count = count;
        }
    }
    return best;
}

void infer_favourite(Preferences& preferences, std::string_view key, std::string_view category,
                     const Favourite& best) {
    if (best.count > 0)
        infer(preferences, key, in_quotes(best.name), best.total, best.count / best.total, category,
              best.last);
}

template <std::size_t kSlots>
void infer_times(Preferences& preferences, std::string_view key, const FoldState& state,
                 std::size_t divisor, std::size_t named) {
    std::array<double, kSlots> counts{};
    double total = 0;
    for (const HourCount& hour : state.activity) {
        counts[divisor == 1 ? hour.slot % kSlots : hour.slot / divisor] += hour.count;
        total += hour.count;
    }
    std::array<std::size_t, kSlots> order;
    for (std::size_t i = 0; i < kSlots; ++i) order[i] = i;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
    });
    std::string json = "[";
    double covered = 0;
    for (std::size_t i = 0; i < named && counts[order[i]] > 0; ++i) {
        if (i > 0) json += ',';
        json += std::to_string(order[i]);
        covered += counts[order[i]];
    }
    json += ']';
    infer(preferences, key, std::move(json), total, total > 0 ? covered / total : 0, "time",
          state.last_seen);
}

// The strongest topic of a family, and how much of the family's liking it has.
void infer_topic(Preferences& preferences, std::string_view key, std::string_view prefix,
                 const FoldState& state) {
    const TopicTally* best = nullptr;
    double best_score = 0;
    double total = 0;
    for (const TopicTally& topic : state.topics.entries()) {
        if (!topic.key.view().starts_with(prefix)) continue;
        const double score = topic.weight.value_at(state.last_seen);
        if (score <= 0) continue;
        total += score;
        if (score > best_score) {
            best = &topic;
            best_score = score;
        }
    }
    if (!best) return;
    infer(preferences, key, in_quotes(best->key.view().substr(prefix.size())), best->count,
          best_score / total, "content", best->last);
}

// What they usually pay: the quartiles of the newest purchases.
void infer_price_band(Preferences& preferences, const FoldState& state) {
    std::vector<double> paid;
    for (const PurchaseEntry& purchase : state.purchases) {
        if (purchase.value_micros && *purchase.value_micros > 0) {
            paid.push_back(static_cast<double>(*purchase.value_micros) / 1e6);
        }
    }
    if (paid.empty()) return;
    std::ranges::sort(paid);
    const auto quantile = [&](double q) {
        return paid[static_cast<std::size_t>(
            std::lround(q * static_cast<double>(paid.size() - 1)))];
    };
    std::string json = "{\"low\":";
    base::append_json(json, quantile(0.25));
    json += ",\"median\":";
    base::append_json(json, quantile(0.5));
    json += ",\"high\":";
    base::append_json(json, quantile(0.75));
    json += '}';
    infer(preferences, "price_band", std::move(json), static_cast<double>(paid.size()), 1, "price",
          state.purchases.back().at.time_us);
}

}  // namespace

void infer_preferences(const FoldState& state, Preferences& preferences) {
    infer_favourite(preferences, "device", "device", favourite_of(state.devices, "", "\x1f"));
    infer_favourite(preferences, "language", "language",
                    favourite_of(state.settings, "locale:", "-_"));
    infer_times<24>(preferences, "active_hours", state, 1, kHoursNamed);
    infer_times<7>(preferences, "active_days", state, 24, 2);
    infer_topic(preferences, "category", "category:", state);
    infer_topic(preferences, "brand", "brand:", state);
    infer_price_band(preferences, state);
}

}  // namespace attune::engine
