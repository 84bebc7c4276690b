// DefinitionStore: what a tenant has written down for Attune to act upon (rules, flags, experiments), each with the
// history of who changed it when. A definition and its history are one document, so that a change and its record
// cannot part.
//
//     DefinitionStore rules(store, clock, {.collection = "rules", .noun = "rule"});
//     auto saved = rules.put(tenant, "dark-at-night", body, {.by = "ann", .expected = 3});
//     auto everything = rules.all(tenant);
//
// Knows nothing of what a body means: Definitions, which compiles them, is what capabilities use. Thread-safe;
// changes are durable when they return.
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

    [[nodiscard]] const Revision& now() const { return history.back(); }
    [[nodiscard]] bool is_removed() const { return now().body.is_null(); }
};

struct DefinitionChange {
    std::string by;
    std::string note;
    // The version that the caller has seen; 0: it must be new; empty: whatever is there.
    std::optional<std::uint64_t> expected;
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

    // invalid_argument for ids and sizes that do not fit; an id's error has the empty pointer.
    [[nodiscard]] Result<void> check(std::string_view id, const base::JsonText& body) const;
    // What check() says, an id's error at "/id"; failed_precondition "version_mismatch".
    [[nodiscard]] Result<Definition> put(TenantId tenant, std::string_view id, base::JsonText body,
                                         const DefinitionChange& change);
    // Forgets a removed one and its history.
    [[nodiscard]] Result<void> forget(TenantId tenant, const Definition& removed);

    [[nodiscard]] const DefinitionKind& kind() const { return kind_; }
    [[nodiscard]] std::unexpected<Error> unknown(std::string_view id) const;

private:
    store::Store& store_;
    const base::Clock& clock_;
    const DefinitionKind kind_;
};

}  // namespace attune::engine
