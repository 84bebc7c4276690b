// What of a placement comes to nothing as things are: it is saved all the same, since what it names may come later, but whoever wrote
// it should hear of it while they look at it.
//
//     const auto around = PlacementCircumstances::as_they_are(catalogue, segments, experiments, clock.now());
//     for (const std::string& warning : placement_warnings(*compiled, around))
//         // "/pins/0/item_id: there is no item 'novel'"
//
// What could never come to anything is refused instead (placement_review.h). Reads memory.
#pragma once

#include "base/time.h"
#include "domain/experiment.h"
#include "engine/catalogue/catalogue_snapshot.h"
#include "engine/definitions/definition_store.h"
#include "engine/experiment/experiment_set.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/segment/segment_set.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// What a placement may name: what there is, or will be once the file that it stands in is applied.
struct PlacementCircumstances {
    [[nodiscard]] static PlacementCircumstances as_they_are(
        std::shared_ptr<const CatalogueSnapshot> catalogue,
        std::shared_ptr<const SegmentSet> segments,
        std::shared_ptr<const ExperimentSet> experiments, base::Time now);
    // For a placement that is saved and outlives them: trials name versions of it. Of another no version is looked for.
    [[nodiscard]] PlacementCircumstances of(const Definition& saved) const;

    std::shared_ptr<const CatalogueSnapshot> catalogue;
    base::Time now;
    std::function<bool(std::string_view id)> has_segment;
    std::function<const domain::Experiment*(std::string_view id)> find_experiment;
    std::function<bool(std::uint64_t version)> has_version{};
};

// Whether it was something at that version, and its history still has it.
[[nodiscard]] bool has_version(const Definition& saved, std::uint64_t version);

// Each begins with the place; none is the rule.
[[nodiscard]] std::vector<std::string> placement_warnings(const CompiledPlacement& placement,
                                                          const PlacementCircumstances& around);

}  // namespace attune::engine
