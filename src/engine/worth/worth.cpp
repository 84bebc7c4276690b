#include "engine/worth/worth.h"

#include "base/json.h"
#include "domain/describe.h"
#include "domain/describe_placement.h"
#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/experiments.h"
#include "engine/experiment/question_reader.h"
#include "engine/models/describe.h"
#include "engine/models/models.h"
#include "engine/models/train_model.h"
#include "engine/recommend/placement_set.h"
#include "engine/worth/estimate.h"
#include "engine/worth/shop.h"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace attune::engine {
namespace {

namespace simulate = learn::simulate;
using domain::Placement;
using domain::PlacementSourceKind;

constexpr std::string_view kPlacement = "home";
constexpr std::string_view kExperiment = "recommendations";
constexpr std::uint64_t kDaySeconds = 86'400;
constexpr std::uint32_t kListLength = 10;

// The versions of the placement, in the order in which they are saved.
constexpr std::uint64_t kExploring = 1;
constexpr std::uint64_t kPopular = 2;
constexpr std::uint64_t kRecommended = 3;

// What is compared is as it was written, throughout: what people choose meanwhile moves no weights, and people
// of this world do not tire of what they are shown.
Placement home() {
    Placement placement{
        .name = "Home", .ranking = domain::PlacementRanking::written, .limit = kListLength};
    placement.fatigue = domain::PlacementFatigue{.strength = 0};
    placement.exclude_seen = {{.events = {"purchase", "install"}, .within_days = 90}};
    return placement;
}

Placement popular() {
    Placement placement = home();
    placement.sources = {{.kind = PlacementSourceKind::popular, .weight = 1, .limit = 200}};
    return placement;
}

Placement exploring() {
    Placement placement = home();
    placement.exploration = domain::PlacementExploration{.slots = kListLength, .share = 1};
    return placement;
}

Placement on_trial() {
    Placement placement = home();
    placement.trial = domain::PlacementTrial{.experiment = std::string(kExperiment)};
    placement.trial->versions["control"] = kPopular;
    placement.trial->versions["treatment"] = kRecommended;
    return placement;
}

domain::ExperimentMetric metric(std::string name, domain::MetricKind kind, std::string event,
                                const WorthOptions& options) {
    return {.name = std::move(name),
            .kind = kind,
            .event = std::move(event),
            .window_seconds = options.days * kDaySeconds};
}

// What is known of clicks a person beforehand: those of the days of chance, as if there were as many days as the experiment has.
domain::ExperimentPlan plan_of(const std::map<std::string, double>& clicks,
                               const WorthOptions& options) {
    const double people = static_cast<double>(std::max<std::size_t>(clicks.size(), 1));
    const double days =
        static_cast<double>(options.days) / static_cast<double>(options.explore_days);
    double sum = 0;
    double squares = 0;
    for (const auto& [person, count] : clicks) {
        sum += count * days;
        squares += count * days * count * days;
    }
    const double mean = sum / people;

    return {.baseline_mean = std::max(mean, 0.01),
            .baseline_deviation = std::max(std::sqrt(squares / people - mean * mean), 0.1)};
}

domain::Experiment experiment(const WorthOptions& options, const domain::ExperimentPlan& plan) {
    using domain::MetricKind;
    auto clicks = metric("clicks", MetricKind::count, "click", options);
    clicks.role = domain::MetricRole::primary;
    // Some people come by ten times as often as others, before as after: that is no effect.
    clicks.covariate_seconds = options.explore_days * kDaySeconds;
    auto rate = metric("clicks_a_look", MetricKind::ratio, "click", options);
    rate.denominator = "impression";
    return {.name = "What recommending is worth",
            .hypothesis = "People like more of what is chosen for them than of what is popular.",
            .variants = {{.name = "control", .weight = 0.5}, {.name = "treatment", .weight = 0.5}},
            .metrics = {std::move(clicks), std::move(rate),
                        metric("purchases", MetricKind::count, "purchase", options),
                        metric("installs", MetricKind::count, "install", options)},
            .minimum_effect = 0.05,
            .plan = plan};
}

Result<void> check(const WorthOptions& options) {
    const auto between = [](std::string_view field, std::uint64_t value, std::uint64_t low,
                            std::uint64_t high) -> Result<void> {
        if (value >= low && value <= high) return {};
        return fail_field(std::string(field),
                          "must be " + std::to_string(low) + " to " + std::to_string(high));
    };
    ATTUNE_TRY_VOID(between("/people", options.people, 10, 1'000'000));
    ATTUNE_TRY_VOID(between("/items", options.items, 20, 1'000'000));
    ATTUNE_TRY_VOID(between("/history_days", options.history_days, 1, 90));
    ATTUNE_TRY_VOID(between("/explore_days", options.explore_days, 1, 90));
    ATTUNE_TRY_VOID(between("/learn_every_days", options.learn_every_days, 1, 90));
    return between("/days", options.days, 1, 90);
}

void add(Engagement& sum, const Shop::Answered& answered, const Shop::Reacted& reacted) {
    ++sum.answers;
    sum.shown += answered.items.size();
    sum.clicks += reacted.clicks;
    sum.acquired += reacted.acquired;
}

WorthLift lift_of(const MetricResult& metric) {
    WorthLift lift{.metric = metric.name};
    for (const ArmMetric& arm : metric.arms) {
        if (arm.name != "control" && arm.name != "treatment") continue;
        const bool is_control = arm.name == "control";
        (is_control ? lift.control_people : lift.treatment_people) = arm.sums.n;
        (is_control ? lift.control_mean : lift.treatment_mean) = arm.mean.value_or(0);
    }
    if (metric.comparisons.empty()) return lift;
    if (const auto& sequential = metric.comparisons.front().sequential) {
        lift.effect = sequential->effect;
        lift.ci = sequential->ci;
        lift.p_value = sequential->p_value;
    }
    return lift;
}

// The whole story, from the shop's first day to the end of the experiment.
class Story {
public:
    Story(const WorthOptions& options, const WorthProgress& progress)
        : progress_(progress),
          world_({.seed = options.seed,
                  .people = options.people,
                  .items = options.items,
                  .days = options.history_days + options.explore_days + options.days}),
          foretelling_(std::string(kPlacement), kExploring) {
        report_.options = options;
    }

    Result<WorthReport> tell() {
        ATTUNE_TRY(shop_, Shop::open(world_));
        ATTUNE_TRY_VOID(shop_->engine().models().put_plan(
            shop_->tenant(), {.every_hours = 24.0 * report_.options.learn_every_days}));
        simulate::Generator storefront(world_);
        for (std::uint32_t day = 0; day < report_.options.history_days; ++day) {
            ATTUNE_TRY_VOID(shop_->live_through(storefront, ++today_));
            told();
        }
        ATTUNE_TRY_VOID(shop_->learn_what_is_due());
        ATTUNE_TRY_VOID(explore());
        ATTUNE_TRY(report_.estimate,
                   foretelling_.estimate(shop_->engine().store(), shop_->tenant()));
        ATTUNE_TRY_VOID(try_out());
        ATTUNE_TRY_VOID(conclude());
        return std::move(report_);
    }

private:
    Result<void> save(const Placement& placement) {
        const auto saved = shop_->engine().placements().put(
            shop_->tenant(), kPlacement, base::JsonText::trusted(base::to_json(placement)),
            {.by = "worth"});
        return saved ? Result<void>{} : std::unexpected(saved.error());
    }

    // Every list is left to chance, among what would have been recommended; what would have been is kept beside it.
    Result<void> explore() {
        ATTUNE_TRY_VOID(save(exploring()));
        ATTUNE_TRY(const auto recommended,
                   CompiledPlacement::compile(std::string(kPlacement), kRecommended, home()));
        const auto choose = [&](std::string_view user_id) -> Result<Shop::Answered> {
            ATTUNE_TRY(auto wanted, shop_->preview(recommended, user_id));
            ATTUNE_TRY(auto answered, shop_->ask(kPlacement, user_id, kExperiment));
            foretelling_.would_show(answered.decision_id, std::move(wanted));
            return answered;
        };
        for (std::uint32_t day = 0; day < report_.options.explore_days; ++day) {
            ATTUNE_TRY_VOID(shop_->open_day(
                today_++, choose,
                [&](const Shop::Answered& answered, const Shop::Reacted& reacted) {
                    explored_clicks_[answered.user_id] += static_cast<double>(reacted.clicks);
                }));
            told();
        }
        return {};
    }

    Result<void> try_out() {
        for (const Placement& version : {popular(), home(), on_trial()})
            ATTUNE_TRY_VOID(save(version));
        auto& experiments = shop_->engine().experiments();
        const auto body = base::JsonText::trusted(
            base::to_json(experiment(report_.options, plan_of(explored_clicks_, report_.options))));
        const auto made = experiments.put(shop_->tenant(), kExperiment, body, {.by = "worth"});
        if (!made) return std::unexpected(made.error());
        const auto started = experiments.start(shop_->tenant(), kExperiment, {.by = "worth"});
        if (!started) return std::unexpected(started.error());
        const auto choose = [&](std::string_view user_id) {
            return shop_->ask(kPlacement, user_id, kExperiment);
        };
        for (std::uint32_t day = 1; day <= report_.options.days; ++day) {
            WorthDay counted{.day = day};
            ATTUNE_TRY_VOID(
                shop_->open_day(today_++, choose,
                                [&](const Shop::Answered& answered, const Shop::Reacted& reacted) {
                                    if (answered.variant == "control") {
                                        add(counted.control, answered, reacted);
                                        add(report_.control, answered, reacted);
                                    } else if (answered.variant == "treatment") {
                                        add(counted.treatment, answered, reacted);
                                        add(report_.treatment, answered, reacted);
                                    }
                                }));
            report_.by_day.push_back(counted);
            told();
        }
        return {};
    }

    Result<void> conclude() {
        Engine& engine = shop_->engine();
        ATTUNE_TRY_VOID(engine.questions().catch_up(shop_->tenant()));
        ATTUNE_TRY(const auto results,
                   engine.experiment_reader().results(shop_->tenant(), kExperiment));
        for (const MetricResult& metric : results.metrics) report_.lifts.push_back(lift_of(metric));
        report_.verdict = results.verdict.decision;
        report_.reason = results.verdict.reason;
        report_.events = shop_->events();
        WorthEstimate& estimate = report_.estimate;
        estimate.happened = report_.treatment.click_rate();
        estimate.is_within = estimate.ci && estimate.happened >= (*estimate.ci)[0] &&
                             estimate.happened <= (*estimate.ci)[1];
        return look_at_models();
    }

    Result<void> look_at_models() {
        const auto number = [](const NumbersByName& numbers) {
            const double* const found = numbers.find(kDecisiveMetric);
            return found == nullptr ? 0.0 : *found;
        };
        ATTUNE_TRY(const auto entries, shop_->engine().models().list(shop_->tenant()));
        for (const ModelEntry& entry : entries)
            report_.models.push_back({.learner = entry.request.learner,
                                      .state = boost::describe::enum_to_string(entry.state, ""),
                                      .reason = entry.reason,
                                      .touches = entry.touches,
                                      .ndcg = number(entry.metrics),
                                      .popularity_ndcg = number(entry.popularity_metrics)});
        return {};
    }

    void told() const {
        const WorthOptions& options = report_.options;
        const std::uint32_t days = options.history_days + options.explore_days + options.days;
        if (progress_) progress_(static_cast<std::uint32_t>(today_), days, shop_->events());
    }

    const WorthProgress& progress_;
    const simulate::World world_;
    Foretelling foretelling_;
    std::unique_ptr<Shop> shop_;
    std::int32_t today_ = 0;
    std::map<std::string, double> explored_clicks_;  // by person
    WorthReport report_;
};

}  // namespace

Result<WorthReport> find_worth(const WorthOptions& options, const WorthProgress& progress) {
    ATTUNE_TRY_VOID(check(options));
    return Story(options, progress).tell();
}

}  // namespace attune::engine
