// Models over a store that people write to: what is learned, what answers, and what becomes of it all.
#include "engine/models/models.h"

#include "../profile/people_world.h"
#include "engine/models/search_recipe.h"
#include "engine/models/train_model.h"
#include "learn/evaluate/protocols.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

const TrainingRequest kTransitions{.learner = "transitions"};

class ModelsTest : public ::testing::Test {
protected:
    ModelsTest() {
        behave(40, 0);
        begin();
    }
    void begin() {
        activity_ = std::make_unique<Activity>(*world_.store, world_.tenants, *numbers_);
        ASSERT_TRUE(activity_->catch_up(world_.tenant));
        models_ = std::make_unique<Models>(
            *world_.store, world_.tenants, *activity_, *numbers_, world_.clock, world_.ids,
            ModelsInputs{
                .facts = [](TenantId, std::span<const ItemNumber>) { return learn::ItemFacts{}; }},
            ModelsOptions{.look_every = 0s});
        const TenantId tenants[] = {world_.tenant};
        ASSERT_TRUE(models_->open(tenants));
    }
    // As a server that starts again, with other numbers for its items.
    void restart() {
        models_.reset();
        activity_.reset();
        numbers_ = std::make_unique<AllItemNumbers>();
        (void)numbers_->of(world_.tenant)->number_for("another item");
        begin();
    }

    // People walk along their own ring of items, so that what comes next is known and what is popular says little.
    void behave(int people, int salt) {
        for (int step = 0; step < 12; ++step) {
            world_.clock.advance(10min);
            for (int person = 0; person < people; ++person) {
                const int at = (person * 7 + step) % 30;
                say("u" + std::to_string(person) + "-" + std::to_string(salt),
                    "i" + std::to_string(at));
            }
        }
    }
    void say(const std::string& user, const std::string& item) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = "view"};
        e.user_id = user;
        e.item_id = item;
        e.time = e.received_at = world_.clock.now();
        world_.apply({.user_id = user}, {e});
    }
    ModelEntry trained(const TrainingRequest& request) {
        world_.clock.advance(1s);
        const auto entry = models_->train(world_.tenant, request, "key_1");
        EXPECT_TRUE(entry) << entry.error().message;
        if (!entry) return {};
        models_->finish();
        return *models_->get(world_.tenant, entry->id);
    }
    std::vector<std::string> next(const std::string& item) {
        const auto model = models_->published(world_.tenant);
        if (!model) return {};
        ItemNumbers& numbers = *numbers_->of(world_.tenant);
        const std::vector<learn::Touch> history{{.item = *numbers.number_for(item)}};
        std::vector<std::string> out;
        for (const learn::Scored& one :
             model->best(history, 0, 1, learn::ItemMask(numbers.count())))
            out.emplace_back(numbers.id_of(one.item));
        return out;
    }

    World world_;
    std::unique_ptr<AllItemNumbers> numbers_ = std::make_unique<AllItemNumbers>();
    std::unique_ptr<Activity> activity_;
    std::unique_ptr<Models> models_;
    int events_ = 0;
};

TEST_F(ModelsTest, ABetterModelThanPopularityIsPublishedAndAnswers) {
    EXPECT_EQ(models_->published(world_.tenant), nullptr);
    const ModelEntry entry = trained(kTransitions);
    ASSERT_EQ(entry.state, ModelState::published) << entry.reason.value_or("");
    EXPECT_GT(*entry.metrics.find("ndcg@10"), *entry.popularity_metrics.find("ndcg@10"));
    EXPECT_EQ(entry.items, 30U);
    EXPECT_EQ(entry.people, 40U);
    EXPECT_EQ(entry.touches, 480U);
    EXPECT_EQ(entry.progress, 1);
    EXPECT_EQ(entry.by, "key_1");
    EXPECT_EQ(next("i4"), (std::vector<std::string>{"i5"}));
    EXPECT_EQ(models_->published(world_.tenant)->id(), entry.id);
}

TEST_F(ModelsTest, VectorsAreShorterWhereThereAreManyItemsUnlessTheirLengthIsAskedFor) {
    const Recipe recipe = *recipe_of({.learner = "ials"});
    EXPECT_TRUE(for_serving(recipe, 20'000).settings.empty());
    EXPECT_EQ(for_serving(recipe, 100'000).settings.at("factors"), 64);
    EXPECT_EQ(for_serving(recipe, 4'000'000).settings.at("factors"), 32);
    const Recipe asked = *recipe_of({.learner = "ials", .settings = {{"factors", 256}}});
    EXPECT_EQ(for_serving(asked, 100'000).settings.at("factors"), 256);
    EXPECT_EQ(for_serving(*recipe_of({.learner = "popularity"}), 4'000'000).settings,
              (learn::Settings::Given{{"people_min", 2}}));
}

TEST_F(ModelsTest, AWorseModelIsKeptReadyWithTheReason) {
    const ModelEntry champion = trained(kTransitions);
    const ModelEntry worse = trained({.learner = "popularity"});
    EXPECT_EQ(worse.state, ModelState::ready);
    EXPECT_TRUE(worse.reason);
    EXPECT_EQ(worse.champion, champion.id);
    EXPECT_EQ(models_->published(world_.tenant)->id(), champion.id);
    // Somebody may know better, and may think better of it.
    ASSERT_TRUE(models_->publish(world_.tenant, worse.id));
    EXPECT_EQ(models_->published(world_.tenant)->id(), worse.id);
    EXPECT_EQ(models_->get(world_.tenant, champion.id)->state, ModelState::retired);
    const auto back = models_->roll_back(world_.tenant);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->id, champion.id);
    EXPECT_EQ(models_->roll_back(world_.tenant).error().reason, "nothing_before");
}

TEST_F(ModelsTest, TheSameRecipeOnNewerDataReplacesTheOlderModel) {
    const ModelEntry older = trained(kTransitions);
    behave(10, 5);
    const ModelEntry newer = trained(kTransitions);
    EXPECT_EQ(newer.state, ModelState::published) << newer.reason.value_or("");
    EXPECT_GT(newer.touches, older.touches);
}

TEST_F(ModelsTest, WhatIsPublishedAnswersAfterARestartWhereItemsHaveOtherNumbers) {
    const ModelEntry entry = trained(kTransitions);
    restart();
    ASSERT_NE(models_->published(world_.tenant), nullptr);
    EXPECT_EQ(models_->published(world_.tenant)->id(), entry.id);
    EXPECT_EQ(next("i4"), (std::vector<std::string>{"i5"}));
}

TEST_F(ModelsTest, WhatWasUnderWayWhenTheServerStoppedHasFailed) {
    const auto entry = models_->train(world_.tenant, kTransitions, "key_1");
    ASSERT_TRUE(entry);
    models_->finish();
    ModelEntry under_way = *models_->get(world_.tenant, entry->id);
    EXPECT_EQ(under_way.state, ModelState::published);
    const auto document = world_.store->get_document(world_.tenant, "models", entry->id);
    std::string value = (*document)->value;
    value.replace(value.find("\"published\""), 11, "\"training\"");
    ASSERT_TRUE(world_.store->put_document(world_.tenant, "models", entry->id, value, {}));
    restart();
    EXPECT_EQ(models_->get(world_.tenant, entry->id)->state, ModelState::failed);
    EXPECT_EQ(models_->published(world_.tenant), nullptr);
    EXPECT_TRUE(world_.store->list_documents(world_.tenant, "model_bytes", {})->items.empty());
}

TEST_F(ModelsTest, AModelWhoseBytesAreDamagedHasFailedAndTheServerStarts) {
    const ModelEntry entry = trained(kTransitions);
    ASSERT_TRUE(world_.store->put_document(world_.tenant, "model_bytes", entry.id + "/0", "x", {}));
    restart();
    EXPECT_EQ(models_->published(world_.tenant), nullptr);
    EXPECT_EQ(models_->get(world_.tenant, entry.id)->state, ModelState::failed);
}

TEST_F(ModelsTest, OfATenantOneIsTrainedAtATime) {
    ASSERT_TRUE(models_->train(world_.tenant, {.learner = "ials"}, "key_1"));
    const auto second = models_->train(world_.tenant, kTransitions, "key_1");
    if (!second) EXPECT_EQ(second.error().reason, "under_way");
    models_->finish();
    EXPECT_TRUE(models_->train(world_.tenant, kTransitions, "key_1"));
    models_->finish();
}

TEST_F(ModelsTest, WhatIsCancelledIsNotPublished) {
    const auto entry = models_->train(world_.tenant, {.learner = "ials"}, "key_1");
    ASSERT_TRUE(entry);
    const auto cancelled = models_->cancel(world_.tenant, entry->id);
    models_->finish();
    const ModelState state = models_->get(world_.tenant, entry->id)->state;
    // It may have been done the moment before.
    EXPECT_TRUE(state == ModelState::cancelled || state == ModelState::published ||
                state == ModelState::ready);
    EXPECT_EQ(models_->cancel(world_.tenant, entry->id).error().reason, "not_under_way");
}

TEST_F(ModelsTest, WrongRequestsAreRefusedAtOnceAndModelsOfPeopleAlways) {
    const auto code = [&](const TrainingRequest& request) {
        const auto entry = models_->train(world_.tenant, request, "key_1");
        return entry ? "" : entry.error().reason + std::to_string(int(entry.error().code));
    };
    EXPECT_NE(code({.learner = "magic"}), "");
    EXPECT_NE(code({.learner = "ials", .settings = {{"factors", -1}}}), "");
    EXPECT_TRUE(code({.learner = "user-knn"}).starts_with("keeps_people"));
    EXPECT_TRUE(code({.learner = "session-knn"}).starts_with("keeps_people"));
    EXPECT_TRUE(models_->list(world_.tenant)->empty());
}

TEST_F(ModelsTest, SettingsAreSearchedOnOlderDataThanTheModelIsJudgedOn) {
    const TrainingRequest searched{.learner = "transitions", .search_tries = 25};
    const ModelEntry once = trained(searched);
    ASSERT_EQ(once.state, ModelState::published) << once.reason.value_or("");
    ASSERT_TRUE(once.search);
    EXPECT_EQ(once.search->tried, 26U);
    ASSERT_EQ(once.search->best.size(), kTriesKept);
    EXPECT_EQ(once.settings, once.search->best.front().settings);
    EXPECT_TRUE(std::ranges::is_sorted(once.search->best, std::greater<>{}, &SearchTry::ndcg));
    // The same data, request and seed find the same again; the published one's settings are tried too, and are as good.
    const ModelEntry again = trained(searched);
    ASSERT_TRUE(again.search);
    EXPECT_EQ(again.search->best.front().ndcg, once.search->best.front().ndcg);
    EXPECT_EQ(again.metrics, once.metrics);
    restart();
    EXPECT_EQ(models_->get(world_.tenant, again.id)->search->tried, again.search->tried);
}

TEST_F(ModelsTest, WhatTheSearchIsNotToLookAtDoesNotChangeWhatItFinds) {
    // Half of the people do something else in the newest tenth of the time: what is found is what was found before it.
    const TrainingRequest searched{.learner = "transitions", .publish = false, .search_tries = 8};
    const auto data = activity_->of(world_.tenant)
                          ->training_data(1'000'000, std::chrono::floor<std::chrono::seconds>(
                                                         world_.clock.now().time_since_epoch())
                                                         .count());
    ASSERT_TRUE(data);
    const auto judged = learn::cut_in_time(data->interactions, kTestedShare);
    ASSERT_TRUE(judged);
    std::int64_t newest = 0;
    std::vector<learn::Deed> deeds;
    for (learn::PersonIndex person = 0; person < data->interactions.people(); ++person) {
        const auto seen = judged->train.of_person(person);
        for (const learn::Touch& touch : seen) newest = std::max(newest, touch.time);
        for (learn::Touch touch : data->interactions.of_person(person)) {
            if (touch.time > newest) touch.item = (touch.item * 7 + person) % 30;
            deeds.push_back({person, touch});
        }
    }
    TrainingData other{
        .interactions = *learn::Interactions::of(std::move(deeds), data->interactions.people(),
                                                 data->interactions.items()),
        .items = data->items};
    const auto search = [&](const TrainingData& on) {
        return search_recipe(
            {.data = on, .recipe = *recipe_of(searched), .champion = {}, .tries = 8}, world_.clock,
            {});
    };
    const auto with = search(*data);
    const auto without = search(other);
    ASSERT_TRUE(with && without);
    EXPECT_EQ(with->recipe.settings, without->recipe.settings);
    EXPECT_EQ(with->report.best.front().ndcg, without->report.best.front().ndcg);
}

TEST_F(ModelsTest, WhatOnePersonDidAloneIsToldToNobodyUnlessThatIsAskedFor) {
    // One person goes from i4 to where nobody else goes.
    for (int again = 0; again < 40; ++again) {
        world_.clock.advance(1min);
        say("alone", "i4");
        say("alone", "secret");
    }
    ItemNumbers& numbers = *numbers_->of(world_.tenant);
    const auto told = [&](const TrainingRequest& request) {
        const ModelEntry entry = trained(request);
        EXPECT_TRUE(models_->publish(world_.tenant, entry.id)) << entry.reason.value_or("");
        const std::vector<learn::Touch> history{{.item = *numbers.number_for("i4")}};
        const auto best = models_->published(world_.tenant)
                              ->best(history, 0, 40, learn::ItemMask(numbers.count()));
        return std::ranges::count(best, *numbers.number_for("secret"), &learn::Scored::item) > 0;
    };
    for (const char* const learner :
         {"transitions", "item-knn", "covisits", "rp3beta", "popularity", "ials", "ease", "svd"})
        EXPECT_FALSE(told({.learner = learner})) << learner;
    EXPECT_EQ(*trained(kTransitions).settings.find("pair_people"), 2);
    EXPECT_TRUE(told(
        {.learner = "transitions", .settings = {{"pair_people", 1}}, .bounds = {.people_min = 1}}));
}

TEST_F(ModelsTest, YoungAccountsThatComeTogetherTeachLittleAndAreCounted) {
    // After weeks of everyday life, forty accounts are made within an hour to push an item beside a popular one.
    const auto live = [&](int week, int steps) {
        for (int step = 0; step < steps; ++step) {
            world_.clock.advance(28h);  // six of them are a week
            for (int person = 0; person < 40; ++person)
                say("u" + std::to_string(person) + "-0",
                    "i" + std::to_string((person * 7 + step + week * 6) % 200));
        }
    };
    for (int week = 0; week < 3; ++week) live(week, 6);
    live(3, 2);
    for (int fake = 0; fake < 40; ++fake) {
        say("fake" + std::to_string(fake), "i4");
        say("fake" + std::to_string(fake), "pushed");
    }
    const auto pushed = [&](const TrainingRequest& request) {
        const ModelEntry entry = trained(request);
        EXPECT_TRUE(models_->publish(world_.tenant, entry.id)) << entry.reason.value_or("");
        ItemNumbers& numbers = *numbers_->of(world_.tenant);
        const auto best =
            models_->published(world_.tenant)->best({}, 0, 40, learn::ItemMask(numbers.count()));
        const auto found =
            std::ranges::find(best, *numbers.number_for("pushed"), &learn::Scored::item);
        return std::pair(found == best.end() ? 0.0F : found->score, entry);
    };
    const auto [unbounded, before] =
        pushed({.learner = "popularity", .bounds = {.young_growth = 0}});
    EXPECT_EQ(unbounded, 40);
    EXPECT_EQ(before.held_back, 0U);
    EXPECT_EQ(before.suspects, std::nullopt) << "nobody was looked for";
    const auto [bounded, after] = pushed({.learner = "popularity"});
    EXPECT_LE(bounded, 9);
    EXPECT_GE(after.held_back, 31U);
    EXPECT_TRUE(after.suspects);
    const auto [without, last] =
        pushed({.learner = "popularity", .bounds = {.leaves_out_suspects = true}});
    EXPECT_EQ(last.suspects, after.suspects);
    EXPECT_LE(without, bounded);
    const auto refused = models_->train(
        world_.tenant, {.learner = "popularity", .bounds = {.window_days = 0}}, "key_1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fields.front().pointer, "/bounds/window_days");
}

TEST_F(ModelsTest, ASearchByTimeEndsWithTheTimeAndWhenItIsCancelled) {
    // The clock stands still: without an end it would go through all that may be tried.
    const auto entry =
        models_->train(world_.tenant, {.learner = "transitions", .search_minutes = 60}, "key_1");
    ASSERT_TRUE(entry);
    while (models_->get(world_.tenant, entry->id)->progress == 0) std::this_thread::yield();
    world_.clock.advance(30min);
    while (models_->get(world_.tenant, entry->id)->progress < 0.25) std::this_thread::yield();
    EXPECT_LT(models_->get(world_.tenant, entry->id)->progress, 0.6);
    ASSERT_TRUE(models_->cancel(world_.tenant, entry->id));
    models_->finish();
    EXPECT_EQ(models_->get(world_.tenant, entry->id)->state, ModelState::cancelled);

    const auto timed =
        models_->train(world_.tenant, {.learner = "transitions", .search_minutes = 60}, "key_1");
    ASSERT_TRUE(timed);
    while (models_->get(world_.tenant, timed->id)->progress == 0) std::this_thread::yield();
    world_.clock.advance(61min);
    models_->finish();
    const ModelEntry done = *models_->get(world_.tenant, timed->id);
    EXPECT_TRUE(done.search) << done.reason.value_or("");
    EXPECT_GE(done.search->seconds, 3'600);
}

TEST_F(ModelsTest, WhatCannotBeSearchedIsRefusedByItsField) {
    const auto field = [](const auto& answer) {
        return answer || answer.error().fields.empty() ? std::string("accepted")
                                                       : answer.error().fields.front().pointer;
    };
    const auto train = [&](const TrainingRequest& request) {
        return field(models_->train(world_.tenant, request, "key_1"));
    };
    EXPECT_EQ(train({.learner = "ials", .search_minutes = -1}), "/search_minutes");
    EXPECT_EQ(train({.learner = "ials", .search_minutes = 1e9}), "/search_minutes");
    EXPECT_EQ(train({.learner = "ials", .search_tries = 100'000}), "/search_tries");
    EXPECT_EQ(train({.learner = "popularity", .search_minutes = 1}), "/search_minutes");
    EXPECT_EQ(train({.learner = "best", .search_tries = 4}), "/search_tries");
    EXPECT_EQ(train({.learner = "ranker", .search_minutes = 1}), "/search_minutes");
    const auto plan = [&](const TrainingRequest& request) {
        return field(models_->put_plan(world_.tenant, {.request = request, .every_hours = 1}));
    };
    EXPECT_EQ(plan({.learner = "ials", .search_tries = 5'000}), "/request/search_tries");
    EXPECT_EQ(plan({.learner = "ranker"}), "/request/learner");
    EXPECT_EQ(plan({.learner = "magic"}), "/request/learner");
}

TEST_F(ModelsTest, APlanSearchesTooAndTriesWhatIsPublishedFirst) {
    ASSERT_TRUE(models_->put_plan(
        world_.tenant,
        {.request = {.learner = "transitions", .search_tries = 3}, .every_hours = 24}));
    ASSERT_EQ(*models_->look(), 1U);
    models_->finish();
    const ModelEntry first = models_->list(world_.tenant)->front();
    ASSERT_EQ(first.state, ModelState::published) << first.reason.value_or("");
    world_.clock.advance(25h);
    ASSERT_EQ(*models_->look(), 1U);
    models_->finish();
    const ModelEntry second = models_->list(world_.tenant)->front();
    ASSERT_TRUE(second.search);
    EXPECT_GE(second.search->best.front().ndcg, first.search->best.front().ndcg);
    EXPECT_EQ(std::ranges::count(second.search->best, first.settings, &SearchTry::settings), 1);
}

TEST_F(ModelsTest, TooLittleToLearnFromIsAFailureWithItsReason) {
    World empty;
    Activity activity(*empty.store, empty.tenants, *numbers_);
    Models models(
        *empty.store, empty.tenants, activity, *numbers_, empty.clock, empty.ids,
        {.facts = [](TenantId, std::span<const ItemNumber>) { return learn::ItemFacts{}; }},
        {.look_every = 0s});
    const auto entry = models.train(empty.tenant, kTransitions, "key_1");
    ASSERT_TRUE(entry);
    models.finish();
    const ModelEntry failed = *models.get(empty.tenant, entry->id);
    EXPECT_EQ(failed.state, ModelState::failed);
    EXPECT_TRUE(failed.reason->contains("too little")) << *failed.reason;
}

TEST_F(ModelsTest, OldModelsGoAndTheirBytesWithThem) {
    ASSERT_TRUE(models_->put_plan(world_.tenant, {.request = kTransitions, .keep = 3}));
    std::vector<std::string> ids;
    for (int i = 0; i < 6; ++i) ids.push_back(trained(kTransitions).id);
    const auto left = *models_->list(world_.tenant);
    ASSERT_EQ(left.size(), 3U);
    EXPECT_EQ(left[0].id, ids[5]);
    EXPECT_EQ(left[2].id, ids[3]);
    EXPECT_EQ(world_.store->list_documents(world_.tenant, "model_bytes", {})->items.size(), 3U);
    EXPECT_EQ(models_->remove(world_.tenant, ids[5]).error().reason, "in_use");
    ASSERT_TRUE(models_->remove(world_.tenant, ids[4]));
    EXPECT_EQ(models_->list(world_.tenant)->size(), 2U);
    EXPECT_EQ(models_->get(world_.tenant, ids[4]).error().code, Code::not_found);
}

TEST_F(ModelsTest, APlanTrainsByTimeAndByChange) {
    EXPECT_EQ(*models_->look(), 0U);  // nobody asked for anything
    ASSERT_TRUE(models_->put_plan(
        world_.tenant, {.request = kTransitions, .every_hours = 24, .after_touches = 100}));
    EXPECT_EQ(*models_->look(), 1U);
    models_->finish();
    EXPECT_EQ(models_->list(world_.tenant)->front().by, "schedule");
    EXPECT_EQ(*models_->look(), 0U);
    behave(10, 3);
    ASSERT_TRUE(activity_->catch_up(world_.tenant));
    EXPECT_EQ(*models_->look(), 1U);
    models_->finish();
    EXPECT_EQ(models_->list(world_.tenant)->front().by, "change");
    EXPECT_EQ(*models_->look(), 0U);
    world_.clock.advance(25h);
    EXPECT_EQ(*models_->look(), 1U);
    models_->finish();
    EXPECT_EQ(models_->list(world_.tenant)->size(), 3U);
}

}  // namespace
}  // namespace attune::engine
