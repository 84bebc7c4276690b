// Sealer: the seam where a person's payloads are encrypted on their way to the disk and back.
// Stores call it for every personal payload and never write one that did not pass through.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "domain/tenant.h"

#include <string>
#include <string_view>

namespace attune::store {

// What a sealed payload belongs to: moved elsewhere, it must not open.
struct SealContext {
    domain::TenantId tenant;
    base::Id128 person;
    std::string_view record;  // "event/<sequence>/<index>", "checkpoint"
};

// Thread-safe.
class Sealer {
public:
    virtual ~Sealer() = default;
    [[nodiscard]] virtual Result<std::string> seal(const SealContext& context,
                                                   std::string_view plain) const = 0;
    [[nodiscard]] virtual Result<std::string> open(const SealContext& context,
                                                   std::string_view sealed) const = 0;
    // Makes everything ever sealed for the person unreadable.
    [[nodiscard]] virtual Result<void> destroy(domain::TenantId tenant, base::Id128 person) = 0;
};

// Leaves payloads as they are.
class NullSealer final : public Sealer {
public:
    [[nodiscard]] Result<std::string> seal(const SealContext&,
                                           std::string_view plain) const override {
        return std::string(plain);
    }
    [[nodiscard]] Result<std::string> open(const SealContext&,
                                           std::string_view sealed) const override {
        return std::string(sealed);
    }
    [[nodiscard]] Result<void> destroy(domain::TenantId, base::Id128) override { return {}; }
};

}  // namespace attune::store
