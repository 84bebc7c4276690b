#include "engine/engine.h"

#include "base/disk.h"
#include "engine/activity/activity.h"
#include "engine/backups.h"
#include "engine/bandit/bandits.h"
#include "engine/blueprint/blueprint.h"
#include "engine/calendar/time_zones.h"
#include "engine/catalogue/item_facts.h"
#include "engine/decide/decider.h"
#include "engine/decide/flag_exposures.h"
#include "engine/decide/segment_uses.h"
#include "engine/engine_options.h"
#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/experiments.h"
#include "engine/flags/flags.h"
#include "engine/numbers/item_numbers.h"
#include "engine/optimize/optimizer.h"
#include "engine/optimize/rule_questions.h"
#include "engine/outcomes/outcomes.h"
#include "engine/recommend/recommendations.h"
#include "engine/rollout/rollout_questions.h"
#include "engine/vocabulary/event_names.h"
#include "store/store.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace attune::engine {
namespace {

std::vector<TenantId> tenants_of(const Tenants& tenants) {
    std::vector<TenantId> ids;
    for (const TenantDocument& tenant : tenants.list())
        if (const auto id = tenants.find(tenant.tenant.id)) ids.push_back(*id);
    return ids;
}

// Of these items alone, in their order.
Result<learn::ItemFacts> facts_of(Catalogue& catalogue, TenantId tenant,
                                  std::span<const ItemNumber> items) {
    ATTUNE_TRY(const auto snapshot, catalogue.of(tenant));
    const ItemNumber past = items.empty() ? 0 : *std::ranges::max_element(items) + 1;
    learn::ItemFacts all = item_facts(*snapshot, past);
    learn::ItemFacts facts;
    facts.reserve(items.size());
    for (const ItemNumber item : items) facts.push_back(std::move(all[item]));
    return facts;
}

auto facts_from(Catalogue& catalogue) {
    return [&catalogue](TenantId tenant, std::span<const ItemNumber> items) {
        return facts_of(catalogue, tenant, items);
    };
}

CheckpointPlace place_of(base::Disk& disk, const base::Clock& clock, EngineOptions& options) {
    if (options.checkpoint_dir.empty()) return {};
    return {.disk = &disk,
            .clock = &clock,
            .directory = std::move(options.checkpoint_dir),
            .log = options.log};
}

void tell_of_erasures(People& people, Tenants& tenants, Checkpoints& checkpoints,
                      Activity& activity, Outcomes& outcomes, QuestionReader& questions,
                      Bandits& bandits, EventNames& names) {
    people.tell_of_erasures(
        [&activity, &outcomes, &names](TenantId tenant, const store::PersonId& person) {
            activity.forget(tenant, person);
            outcomes.forget(tenant, person);
            // Gone already, unless somebody asked while the erasure was on its way.
            names.forget(tenant);
        },
        [&tenants, &checkpoints, &activity, &outcomes, &questions, &bandits, &names](
            TenantId tenant, std::span<const std::string> ids) -> Result<Checkpoints::Erasure> {
            // Whoever comes to have one of these ids is somebody else.
            ATTUNE_TRY_VOID(tenants.revoke_person_tokens(tenant, ids));
            Checkpoints::Erasure erasure = checkpoints.begin_erasure();
            ATTUNE_TRY_VOID(activity.begin_erasure(tenant));
            ATTUNE_TRY_VOID(outcomes.begin_erasure(tenant));
            ATTUNE_TRY_VOID(questions.begin_erasure(tenant));
            ATTUNE_TRY_VOID(bandits.begin_erasure(tenant));
            names.forget(tenant);
            return erasure;
        });
}

}  // namespace

std::string store_directory(const std::string& data_dir) { return data_dir + "/store"; }
std::string checkpoint_directory(const std::string& data_dir) { return data_dir + "/checkpoints"; }

Engine::Engine(std::unique_ptr<store::Store> store, const base::Clock& clock, base::Random& random)
    : clock_(clock),
      random_(random),
      zones_(std::make_unique<const TimeZones>(TimeZones::of_system())),
      item_numbers_(std::make_unique<AllItemNumbers>()),
      disk_(std::make_unique<base::PosixDisk>()),
      store_(std::move(store)) {}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(std::unique_ptr<store::Store> store,
                                             const base::Clock& clock, base::Random& random,
                                             EngineOptions options) {
    ATTUNE_CHECK(store != nullptr);
    std::unique_ptr<Engine> engine(new Engine(std::move(store), clock, random));
    ATTUNE_TRY(engine->tenants_,
               Tenants::open(*engine->store_, clock, random, std::move(options.tenancy)));
    engine->people_ =
        std::make_unique<People>(*engine->store_, *engine->tenants_, clock, random, options.people);
    engine->checkpoints_ = std::make_unique<Checkpoints>(place_of(*engine->disk_, clock, options));
    engine->activity_ =
        std::make_unique<Activity>(*engine->store_, *engine->tenants_, *engine->item_numbers_,
                                   ActivityOptions{}, engine->checkpoints_.get());
    engine->outcomes_ = std::make_unique<Outcomes>(
        *engine->store_, *engine->tenants_, *engine->item_numbers_, engine->checkpoints_.get());
    ATTUNE_TRY(engine->tracker_, Tracker::open(*engine->people_, *engine->tenants_, clock, random,
                                               std::move(options.track)));
    engine->catalogue_ = std::make_unique<Catalogue>(*engine->store_, clock, *engine->item_numbers_,
                                                     options.catalogue);
    ATTUNE_TRY_VOID(engine->catalogue_->open(tenants_of(*engine->tenants_)));
    engine->models_ = std::make_unique<Models>(
        *engine->store_, *engine->tenants_, *engine->activity_, *engine->item_numbers_, clock,
        random,
        ModelsInputs{
            .facts = facts_from(*engine->catalogue_),
            .answered_lists = [outcomes = engine->outcomes_.get()](
                                  TenantId tenant) { return outcomes->answered_lists(tenant); }},
        options.models);
    ATTUNE_TRY_VOID(engine->models_->open(tenants_of(*engine->tenants_)));
    engine->contents_ =
        std::make_unique<ContentModels>(*engine->catalogue_, clock, options.content);
    engine->rules_ = std::make_unique<Rules>(
        *engine->store_, clock, DefinitionKind{.collection = "rules", .noun = "rule"},
        [&zones = *engine->zones_](TenantId, std::span<const Definition> definitions) {
            return RuleSet::compile(definitions, zones);
        });
    engine->flags_ = std::make_unique<Flags>(*engine->store_, clock, *engine->zones_);
    engine->experiments_ = std::make_unique<Experiments>(*engine->store_, clock);
    engine->event_names_ = std::make_unique<EventNames>(*engine->store_);
    engine->experiment_questions_ = std::make_unique<ExperimentQuestions>(*engine->experiments_);
    engine->rule_questions_ = std::make_unique<RuleQuestions>(*engine->rules_);
    engine->rollout_questions_ = std::make_unique<RolloutQuestions>(*engine->flags_, clock);
    engine->questions_ = std::make_unique<QuestionReader>(
        *engine->store_,
        std::vector<QuestionSource*>{engine->experiment_questions_.get(),
                                     engine->rule_questions_.get(),
                                     engine->rollout_questions_.get()},
        engine->checkpoints_.get());
    engine->bandits_ = std::make_unique<Bandits>(*engine->store_, *engine->experiments_,
                                                 engine->checkpoints_.get());
    tell_of_erasures(*engine->people_, *engine->tenants_, *engine->checkpoints_, *engine->activity_,
                     *engine->outcomes_, *engine->questions_, *engine->bandits_,
                     *engine->event_names_);
    engine->experiment_reader_ =
        std::make_unique<ExperimentReader>(*engine->questions_, *engine->experiments_);
    engine->rule_performances_ =
        std::make_unique<RulePerformances>(*engine->questions_, *engine->rules_);
    for (const TenantId tenant : tenants_of(*engine->tenants_)) {
        engine->questions_->watch(tenant);
        engine->bandits_->watch(tenant);
        engine->activity_->watch(tenant);
        engine->outcomes_->watch(tenant);
        engine->contents_->watch(tenant);
    }
    engine->decisions_ = std::make_unique<DecisionLog>(*engine->people_, clock, options.decisions);
    engine->placements_ = make_placements(*engine->store_, clock);
    engine->segments_ = std::make_unique<Segments>(
        *engine->store_, clock,
        [rules = engine->rules_.get(), experiments = engine->experiments_.get(),
         flags = engine->flags_.get(), placements = engine->placements_.get()](
            TenantId tenant, std::string_view segment) -> Result<std::vector<std::string>> {
            ATTUNE_TRY(auto uses, segment_uses(tenant, segment, *rules, *experiments, *flags));
            ATTUNE_TRY(auto places, placements_asking_for(*placements, tenant, segment));
            uses.insert(uses.end(), std::make_move_iterator(places.begin()),
                        std::make_move_iterator(places.end()));
            return uses;
        });
    engine->optimizer_ = std::make_unique<Optimizer>(*engine->rule_performances_, *engine->rules_,
                                                     *engine->segments_, clock);
    engine->flag_exposures_ =
        std::make_unique<FlagExposures>(*engine->people_, *engine->decisions_);
    engine->decider_ = std::make_unique<Decider>(
        *engine->people_, *engine->segments_, *engine->rules_, *engine->flags_,
        *engine->experiments_, *engine->bandits_, *engine->decisions_, *engine->zones_, clock);
    engine->rollouts_ = std::make_unique<Rollouts>(*engine->flags_, *engine->questions_,
                                                   *engine->tenants_, clock, options.rollouts);
    engine->blueprint_ =
        std::make_unique<Blueprint>(*engine->store_, *engine->segments_, *engine->rules_,
                                    *engine->flags_, *engine->experiments_, *engine->placements_,
                                    *engine->catalogue_, *engine->event_names_, clock);
    engine->recommendations_ = std::make_unique<Recommendations>(
        Recommendations::Parts{.store = *engine->store_,
                               .people = *engine->people_,
                               .tenants = *engine->tenants_,
                               .segments = *engine->segments_,
                               .experiments = *engine->experiments_,
                               .bandits = *engine->bandits_,
                               .placements = *engine->placements_,
                               .catalogue = *engine->catalogue_,
                               .activity = *engine->activity_,
                               .models = *engine->models_,
                               .contents = *engine->contents_,
                               .outcomes = *engine->outcomes_,
                               .log = *engine->decisions_,
                               .zones = *engine->zones_,
                               .clock = clock});
    engine->backups_ = std::make_unique<Backups>(*engine->store_, std::move(options.backup_dir));
    return engine;
}

}  // namespace attune::engine
