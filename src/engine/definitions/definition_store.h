// DefinitionStore: what a tenant has written down for Attune to act upon (rules, flags, experiments), each with the
// history of who changed it when. A definition and its history are one document, so that a change and its record
// cannot part.
//
//     DefinitionStore rules(store, clock, {.collection = "rules", .noun = "rule"});
//     ATTUNE_TRY(auto everything, rules.all(tenant));
//     rules.revise(everything.front(), body, {.by = "ann"});  // a DefinitionBatch stores it
//
// Knows nothing of what a body means: Definitions, which compiles them, is what capabilities use. Thread-safe.
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::engine {

using domain::TenantId;

// One state of a definition. A null body: it was removed.
struct Revision {
    std::uint64_t version = 0;
    base::Time at;
    std::string by;    // the key or person that changed it
    std::string note;  // why, in the words of who did, or "revert to 3"
    base::JsonText body;
};

struct Definition {
    std::string id;
    std::vector<Revision> history;  // oldest first, never empty
    // Why it is not in force though it is kept: what may be saved has changed since it was. Empty for all others; never
    // stored.
    std::string refused{};

    [[nodiscard]] const Revision& now() const { return history.back(); }
    [[nodiscard]] bool is_removed() const { return now().body.is_null(); }
};

// Which versions may be there for a change to be made.
class SeenVersions {
public:
    // The one that the caller has seen; 0: it must be new.
    SeenVersions(std::uint64_t version) : versions_{version} {}
    // One of these. None of them is there: nothing is changed.
    [[nodiscard]] static SeenVersions any_of(std::vector<std::uint64_t> versions) {
        SeenVersions seen(0);
        seen.versions_ = std::move(versions);
        return seen;
    }
    // Whatever is there, but something.
    [[nodiscard]] static SeenVersions existing() {
        SeenVersions seen(0);
        seen.versions_.clear();
        seen.is_any_ = true;
        return seen;
    }

    // `version` is 0 where nothing is.
    [[nodiscard]] bool includes(std::uint64_t version) const {
        return is_any_ ? version != 0 : std::ranges::find(versions_, version) != versions_.end();
    }
    [[nodiscard]] bool is_new() const { return includes(0); }

private:
    std::vector<std::uint64_t> versions_;
    bool is_any_ = false;
};

struct DefinitionChange {
    std::string by;
    std::string note;
    std::optional<SeenVersions> expected;  // empty: whatever is there, or nothing
};

// What one of several is to be; without a body, it is to be removed.
struct DefinitionEdit {
    std::string id;
    base::JsonText body;
};

struct DefinitionKind {
    std::string collection;  // "rules"
    std::string noun;        // "rule", for messages
    std::size_t count_max = 10'000;
    std::size_t body_bytes_max = 256u << 10;
    std::size_t revisions_max = 50;  // the oldest go first
    // One compiles without the others, so that it can be told which of several is wrong. Otherwise errors tell by themselves.
    bool stands_alone = true;
};

class DefinitionStore {
public:
    // The arguments outlive it.
    DefinitionStore(store::Store& store, const base::Clock& clock, DefinitionKind kind);

    // With those that were removed, by id.
    [[nodiscard]] Result<std::vector<Definition>> all(TenantId tenant) const;
    // not_found when there never was one.
    [[nodiscard]] Result<Definition> get(TenantId tenant, std::string_view id) const;
    // Empty when there never was one.
    [[nodiscard]] Result<std::optional<Definition>> find(TenantId tenant,
                                                         std::string_view id) const;

    // invalid_argument for ids and sizes that do not fit; an id's error has the empty pointer.
    [[nodiscard]] Result<void> check(std::string_view id, const base::JsonText& body) const;
    // Whether who makes a change has seen what is in force (null: nothing of this id); failed_precondition
    // "version_mismatch".
    [[nodiscard]] Result<void> check_seen(std::string_view id, const Definition* in_force,
                                          const DefinitionChange& change) const;
    // Gives it one more revision, the first if it has none; revisions beyond the bounds go.
    void revise(Definition& definition, base::JsonText body, const DefinitionChange& change) const;

    [[nodiscard]] const DefinitionKind& kind() const { return kind_; }
    [[nodiscard]] store::Store& store() const { return store_; }
    [[nodiscard]] std::unexpected<Error> unknown(std::string_view id) const;

private:
    store::Store& store_;
    const base::Clock& clock_;
    const DefinitionKind kind_;
};

}  // namespace attune::engine
