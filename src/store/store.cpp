#include "store/store.h"

namespace attune::store {

Result<base::Ticket> Store::append(Append append) {
    base::TicketIssuer issuer;
    base::Ticket ticket = issuer.ticket();
    ATTUNE_TRY_VOID(this->append(std::move(append), issuer));
    issuer.complete({});
    return ticket;
}

Result<bool> Store::has_event(TenantId tenant, EventKey key) {
    ATTUNE_TRY(const std::vector<bool> known, have_events(tenant, std::span(&key, 1)));
    return known.front();
}

}  // namespace attune::store
