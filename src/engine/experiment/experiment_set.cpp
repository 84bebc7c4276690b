#include "engine/experiment/experiment_set.h"

#include "base/json.h"
#include "domain/describe.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace attune::engine {

using domain::ExperimentStatus;

Result<std::shared_ptr<const ExperimentSet>> ExperimentSet::compile(
    std::span<const Definition> definitions) {
    auto set = std::make_shared<ExperimentSet>();
    for (const Definition& one : definitions) {
        ATTUNE_TRY(auto definition, base::from_json<domain::Experiment>(one.now().body.text()));
        ATTUNE_TRY(auto compiled,
                   CompiledExperiment::compile(one.id, one.now().version, std::move(definition)));
        set->experiments_.push_back(std::move(compiled));
    }
    std::ranges::sort(set->experiments_, {}, [](const auto& one) { return one->id; });
    for (const auto& one : set->experiments_) {
        const bool is_running = one->definition.status == ExperimentStatus::running;
        const bool is_over = one->definition.status == ExperimentStatus::concluded;
        if (is_running || (!is_over && !one->definition.overrides.empty()))
            set->asked_.push_back(one.get());
    }
    ATTUNE_TRY_VOID(set->check_rooms());
    set->questions_ = set->make_questions();
    return set;
}

std::shared_ptr<const Questions> ExperimentSet::make_questions() const {
    auto questions = std::make_shared<Questions>();
    for (const auto& one : experiments_) {
        if (!one->definition.started_at) continue;
        questions->list.push_back(
            {.of = std::string(kExperimentChoice) + one->id,
             .definition = {one, &one->definition},
             .is_followed = one->definition.status != ExperimentStatus::concluded});
    }
    return questions;
}

// Starting gives out free room only; this is what notices two that started at once, or a store that was written to by
// something else.
Result<void> ExperimentSet::check_rooms() const {
    std::map<std::string, std::vector<const CompiledExperiment*>> layers;
    for (const auto& one : experiments_)
        if (!one->definition.room.empty()) layers[one->layer()].push_back(one.get());
    for (const auto& [layer, sharing] : layers) {
        std::vector<bool> taken(kBuckets);
        for (const CompiledExperiment* one : sharing) {
            for (const domain::LayerRoom& room : one->definition.room) {
                if (room.from >= room.until || room.until > kBuckets)
                    return fail_field("/room", "is no part of 0 to 10000");
                for (std::uint32_t at = room.from; at < room.until; ++at) {
                    if (taken[at])
                        return fail(Code::failed_precondition, "experiment " + one->id +
                                                                   " has the same room in layer " +
                                                                   layer + " as another one");
                    taken[at] = true;
                }
            }
        }
    }
    return {};
}

std::vector<Assignment> ExperimentSet::assign(std::string_view context,
                                              const ExperimentSubject& subject) const {
    std::vector<Assignment> assignments;
    for (const CompiledExperiment* one : asked_) {
        if (!one->is_asked_in(context)) continue;
        Assignment given = one->assign(subject);
        if (given.outcome == Assignment::Outcome::assigned ||
            given.outcome == Assignment::Outcome::held_out)
            assignments.push_back(given);
    }
    return assignments;
}

std::optional<Assignment> ExperimentSet::assign_by_id(std::string_view id,
                                                      const ExperimentSubject& subject) const {
    const CompiledExperiment* experiment = find(id);
    if (experiment == nullptr) return std::nullopt;
    const Assignment given = experiment->assign(subject);
    if (given.outcome != Assignment::Outcome::assigned &&
        given.outcome != Assignment::Outcome::held_out)
        return std::nullopt;
    return given;
}

const CompiledExperiment* ExperimentSet::find(std::string_view id) const {
    const auto found = std::ranges::lower_bound(
        experiments_, id, {}, [](const auto& one) { return std::string_view(one->id); });
    return found != experiments_.end() && (*found)->id == id ? found->get() : nullptr;
}

std::vector<bool> ExperimentSet::taken(std::string_view layer) const {
    std::vector<bool> taken(kBuckets);
    for (const auto& one : experiments_) {
        if (one->definition.room.empty() || one->layer() != layer) continue;
        for (const domain::LayerRoom& room : one->definition.room)
            std::fill(taken.begin() + room.from, taken.begin() + room.until, true);
    }
    return taken;
}

Result<std::vector<domain::LayerRoom>> ExperimentSet::free_room(std::string_view layer,
                                                                double share) const {
    const auto needed =
        std::max<std::uint32_t>(1, static_cast<std::uint32_t>(std::lround(share * kBuckets)));
    const std::vector<bool> occupied = taken(layer);
    std::vector<domain::LayerRoom> rooms;
    std::uint32_t found = 0;
    for (std::uint32_t at = 0; at < kBuckets && found < needed; ++at) {
        if (occupied[at]) continue;
        ++found;
        if (!rooms.empty() && rooms.back().until == at)
            ++rooms.back().until;
        else
            rooms.push_back({at, at + 1});
    }
    if (found == needed) return rooms;
    const double left = 100.0 * found / kBuckets;
    return fail(Code::resource_exhausted,
                "layer " + std::string(layer) + " has " + std::to_string(left) +
                    " % left; conclude an experiment of it, or take less traffic",
                "layer_full");
}

}  // namespace attune::engine
