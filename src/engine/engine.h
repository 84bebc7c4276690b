// Engine: everything Attune does, wired over one store. It owns the store, the tenants, the people, the
// tracker, the definitions and the decider, in the order in which they lean on each other, and takes them down in the opposite order.
//
//     ATTUNE_TRY(auto engine, Engine::open(std::move(store), clock, random, {}));
//     auto tracked = engine->tracker().track(tenant, std::move(events), origin);
//     auto profile = engine->people().read(tenant, "ann");
//     auto config = engine->decider().config(tenant, {.user_id = "ann", .context = context.root()});
//
// Thread-safe, as its parts are. What belongs to the store alone (durability, directory, disk reserve) is chosen where
// the store is made.
#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"

#include <memory>
#include <string>

namespace attune::base {
class PosixDisk;
}

namespace attune::store {
class Store;
}

namespace attune::engine {

// The parts, each with a header of its own: whoever uses one includes it, and is not compiled again because of the others.
class Activity;
class AllItemNumbers;
class Backups;
class Bandits;
class Blueprint;
class Catalogue;
class Checkpoints;
class ContentModels;
class Decider;
class DecisionLog;
class EventNames;
class ExperimentQuestions;
class ExperimentReader;
class Experiments;
class FlagExposures;
class Flags;
class Models;
class Optimizer;
class Outcomes;
class People;
class PlacementSet;
class QuestionReader;
class Recommendations;
class RolloutQuestions;
class Rollouts;
class RulePerformances;
class RuleQuestions;
class RuleSet;
class Segments;
class Tenants;
class TimeZones;
class Tracker;
struct EngineOptions;
template <class Compiled>
class Definitions;
using Placements = Definitions<PlacementSet>;
using Rules = Definitions<RuleSet>;

// Where the store lives below a data directory: the same for the server, the commands and the library.
[[nodiscard]] std::string store_directory(const std::string& data_dir);
// And what was made of it to start quickly, which can be removed while nobody has it open.
[[nodiscard]] std::string checkpoint_directory(const std::string& data_dir);

class Engine {
public:
    // Opens what is in the store, or begins a new world in an empty one. `clock` and `random` outlive the engine. Fails
    // with what the parts fail with: documents that cannot be read, a country database that is not one.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> open(std::unique_ptr<store::Store> store,
                                                              const base::Clock& clock,
                                                              base::Random& random,
                                                              EngineOptions options);
    // Writes the checkpoints of everybody who changed, then closes the store.
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    [[nodiscard]] store::Store& store() { return *store_; }
    [[nodiscard]] Tenants& tenants() { return *tenants_; }
    [[nodiscard]] People& people() { return *people_; }
    [[nodiscard]] const Checkpoints& checkpoints() const { return *checkpoints_; }
    [[nodiscard]] Activity& activity() { return *activity_; }
    [[nodiscard]] Outcomes& outcomes() { return *outcomes_; }
    [[nodiscard]] Tracker& tracker() { return *tracker_; }
    // What items are called inside: by all that speak of them.
    [[nodiscard]] AllItemNumbers& item_numbers() { return *item_numbers_; }
    [[nodiscard]] Models& models() { return *models_; }
    [[nodiscard]] ContentModels& contents() { return *contents_; }
    [[nodiscard]] Catalogue& catalogue() { return *catalogue_; }
    [[nodiscard]] Segments& segments() { return *segments_; }
    [[nodiscard]] Rules& rules() { return *rules_; }
    [[nodiscard]] Flags& flags() { return *flags_; }
    [[nodiscard]] Experiments& experiments() { return *experiments_; }
    // What the events are called that were sent.
    [[nodiscard]] EventNames& event_names() { return *event_names_; }
    // Of all that is learned from decisions.
    [[nodiscard]] QuestionReader& questions() { return *questions_; }
    [[nodiscard]] ExperimentReader& experiment_reader() { return *experiment_reader_; }
    [[nodiscard]] RulePerformances& rule_performances() { return *rule_performances_; }
    [[nodiscard]] Bandits& bandits() { return *bandits_; }
    [[nodiscard]] Optimizer& optimizer() { return *optimizer_; }
    [[nodiscard]] DecisionLog& decisions() { return *decisions_; }
    [[nodiscard]] FlagExposures& flag_exposures() { return *flag_exposures_; }
    [[nodiscard]] Rollouts& rollouts() { return *rollouts_; }
    [[nodiscard]] Decider& decider() { return *decider_; }
    [[nodiscard]] Blueprint& blueprint() { return *blueprint_; }
    [[nodiscard]] Placements& placements() { return *placements_; }
    [[nodiscard]] Recommendations& recommendations() { return *recommendations_; }
    [[nodiscard]] Backups& backups() { return *backups_; }
    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    [[nodiscard]] base::Random& random() { return random_; }

private:
    Engine(std::unique_ptr<store::Store> store, const base::Clock& clock, base::Random& random);

    const base::Clock& clock_;
    base::Random& random_;
    // Declared in the order of need: the last one goes first.
    std::unique_ptr<const TimeZones> zones_;
    std::unique_ptr<AllItemNumbers> item_numbers_;
    std::unique_ptr<base::PosixDisk> disk_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Tenants> tenants_;
    std::unique_ptr<People> people_;
    std::unique_ptr<Checkpoints> checkpoints_;
    std::unique_ptr<Activity> activity_;
    std::unique_ptr<Outcomes> outcomes_;
    std::unique_ptr<Tracker> tracker_;
    std::unique_ptr<Catalogue> catalogue_;
    std::unique_ptr<Models> models_;
    std::unique_ptr<ContentModels> contents_;
    std::unique_ptr<Rules> rules_;
    std::unique_ptr<Flags> flags_;
    std::unique_ptr<Experiments> experiments_;
    std::unique_ptr<EventNames> event_names_;
    std::unique_ptr<ExperimentQuestions> experiment_questions_;
    std::unique_ptr<RuleQuestions> rule_questions_;
    std::unique_ptr<RolloutQuestions> rollout_questions_;
    std::unique_ptr<QuestionReader> questions_;
    std::unique_ptr<ExperimentReader> experiment_reader_;
    std::unique_ptr<RulePerformances> rule_performances_;
    std::unique_ptr<Bandits> bandits_;
    std::unique_ptr<Optimizer> optimizer_;
    std::unique_ptr<DecisionLog> decisions_;
    std::unique_ptr<Placements> placements_;
    std::unique_ptr<Segments> segments_;
    std::unique_ptr<FlagExposures> flag_exposures_;
    std::unique_ptr<Decider> decider_;
    std::unique_ptr<Rollouts> rollouts_;
    std::unique_ptr<Blueprint> blueprint_;
    std::unique_ptr<Recommendations> recommendations_;
    std::unique_ptr<Backups> backups_;
};

}  // namespace attune::engine
