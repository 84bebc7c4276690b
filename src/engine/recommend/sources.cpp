#include "engine/recommend/sources.h"

#include "engine/recommend/distance.h"

#include <algorithm>
#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>

namespace attune::engine {
namespace {

using domain::PlacementSourceKind;
using learn::ItemMask;
using learn::Scored;
using Found = std::vector<Scored>;

constexpr std::size_t kSeeds = 3;   // of what was touched last
constexpr std::size_t kLabels = 8;  // of what somebody likes
constexpr double kFarKm = 200;

Found from_model(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    if (asking.model == nullptr || asking.taste.history().empty()) return {};
    return asking.model->best(asking.taste.history(), asking.seconds(), limit, allowed);
}

// Nothing is more like an item than itself, which says nothing.
Found by_content(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    if (asking.content == nullptr || asking.taste.history().empty()) return {};
    ItemMask others = allowed;
    for (const learn::Touch& touch : asking.taste.history())
        if (touch.item < others.items()) others.forbid(touch.item);
    return asking.content->best(asking.taste.history(), asking.seconds(), limit, others);
}

Found after(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    if (asking.taste.history().empty()) return {};
    return asking.activity->after(asking.taste.history(), limit, allowed, asking.seconds());
}

Found similar(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    if (asking.seeds.empty() && asking.is_similar_for_seeds_alone) return {};
    std::span<const ItemNumber> seeds = asking.seeds;
    if (seeds.empty())
        seeds = asking.taste.liked().first(std::min(kSeeds, asking.taste.liked().size()));
    boost::unordered_flat_map<ItemNumber, float> sums;
    ItemMask others = allowed;
    for (const ItemNumber seed : seeds)
        if (seed < others.items()) others.forbid(seed);
    for (const ItemNumber seed : seeds) {
        const Found near = like(seed, limit, asking, others);
        if (near.empty()) continue;
        // Each seed has one say, whatever its unit.
        const float most = std::max(std::abs(near.front().score), 1e-9F);
        for (const Scored& one : near) sums[one.item] += one.score / most;
    }
    Found found;
    found.reserve(sums.size());
    for (const auto& [item, score] : sums) found.push_back({item, score});
    return learn::best_of_list(std::move(found), limit);
}

// What says of itself that it is of tomorrow is no newer than what is new today.
Found fresh(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    Found found;
    for (const ItemNumber item : asking.catalogue->newest(limit, allowed)) {
        const CatalogueItem* there = asking.catalogue->item(item);
        const bool is_of_tomorrow = there != nullptr && there->created_at > asking.now;
        if (!is_of_tomorrow) found.push_back({item, static_cast<float>(limit - found.size())});
    }
    return found;
}

// The one touched last first. What was bought, or spoken against since, is finished.
Found unfinished(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    Found found;
    for (const ItemNumber item : asking.taste.liked()) {
        if (found.size() == limit) break;
        if (item < allowed.items() && allowed.allows(item) && !asking.taste.has_bought(item))
            found.push_back({item, static_cast<float>(limit - found.size())});
    }
    return found;
}

Found of_interests(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    if (asking.facts == nullptr) return {};
    const auto labels = liked_labels(*asking.facts, kLabels);
    boost::unordered_flat_map<ItemNumber, float> sums;
    for (const LikedLabel& liked : labels) {
        ItemMask mask = *asking.catalogue->labelled(liked.label);
        mask.intersect(allowed);
        const double strength = liked.score / labels.front().score;
        const Found popular = asking.activity->popular(limit / 2 + 1, mask);
        std::size_t place = 0;
        for (const Scored& one : popular)
            sums[one.item] +=
                static_cast<float>(strength / std::sqrt(1.0 + static_cast<double>(place++)));
        // What is new has not been touched by anybody yet.
        if (popular.empty())
            for (const ItemNumber item : asking.catalogue->newest(limit / 4 + 1, mask))
                sums[item] +=
                    static_cast<float>(strength / std::sqrt(1.0 + static_cast<double>(place++)));
    }
    Found found;
    found.reserve(sums.size());
    for (const auto& [item, score] : sums) found.push_back({item, score});
    return learn::best_of_list(std::move(found), limit);
}

Found by_behaviour(ItemNumber item, std::size_t limit, const Asking& asking,
                   const ItemMask& allowed) {
    if (asking.model != nullptr && looks_at_histories(*asking.model)) {
        auto near = asking.model->like(item, limit, allowed);
        if (!near.empty()) return near;
    }
    const learn::Touch only{.item = item, .weight = 1, .time = asking.seconds()};
    return asking.activity->after({&only, 1}, limit, allowed, asking.seconds());
}

Found nearby(std::size_t limit, const Asking& asking, const ItemMask& allowed) {
    if (!asking.place) return {};
    Found found;
    const auto words = allowed.words();
    for (std::size_t word = 0; word < words.size(); ++word) {
        for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
            const auto item = static_cast<ItemNumber>(
                word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
            const CatalogueItem* there = asking.catalogue->item(item);
            if (there == nullptr || !there->location) continue;
            const double km = distance_km(*asking.place, *there->location);
            if (km <= kFarKm) found.push_back({item, static_cast<float>(1 / (1 + km))});
        }
    }
    return learn::best_of_list(std::move(found), limit);
}

}  // namespace

std::vector<LikedLabel> liked_labels(const PersonFacts& facts, std::size_t limit) {
    std::vector<LikedLabel> labels;
    for (const base::JsonView::Member topic : facts.interests.root().members()) {
        const double score = topic.value.as_double().value_or(0);
        if (score > 0) labels.push_back({topic.key, score});
    }
    const auto end = labels.begin() + static_cast<std::ptrdiff_t>(std::min(limit, labels.size()));
    std::ranges::partial_sort(labels, end, [](const LikedLabel& a, const LikedLabel& b) {
        return a.score != b.score ? a.score > b.score : a.label < b.label;
    });
    labels.erase(end, labels.end());
    return labels;
}

bool looks_at_histories(const ServedModel& model) {
    const std::string_view learner = model.recommender().name();
    return learner != "popularity" && learner != "trending";
}

std::vector<Scored> like(ItemNumber item, std::size_t limit, const Asking& asking,
                         const ItemMask& allowed) {
    Found found = by_behaviour(item, limit, asking, allowed);
    if (found.size() >= limit || asking.content == nullptr) return found;
    ItemMask others = allowed;
    for (const Scored& one : found) others.forbid(one.item);
    // A cosine is at most 1, so whatever it is, it stands below what people's doing says.
    const float below = found.empty() ? 1 : std::max(found.back().score, 0.0F);
    for (const Scored& one : asking.content->like(item, limit - found.size(), others))
        found.push_back({one.item, one.score * below});
    return found;
}

std::vector<Scored> found_by(PlacementSourceKind kind, std::size_t limit, const Asking& asking,
                             const ItemMask& allowed) {
    switch (kind) {
        case PlacementSourceKind::model:
            return from_model(limit, asking, allowed);
        case PlacementSourceKind::after:
            return after(limit, asking, allowed);
        case PlacementSourceKind::similar:
            return similar(limit, asking, allowed);
        case PlacementSourceKind::popular:
            return asking.activity->popular(limit, allowed);
        case PlacementSourceKind::trending:
            return asking.activity->trending(limit, allowed, asking.seconds());
        case PlacementSourceKind::fresh:
            return fresh(limit, asking, allowed);
        case PlacementSourceKind::nearby:
            return nearby(limit, asking, allowed);
        case PlacementSourceKind::interests:
            return of_interests(limit, asking, allowed);
        case PlacementSourceKind::unfinished:
            return unfinished(limit, asking, allowed);
        case PlacementSourceKind::content:
            return by_content(limit, asking, allowed);
        case PlacementSourceKind::peers:
            return asking.activity->liked_by_alike(asking.taste.history(), limit, allowed);
    }
    return {};
}

}  // namespace attune::engine
