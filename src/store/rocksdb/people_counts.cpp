#include "store/rocksdb/people_counts.h"

#include "store/rocksdb/codec.h"

namespace attune::store::rocks {
namespace {

constexpr std::string_view kPrefix = "people/";

std::string count_key(TenantId tenant) {
    std::string key(kPrefix);
    Writer(key).u32(tenant.value);
    return key;
}

void write_one(const Database& database, TenantId tenant, std::uint64_t people,
               rocksdb::WriteBatch& batch) {
    auto* family = database.family(Family::meta);
    const std::string key = count_key(tenant);
    if (people == 0) {
        (void)batch.Delete(family, slice(key));
        return;
    }
    std::string body;
    Writer(body).varint(people);
    (void)batch.Put(family, slice(key), slice(seal_row(Family::meta, key, std::move(body))));
}

}  // namespace

Result<PeopleCounts> PeopleCounts::load(const Database& database,
                                        const rocksdb::Snapshot* snapshot) {
    PeopleCounts counts;
    const auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
        ATTUNE_TRY(const auto body, open_row(Family::meta, key, row));
        const TenantId tenant{Reader(key.substr(kPrefix.size())).u32()};
        counts.counts_[tenant] = Reader(body).varint();
        return true;
    };
    ATTUNE_TRY_VOID(database.walk(Family::meta, kPrefix, kPrefix, snapshot, visit));
    return counts;
}

Result<PeopleCounts> PeopleCounts::count(const Database& database,
                                         const rocksdb::Snapshot* snapshot) {
    PeopleCounts counts;
    const auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
        ATTUNE_TRY(const auto body, open_row(Family::people, key, row));
        ATTUNE_TRY(const PersonRow person, decode_person(body));
        if (!person.redirect) ++counts.counts_[person_in(key).tenant];
        return true;
    };
    ATTUNE_TRY_VOID(database.walk(Family::people, {}, {}, snapshot, visit));
    return counts;
}

std::uint64_t PeopleCounts::of(TenantId tenant) const {
    const auto at = counts_.find(tenant);
    return at == counts_.end() ? 0 : at->second;
}

std::uint64_t PeopleCounts::sum() const {
    std::uint64_t sum = 0;
    for (const auto& [tenant, people] : counts_) sum += people;
    return sum;
}

void PeopleCounts::apply(const PeopleChanges& changes) {
    for (const auto& [tenant, change] : changes) {
        if (const std::uint64_t people = of(tenant) + static_cast<std::uint64_t>(change))
            counts_[tenant] = people;
        else
            counts_.erase(tenant);
    }
}

void PeopleCounts::write(const PeopleChanges& changes, const Database& database,
                         rocksdb::WriteBatch& batch) const {
    for (const auto& [tenant, change] : changes) {
        if (change == 0) continue;
        write_one(database, tenant, of(tenant) + static_cast<std::uint64_t>(change), batch);
    }
}

Result<void> PeopleCounts::write_all(Database& database) const {
    rocksdb::WriteBatch batch;
    for (const auto& [tenant, people] : counts_) write_one(database, tenant, people, batch);
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status status = database.db().Write(options, &batch);
    if (!status.ok()) return error_of(status, "cannot note how many people there are");
    return {};
}

Result<std::uint64_t> people_of(const Database& database, TenantId tenant) {
    ATTUNE_TRY(const auto body, database.get_row(Family::meta, count_key(tenant)));
    return body ? Reader(*body).varint() : 0;
}

}  // namespace attune::store::rocks
