#include "engine/tenancy/weights.h"

#include "base/keyed_hash.h"
#include "domain/event_kind.h"
#include "domain/event_spelling.h"

#include <bit>
#include <string>

namespace attune::engine {
namespace {

using domain::EventKind;
using domain::EventWeight;

// The numbers order kinds by how much they cost the person who does them: showing costs nothing,
// reading a moment, paying money. What is said outright fades slowest. A tenant with data of its
// own should override them.
EventWeight built_in(EventKind kind) {
    switch (kind) {
        case EventKind::impression:
            return {0.05, 7};
        case EventKind::page:
        case EventKind::screen:
        case EventKind::scroll:
        case EventKind::dwell:
            return {0.5, 30};
        case EventKind::other:
        case EventKind::view:
            return {1, 30};
        case EventKind::search:
            return {1, 14};
        case EventKind::click:
            return {1.5, 30};
        case EventKind::add_to_cart:
            return {3, 30};
        case EventKind::remove_from_cart:
            return {-2, 30};
        case EventKind::share:
            return {3, 60};
        case EventKind::purchase:
            return {5, 90};
        case EventKind::refund:
            return {-4, 90};
        case EventKind::rating:
        case EventKind::review:
            return {4, 180};
        case EventKind::like:
        case EventKind::thumbs_up:
            return {3, 180};
        case EventKind::dislike:
        case EventKind::thumbs_down:
            return {-4, 180};
        case EventKind::favourite:
            return {4, 180};
        case EventKind::unfavourite:
            return {-3, 180};
        case EventKind::identify:
        case EventKind::alias:
        case EventKind::group:
        case EventKind::consent:
        case EventKind::preference:
        case EventKind::rectify:
        case EventKind::merge:
        case EventKind::decision:
            return {0, 30};
    }
    return {1, 30};
}

void append_number(std::string& out, double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift);
}

}  // namespace

WeightTable::WeightTable(const base::FlatMap<std::string, EventWeight>& overrides) {
    for (const auto& [name, weight] : overrides)
        overrides_[domain::plain_event_name(name)] = weight;
    // Over the whole table, the built-in part too, so that a release that changes a number is
    // noticed.
    std::string bytes;
    for (auto kind = static_cast<int>(EventKind::other); kind <= static_cast<int>(EventKind::merge);
         ++kind) {
        const EventWeight weight = built_in(static_cast<EventKind>(kind));
        bytes.append(name_of(static_cast<EventKind>(kind))).push_back('\0');
        append_number(bytes, weight.weight);
        append_number(bytes, weight.half_life_days);
    }
    for (const auto& [name, weight] : overrides_) {
        bytes.append(name).push_back('\0');
        append_number(bytes, weight.weight);
        append_number(bytes, weight.half_life_days);
    }
    const base::Id128 digest = base::hash128(base::HashKey{}, bytes);
    for (std::size_t i = 0; i < 8; ++i)
        fingerprint_ |= static_cast<std::uint64_t>(digest.bytes[i]) << (8 * i);
}

EventWeight WeightTable::of(std::string_view event) const {
    if (!overrides_.empty()) {
        if (const EventWeight* own = overrides_.find(domain::plain_event_name(event))) return *own;
    }
    const EventKind kind = domain::event_kind(event);
    if (kind == EventKind::other)
        return event.starts_with('$') ? EventWeight{0, 30} : built_in(kind);
    if (!overrides_.empty()) {
        if (const EventWeight* of_kind =
                overrides_.find(domain::plain_event_name(domain::name_of(kind))))
            return *of_kind;
    }
    return built_in(kind);
}

}  // namespace attune::engine
