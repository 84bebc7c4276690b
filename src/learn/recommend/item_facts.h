// ItemFacts: what is known of the items themselves, for learners that compare them by their nature. A list as long as the
// catalogue, in the order of the items' numbers.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace attune::learn {

struct Place {
    double latitude = 0;  // in degrees
    double longitude = 0;
};

struct ItemFact {
    std::string text;                 // title and description
    std::vector<std::string> labels;  // "category:games", "tag:puzzle", "brand:acme"
    std::optional<double> price;
    std::vector<std::pair<std::string, double>> numbers;  // "pages" and 320
    std::vector<float> embedding;                         // empty, or as long as everybody's
    std::optional<Place> place;
};

using ItemFacts = std::vector<ItemFact>;

}  // namespace attune::learn
