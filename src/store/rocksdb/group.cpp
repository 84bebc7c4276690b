#include "store/rocksdb/group.h"

#include "store/rocksdb/codec.h"
#include "store/rules.h"

#include <algorithm>

namespace attune::store::rocks {

Group::Group(const Database& database, const Sealer& sealer, KnownPeople& known,
             const PeopleCounts& people, const Ledger& last)
    : database_(database),
      sealer_(sealer),
      known_(known),
      people_(people),
      last_(last),
      next_(last),
      rows_(database, last.state) {
    ++next_.sequence;
}

Result<void> Group::add(const Append& append) {
    // Sealing is what can fail for one append alone, so it comes before anything is noted.
    std::vector<std::string> sealed;
    sealed.reserve(append.events.size());
    for (const StoredEvent& event : append.events) {
        const auto index = static_cast<std::uint32_t>(next_index_ + sealed.size());
        const std::string record = event_record_name({next_.sequence, index});
        ATTUNE_TRY(sealed.emplace_back(),
                   sealer_.seal({append.tenant, append.person, record}, event.payload));
    }
    const PersonName name{append.tenant, append.person};
    ATTUNE_TRY_VOID(come_to_be(name));
    for (const Alias& alias : append.aliases) ATTUNE_TRY_VOID(set_alias(name, alias));
    for (const Merge& one : append.merges) ATTUNE_TRY_VOID(merge(append.tenant, one));
    ++operations_;
    if (append.events.empty()) return {};
    BlockBuilder& block = blocks_[name];
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        block.add(next_index_++, append.events[i].key, sealed[i]);
        ids_.emplace_back(append.tenant, append.events[i].key);
    }
    next_.events += sealed.size();
    return {};
}

Result<PersonRow> Group::person(const PersonName& name) {
    ATTUNE_TRY(const auto body, rows_.get(Family::people, person_key(name.tenant, name.person)));
    if (!body) return PersonRow{};
    return decode_person(*body);
}

Result<void> Group::put_person(const PersonName& name, const PersonRow& row) {
    return rows_.put(Family::people, person_key(name.tenant, name.person), encode_person(row));
}

Result<void> Group::come_to_be(const PersonName& name) {
    if (known_.has(name)) return {};
    const std::string key = person_key(name.tenant, name.person);
    ATTUNE_TRY(const auto body, rows_.get(Family::people, key));
    if (!body) {
        rows_.replace(Family::people, key, 0, encode_person({}));
        count_person(name.tenant, 1);
    }
    known_.note(name);
    return {};
}

void Group::count_person(TenantId tenant, std::int64_t change) {
    next_.people += static_cast<std::uint64_t>(change);
    people_changes_[tenant] += change;
}

Result<PersonName> Group::root_of(const PersonName& name) {
    ATTUNE_TRY(const PersonRow row, person(name));
    return PersonName{name.tenant, row.redirect.value_or(name.person)};
}

Result<void> Group::set_alias(const PersonName& name, Alias alias) {
    const std::string key = alias_key(name.tenant, alias);
    ATTUNE_TRY(const auto before, rows_.get(Family::aliases, key));
    if (before) {
        const PersonId old = Reader(*before).id();
        if (old == name.person) return {};
        rows_.remove_index(Family::aliases, alias_of_key(name.tenant, old, alias));
    }
    rows_.put_index(Family::aliases, alias_of_key(name.tenant, name.person, alias));
    rows_.replace(Family::aliases, key, before ? state_of(Family::aliases, key, *before) : 0,
                  std::string(name.person.view()));
    return {};
}

Result<void> Group::merge(TenantId tenant, const Merge& merge) {
    ATTUNE_TRY_VOID(come_to_be({tenant, merge.from}));
    ATTUNE_TRY(const PersonName from, root_of({tenant, merge.from}));
    ATTUNE_TRY(const PersonName into, root_of({tenant, merge.into}));
    if (from == into) return {};
    ATTUNE_TRY(PersonRow source, person(from));
    ATTUNE_TRY(PersonRow target, person(into));
    // Redirects lead straight to the end, so that a read follows one at most.
    for (const PersonId& member : source.members) {
        ATTUNE_TRY(PersonRow row, person({tenant, member}));
        row.redirect = into.person;
        ATTUNE_TRY_VOID(put_person({tenant, member}, row));
    }
    target.members.insert(target.members.end(), source.members.begin(), source.members.end());
    target.members.push_back(from.person);
    target.merged_at = next_.sequence;
    source.members.clear();
    source.redirect = into.person;
    ATTUNE_TRY_VOID(put_person(from, source));
    ATTUNE_TRY_VOID(put_person(into, target));
    for (const PersonName& name : {from, into})
        (void)direct_.Delete(database_.family(Family::checkpoints),
                             slice(person_key(name.tenant, name.person)));
    drops_checkpoints_ = true;
    count_person(tenant, -1);
    return {};
}

Result<std::vector<std::uint64_t>> Group::put_documents(TenantId tenant,
                                                        std::span<const DocumentWrite> writes) {
    // All are read before one is changed. What was there is kept as its share of the state sum: the
    // bodies of thousands would have no bound.
    std::vector<std::uint64_t> versions;
    std::vector<std::uint64_t> states;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const std::string key = document_key(tenant, writes[i].collection, writes[i].name);
        ATTUNE_TRY(const auto body, rows_.get(Family::documents, key));
        std::uint64_t there = 0;
        if (body) {
            ATTUNE_TRY(const Document document, decode_document(*body));
            there = document.version;
        }
        ATTUNE_TRY(versions.emplace_back(), version_after(writes, i, there));
        states.push_back(body ? state_of(Family::documents, key, *body) : 0);
    }
    for (std::size_t i = 0; i < writes.size(); ++i) {
        std::optional<std::string> body;
        if (const auto value = writes[i].value) body = encode_document(versions[i], *value);
        rows_.replace(Family::documents, document_key(tenant, writes[i].collection, writes[i].name),
                      states[i], std::move(body));
    }
    ++operations_;
    return versions;
}

Result<Group::Erased> Group::erase(TenantId tenant, PersonId person_id) {
    ATTUNE_CHECK(is_empty());
    ATTUNE_TRY(const PersonName root, root_of({tenant, person_id}));
    ATTUNE_TRY(const bool there, database_.has(Family::people, person_key(tenant, root.person)));
    Erased erased;
    if (!there) {
        ATTUNE_TRY(const Sequence before, unerased_before(database_, root));
        if (before > 0) erased.unfinished.push_back(root.person);
        return erased;
    }
    ATTUNE_TRY(const PersonRow row, person(root));
    erased.gone = row.members;
    erased.gone.push_back(root.person);
    std::size_t events_left = kSliceEvents;
    for (const PersonId& one : erased.gone) {
        ATTUNE_TRY(const bool is_done, erase_one({tenant, one}, events_left));
        if (!is_done) erased.unfinished.push_back(one);
    }
    count_person(tenant, -1);
    drops_checkpoints_ = true;
    ++operations_;
    return erased;
}

Result<bool> Group::erase_one(const PersonName& name, std::size_t& events_left) {
    const std::string key = person_key(name.tenant, name.person);
    ATTUNE_TRY_VOID(drop_aliases(name));
    (void)direct_.Delete(database_.family(Family::checkpoints), slice(key));
    ATTUNE_TRY_VOID(rows_.remove(Family::people, key));
    known_.forget(name);
    std::string when;
    Writer(when).varint(next_.sequence);
    ATTUNE_TRY_VOID(rows_.put(Family::erasures, tombstone_key(name.tenant, name.person), when));
    ATTUNE_TRY(const ErasedSlice all, read_slice(database_, name, next_.sequence, {}, events_left));
    if (all.is_last) {
        drop(all);
        events_left -= all.events;
        rows_.put_index(Family::erasures, uncompacted_key(name.tenant, name.person));
    }
    // An erasure before this one may have left something.
    const std::string unerased = unerased_key(name.tenant, name.person);
    ATTUNE_TRY_VOID(all.is_last ? rows_.remove(Family::erasures, unerased)
                                : rows_.put(Family::erasures, unerased, when));
    return all.is_last;
}

Result<void> Group::drop_aliases(const PersonName& name) {
    const std::string prefix = alias_of_prefix(name.tenant, name.person);
    std::vector<Alias> aliases;
    auto note_alias = [&](std::string_view row_key, std::string_view) -> Result<bool> {
        aliases.push_back(Reader(row_key.substr(prefix.size())).id());
        return true;
    };
    ATTUNE_TRY_VOID(database_.walk(Family::aliases, prefix, prefix, nullptr, note_alias));
    for (const Alias& alias : aliases) {
        ATTUNE_TRY_VOID(rows_.remove(Family::aliases, alias_key(name.tenant, alias)));
        rows_.remove_index(Family::aliases, alias_of_key(name.tenant, name.person, alias));
    }
    return {};
}

void Group::drop(const ErasedSlice& erased) {
    for (const std::string& key : erased.ids)
        (void)direct_.Delete(database_.family(Family::ids), slice(key));
    for (const std::string& key : erased.blocks)
        (void)direct_.Delete(database_.family(Family::events), slice(key));
    next_.events -= erased.events;
}

Result<bool> Group::delete_slice(const ErasedSlice& erased) {
    ATTUNE_CHECK(is_empty());
    ATTUNE_TRY(const Sequence before, unerased_before(database_, erased.who));
    if (before != erased.before) return false;
    ++operations_;
    drop(erased);
    if (!erased.is_last) return true;
    const auto& [tenant, person] = erased.who;
    rows_.put_index(Family::erasures, uncompacted_key(tenant, person));
    ATTUNE_TRY_VOID(rows_.remove(Family::erasures, unerased_key(tenant, person)));
    return true;
}

void Group::write_blocks(rocksdb::WriteBatch& batch, Commit& commit) {
    // Neighbours in key order are neighbours in the memtable: inserts then find their place in a warm cache.
    std::vector<std::pair<std::string, const BlockBuilder*>> blocks;
    blocks.reserve(blocks_.size());
    for (const auto& [name, block] : blocks_)
        blocks.emplace_back(block_key(name.tenant, name.person, next_.sequence), &block);
    std::ranges::sort(blocks, {},
                      [](const auto& block) -> const std::string& { return block.first; });
    commit.entries.reserve(blocks.size());
    for (const auto& [key, block] : blocks) {
        std::string body = block->body();
        const Digest digest = row_digest(Family::events, key, body);
        body.append(digest.view().substr(0, 8));
        (void)batch.Put(database_.family(Family::events), slice(key), slice(body));
        commit.entries.push_back(
            {person_in(std::string_view(key).substr(0, 20)), digest, block->size()});
    }
    std::ranges::sort(ids_);
    std::string value;
    Writer(value).varint(next_.sequence);
    for (const auto& [tenant, key] : ids_)
        (void)batch.Put(database_.family(Family::ids), slice(id_key(tenant, key)), slice(value));
}

Group::Finished Group::finish(base::Time now) {
    Finished finished{std::move(direct_), {}};
    rows_.write_to(finished.batch);
    people_.write(people_changes_, database_, finished.batch);
    next_.state = rows_.state();
    Commit commit{
        .ledger = next_, .previous = last_.hash, .time_us = now.time_since_epoch().count()};
    write_blocks(finished.batch, commit);
    const std::string row = encode_commit(commit);
    (void)finished.batch.Put(database_.family(Family::commits), slice(commit_key(next_.sequence)),
                             slice(row));
    finished.ledger = commit.ledger;
    return finished;
}

}  // namespace attune::store::rocks
