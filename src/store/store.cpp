#include "store/store.h"

namespace attune::store {
namespace {

// Whoever writes one document knows which: there is no list that a pointer could lead into.
Result<std::uint64_t> put_one(Store& store, TenantId tenant, const DocumentWrite& write) {
    auto versions = store.put_documents(tenant, std::span(&write, 1));
    if (versions) return versions->front();
    versions.error().fields.clear();
    return std::unexpected(std::move(versions).error());
}

}  // namespace

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

Result<void> Store::erase(TenantId tenant, PersonId person) {
    ATTUNE_TRY(const base::Ticket gone, begin_erase(tenant, person));
    return gone.wait();
}

Result<std::uint64_t> Store::put_document(TenantId tenant, std::string_view collection,
                                          std::string_view name, std::string_view value,
                                          std::optional<std::uint64_t> expected) {
    return put_one(*this, tenant, {collection, name, value, expected});
}

Result<void> Store::delete_document(TenantId tenant, std::string_view collection,
                                    std::string_view name, std::optional<std::uint64_t> expected) {
    ATTUNE_TRY_VOID(put_one(*this, tenant, {collection, name, std::nullopt, expected}));
    return {};
}

}  // namespace attune::store
