// Tenant and ApiKey: who shares this server, and what each key may do. A tenant is the first part of every
// record's key and every cache's key; no call below the HTTP surface can be made without one.
#pragma once

#include "base/flat_map.h"
#include "base/time.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

// The short number a tenant has inside. 0 is nobody.
struct TenantId {
    std::uint32_t value = 0;
    auto operator<=>(const TenantId&) const = default;
};

// How strongly an event of one kind speaks for its item's topics, and how fast that fades.
struct EventWeight {
    double weight = 1;
    double half_life_days = 30;
};

struct TenantLimits {
    std::uint64_t events_per_second_max = 0;  // 0: no limit
    std::uint64_t events_burst_max = 0;       // 0: one second's worth
    std::uint64_t people_max = 0;             // 0: no limit
    std::uint32_t batch_events_max = 10'000;
};

struct Tenant {
    std::string id;  // "default", chosen when created: [a-z0-9][a-z0-9-]{0,62}
    std::string name;
    TenantLimits limits;
    base::FlatMap<std::string, EventWeight> event_weights;  // over the built-in table
    std::string ip_policy = "truncate";                     // "truncate", "drop"
    base::Time created_at;
};

enum class Role : std::uint8_t {
    root,     // manages tenants
    admin,    // everything of the tenant
    service,  // track, decide, recommend, read
    ingest,   // write-only; may live in a browser
    analyst,  // read aggregates
    person,   // one person's own data and nothing else
};

// A key as it is listed. The key itself is shown once, when made; only an HMAC of it is stored.
struct ApiKey {
    std::string id;
    std::string name;
    Role role = Role::service;
    std::string prefix;  // the first characters, to tell keys apart
    base::Time created_at;
    std::optional<base::Time> expires_at;
    std::optional<base::Time> last_used_at;
};

}  // namespace attune::domain
