// From the store into memory, and out of it again.
#include "engine/profile/people_impl.h"

#include "base/json.h"
#include "domain/describe.h"

namespace attune::engine {

using store::PersonId;

namespace {

constexpr std::size_t kDirectoryEntryBytes = 160;  // measured: key, node, bucket, two generations
constexpr std::size_t kVictimsMax = 16;  // of one call, so that no caller pays for everyone

std::size_t directory_capacity(const PeopleOptions& options) {
    return std::max<std::size_t>(options.cache_bytes_max / 5 / kDirectoryEntryBytes, 1024);
}

}  // namespace

People::Impl::Impl(store::Store& store, const TenantView& tenants, base::Random& random,
                   PeopleOptions options)
    : store_(store),
      tenants_(tenants),
      random_(random),
      options_(options),
      on_the_way_(std::make_shared<OnTheWay>(directory_capacity(options), store)),
      cache_(options.cache_bytes_max / 5 * 4) {}

Result<std::optional<PersonId>> People::Impl::resolve(TenantId tenant, IdKind kind,
                                                      std::string_view id) {
    Directory& directory = on_the_way_->directory;
    const std::string key = Directory::key(tenant, kind, id);
    if (auto known = directory.find(key)) return known->person;
    const std::uint64_t seen = directory.changes(key);
    ATTUNE_TRY(auto person,
               store_.find_person(tenant, tenants_.hashed_id(tenant, name_of(kind), id)));
    directory.remember(key, person, seen);
    return person;
}

Result<std::optional<LockedPerson>> People::Impl::open(TenantId tenant, PersonId id) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        std::optional<LockedPerson> person(std::in_place, cache_.get(tenant, id));
        ATTUNE_TRY_VOID(refresh(*person));
        if ((*person)->life == Life::live) return person;
        const auto moved_to = (*person)->moved_to;
        if (!moved_to) {
            cache_.drop(person->entry());
            return std::nullopt;
        }
        id = *moved_to;
    }
    return fail(Code::aborted, "people were merged faster than they could be followed; try again");
}

Result<std::optional<LockedPerson>> People::Impl::find(TenantId tenant, IdKind kind,
                                                       std::string_view id) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        ATTUNE_TRY(auto known, resolve(tenant, kind, id));
        if (!known) return std::nullopt;
        ATTUNE_TRY(auto person, open(tenant, *known));
        if (person && person->entry().id == *known) return person;
        const auto right = person ? std::optional(person->entry().id) : std::nullopt;
        on_the_way_->directory.correct(Directory::key(tenant, kind, id), *known, right);
        if (person) return person;
    }
    return std::nullopt;
}

Result<LockedPerson> People::Impl::find_any(TenantId tenant, std::string_view id) {
    for (const IdKind kind : {IdKind::user, IdKind::anonymous}) {
        ATTUNE_TRY(auto person, find(tenant, kind, id));
        if (person) return *std::move(person);
    }
    return fail(Code::not_found, "no such user");
}

// Makes sure that the state is the fold of the log with today's weights.
Result<void> People::Impl::refresh(LockedPerson& person) {
    PersonEntry& entry = person.entry();
    if (person->life == Life::gone && !entry.failed) return {};
    if (person->life == Life::unknown) {
        misses_.fetch_add(1, std::memory_order_relaxed);
        return load(person, true);
    }
    hits_.fetch_add(1, std::memory_order_relaxed);
    const bool quiet = entry.pending == 0;
    if (entry.failed && !quiet)
        return fail(Code::unavailable, "the store has stopped taking writes");
    if (entry.failed || (person->refold && quiet)) {
        entry.failed = false;
        return load(person, false);
    }
    if (person->state.weights_fingerprint == tenants_.weights(entry.tenant)->fingerprint())
        return {};
    if (!quiet) ATTUNE_TRY_VOID(store_.flush());
    return load(person, false);
}

Result<void> People::Impl::load(LockedPerson& person, bool from_checkpoint) {
    const TenantId tenant = person.entry().tenant;
    const PersonId id = person.entry().id;
    ATTUNE_TRY(auto stored, store_.person(tenant, id));
    if (!stored || stored->id != id) {
        lose(person, stored ? std::optional(stored->id) : std::nullopt);
        return {};
    }
    const auto weights = tenants_.weights(tenant);
    FoldState state(weights->fingerprint());
    store::Position after;
    if (from_checkpoint) {
        ATTUNE_TRY(auto checkpoint, store_.get_checkpoint(tenant, id));
        // One that cannot be used costs a longer fold.
        if (checkpoint) {
            if (auto decoded = decode_fold_state(checkpoint->state, weights->fingerprint())) {
                state = *std::move(decoded);
                after = checkpoint->upto;
            }
        }
    }
    const std::uint64_t before = state.version;
    ATTUNE_TRY(person->state, fold_log(tenant, id, std::move(state), after, *weights));
    person->life = Life::live;
    person->refold = false;
    person->moved_to.reset();
    person->members = static_cast<std::uint32_t>(stored->members.size());
    person->since_checkpoint = static_cast<std::uint32_t>(person->state.version - before);
    person->dirty = !from_checkpoint || person->since_checkpoint > 0;
    person->forget_rendered();
    settle(person);
    return {};
}

Result<FoldState> People::Impl::fold_log(TenantId tenant, PersonId id, FoldState state,
                                         store::Position after, const WeightTable& weights) {
    Result<void> read;
    ATTUNE_TRY_VOID(store_.scan_user(tenant, id, after, [&](const store::LoggedEvent& logged) {
        auto event = base::from_json<domain::Event>(
            logged.payload, {.unknown = base::Unknown::ignore, .require_members = false});
        if (!event) {
            read = fail(Code::data_loss, "a stored event cannot be read: " + event.error().message);
            return false;
        }
        fold(state, *event, weights);
        return true;
    }));
    ATTUNE_TRY_VOID(std::move(read));
    return state;
}

Result<void> People::Impl::checkpoint(LockedPerson& person) {
    const PersonEntry& entry = person.entry();
    if (person->life != Life::live || !person->dirty || person->refold || entry.failed ||
        entry.pending != 0)
        return {};
    const store::Position upto{store_.stats().last_committed, UINT32_MAX};
    ATTUNE_TRY_VOID(store_.put_checkpoint(entry.tenant, entry.id, {upto, encode(person->state)}));
    person->dirty = false;
    person->since_checkpoint = 0;
    return {};
}

void People::Impl::settle(LockedPerson& person) { cache_.charge(person); }

void People::Impl::trim() {
    for (std::size_t i = 0; i < kVictimsMax && cache_.over_budget(); ++i) {
        auto entry = cache_.victim();
        if (!entry) return;
        {
            LockedPerson person(entry);
            // Without its checkpoint a person is read from further back in the log; nothing is lost.
            (void)checkpoint(person);
        }
        (void)cache_.remove_unused(entry);
    }
}

void People::Impl::lose(LockedPerson& person, std::optional<PersonId> moved_to) {
    person->life = Life::gone;
    person->moved_to = moved_to;
    person->state = FoldState();
    person->forget_rendered();
    person->dirty = false;
    person->refold = false;
    settle(person);
}

}  // namespace attune::engine
