#include "engine/recommend/placement_warnings.h"

#include "engine/recommend/condition_work.h"
#include "engine/recommend/item_sight.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace attune::engine {
namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

class Warnings {
public:
    Warnings(const CompiledPlacement& placement, const PlacementCircumstances& around)
        : placement_(placement), around_(around) {}

    std::vector<std::string> all() && {
        for (std::size_t i = 0; i < placement_.definition.pins.size(); ++i) look_at_pin(i);
        look_at_segments();
        look_at_experiments();
        if (const auto& trial = placement_.definition.trial) look_at_trial(*trial);
        return std::move(said_);
    }

private:
    void say(const std::string& pointer, const std::string& detail) {
        std::string warning = pointer + ": " + detail;
        if (std::ranges::find(said_, warning) == said_.end()) said_.push_back(std::move(warning));
    }

    void look_at_pin(std::size_t at) {
        const domain::PlacementPin& pin = placement_.definition.pins[at];
        const std::string pointer = "/pins/" + std::to_string(at);
        if (pin.slot > placement_.definition.limit)
            say(pointer + "/slot", "is beyond the limit of " +
                                       std::to_string(placement_.definition.limit) +
                                       ", so it stands only in answers that are asked for more");
        const auto item = around_.catalogue->find(pin.item_id);
        if (!item || around_.catalogue->item(*item) == nullptr)
            return say(pointer + "/item_id", "there is no item " + in_quotes(pin.item_id));
        if (!around_.catalogue->item(*item)->is_open(around_.now))
            say(pointer + "/item_id",
                "the item " + in_quotes(pin.item_id) + " is hidden or not within its time");
        if (placement_.is_filter_of_items && !passes(*item))
            say(pointer + "/item_id", "the item " + in_quotes(pin.item_id) +
                                          " does not pass the filter, so the pin never holds");
    }

    [[nodiscard]] bool passes(ItemNumber item) const {
        ItemSight sight(*around_.catalogue, around_.now, placement_.filter_reads);
        sight.show(item);
        const LogicMember root[] = {{"item", sight.data()}};
        const LogicRecord data{.members = root, .rest = {}, .depth = 3};
        return placement_.filter
            ->holds({.data = LogicValue(data),
                     .now = around_.now,
                     .steps_max = ConditionWork::kItemSteps})
            .value_or(true);
    }

    void look_at_segments() {
        const auto look = [&](const Logic& logic, const std::string& pointer) {
            for (const LogicRead& asked : logic.segments_named())
                if (!around_.has_segment(asked.member))
                    say(pointer + asked.pointer,
                        "there is no segment " + in_quotes(asked.member) + ", so nobody is in it");
        };
        if (placement_.filter) look(*placement_.filter, "/filter");
        for (std::size_t i = 0; i < placement_.boosts.size(); ++i)
            look(placement_.boosts[i].condition, "/boosts/" + std::to_string(i) + "/condition");
        for (const CompiledPlacement::Pin& pin : placement_.pins)
            if (pin.condition) look(*pin.condition, "/pins/" + place_of(pin) + "/condition");
    }

    // As it was written: compiled pins stand by slot.
    [[nodiscard]] std::string place_of(const CompiledPlacement::Pin& pin) const {
        const auto& pins = placement_.definition.pins;
        const auto found = std::ranges::find_if(pins, [&](const domain::PlacementPin& one) {
            return one.slot == pin.slot && one.item_id == pin.item_id;
        });
        return std::to_string(found - pins.begin());
    }

    void look_at_experiments() {
        const auto& trial = placement_.definition.trial;
        for (const std::string& id : placement_.experiments) {
            if (around_.find_experiment(id) != nullptr) continue;
            if (trial && trial->experiment == id)
                say("/trial/experiment", "there is no experiment " + in_quotes(id) +
                                             ", so everybody gets the newest version");
            else
                say("/", "a condition asks for the experiment " + in_quotes(id) +
                             ", which there is not, so nobody has a variant of it");
        }
    }

    void look_at_trial(const domain::PlacementTrial& trial) {
        const domain::Experiment* experiment = around_.find_experiment(trial.experiment);
        for (const auto& [variant, version] : trial.versions) {
            const std::string pointer = "/trial/versions/" + variant;
            if (around_.has_version && !around_.has_version(version))
                say(pointer, "there is no version " + std::to_string(version) +
                                 " of this placement, so the newest is used");
            if (experiment == nullptr) continue;
            const auto& variants = experiment->variants;
            if (std::ranges::find(variants, variant, &domain::ExperimentVariant::name) ==
                variants.end())
                say(pointer, "the experiment " + in_quotes(trial.experiment) + " has no variant " +
                                 in_quotes(variant));
        }
    }

    const CompiledPlacement& placement_;
    const PlacementCircumstances& around_;
    std::vector<std::string> said_;
};

}  // namespace

PlacementCircumstances PlacementCircumstances::as_they_are(
    std::shared_ptr<const CatalogueSnapshot> catalogue, std::shared_ptr<const SegmentSet> segments,
    std::shared_ptr<const ExperimentSet> experiments, base::Time now) {
    return {.catalogue = std::move(catalogue),
            .now = now,
            .has_segment =
                [segments = std::move(segments)](std::string_view id) { return segments->has(id); },
            .find_experiment = [experiments = std::move(experiments)](
                                   std::string_view id) -> const domain::Experiment* {
                const CompiledExperiment* found = experiments->find(id);
                return found == nullptr ? nullptr : &found->definition;
            }};
}

PlacementCircumstances PlacementCircumstances::of(const Definition& saved) const {
    PlacementCircumstances around = *this;
    around.has_version = [&saved](std::uint64_t version) {
        return engine::has_version(saved, version);
    };
    return around;
}

bool has_version(const Definition& saved, std::uint64_t version) {
    const auto revision = std::ranges::find(saved.history, version, &Revision::version);
    return revision != saved.history.end() && !revision->body.is_null();
}

std::vector<std::string> placement_warnings(const CompiledPlacement& placement,
                                            const PlacementCircumstances& around) {
    return Warnings(placement, around).all();
}

}  // namespace attune::engine
