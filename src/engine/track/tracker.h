// Tracker: the way in. Takes events as clients send them, checks them, completes them with what the server can tell
// (time, device, country, local hour …), groups them by person and applies them. A bad event never costs its neighbours.
//
//     Origin origin{.source = "api", .address = peer, .user_agent = ua};
//     Tracked tracked = tracker.track(tenant, std::move(events), origin);
//     // tracked.rejected says which were wrong and why; tracked.ticket completes when the rest is on disk
//
// Thread-safe.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/ticket.h"
#include "base/time.h"
#include "domain/event.h"
#include "domain/incoming_event.h"
#include "domain/tenant.h"
#include "engine/profile/people.h"
#include "engine/tenancy/tenant_view.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Where a request came from.
struct Origin {
    std::string_view source = "api";
    std::string_view address;  // peer address, in the clear; only its truncated form is kept
    std::string_view user_agent;
    bool address_is_client =
        true;  // false when a server sent it on somebody's behalf: then it says nothing of the person
};

struct Rejected {
    std::size_t index = 0;  // in the input
    Error error;            // pointers are relative to the event: "/time"
};

struct Tracked {
    std::uint32_t accepted = 0;
    std::uint32_t duplicates = 0;
    std::vector<Rejected> rejected;  // in input order
    std::vector<std::string> ids;    // of every event by input index; empty where rejected
    base::Ticket ticket = base::Ticket::done();

    // Why the first of those was refused that are not wrong but came when the queue or the disk was full; null when there
    // is none. They must not be lost: whoever sent them sends them again.
    [[nodiscard]] const Error* refused_for_now() const;
};

struct TrackOptions {
    std::string geo_file;  // a MaxMind country or city database; empty: no countries
    std::size_t id_bytes_max = 256;
    std::size_t name_bytes_max = 200;
    std::size_t properties_max = 200;  // members of any one object
    std::size_t properties_bytes_max = 256 * 1024;
    std::size_t context_bytes_max = 64 * 1024;
    std::size_t string_bytes_max = 64 * 1024;
    std::size_t depth_max = 32;
    base::Duration future_max = std::chrono::hours(24);  // later than that is refused
};

class Tracker {
public:
    // invalid_argument when options.geo_file names no country database. The arguments outlive the Tracker.
    [[nodiscard]] static Result<std::unique_ptr<Tracker>> open(People& people,
                                                               const TenantView& tenants,
                                                               const base::Clock& clock,
                                                               base::Random& random,
                                                               TrackOptions options);
    virtual ~Tracker() = default;

    // One result for the whole list. An event is rejected by itself when it is wrong (invalid_argument) or when the
    // queue or the disk became full before it (resource_exhausted "queue_full", "disk_full"); of one person's events in
    // the list all are taken or none. Fails as a whole only when nothing could be taken: not_found (no such tenant),
    // invalid_argument "too_large" (more events than the tenant's batch_events_max), resource_exhausted "rate_limited",
    // "queue_full" or "disk_full". Sending the same list again, with ids in it, is always safe.
    [[nodiscard]] virtual Result<Tracked> track(TenantId tenant,
                                                std::vector<domain::IncomingEvent> events,
                                                const Origin& origin) = 0;

    // Checks and completes one event without applying it: what dry runs and the importer's preview show.
    [[nodiscard]] virtual Result<domain::Event> complete(TenantId tenant,
                                                         domain::IncomingEvent event,
                                                         const Origin& origin) const = 0;
};

}  // namespace attune::engine
