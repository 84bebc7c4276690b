#include "engine/recommend/candidates.h"

#include "engine/recommend/sources.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

// What a source holds weakest still counts for something: it was found there.
constexpr float kLeast = 0.1F;

constexpr std::int64_t kNoNewsSeconds = 30 * 60;

// As domain::PlacementSourceKind lists them.
constexpr std::array<std::string_view, kSourceKinds> kNames{
    "model", "after",  "similar", "content",   "popular",   "trending",
    "fresh", "nearby", "peers",   "interests", "unfinished"};

}  // namespace

std::string_view name_of(domain::PlacementSourceKind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

Candidate& Candidates::at(ItemNumber item) {
    const auto [place, is_new] = places_.try_emplace(item, static_cast<std::uint32_t>(all_.size()));
    if (is_new) all_.push_back({.item = item});
    return all_[place->second];
}

void Candidates::add(ItemNumber item) { (void)at(item); }

const Candidate* Candidates::find(ItemNumber item) const {
    const auto found = std::ranges::find(all_, item, &Candidate::item);
    return found == all_.end() ? nullptr : &*found;
}

// From 0 to 1 within the list, so that sources of any unit can be weighed against each other. Where nothing is below zero, half
// of the best is a half.
void Candidates::add(domain::PlacementSourceKind kind, std::span<const learn::Scored> list) {
    if (list.empty()) return;
    const auto [low, high] = std::ranges::minmax(list, {}, &learn::Scored::score);
    const float zero = std::min(low.score, 0.0F);
    const float range = high.score - zero;
    for (const learn::Scored& one : list) {
        const float share = range > 0 ? (one.score - zero) / range : 1;
        at(one.item).by_source[static_cast<std::size_t>(kind)] = kLeast + (1 - kLeast) * share;
    }
}

void Candidates::gather(std::span<const domain::PlacementSource> sources, const Asking& asking,
                        const learn::ItemMask& allowed, bool is_asked_for) {
    learn::ItemMask news = allowed;
    if (!is_asked_for)
        for (const learn::Touch& touch : asking.taste.history())
            if (touch.item < news.items() && asking.seconds() - touch.time < kNoNewsSeconds)
                news.forbid(touch.item);
    for (const domain::PlacementSource& source : sources) {
        if (!(source.weight > 0)) continue;
        const bool goes_on = source.kind == domain::PlacementSourceKind::unfinished;
        add(source.kind, found_by(source.kind, source.limit, asking, goes_on ? allowed : news));
    }
}

}  // namespace attune::engine
