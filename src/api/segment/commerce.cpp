#include "api/segment/commerce.h"

#include "api/segment/values.h"
#include "domain/event_kind.h"

namespace attune::api::segment {

namespace {

using domain::EventKind;

std::optional<double> first_number(base::JsonView properties,
                                   std::initializer_list<std::string_view> names) {
    for (std::string_view name : names) {
        if (auto number = number_of(properties.find(name))) return number;
    }
    return std::nullopt;
}

std::optional<double> price_of(base::JsonView properties) {
    auto price = number_of(properties.find("price"));
    if (!price) return std::nullopt;
    return *price * number_of(properties.find("quantity")).value_or(1);
}

std::optional<double> value_of(EventKind kind, base::JsonView properties) {
    if (auto value = number_of(properties.find("value"))) return value;
    switch (kind) {
        case EventKind::rating:
        case EventKind::review:
            return number_of(properties.find("rating"));
        case EventKind::purchase:
        case EventKind::refund:
            if (auto paid = first_number(properties, {"revenue", "total"})) return paid;
            return price_of(properties);
        case EventKind::add_to_cart:
        case EventKind::remove_from_cart:
            return price_of(properties);
        default:
            return first_number(properties, {"revenue", "rating"});
    }
}

}  // namespace

CommerceFacts commerce_facts(std::string_view event, base::JsonView properties) {
    CommerceFacts facts;
    const EventKind kind = domain::event_kind(event);
    for (std::string_view name : {"product_id", "productId", "sku", "item_id", "itemId"}) {
        facts.item_id = id_of(properties.find(name));
        if (facts.item_id) break;
    }
    // The first version of the vocabulary called it "id".
    if (!facts.item_id && kind != EventKind::other) facts.item_id = id_of(properties.find("id"));
    facts.value = value_of(kind, properties);
    return facts;
}

}  // namespace attune::api::segment
