// The catalogue: what the app store sells. Each item's traits are kept in a few words; its title
// and description are made when asked for. Immutable after construction, so any thread may read it.
#pragma once

#include "domain/item.h"
#include "learn/simulate/dice.h"
#include "learn/simulate/options.h"
#include "learn/simulate/vocabulary.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::learn::simulate {

struct ItemTraits {
    std::uint16_t category = 0;
    std::array<std::uint16_t, 3> tags{};  // two of its category, one of any
    std::uint32_t price_cents = 0;        // 0: free
    std::int32_t released_day = 0;        // relative to the world's start; before it for most
    float quality = 0;                    // nearly normal: what everybody likes better
    float popularity = 0;  // its share of the storefront's attention is proportional to this

    [[nodiscard]] double price() const { return price_cents / 100.0; }
};

class Catalogue {
public:
    explicit Catalogue(const WorldOptions& options);

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(traits_.size()); }
    [[nodiscard]] const ItemTraits& operator[](std::uint32_t item) const { return traits_[item]; }

    [[nodiscard]] static std::string id_of(std::uint32_t item);
    // Empty when it is no id of this catalogue.
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const;
    [[nodiscard]] domain::Item describe(std::uint32_t item) const;
    [[nodiscard]] std::string publisher_of(std::uint32_t item) const;

    // An item that the storefront shows, popular ones more often; one of a category likewise.
    [[nodiscard]] std::uint32_t draw(Dice& dice) const;
    [[nodiscard]] std::optional<std::uint32_t> draw_of(std::uint16_t category, Dice& dice) const;

private:
    // Popularity summed up over a list of items, so that a draw is one binary search.
    struct Urn {
        std::vector<std::uint32_t> items;
        std::vector<double> upto;
        [[nodiscard]] std::uint32_t draw(Dice& dice) const;
    };

    std::uint64_t seed_;
    base::Time start_;
    std::vector<ItemTraits> traits_;
    Urn all_;
    std::array<Urn, kCategoryCount> by_category_;
};

}  // namespace attune::learn::simulate
