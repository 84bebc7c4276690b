// ForwardingStore: a store that does what another does, for tests that change one thing of it. The other may outlive it, so that an
// engine can be closed and opened over the same data in memory.
#pragma once

#include "store/store.h"

#include <memory>
#include <utility>

namespace attune::store::testing {

class ForwardingStore : public Store {
public:
    explicit ForwardingStore(std::shared_ptr<Store> inner) : inner_(std::move(inner)) {}

    using Store::append;
    [[nodiscard]] Result<void> append(Append append, const base::TicketIssuer& outcome) override {
        return inner_->append(std::move(append), outcome);
    }
    [[nodiscard]] Result<std::vector<bool>> have_events(TenantId tenant,
                                                        std::span<const EventKey> keys) override {
        return inner_->have_events(tenant, keys);
    }
    [[nodiscard]] Result<void> scan_user(TenantId tenant, PersonId person, Position after,
                                         const Visit& visit) override {
        return inner_->scan_user(tenant, person, after, visit);
    }
    [[nodiscard]] Result<void> scan_user_back(TenantId tenant, PersonId person, Position before,
                                              const Visit& visit) override {
        return inner_->scan_user_back(tenant, person, before, visit);
    }
    [[nodiscard]] Result<Position> scan_all(TenantId tenant, Stretch stretch,
                                            const Visit& visit) override {
        return inner_->scan_all(tenant, stretch, visit);
    }
    [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(Sequence)> wake) override {
        return inner_->subscribe(std::move(wake));
    }
    [[nodiscard]] Result<std::optional<PersonId>> find_person(TenantId tenant,
                                                              Alias alias) override {
        return inner_->find_person(tenant, alias);
    }
    [[nodiscard]] Result<std::optional<Person>> person(TenantId tenant, PersonId person) override {
        return inner_->person(tenant, person);
    }
    [[nodiscard]] Result<Listing<PersonId>> list_people(TenantId tenant, Page page) override {
        return inner_->list_people(tenant, page);
    }
    [[nodiscard]] Result<std::uint64_t> count_people(TenantId tenant) override {
        return inner_->count_people(tenant);
    }
    [[nodiscard]] Result<std::optional<Checkpoint>> get_checkpoint(TenantId tenant,
                                                                   PersonId person) override {
        return inner_->get_checkpoint(tenant, person);
    }
    [[nodiscard]] Result<void> put_checkpoint(TenantId tenant, PersonId person,
                                              const Checkpoint& checkpoint) override {
        return inner_->put_checkpoint(tenant, person, checkpoint);
    }
    [[nodiscard]] Result<void> drop_checkpoint(TenantId tenant, PersonId person) override {
        return inner_->drop_checkpoint(tenant, person);
    }
    [[nodiscard]] Result<std::optional<Document>> get_document(TenantId tenant,
                                                               std::string_view collection,
                                                               std::string_view name) override {
        return inner_->get_document(tenant, collection, name);
    }
    [[nodiscard]] Result<std::vector<std::uint64_t>> put_documents(
        TenantId tenant, std::span<const DocumentWrite> writes) override {
        return inner_->put_documents(tenant, writes);
    }
    [[nodiscard]] Result<Listing<Document>> list_documents(TenantId tenant,
                                                           std::string_view collection,
                                                           Page page) override {
        return inner_->list_documents(tenant, collection, page);
    }
    [[nodiscard]] Result<base::Ticket> begin_erase(TenantId tenant, PersonId person) override {
        return inner_->begin_erase(tenant, person);
    }
    [[nodiscard]] Result<void> flush() override { return inner_->flush(); }
    [[nodiscard]] Result<std::uint64_t> backup(const std::string& directory) override {
        return inner_->backup(directory);
    }
    [[nodiscard]] Result<VerifyReport> verify() override { return inner_->verify(); }
    [[nodiscard]] Stats stats() const override { return inner_->stats(); }

private:
    const std::shared_ptr<Store> inner_;
};

}  // namespace attune::store::testing
