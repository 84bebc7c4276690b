#include "engine/trials/trial_world.h"
#include "engine/engine_options.h"

#include "base/json.h"
#include "base/json_document.h"
#include "domain/describe.h"
#include "engine/decide/decider.h"
#include "engine/decisions/decision_log.h"
#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/experiments.h"
#include "engine/experiment/question_reader.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"
#include "store/memory/memory_store.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using domain::MetricKind;

constexpr base::Duration kWindow = 1h;
constexpr base::Duration kBefore = 24h;
constexpr std::string_view kControl = "control";
constexpr std::string_view kTreatment = "treatment";
// What experiments without a lift are planned for.
constexpr double kEffectOfNone = 0.1;

MetricKind kind_of(learn::Metric metric) {
    switch (metric) {
        case learn::Metric::proportion:
            return MetricKind::conversion;
        case learn::Metric::ratio:
            return MetricKind::ratio;
        default:
            return MetricKind::sum;
    }
}

std::string run_id(const learn::TrialOptions& options, std::uint64_t run) {
    return "trial-" + std::to_string(options.seed) + "-" + std::to_string(run);
}

std::string user_of(std::uint64_t guest) { return "guest-" + std::to_string(guest); }

std::uint64_t seconds(base::Duration time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

domain::IncomingEvent event_of(std::string_view user, std::string_view name, base::Time time,
                               std::optional<double> value = std::nullopt) {
    return {.user_id = std::string(user), .event = std::string(name), .value = value, .time = time};
}

}  // namespace

domain::Experiment trial_experiment(const learn::TrialOptions& options, std::uint64_t run) {
    const double effect = options.lift == 0 ? kEffectOfNone : std::abs(options.lift);
    auto planned = options;
    planned.lift = effect;
    const learn::PowerPlan people = plan_of(planned);
    domain::ExperimentMetric metric{.name = "question",
                                    .role = domain::MetricRole::primary,
                                    .kind = kind_of(options.metric),
                                    .event = "done-" + run_id(options, run),
                                    .window_seconds = seconds(kWindow)};
    if (options.metric == learn::Metric::ratio)
        metric.denominator = "shown-" + run_id(options, run);
    if (options.adjusted) metric.covariate_seconds = seconds(kBefore);
    domain::ExperimentPlan plan{.baseline_mean = people.baseline_mean, .alpha = options.alpha};
    if (options.metric != learn::Metric::proportion)
        plan.baseline_deviation = people.baseline_deviation;
    return {.name = run_id(options, run),
            .variants = {{.name = std::string(kControl), .weight = 0.5},
                         {.name = std::string(kTreatment), .weight = 0.5}},
            .metrics = {std::move(metric)},
            .minimum_effect = effect,
            .plan = plan};
}

TrialWorld::TrialWorld(const learn::TrialOptions& options)
    : options_(options), clock_(*base::parse_time("2026-01-01T00:00:00Z")), random_(options.seed) {}

Result<std::unique_ptr<TrialWorld>> TrialWorld::open(const learn::TrialOptions& options,
                                                     std::uint64_t first_run, std::uint64_t runs) {
    std::unique_ptr<TrialWorld> world(new TrialWorld(options));
    ATTUNE_TRY(world->engine_,
               Engine::open(store::open_memory({}), world->clock_, world->random_, {}));
    ATTUNE_TRY(world->tenant_, world->engine_->tenants().find("default"));
    ATTUNE_TRY_VOID(world->begin(first_run, runs));
    return world;
}

Result<void> TrialWorld::begin(std::uint64_t first_run, std::uint64_t runs) {
    for (std::uint64_t run = first_run; run < first_run + runs; ++run) {
        const domain::Experiment experiment = trial_experiment(options_, run);
        const domain::ExperimentMetric& metric = experiment.metrics.front();
        runs_.push_back({.id = experiment.name,
                         .done = metric.event,
                         .shown = metric.denominator.value_or(""),
                         .seed = (options_.seed * 1'000'003 + run) * 1'000'000'007});
        const auto body = base::JsonText::trusted(base::to_json(experiment));
        auto saved = engine_->experiments().put(tenant_, experiment.name, body, {});
        if (saved) saved = engine_->experiments().start(tenant_, experiment.name, {});
        if (!saved) return std::unexpected(saved.error());
    }
    return {};
}

Result<void> TrialWorld::tell(Events events) {
    constexpr std::size_t kBatchEvents = 5'000;
    for (std::size_t from = 0; from < events.size(); from += kBatchEvents) {
        const auto first = events.begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t size = std::min(kBatchEvents, events.size() - from);
        Events batch(std::make_move_iterator(first),
                     std::make_move_iterator(first + static_cast<std::ptrdiff_t>(size)));
        ATTUNE_TRY(const auto tracked, engine_->tracker().track(tenant_, std::move(batch), {}));
        if (!tracked.rejected.empty()) return std::unexpected(tracked.rejected.front().error);
        ATTUNE_TRY_VOID(tracked.ticket.wait());
    }
    return {};
}

// The same person of the same run is always the same, whatever else is drawn.
learn::Observation TrialWorld::observe(const Run& run, std::uint64_t guest, double lift) const {
    base::SeededRandom random(run.seed + guest);
    return person_of(options_, lift, random);
}

void TrialWorld::come_in(std::uint64_t guest, Events& arrivals) const {
    const std::string user = user_of(guest);
    const base::Time now = clock_.now();
    if (options_.adjusted) {
        for (const Run& run : runs_) {
            const double before = observe(run, guest, 0).covariate;
            if (before > 0) arrivals.push_back(event_of(user, run.done, now - kBefore / 2, before));
        }
    }
    arrivals.push_back(event_of(user, "view", now));
}

Result<void> TrialWorld::ask(std::uint64_t guest, Events& reactions) {
    static const auto nowhere = base::JsonDocument::parse("{}");
    const std::string user = user_of(guest);
    ATTUNE_TRY(const auto answer,
               engine_->decider().config(tenant_, {.user_id = user, .context = nowhere->root()}));
    ATTUNE_TRY(const auto json, base::JsonDocument::parse(answer.json));
    const auto variants = json.root().find("variants");
    const base::Time then = clock_.now() + 1min;
    for (const Run& run : runs_) {
        const auto variant = variants ? variants->find(run.id) : std::nullopt;
        const auto name = variant ? variant->as_string() : std::nullopt;
        if (!name) return fail(Code::internal, user + " was given no variant of " + run.id);
        const auto did = observe(run, guest, *name == kTreatment ? options_.lift : 0);
        if (did.value > 0) reactions.push_back(event_of(user, run.done, then, did.value));
        if (!run.shown.empty())
            reactions.push_back(event_of(user, run.shown, then, did.denominator));
    }
    return {};
}

Result<void> TrialWorld::let_come(std::uint64_t people) {
    Events arrivals;
    for (std::uint64_t i = 0; i < people; ++i) come_in(guests_ + i, arrivals);
    ATTUNE_TRY_VOID(tell(std::move(arrivals)));
    Events reactions;
    for (std::uint64_t i = 0; i < people; ++i) ATTUNE_TRY_VOID(ask(guests_ + i, reactions));
    guests_ += people;
    ATTUNE_TRY_VOID(engine_->decisions().flush());
    clock_.advance(2min);
    ATTUNE_TRY_VOID(tell(std::move(reactions)));
    return engine_->questions().catch_up(tenant_);
}

Result<ExperimentResults> TrialWorld::results(std::uint64_t index) {
    return engine_->experiment_reader().results(tenant_, runs_[index].id);
}

}  // namespace attune::engine
