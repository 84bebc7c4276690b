#include "engine/models/trainer.h"

#include "engine/models/search_recipe.h"
#include "engine/models/train_model.h"
#include "engine/models/train_ranker.h"
#include "learn/evaluate/learners.h"
#include "learn/recommend/influence.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::engine {
namespace {

constexpr double kSearchPart = 0.5;  // of what is told as progress

NumbersByName numbers_of(const learn::Settings::Given& given) {
    NumbersByName numbers;
    for (const auto& [name, value] : given) numbers[name] = value;
    return numbers;
}

base::Time time_of(std::int64_t seconds) { return base::Time(std::chrono::seconds(seconds)); }

void describe_data(const TrainingData& data, ModelEntry& entry) {
    entry.people = data.interactions.people();
    entry.items = data.items.size();
    entry.touches = data.interactions.size();
    for (learn::PersonIndex person = 0; person < data.interactions.people(); ++person) {
        const learn::History history = data.interactions.of_person(person);
        if (history.empty()) continue;
        const base::Time first = time_of(history.front().time);
        const base::Time last = time_of(history.back().time);
        entry.data_from = entry.data_from ? std::min(*entry.data_from, first) : first;
        entry.data_until = entry.data_until ? std::max(*entry.data_until, last) : last;
    }
}

Result<void> check(const TrainingBounds& bounds) {
    struct Range {
        std::string_view field;
        double value;
        double low;
        double high;
    };
    for (const Range& one : {Range{"young_days", bounds.young_days, 0.01, 3'650},
                             Range{"window_days", bounds.window_days, 0.01, 3'650},
                             Range{"young_growth", bounds.young_growth, 0, 1'000},
                             Range{"surge_growth", bounds.surge_growth, 0, 1'000},
                             Range{"surge_least", bounds.surge_least, 1, 1e6},
                             Range{"people_min", static_cast<double>(bounds.people_min), 1, 1e6}})
        if (!(one.value >= one.low && one.value <= one.high))
            return fail_field("/bounds/" + std::string(one.field), "is out of its bounds");
    return {};
}

std::int64_t seconds_of(double days) { return static_cast<std::int64_t>(days * 86'400); }

std::size_t pairs_in(const learn::Interactions& all) { return all.matrix().size(); }

// The columns of items that nobody touches any more go, so that the model has no place for them.
Result<void> close_up(TrainingData& data) {
    std::vector<bool> is_touched(data.items.size());
    for (const learn::ItemIndex item : data.interactions.matrix().columns) is_touched[item] = true;
    std::vector<learn::ItemIndex> columns(data.items.size());
    std::vector<ItemNumber> items;
    for (learn::ItemIndex column = 0; column < data.items.size(); ++column) {
        columns[column] = static_cast<learn::ItemIndex>(items.size());
        if (is_touched[column]) items.push_back(data.items[column]);
    }
    if (items.size() == data.items.size()) return {};
    std::vector<learn::Deed> deeds;
    deeds.reserve(data.interactions.size());
    for (learn::PersonIndex person = 0; person < data.interactions.people(); ++person)
        for (learn::Touch touch : data.interactions.of_person(person)) {
            if (!is_touched[touch.item]) continue;
            touch.item = columns[touch.item];
            deeds.push_back({person, touch});
        }
    ATTUNE_TRY(data.interactions,
               learn::Interactions::of(std::move(deeds), data.interactions.people(),
                                       static_cast<learn::ItemIndex>(items.size())));
    data.items = std::move(items);
    return {};
}

// What hardly anybody touched says what these few did, in whatever model.
Result<void> leave_out_rare_items(std::uint32_t people_min, TrainingData& data, ModelEntry& entry) {
    if (people_min <= 1) return {};
    const std::size_t before = pairs_in(data.interactions);
    data.interactions = learn::without_rare_items(data.interactions, people_min);
    entry.held_back += before - pairs_in(data.interactions);
    return close_up(data);
}

// Also of what is judged on: accounts that push an item are no people who want it.
void keep_within(const TrainingBounds& bounds, TrainingData& data, ModelEntry& entry) {
    if (bounds.young_growth <= 0 && bounds.surge_growth <= 0 && !bounds.leaves_out_suspects) return;
    learn::Influence within =
        learn::within_influence(data.interactions, {.touches_max = TouchBook::kTouchesMax,
                                                    .weight_max = ActivityOfTenant::kPairWeightMax,
                                                    .window = seconds_of(bounds.window_days),
                                                    .young = seconds_of(bounds.young_days),
                                                    .surge_least = bounds.surge_least,
                                                    .surge_growth = bounds.surge_growth,
                                                    .young_growth = bounds.young_growth});
    entry.held_back = within.held_back;
    entry.suspects = within.suspects.size();
    data.interactions = bounds.leaves_out_suspects
                            ? learn::without_people(within.interactions, within.suspects)
                            : std::move(within.interactions);
}

// What a champion was learned with, if it can be still. What is a whole number today may have been searched as a fraction, and was
// used as the whole part of it.
std::optional<Recipe> recipe_of(const ModelEntry& champion) {
    TrainingRequest request{.learner = champion.request.learner, .settings = champion.settings};
    if (const auto learner = learn::find_learner(request.learner))
        for (const learn::Setting& setting : (*learner)->settings)
            if (double* const value = request.settings.find(std::string(setting.name));
                setting.scale == learn::Scale::whole && value != nullptr)
                *value = std::floor(*value);
    auto recipe = recipe_of(request);
    return recipe ? std::optional(*std::move(recipe)) : std::nullopt;
}

// A part of the whole progress.
learn::Training training_of(const ModelEntry& entry, const Trainer::Control& control,
                            unsigned threads, double from, double upto) {
    return {.seed = entry.request.seed,
            .threads = threads,
            .stop = control.stop,
            .progress = [tell = control.progress, from, upto](double done) {
                tell(from + (upto - from) * std::clamp(done, 0.0, 1.0));
            }};
}

}  // namespace

ModelKind kind_of(const TrainingRequest& request) {
    return request.learner == kRankerLearner ? ModelKind::ranker : ModelKind::recommender;
}

Result<void> check(const TrainingRequest& request) {
    Recipe recipe;
    if (kind_of(request) == ModelKind::ranker) {
        ATTUNE_TRY_VOID(ranker_options(request.settings));
        if (request.bounds != TrainingBounds{})
            return fail_field("/bounds", "are of recommenders: a ranker learns from lists");
    } else {
        ATTUNE_TRY(recipe, recipe_of(request));
    }
    ATTUNE_TRY_VOID(check(request.bounds));
    return check_search(request, recipe);
}

std::uint64_t Trainer::touches(TenantId tenant) { return activity_.of(tenant)->touches(); }
Result<std::uint64_t> Trainer::answered_lists(TenantId tenant) {
    return inputs_.answered_lists ? inputs_.answered_lists(tenant) : std::uint64_t{0};
}

Result<void> Trainer::train(TenantId tenant, ModelEntry& entry, const Control& control) {
    return entry.kind == ModelKind::ranker ? train_a_ranker(tenant, entry, control)
                                           : train_a_recommender(tenant, entry, control);
}

std::optional<ModelEntry> Trainer::champion_of(TenantId tenant, ModelKind kind) const {
    std::string id;
    if (kind == ModelKind::ranker) {
        if (const auto ranker = registry_.ranker(tenant)) id = ranker->id();
    } else if (const auto model = registry_.published(tenant)) {
        id = model->id();
    }
    if (id.empty()) return std::nullopt;
    auto entry = registry_.shelf().get(tenant, id);
    return entry ? std::optional(*std::move(entry)) : std::nullopt;
}

Result<void> Trainer::add(TenantId tenant, ModelEntry& entry, base::Time began,
                          ModelRegistry::Servable model) {
    entry.trained_at = clock_.now();
    entry.seconds = std::chrono::duration<double>(*entry.trained_at - began).count();
    entry.progress = 1;
    ATTUNE_TRY(const TrainingPlan plan, registry_.shelf().plan(tenant));
    return registry_.add(tenant, entry, std::move(model), entry.request.publish && !entry.reason,
                         plan.keep);
}

Result<void> Trainer::train_a_recommender(TenantId tenant, ModelEntry& entry,
                                          const Control& control) {
    const base::Time began = clock_.now();
    ATTUNE_TRY_VOID(activity_.catch_up(tenant));
    entry.all_touches = touches(tenant);
    const auto now = std::chrono::floor<std::chrono::seconds>(began.time_since_epoch());
    ATTUNE_TRY(TrainingData data,
               activity_.of(tenant)->training_data(options_.touches_max, now.count()));
    describe_data(data, entry);
    ATTUNE_TRY(auto recipe, recipe_of(entry.request));
    keep_within(entry.request.bounds, data, entry);
    // What items are like is known of those that one person touched as well, and is not what they did.
    if (!recipe.learner->needs_facts)
        ATTUNE_TRY_VOID(leave_out_rare_items(entry.request.bounds.people_min, data, entry));
    TrainingRun run{.data = data, .recipe = std::move(recipe), .champion = {}};
    const auto champion = champion_of(tenant, entry.kind);
    if (champion) {
        entry.champion = champion->id;
        run.champion = recipe_of(*champion);
    }
    learn::ItemFacts facts;
    if (run.recipe.learner->needs_facts || (run.champion && run.champion->learner->needs_facts)) {
        ATTUNE_TRY(facts, inputs_.facts(tenant, data.items));
        run.facts = &facts;
    }
    ATTUNE_TRY_VOID(search(run, entry, control));
    ATTUNE_TRY(TrainedModel trained,
               train_model(run, training_of(entry, control, options_.threads,
                                            entry.search ? kSearchPart : 0, 1)));
    entry.settings = numbers_of(trained.settings);
    entry.metrics = trained.metrics;
    entry.champion_metrics = trained.champion_metrics;
    entry.popularity_metrics = trained.popularity_metrics;
    const bool is_same_recipe = champion && champion->request.learner == entry.request.learner &&
                                champion->settings == entry.settings;
    entry.reason = why_not_better(trained, is_same_recipe);
    auto model =
        std::make_shared<const ServedModel>(entry.id, std::move(trained.model), data.items);
    return add(tenant, entry, began, {.recommender = std::move(model), .ranker = {}});
}

Result<void> Trainer::search(TrainingRun& run, ModelEntry& entry, const Control& control) {
    if (!searches(entry.request)) return {};
    const SearchRun asked{.data = run.data,
                          .facts = run.facts,
                          .recipe = run.recipe,
                          .champion = run.champion,
                          .minutes = entry.request.search_minutes,
                          .tries = entry.request.search_tries};
    ATTUNE_TRY(SearchedRecipe searched,
               search_recipe(asked, clock_,
                             training_of(entry, control, options_.threads, 0, kSearchPart)));
    run.recipe = std::move(searched.recipe);
    entry.search = std::move(searched.report);
    return {};
}

Result<void> Trainer::train_a_ranker(TenantId tenant, ModelEntry& entry, const Control& control) {
    const base::Time began = clock_.now();
    ATTUNE_TRY(entry.answered_lists, answered_lists(tenant));
    ATTUNE_TRY(const RankerLessons lessons,
               read_ranker_lessons(store_, tenant, *numbers_.of(tenant), *tenants_.weights(tenant),
                                   {.stop = control.stop}));
    entry.people = lessons.people;
    entry.items = lessons.items;
    entry.lists = lessons.log.decisions();
    entry.data_from = lessons.from;
    entry.data_until = lessons.until;
    const auto champion = champion_of(tenant, entry.kind);
    if (champion) entry.champion = champion->id;
    ATTUNE_TRY(const auto options, ranker_options(entry.request.settings));
    ATTUNE_TRY(
        TrainedRanker trained,
        train_ranker(lessons, options, champion ? std::optional(champion->settings) : std::nullopt,
                     training_of(entry, control, options_.threads, 0, 1)));
    entry.settings = trained.settings;
    entry.metrics = trained.metrics;
    entry.champion_metrics = trained.champion_metrics;
    entry.shown_metrics = trained.shown_metrics;
    entry.reason = why_not_better(trained, champion && champion->settings == entry.settings);
    auto ranker = std::make_shared<const ServedRanker>(entry.id, std::move(trained.ranker));
    return add(tenant, entry, began, {.recommender = {}, .ranker = std::move(ranker)});
}

}  // namespace attune::engine
