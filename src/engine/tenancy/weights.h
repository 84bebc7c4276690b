// How strongly each kind of event speaks for its item's topics, and how fast that fades: a built-in table, which a
// tenant may override name by name. Published as a snapshot; the fold of a person remembers which table it used, and a
// person is folded again when it changed.
#pragma once

#include "domain/tenant.h"

#include <cstdint>
#include <string_view>

namespace attune::engine {

class WeightTable {
public:
    // The built-in table with a tenant's overrides on top.
    explicit WeightTable(const base::FlatMap<std::string, domain::EventWeight>& overrides = {});

    // Names that are in no table weigh 1 with a half-life of 30 days.
    [[nodiscard]] domain::EventWeight of(std::string_view event) const;
    // Equal for equal tables, in every process and release.
    [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

private:
    base::FlatMap<std::string, domain::EventWeight> weights_;
    std::uint64_t fingerprint_ = 0;
};

}  // namespace attune::engine
