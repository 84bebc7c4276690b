// Arrival: what one call to People::apply brings, from the moment its event keys are reserved until all of it is on
// the disk. Holds what must be settled, or undone, when the outcome is known.
//
// Filled by one thread; finish() runs on the thread that completes `stored`, after that.
#pragma once

#include "engine/profile/people_impl.h"

namespace attune::engine {

struct Arrival {
    Arrival(std::shared_ptr<OnTheWay> shared, TenantId of_tenant)
        : on_the_way(std::move(shared)), tenant(of_tenant) {}

    // Its events are in the log, and folded, but not durable yet.
    void wait_for(const LockedPerson& person) {
        people.push_back(person.shared());
        ++people.back()->pending;
    }
    void finish(const Result<void>& outcome);

    const std::shared_ptr<OnTheWay> on_the_way;
    const TenantId tenant;
    base::TicketIssuer stored;   // of all its appends
    base::TicketIssuer durable;  // what the caller waits for
    // What duplicates of its events wait for: they may not be acknowledged when some of it was refused, since those
    // events are nowhere.
    base::TicketIssuer safe;
    base::Ticket others = base::Ticket::done();  // of events that it repeats
    std::optional<Error> refused;
    std::vector<store::EventKey> keys;
    std::vector<std::pair<std::string, store::PersonId>> ids;
    std::vector<std::shared_ptr<PersonEntry>> people;
    PeopleChange change;  // of the tenant's people
};

}  // namespace attune::engine
