// Definitions<Compiled>: a tenant's rules, flags or experiments, compiled together when one of them is saved and published
// as one immutable value, so that a decision reads memory and takes no lock. What does not compile is not saved.
//
//     Definitions<RuleSet> rules(store, clock, {.collection = "rules", .noun = "rule"}, compile_rules);
//     ATTUNE_TRY(auto set, rules.of(tenant));                       // on every request
//     ATTUNE_TRY(auto saved, rules.put(tenant, id, body, {.by = caller}));
//
// Definitions of several kinds change together by one batch: each kind checks its part and hands on to the next, and the
// last one stores it all.
//
// What was saved once and is refused by newer rules stands aside: the others are in force, it is listed with the reason,
// and it is back as soon as it is changed into something that compiles, or whatever it contradicted is gone.
//
//     DefinitionBatch batch(store, tenant, {.by = caller});
//     segments.put_all(batch, some, [&] { return rules.put_all(batch, others, [&] { return batch.store(); }); });
//
// Thread-safe. A tenant's definitions are read from the store when they are first asked for, and kept. A change is
// durable and in force when it returns.
#pragma once

#include "base/field_error.h"
#include "base/json_locate.h"
#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/definitions/definition_batch.h"
#include "engine/definitions/set_aside.h"
#include "engine/definitions/staged_definitions.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>

namespace attune::engine {

template <class Compiled>
class Definitions {
public:
    // Gets what is not removed, by id. Its errors are about the definition that is being saved.
    using Compile = std::function<Result<std::shared_ptr<const Compiled>>(
        TenantId, std::span<const Definition>)>;

    Definitions(store::Store& store, const base::Clock& clock, DefinitionKind kind, Compile compile)
        : documents_(store, clock, std::move(kind)), compile_(std::move(compile)) {}

    // What is in force. Reads memory, except the first time.
    [[nodiscard]] Result<std::shared_ptr<const Compiled>> of(TenantId tenant) {
        const Published& published = published_.of_this_thread();
        if (const auto found = published.find(tenant); found != published.end())
            return found->second.compiled;
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(const Entry entry, loaded(tenant));
        return entry.compiled;
    }

    // By id; without those that were removed.
    [[nodiscard]] Result<std::shared_ptr<const std::vector<Definition>>> list(TenantId tenant) {
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(const Entry entry, loaded(tenant));
        return entry.definitions;
    }
    // Also one that was removed, for its history.
    [[nodiscard]] Result<Definition> get(TenantId tenant, std::string_view id) const {
        ATTUNE_TRY(Definition found, documents_.get(tenant, id));
        base::MutexLock lock(mutex_);
        const auto entry = loaded(tenant);
        if (!entry) return found;
        const auto known = find_definition(*entry->definitions, id);
        if (known != entry->definitions->end()) found.refused = known->refused;
        return found;
    }

    // Errors of Compile, an id's error at "/id"; failed_precondition "version_mismatch"; resource_exhausted "too_many".
    [[nodiscard]] Result<Definition> put(TenantId tenant, std::string_view id, base::JsonText body,
                                         const DefinitionChange& change) {
        base::MutexLock lock(mutex_);
        return put_locked(tenant, id, std::move(body), change);
    }

    // What comes after a kind's part of a batch was checked: the next kind, and in the end DefinitionBatch::store.
    using Then = std::function<Result<bool>()>;
    // Several at once, compiled together: what one of them refers to, another may bring. Those that are no change make no
    // revision. invalid_argument names the place as a file has it, "/rules/dark/actions/0/path"; where `then` fails or stores
    // nothing, nothing is in force. Nobody else changes this kind before `then` has returned; it may not ask for it.
    [[nodiscard]] Result<bool> put_all(DefinitionBatch& batch,
                                       std::span<const DefinitionEdit> edits, const Then& then) {
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(const Entry entry, loaded(batch.tenant()));
        std::vector<DefinitionEdit> changes;
        for (const DefinitionEdit& one : edits)
            if (!is_so(*entry.definitions, one)) changes.push_back(one);
        for (const DefinitionEdit& one : changes)
            if (const auto fits = documents_.check(one.id, one.body); !fits)
                return at_id(one.id, fits.error());
        const auto wrong = [&](const Error& error) {
            return culprit_of(batch.tenant(), *entry.definitions, changes, error);
        };
        return change_locked(batch, entry, changes, wrong, then);
    }

    // Its history stays, until the room is needed. not_found when it is not there.
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view id,
                                      const DefinitionChange& change) {
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(const Definition there, documents_.get(tenant, id));
        if (there.is_removed()) return documents_.unknown(id);
        ATTUNE_TRY_VOID(put_locked(tenant, id, {}, change));
        return {};
    }

    // What it was at `version` is in force again, as a change of its own. not_found when the history does not reach
    // back so far.
    [[nodiscard]] Result<Definition> revert(TenantId tenant, std::string_view id,
                                            std::uint64_t version, DefinitionChange change) {
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(Definition there, documents_.get(tenant, id));
        for (Revision& one : there.history) {
            if (one.version != version) continue;
            change.note = "revert to " + std::to_string(version) +
                          (change.note.empty() ? "" : ": " + change.note);
            return put_locked(tenant, id, std::move(one.body), change);
        }
        return fail(Code::not_found, "the history of this " + documents_.kind().noun +
                                         " does not hold version " + std::to_string(version));
    }

    // How many stand aside, of all tenants that were asked for since the start.
    [[nodiscard]] std::size_t refused_count() const { return refused_.load(); }

    [[nodiscard]] const DefinitionKind& kind() const { return documents_.kind(); }

private:
    struct Entry {
        std::shared_ptr<const std::vector<Definition>> definitions;  // not those that were removed
        std::shared_ptr<const Compiled> compiled;
        std::size_t removed = 0;
        std::size_t refused = 0;  // of the definitions
    };
    using Published = std::map<TenantId, Entry>;

    Result<Entry> loaded(TenantId tenant) const ATTUNE_REQUIRES(mutex_) {
        const auto published = published_.get();
        if (const auto found = published->find(tenant); found != published->end())
            return found->second;
        ATTUNE_TRY(auto all, documents_.all(tenant));
        Entry entry;
        entry.removed = std::erase_if(all, [](const Definition& one) { return one.is_removed(); });
        auto compiled = compile_(tenant, all);
        if (!compiled && is_about_definitions(compiled.error())) {
            const auto compiles = [&](std::span<const Definition> some) -> Result<void> {
                ATTUNE_TRY_VOID(compile_(tenant, some));
                return {};
            };
            ATTUNE_TRY_VOID(set_aside(all, kind(), compiles));
            compiled = compile_(tenant, in_force_of(all));
        }
        ATTUNE_TRY(entry.compiled, std::move(compiled));
        entry.definitions = std::make_shared<const std::vector<Definition>>(std::move(all));
        publish(tenant, entry);
        return entry;
    }

    // Of those that stand aside, some may be good again after a change.
    Result<std::shared_ptr<const Compiled>> compile_without_refused(
        TenantId tenant, std::vector<Definition>& definitions) const {
        auto whole = compile_(tenant, definitions);
        if (whole) {
            for (Definition& one : definitions) one.refused.clear();
            return whole;
        }
        return refused_among(definitions) == 0 ? std::move(whole)
                                               : compile_(tenant, in_force_of(definitions));
    }

    Result<Definition> put_locked(TenantId tenant, std::string_view id, base::JsonText body,
                                  const DefinitionChange& change) ATTUNE_REQUIRES(mutex_) {
        if (const auto fits = documents_.check(id, body); !fits)
            return fits.error().fields.empty() ? std::unexpected(fits.error())
                                               : base::error_below("/id", fits.error());
        ATTUNE_TRY(const Entry entry, loaded(tenant));
        const bool is_there = find_definition(*entry.definitions, id) != entry.definitions->end();
        if (body.is_null() && !is_there) return documents_.get(tenant, id);
        const DefinitionEdit edit{std::string(id), std::move(body)};
        const auto edits = std::span(&edit, 1);
        const auto wrong = [&](const Error& error) {
            const auto told = compile_with(tenant, *entry.definitions, edits);
            return std::unexpected(told ? error : told.error());
        };
        DefinitionBatch batch(documents_.store(), tenant, change);
        Definition saved;
        ATTUNE_TRY_VOID(
            change_locked(batch, entry, edits, wrong, [&] { return batch.store(); }, &saved));
        return saved;
    }

    // The one way of every change. `wrong` tells what does not compile in the words of who sent it.
    Result<bool> change_locked(DefinitionBatch& batch, const Entry& before,
                               std::span<const DefinitionEdit> edits, const auto& wrong,
                               const Then& then, Definition* edited = nullptr)
        ATTUNE_REQUIRES(mutex_) {
        const TenantId tenant = batch.tenant();
        ATTUNE_TRY(auto staged,
                   StagedDefinitions::of(documents_, tenant, {*before.definitions, before.removed},
                                         edits, batch.change()));
        Entry next;
        auto compiled = compile_without_refused(tenant, staged.in_force);
        if (!compiled) return wrong(compiled.error());
        next.compiled = *std::move(compiled);
        for (const DefinitionEdit& one : edits) {
            const auto there = find_definition(*before.definitions, one.id);
            const bool is_there = there != before.definitions->end();
            ATTUNE_TRY_VOID(
                documents_.check_seen(one.id, is_there ? &*there : nullptr, batch.change()));
        }
        staged.add_to(batch, kind().collection);
        ATTUNE_TRY(const bool is_stored, then());
        if (!is_stored) return false;
        if (edited != nullptr) *edited = staged.edited_to_be(edits.front().id);
        next.removed = staged.removed_count;
        next.definitions =
            std::make_shared<const std::vector<Definition>>(std::move(staged.in_force));
        if (!edits.empty()) publish(tenant, std::move(next));
        return true;
    }

    static bool is_so(const std::vector<Definition>& among, const DefinitionEdit& edit) {
        const auto place = find_definition(among, edit.id);
        return place != among.end() ? place->now().body == edit.body : edit.body.is_null();
    }

    // The last of the edits has no version yet: so a compiler knows whom to tell of what concerns several.
    Result<std::shared_ptr<const Compiled>> compile_with(
        TenantId tenant, std::vector<Definition> among,
        std::span<const DefinitionEdit> edits) const {
        for (const DefinitionEdit& one : edits) {
            const auto place = std::ranges::lower_bound(among, one.id, {}, &Definition::id);
            const bool is_there = place != among.end() && place->id == one.id;
            const std::uint64_t version = &one == &edits.back() ? 0 : 1;
            Definition edited{one.id, {Revision{.version = version, .body = one.body}}};
            if (is_there && one.body.is_null())
                among.erase(place);
            else if (is_there)
                *place = std::move(edited);
            else if (!one.body.is_null())
                among.insert(place, std::move(edited));
        }
        return compile_without_refused(tenant, among);
    }

    // Which of several it is that does not compile. Each one alone can tell; otherwise they contradict each other, and it
    // is one that does not go together with those before it.
    std::unexpected<Error> culprit_of(TenantId tenant, const std::vector<Definition>& in_force,
                                      std::span<const DefinitionEdit> edits,
                                      const Error& error) const {
        if (!kind().stands_alone || edits.empty()) return std::unexpected(error);
        for (const DefinitionEdit& one : edits) {
            if (one.body.is_null()) continue;
            const auto alone = compile_with(tenant, {}, std::span(&one, 1));
            if (!alone) return at_id(one.id, alone.error());
        }
        std::size_t fits = 0;  // so many go together
        std::size_t wrong = edits.size();
        while (wrong - fits > 1) {
            const std::size_t middle = fits + (wrong - fits) / 2;
            const auto tried = compile_with(tenant, in_force, edits.first(middle));
            (tried ? fits : wrong) = middle;
        }
        const auto told = compile_with(tenant, in_force, edits.first(wrong));
        return at_id(edits[wrong - 1].id, told ? error : told.error());
    }

    // The place as a file of all kinds has it: "/flags/dark". What does not stand alone tells it by itself.
    std::unexpected<Error> at_id(std::string_view id, const Error& error) const {
        std::string pointer = "/" + kind().collection;
        base::append_pointer(pointer, id);
        return base::error_below(pointer, error);
    }

    void publish(TenantId tenant, Entry entry) const ATTUNE_REQUIRES(mutex_) {
        auto next = std::make_shared<Published>(*published_.get());
        entry.refused = refused_among(*entry.definitions);
        Entry& published = (*next)[tenant];
        refused_ += entry.refused - published.refused;  // modulo 2^64: it may be fewer
        published = std::move(entry);
        published_.set(std::move(next));
    }

    mutable base::Mutex mutex_;  // of writers
    DefinitionStore documents_;
    const Compile compile_;
    mutable std::atomic<std::size_t> refused_{0};
    mutable base::Snapshot<Published> published_{std::make_shared<const Published>()};
};

}  // namespace attune::engine
