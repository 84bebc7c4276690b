#include "engine/profile/event_facts.h"

#include "engine/profile/fold_state.h"
#include "engine/profile/member_scan.h"

#include <algorithm>
#include <cmath>

namespace attune::engine {
namespace {

using domain::EventKind;

void add_topic(EventFacts& facts, std::string_view family, std::string_view value) {
    if (facts.topics.size() >= fold_limits::kTopicsOfEvent) return;
    const auto text = text_of(value);
    if (!text || text->empty()) return;
    std::string topic(family);
    topic += cut_text(*text, fold_limits::kNameBytes - family.size());
    facts.topics.push_back(std::move(topic));
}

// A topic or a list of topics.
void add_topics(EventFacts& facts, std::string_view family, std::string_view value) {
    if (!value.starts_with('[')) return add_topic(facts, family, value);
    for (ElementScan scan(value); scan.next();) add_topic(facts, family, scan.value());
}

// True when the member says what something is about.
bool take_topic(EventFacts& facts, std::string_view key, std::string_view value) {
    if (key == "category" || key == "categories")
        add_topics(facts, "category:", value);
    else if (key == "tag" || key == "tags")
        add_topics(facts, "tag:", value);
    else if (key == "brand")
        add_topics(facts, "brand:", value);
    else
        return false;
    return true;
}

void take_product(EventFacts& facts, std::string_view object) {
    ProductFact product;
    std::string_view product_id;
    std::string_view sku;
    std::optional<double> price;
    double quantity = 1;
    for (MemberScan scan(object); scan.next();) {
        const std::string_view key = scan.key();
        if (take_topic(facts, key, scan.value())) continue;
        if (key == "item_id" || key == "product_id")
            product_id = scan.value();
        else if (key == "sku")
            sku = scan.value();
        else if (key == "price")
            price = number_of(scan.value());
        else if (key == "quantity")
            quantity = number_of(scan.value()).value_or(1);
    }
    product.item = text_of(product_id.empty() ? sku : product_id).value_or("");
    if (price) product.value = *price * quantity;
    if (!product.item.empty() || product.value) facts.products.push_back(std::move(product));
}

void take_products(EventFacts& facts, std::string_view value) {
    for (ElementScan scan(value); scan.next();) {
        if (facts.products.size() >= fold_limits::kProductsOfEvent) return;
        take_product(facts, scan.value());
    }
}

}  // namespace

EventFacts facts_of(const domain::Event& event, EventKind kind) {
    EventFacts facts;
    if (is_reserved(kind)) return facts;
    std::string_view path;
    std::string_view name;
    std::string_view url;
    for (MemberScan scan(event.properties.text()); scan.next();) {
        const std::string_view key = scan.key();
        const std::string_view value = scan.value();
        if (take_topic(facts, key, value)) continue;
        if (key == "products")
            take_products(facts, value);
        else if (key == "query" || key == "search_term")
            facts.query = text_of(value);
        else if (key == "feature")
            facts.feature = text_of(value);
        else if (key == "text" || key == "review_body" || key == "review") {
            if (value.starts_with('"')) facts.text = text_of(value);
        } else if (key == "path")
            path = value;
        else if (key == "name")
            name = value;
        else if (key == "url")
            url = value;
    }
    if (kind == EventKind::page || kind == EventKind::screen) {
        if (event.enriched.page)
            facts.page = event.enriched.page;
        else if (kind == EventKind::screen && !name.empty())
            facts.page = text_of(name);
        else if (!path.empty())
            facts.page = text_of(path);
        else
            facts.page = text_of(name.empty() ? url : name);
    }
    std::ranges::sort(facts.topics);
    const auto same = std::ranges::unique(facts.topics);
    facts.topics.erase(same.begin(), same.end());
    return facts;
}

double strength_of(EventKind kind, std::optional<double> value) {
    if (value && !std::isfinite(*value)) value.reset();
    switch (kind) {
        case EventKind::rating:
        case EventKind::review:
            return value ? std::clamp((*value - 3) / 2, -1.0, 1.0) : 0;
        case EventKind::dwell:
            return value ? std::clamp(*value / 60, 0.0, 3.0) : 1;
        case EventKind::scroll:
            return value ? std::clamp(*value > 1 ? *value / 100 : *value, 0.0, 1.0) : 1;
        default:
            return 1;
    }
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

}  // namespace attune::engine
