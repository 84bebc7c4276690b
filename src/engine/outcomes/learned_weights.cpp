#include "engine/outcomes/learned_weights.h"

#include <algorithm>

namespace attune::engine {
namespace {

// A first purchase may double a weight, a first click moves it by a tenth or two: what was written stands until it is spoken
// against more than once.
constexpr learn::BlendOptions kBlend{.rate = 0.1, .floor = 0.02, .sharpness = 4};

// Of what was passed over. A list has at most a hundred slots.
std::vector<std::size_t> passed_over(const OpenList& list, std::size_t chosen) {
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < list.items.size(); ++slot) {
        if (slot == chosen || list.gains[slot] > 0 || list.is_pinned(slot)) continue;
        slots.push_back(slot);
        if (slot > chosen) break;
    }
    return slots;
}

}  // namespace

const SourceWeights* WeightsInForce::find(std::string_view placement,
                                          std::span<const std::string_view> sources,
                                          std::span<const double> written) const {
    for (const SourceWeights& one : of(placement))
        if (std::ranges::equal(one.sources, sources) && std::ranges::equal(one.written, written))
            return &one;
    return nullptr;
}

std::span<const SourceWeights> WeightsInForce::of(std::string_view placement) const {
    const auto found = all_.find(placement);
    return found == all_.end() ? std::span<const SourceWeights>() : found->second;
}

LearnedWeights::Way* LearnedWeights::way_of(const OpenList& list, bool makes) {
    const ListScheme& scheme = *list.scheme;
    if (list.rows.empty()) return nullptr;
    auto placement = ways_.find(scheme.placement);
    if (placement == ways_.end()) {
        if (!makes || ways_.size() >= kPlacementsMax) return nullptr;
        placement = ways_.emplace(scheme.placement, std::vector<Way>{}).first;
    }
    std::vector<Way>& ways = placement->second;
    const auto is_it = [&](const Way& one) {
        return one.told.sources == scheme.sources && one.told.written == scheme.written;
    };
    auto found = std::ranges::find_if(ways, is_it);
    if (found == ways.end()) {
        if (!makes) return nullptr;
        auto blend = learn::SourceBlend::from(scheme.sources, scheme.written, kBlend);
        if (!blend) return nullptr;
        if (ways.size() >= kWaysMax) ways.erase(ways.begin());
        ways.push_back({.blend = *std::move(blend),
                        .told = {.sources = scheme.sources,
                                 .written = scheme.written,
                                 .since = list.time,
                                 .last = list.time}});
        in_force_.reset();
    } else if (found + 1 != ways.end()) {
        std::rotate(found, found + 1, ways.end());
        in_force_.reset();
    }
    Way& way = ways.back();
    if (way.told.version != scheme.version) in_force_.reset();
    way.told.version = scheme.version;
    return &way;
}

void LearnedWeights::shown(const OpenList& list) { (void)way_of(list, true); }

void LearnedWeights::answered(const OpenList& list, const ListAnswer& answer) {
    if (list.is_pinned(answer.slot)) return;
    Way* way = way_of(list, false);
    if (way == nullptr) return;
    std::vector<std::size_t> slots = passed_over(list, answer.slot);
    slots.push_back(answer.slot);
    std::vector<float> rows;
    std::vector<float> gains(slots.size(), 0);
    gains.back() = 1;
    for (const std::size_t slot : slots) {
        const auto row = list.row(slot);
        rows.insert(rows.end(), row.begin(), row.end());
    }
    way->blend.learn(
        {.rows = rows,
         .gains = gains,
         .weight = static_cast<double>(list.gains[answer.slot]) - double{answer.before}});
    way->told.answers = way->blend.decisions();
    way->told.last = std::max(way->told.last, answer.time);
    in_force_.reset();
}

std::shared_ptr<const WeightsInForce> LearnedWeights::in_force() {
    if (in_force_) return in_force_;
    WeightsInForce::ByPlacement all;
    for (const auto& [placement, ways] : ways_)
        for (const Way& one : ways) {
            SourceWeights told = one.told;
            told.weights.assign(one.blend.weights().begin(), one.blend.weights().end());
            all[placement].push_back(std::move(told));
        }
    in_force_ = std::make_shared<const WeightsInForce>(std::move(all));
    return in_force_;
}

}  // namespace attune::engine
