#include "engine/activity/item_event.h"

#include "domain/event.h"
#include "domain/event_kind.h"
#include "engine/profile/event_facts.h"
#include "engine/profile/member_scan.h"

#include <algorithm>

namespace attune::engine {
namespace {

using domain::EventKind;

// Where the parts of an event stand in its payload.
struct Parts {
    std::string event;
    std::optional<base::Time> time;
    std::optional<base::Time> received_at;
    std::optional<double> value;
    std::string_view id;
    std::string_view item_id;
    std::string_view decision_id;
    std::string_view properties;
};

std::optional<base::Time> time_of(std::string_view value) {
    const auto text = text_of(value);
    return text ? base::parse_time(*text) : std::nullopt;
}

Parts parts_of(std::string_view payload, ItemEvent& out) {
    Parts parts;
    for (MemberScan scan(payload); scan.next();) {
        const std::string_view key = scan.key();
        if (key == "event")
            parts.event = text_of(scan.value()).value_or("");
        else if (key == "time")
            parts.time = time_of(scan.value());
        else if (key == "received_at")
            parts.received_at = time_of(scan.value());
        else if (key == "value")
            parts.value = number_of(scan.value());
        else if (key == "id")
            parts.id = scan.value();
        else if (key == "item_id")
            parts.item_id = scan.value();
        else if (key == "decision_id")
            parts.decision_id = scan.value();
        else if (key == "properties")
            parts.properties = scan.value();
        else if (key == "user_id")
            out.user_id = text_of(scan.value()).value_or("");
        else if (key == "anonymous_id")
            out.anonymous_id = text_of(scan.value()).value_or("");
    }
    return parts;
}

void add_item(ItemEvent& out, std::string_view value) {
    if (value.empty() || out.items.size() >= ItemEvent::kItemsMax) return;
    auto item = text_of(value);
    if (!item || item->empty() || std::ranges::find(out.items, *item) != out.items.end()) return;
    out.items.push_back(*std::move(item));
}

// The names are those that the fold reads.
void add_products(ItemEvent& out, std::string_view properties) {
    for (MemberScan members(properties); members.next();) {
        if (members.key() != "products") continue;
        for (ElementScan products(members.value()); products.next();) {
            std::string_view id;
            std::string_view sku;
            for (MemberScan product(products.value()); product.next();) {
                if (product.key() == "item_id" || product.key() == "product_id")
                    id = product.value();
                else if (product.key() == "sku")
                    sku = product.value();
            }
            add_item(out, id.empty() ? sku : id);
        }
    }
}

void add_recommended(ItemEvent& out, std::string_view properties) {
    bool is_recommendation = false;
    std::string_view choices;
    for (MemberScan members(properties); members.next();) {
        if (members.key() == "kind")
            is_recommendation = text_of(members.value()) == "recommendation";
        else if (members.key() == "choices")
            choices = members.value();
    }
    if (!is_recommendation) return;
    for (ElementScan scan(choices); scan.next();) {
        std::string_view chosen;
        bool is_of_placement = false;
        for (MemberScan choice(scan.value()); choice.next();) {
            if (choice.key() == "of")
                is_of_placement = text_of(choice.value()).value_or("").starts_with("placement:");
            else if (choice.key() == "chosen")
                chosen = choice.value();
        }
        if (is_of_placement) add_item(out, chosen);
    }
}

// {"personalise": {"granted": false, …}, "train": true}
void read_consent(ItemEvent& out, std::string_view properties) {
    constexpr std::string_view kPurposes[] = {"personalise",     "personalize", "personalisation",
                                              "personalization", "train",       "training"};
    for (MemberScan members(properties); members.next();) {
        const auto purpose = std::ranges::find(kPurposes, members.key());
        if (purpose == std::end(kPurposes)) continue;
        std::string_view granted = members.value();
        for (MemberScan scan(members.value()); scan.next();)
            if (scan.key() == "granted") granted = scan.value();
        const bool is_taken_back = members.value() == "null";
        const auto bit = static_cast<std::uint8_t>(1U << (purpose - std::begin(kPurposes)));
        (granted == "true" || is_taken_back ? out.allowed : out.refused) |= bit;
    }
}

// One in the middle of the scale speaks neither for an item nor against it, and is a rating all the same.
void read_rating(EventKind kind, const Parts& parts, ItemEvent& out) {
    const bool is_rating = kind == EventKind::rating || kind == EventKind::review;
    if (!is_rating || !parts.value || !(*parts.value >= 0 && *parts.value <= 5)) return;
    auto item = text_of(parts.item_id);
    if (item && !item->empty())
        out.rating = {.item = *std::move(item), .value = static_cast<float>(*parts.value)};
}

}  // namespace

std::optional<ItemEvent> read_item_event(std::string_view payload, const WeightTable& weights) {
    ItemEvent out;
    const Parts parts = parts_of(payload, out);
    if (parts.event.empty() || !parts.time) return std::nullopt;
    const EventKind kind = domain::event_kind(parts.event);
    out.received_at = parts.received_at.value_or(*parts.time);
    out.time = std::min(*parts.time, out.received_at);
    out.name = kind;
    out.is_alias = kind == EventKind::alias;
    if (kind == EventKind::decision) {
        out.kind = ItemEvent::Kind::impression;
        out.decision_id = text_of(parts.id).value_or("");
        add_recommended(out, parts.properties);
    } else if (kind == EventKind::consent) {
        read_consent(out, parts.properties);
    } else if (!domain::is_reserved(kind)) {
        out.decision_id = text_of(parts.decision_id).value_or("");
        if (kind == EventKind::impression)
            out.kind = ItemEvent::Kind::impression;
        else
            out.weight =
                static_cast<float>(weights.of(parts.event).weight * strength_of(kind, parts.value));
        read_rating(kind, parts, out);
        if (kind == EventKind::impression || out.weight != 0) {
            add_item(out, parts.item_id);
            add_products(out, parts.properties);
        }
    }
    if (out.items.empty() && !out.rating && !out.may_link() && (out.refused | out.allowed) == 0)
        return std::nullopt;
    return out;
}

}  // namespace attune::engine
