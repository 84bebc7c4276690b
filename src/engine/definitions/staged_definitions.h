// StagedDefinitions: what a kind's definitions come to be once some are edited, worked out before anything is stored.
//
//     ATTUNE_TRY(auto next, StagedDefinitions::of(rules, tenant, {in_force, 0}, edits, {.by = "ann"}));
//     ATTUNE_TRY(const auto compiled, compile(tenant, next.in_force));
//     next.add_to(batch, "rules");
//
// A value; not thread-safe.
#pragma once

#include "engine/definitions/definition_batch.h"
#include "engine/definitions/definition_store.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// The place of the id among definitions that are sorted by it; their end when it is not among them.
[[nodiscard]] std::vector<Definition>::const_iterator find_definition(
    const std::vector<Definition>& among, std::string_view id);

struct StagedDefinitions {
    struct Before {
        const std::vector<Definition>& in_force;  // by id
        std::size_t removed = 0;                  // how many more are stored
    };
    struct Forgotten {
        std::string id;
        std::uint64_t version = 0;
    };

    std::vector<Definition> in_force;  // by id; what was edited has its next revision
    std::vector<std::string> edited;   // those of them that are to be stored
    std::vector<Definition> removed;   // edited to be no more
    std::size_t removed_count = 0;     // together with those that were before
    std::vector<Forgotten>
        forgotten;  // removed ones that make room, the one removed first before the others

    // Each edit is one more revision, of one that was removed before as well; removing what is not there is none. No id
    // stands in the edits twice. resource_exhausted "too_many"; errors of the store.
    [[nodiscard]] static Result<StagedDefinitions> of(const DefinitionStore& store, TenantId tenant,
                                                      const Before& before,
                                                      std::span<const DefinitionEdit> edits,
                                                      const DefinitionChange& change);

    // What has changed; borrowed until the batch is stored.
    void add_to(DefinitionBatch& batch, std::string_view collection);

    // The definition of an id that was edited, whatever became of it. It must have been.
    [[nodiscard]] const Definition& edited_to_be(std::string_view id) const;

private:
    Result<void> make_room(const DefinitionStore& store, TenantId tenant);
    void take_out_removed();
};

}  // namespace attune::engine
