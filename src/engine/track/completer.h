// Completer: makes a complete Event of what a client sent, or says everything that is wrong with it. What it adds comes from
// the event itself, the request and the clock, never from what is known of the person, so that the fold of an event does
// not depend on when it arrived.
//
//     auto completed = completer.complete(tenant, std::move(incoming), origin, clock.now(), agents);
//     completed->event, completed->previous_id
//
// Thread-safe.
#pragma once

#include "base/random.h"
#include "domain/event.h"
#include "domain/event_kind.h"
#include "domain/incoming_event.h"
#include "domain/tenant.h"
#include "engine/calendar/time_zones.h"
#include "engine/track/context.h"
#include "engine/track/geo.h"
#include "engine/track/properties.h"
#include "engine/track/tracker.h"
#include "engine/track/user_agent.h"

#include <optional>
#include <string>

namespace attune::engine {

struct Completed {
    domain::Event event;
    std::optional<std::string> previous_id;  // of $alias
};

// The last header that was read: the events of a batch mostly share one. Belongs to one thread.
struct AgentMemo {
    std::string header;
    UserAgent agent;
};

class Completer {
public:
    // invalid_argument when options.geo_file names no country database.
    [[nodiscard]] static Result<Completer> open(base::Random& random, TrackOptions options);

    [[nodiscard]] Result<Completed> complete(const domain::Tenant& tenant,
                                             domain::IncomingEvent incoming, const Origin& origin,
                                             base::Time received_at, AgentMemo& agents) const;

private:
    Completer(base::Random& random, TrackOptions options, Geo geo, TimeZones zones)
        : random_(&random),
          options_(std::move(options)),
          geo_(std::move(geo)),
          zones_(std::move(zones)) {}

    struct Surroundings;
    [[nodiscard]] Surroundings read_surroundings(const domain::IncomingEvent& incoming,
                                                 WrongFields& wrong) const;
    void enrich(domain::Event& event, const ContextFacts& facts, const Properties& properties,
                const Origin& origin, std::string_view address, const domain::Tenant& tenant,
                AgentMemo& agents) const;

    base::Random* random_;
    TrackOptions options_;
    Geo geo_;
    TimeZones zones_;
};

}  // namespace attune::engine
