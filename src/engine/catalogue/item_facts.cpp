#include "engine/catalogue/item_facts.h"

#include "base/json_document.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::engine {
namespace {

std::string text_of(base::JsonView item) {
    std::string text;
    for (const char* const member : {"title", "description"}) {
        const auto value = item.find(member);
        const auto words = value ? value->as_string() : std::nullopt;
        if (!words || words->empty()) continue;
        if (!text.empty()) text += '\n';
        text += *words;
    }
    return text;
}

std::vector<std::pair<std::string, double>> numbers_of(base::JsonView item) {
    std::vector<std::pair<std::string, double>> numbers;
    const auto attributes = item.find("attributes");
    if (!attributes || !attributes->is_object()) return numbers;
    for (const auto member : attributes->members())
        if (const auto number = member.value.as_double())
            numbers.emplace_back(std::string(member.key), *number);
    return numbers;
}

std::vector<float> embedding_of(const CatalogueItem& item,
                                const CatalogueSnapshot::Lengths& lengths) {
    std::vector<float> all;
    if (item.embeddings.empty()) return all;
    for (const auto& [name, length] : lengths) {
        const std::size_t begin = all.size();
        all.resize(begin + length);
        const std::vector<float>* vector = item.embeddings.find(name);
        if (vector == nullptr) continue;
        double squares = 0;
        for (const float number : *vector) squares += double{number} * number;
        if (squares == 0) continue;
        const double scale = 1 / std::sqrt(squares);
        std::ranges::transform(*vector, all.begin() + static_cast<std::ptrdiff_t>(begin),
                               [&](float number) { return static_cast<float>(number * scale); });
    }
    return all;
}

learn::ItemFact fact_of(const CatalogueSnapshot& catalogue, const CatalogueItem& item) {
    learn::ItemFact fact;
    if (const auto document = base::JsonDocument::parse(item.json.text())) {
        fact.text = text_of(document->root());
        fact.numbers = numbers_of(document->root());
    }
    for (const LabelNumber label : item.labels) fact.labels.emplace_back(catalogue.label(label));
    fact.price = item.price;
    fact.embedding = embedding_of(item, catalogue.embeddings());
    if (item.location) fact.place = learn::Place{item.location->latitude, item.location->longitude};
    return fact;
}

}  // namespace

learn::ItemFacts item_facts(const CatalogueSnapshot& catalogue, ItemNumber items) {
    learn::ItemFacts facts(items);
    for (ItemNumber number = 0; number < std::min(items, catalogue.width()); ++number)
        if (const CatalogueItem* item = catalogue.item(number))
            facts[number] = fact_of(catalogue, *item);
    return facts;
}

}  // namespace attune::engine
