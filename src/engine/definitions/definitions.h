// Definitions<Compiled>: a tenant's rules, flags or experiments, compiled together when one of them is saved and published
// as one immutable value, so that a decision reads memory and takes no lock. What does not compile is not saved.
//
//     Definitions<RuleSet> rules(store, clock, {.collection = "rules", .noun = "rule"}, compile_rules);
//     ATTUNE_TRY(auto set, rules.of(tenant));                       // on every request
//     ATTUNE_TRY(auto saved, rules.put(tenant, id, body, {.by = caller}));
//
// Thread-safe. A tenant's definitions are read from the store when they are first asked for, and kept. A change is
// durable and in force when it returns.
#pragma once

#include "base/field_error.h"
#include "base/json_locate.h"
#include "base/mutex.h"
#include "base/snapshot.h"
#include "engine/definitions/definition_store.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>

namespace attune::engine {

// What one of several is to be; without a body, it is to be removed.
struct DefinitionEdit {
    std::string id;
    base::JsonText body;
};

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
        return documents_.get(tenant, id);
    }

    // Errors of Compile, and of DefinitionStore::put; resource_exhausted "too_many".
    [[nodiscard]] Result<Definition> put(TenantId tenant, std::string_view id, base::JsonText body,
                                         const DefinitionChange& change) {
        base::MutexLock lock(mutex_);
        return put_locked(tenant, id, std::move(body), change);
    }

    // Several at once, compiled together: what one of them refers to, another may bring. Those that are no change make no
    // revision. invalid_argument names the place from the id on, "/dark/actions/0/path", and nothing was saved; when storing
    // fails on the way, what came before is saved and in force.
    [[nodiscard]] Result<void> put_all(TenantId tenant, std::span<const DefinitionEdit> edits,
                                       const DefinitionChange& change) {
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(Entry entry, loaded(tenant));
        ATTUNE_TRY_VOID(compile_with(tenant, *entry.definitions, edits));
        std::vector<Definition> next = *entry.definitions;
        // What goes first makes room for what comes.
        Result<void> stored = store_those(tenant, entry, next, edits, true, change);
        if (stored) stored = store_those(tenant, entry, next, edits, false, change);
        ATTUNE_TRY(entry.compiled, compile_(tenant, next));
        entry.definitions = std::make_shared<const std::vector<Definition>>(std::move(next));
        publish(tenant, std::move(entry));
        return stored;
    }
    // Whether put_all would save them.
    [[nodiscard]] Result<void> check_all(TenantId tenant, std::span<const DefinitionEdit> edits) {
        base::MutexLock lock(mutex_);
        ATTUNE_TRY(const Entry entry, loaded(tenant));
        return compile_with(tenant, *entry.definitions, edits);
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

    [[nodiscard]] const DefinitionKind& kind() const { return documents_.kind(); }

private:
    struct Entry {
        std::shared_ptr<const std::vector<Definition>> definitions;  // not those that were removed
        std::shared_ptr<const Compiled> compiled;
        std::size_t removed = 0;
    };
    using Published = std::map<TenantId, Entry>;

    Result<Entry> loaded(TenantId tenant) ATTUNE_REQUIRES(mutex_) {
        const auto published = published_.get();
        if (const auto found = published->find(tenant); found != published->end())
            return found->second;
        ATTUNE_TRY(auto all, documents_.all(tenant));
        Entry entry;
        entry.removed = std::erase_if(all, [](const Definition& one) { return one.is_removed(); });
        ATTUNE_TRY(entry.compiled, compile_(tenant, all));
        entry.definitions = std::make_shared<const std::vector<Definition>>(std::move(all));
        publish(tenant, entry);
        return entry;
    }

    Result<Definition> put_locked(TenantId tenant, std::string_view id, base::JsonText body,
                                  const DefinitionChange& change) ATTUNE_REQUIRES(mutex_) {
        ATTUNE_TRY(Entry entry, loaded(tenant));
        std::vector<Definition> next = *entry.definitions;
        const auto place = std::ranges::lower_bound(next, id, {}, &Definition::id);
        const bool is_there = place != next.end() && place->id == id;
        if (!is_there && !body.is_null()) {
            ATTUNE_TRY_VOID(make_room(tenant, entry.definitions->size(), entry));
            next.insert(place, Definition{std::string(id), {Revision{.body = body}}});
        } else if (body.is_null()) {
            if (is_there) next.erase(place);
        } else {
            place->history.push_back({.body = body});
        }
        ATTUNE_TRY(entry.compiled, compile_(tenant, next));
        ATTUNE_TRY(Definition saved, documents_.put(tenant, id, std::move(body), change));
        if (saved.is_removed())
            ++entry.removed;
        else
            *std::ranges::lower_bound(next, id, {}, &Definition::id) = saved;
        // Once more, now that the version is known.
        if (auto compiled = compile_(tenant, next)) entry.compiled = *std::move(compiled);
        entry.definitions = std::make_shared<const std::vector<Definition>>(std::move(next));
        publish(tenant, std::move(entry));
        return saved;
    }

    static auto place_of(std::vector<Definition>& among, std::string_view id) {
        return std::ranges::lower_bound(among, id, {}, &Definition::id);
    }

    static void put_into(std::vector<Definition>& among, Definition definition) {
        const auto place = place_of(among, definition.id);
        const bool is_there = place != among.end() && place->id == definition.id;
        if (definition.is_removed()) {
            if (is_there) among.erase(place);
        } else if (is_there) {
            *place = std::move(definition);
        } else {
            among.insert(place, std::move(definition));
        }
    }

    static bool is_so(std::vector<Definition>& among, const DefinitionEdit& edit) {
        const auto place = place_of(among, edit.id);
        const bool is_there = place != among.end() && place->id == edit.id;
        return is_there ? place->now().body == edit.body : edit.body.is_null();
    }

    Result<void> compile_with(TenantId tenant, std::vector<Definition> among,
                              std::span<const DefinitionEdit> edits) const {
        for (const DefinitionEdit& one : edits) {
            if (const auto fits = documents_.check(one.id, one.body); !fits)
                return at_id(one.id, fits.error());
            put_into(among, Definition{one.id, {Revision{.body = one.body}}});
        }
        if (among.size() > kind().count_max) return too_many();
        const auto compiled = compile_(tenant, among);
        if (compiled) return {};
        // Which of them it is, each one alone can tell; otherwise they contradict each other.
        for (const DefinitionEdit& one : edits) {
            if (one.body.is_null() || !kind().stands_alone) continue;
            const Definition alone{one.id, {Revision{.body = one.body}}};
            if (const auto tried = compile_(tenant, std::span(&alone, 1)); !tried)
                return at_id(one.id, tried.error());
        }
        return std::unexpected(compiled.error());
    }

    // What does not stand alone tells its places from the file that holds all of it: "/flags/dark".
    std::unexpected<Error> at_id(std::string_view id, const Error& error) const {
        std::string pointer = kind().stands_alone ? std::string() : "/" + kind().collection;
        base::append_pointer(pointer, id);
        return base::error_below(pointer, error);
    }

    std::unexpected<Error> too_many() const {
        return fail(Code::resource_exhausted,
                    "a tenant has at most " + std::to_string(kind().count_max) + " " +
                        kind().collection + "; remove one that is not needed any more",
                    "too_many");
    }

    // Those that are removed, or the others.
    Result<void> store_those(TenantId tenant, Entry& entry, std::vector<Definition>& among,
                             std::span<const DefinitionEdit> edits, bool removed,
                             const DefinitionChange& change) ATTUNE_REQUIRES(mutex_) {
        for (const DefinitionEdit& one : edits)
            if (one.body.is_null() == removed && !is_so(among, one))
                ATTUNE_TRY_VOID(store_one(tenant, entry, among, one, change));
        return {};
    }

    Result<void> store_one(TenantId tenant, Entry& entry, std::vector<Definition>& among,
                           const DefinitionEdit& edit, const DefinitionChange& change)
        ATTUNE_REQUIRES(mutex_) {
        const auto place = place_of(among, edit.id);
        if (place == among.end() || place->id != edit.id)
            ATTUNE_TRY_VOID(make_room(tenant, among.size(), entry));
        ATTUNE_TRY(Definition saved, documents_.put(tenant, edit.id, edit.body, change));
        if (saved.is_removed()) ++entry.removed;
        put_into(among, std::move(saved));
        return {};
    }

    // Removed ones make way, the one removed first before the others.
    Result<void> make_room(TenantId tenant, std::size_t in_force, Entry& entry)
        ATTUNE_REQUIRES(mutex_) {
        if (in_force + entry.removed < kind().count_max) return {};
        if (entry.removed == 0) return too_many();
        ATTUNE_TRY(auto all, documents_.all(tenant));
        std::erase_if(all, [](const Definition& one) { return !one.is_removed(); });
        const auto oldest =
            std::ranges::min_element(all, {}, [](const Definition& one) { return one.now().at; });
        if (oldest != all.end()) ATTUNE_TRY_VOID(documents_.forget(tenant, *oldest));
        --entry.removed;
        return {};
    }

    void publish(TenantId tenant, Entry entry) ATTUNE_REQUIRES(mutex_) {
        auto next = std::make_shared<Published>(*published_.get());
        (*next)[tenant] = std::move(entry);
        published_.set(std::move(next));
    }

    base::Mutex mutex_;  // of writers
    DefinitionStore documents_;
    const Compile compile_;
    base::Snapshot<Published> published_{std::make_shared<const Published>()};
};

}  // namespace attune::engine
