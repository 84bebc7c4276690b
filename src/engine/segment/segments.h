// Segments: every tenant's segments, kept with their history and in force as soon as they are saved.
//
//     Segments segments(store, clock, uses);
//     ATTUNE_TRY(auto saved, segments.put(tenant, "regulars", body, {.by = caller}));
//     ATTUNE_TRY(const auto set, segments.of(tenant));            // on every request; reads memory
//
// Whoever asks for a segment that there is not gets "no", for it may come later; but one that something asks for cannot be
// removed, so that nobody's rule stops to hold unnoticed. Thread-safe.
#pragma once

#include "engine/definitions/definitions.h"
#include "engine/segment/segment_set.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class Segments {
public:
    // What else asks for a segment: "rule dark-at-night". Segments that do are known here.
    using Uses =
        std::function<Result<std::vector<std::string>>(TenantId, std::string_view segment)>;

    // The arguments outlive it.
    Segments(store::Store& store, const base::Clock& clock, Uses uses);

    // What is in force.
    [[nodiscard]] Result<std::shared_ptr<const SegmentSet>> of(TenantId tenant);
    [[nodiscard]] Result<std::shared_ptr<const std::vector<Definition>>> list(TenantId tenant);
    // That stand aside, as Definitions::refused_count.
    [[nodiscard]] std::size_t refused_count() const { return definitions_.refused_count(); }
    // Also one that was removed, for its history.
    [[nodiscard]] Result<Definition> get(TenantId tenant, std::string_view id) const;

    // Errors of SegmentSet::compile and Definitions::put.
    [[nodiscard]] Result<Definition> put(TenantId tenant, std::string_view id, base::JsonText body,
                                         const DefinitionChange& change);
    using Then = Definitions<SegmentSet>::Then;
    // Several at once, as Definitions::put_all. Whether something asks for those that it removes, the caller knows.
    [[nodiscard]] Result<bool> put_all(DefinitionBatch& batch,
                                       std::span<const DefinitionEdit> edits, const Then& then) {
        return definitions_.put_all(batch, edits, then);
    }
    // failed_precondition, "in_use", names what asks for it.
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view id,
                                      const DefinitionChange& change);
    // Errors of put, or of remove when it was not there at that version.
    [[nodiscard]] Result<Definition> revert(TenantId tenant, std::string_view id,
                                            std::uint64_t version, DefinitionChange change);

private:
    Result<void> check_is_not_used(TenantId tenant, std::string_view id);

    Definitions<SegmentSet> definitions_;
    const Uses uses_;
};

// The segments that the condition in `member` ("condition", "audience") of a definition's body asks for.
[[nodiscard]] std::vector<std::string> segments_asked(const base::JsonText& body,
                                                      std::string_view member);
[[nodiscard]] bool asks_for_segment(const Definition& definition, std::string_view member,
                                    std::string_view segment);

// failed_precondition, "in_use".
[[nodiscard]] std::unexpected<Error> still_asked_for(std::string_view segment,
                                                     const std::vector<std::string>& uses);

}  // namespace attune::engine
