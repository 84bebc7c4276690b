// How strongly each kind of event speaks for its item's topics, and how fast that fades: a built-in
// table by domain::EventKind, which a tenant may override name by name. An override of a kind's own
// name ("view") holds for every name of that kind ("Product Viewed"); one of a full name holds for
// that name alone, however it is spelled, and goes first. Published as a snapshot; the fold of a person remembers which
// table it used, and a person is folded again when it changed.
//
//     WeightTable table({{"purchase", {.weight = 8, .half_life_days = 365}}});
//     table.of("Order Completed").weight      // 8
#pragma once

#include "domain/tenant.h"

#include <cstdint>
#include <string_view>

namespace attune::engine {

class WeightTable {
public:
    // The built-in table with a tenant's overrides on top.
    explicit WeightTable(const base::FlatMap<std::string, domain::EventWeight>& overrides = {});

    // Names of the tenant's own weigh 1 with a half-life of 30 days; what is said about a person
    // rather than done by them (names that begin with '$') weighs nothing.
    [[nodiscard]] domain::EventWeight of(std::string_view event) const;
    // Equal for equal tables, in every process and release.
    [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

private:
    base::FlatMap<std::string, domain::EventWeight> overrides_;  // by plain name
    std::uint64_t fingerprint_ = 0;
};

}  // namespace attune::engine
