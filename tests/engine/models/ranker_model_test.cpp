// A ranker as a model: learned from the lists that people chose from, compared, published, found again after a restart, rolled back.
#include "../profile/people_world.h"
#include "base/json.h"
#include "domain/decision.h"
#include "domain/describe.h"
#include "engine/models/models.h"
#include "engine/outcomes/outcomes.h"
#include "engine/outcomes/ranker_lessons.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;
using testing::World;

constexpr int kSlots = 6;
constexpr std::array<std::string_view, 3> kNames{"source.popular", "price", "hour"};

class RankerModelTest : public ::testing::Test {
protected:
    RankerModelTest() { begin(); }
    void begin() {
        activity_ = std::make_unique<Activity>(*world_.store, world_.tenants, *numbers_);
        outcomes_ = std::make_unique<Outcomes>(*world_.store, world_.tenants, *numbers_);
        models_ = std::make_unique<Models>(
            *world_.store, world_.tenants, *activity_, *numbers_, world_.clock, world_.ids,
            ModelsInputs{
                .facts = [](TenantId, std::span<const ItemNumber>) { return learn::ItemFacts{}; },
                .answered_lists =
                    [this](TenantId tenant) { return outcomes_->answered_lists(tenant); }},
            ModelsOptions{.look_every = 0s});
        const TenantId tenants[] = {world_.tenant};
        ASSERT_TRUE(models_->open(tenants));
    }
    void restart() {
        models_.reset();
        outcomes_.reset();
        activity_.reset();
        numbers_ = std::make_unique<AllItemNumbers>();
        begin();
    }
    domain::Event said(const std::string& user, std::string_view name) {
        domain::Event e{.id = "e" + std::to_string(++events_), .event = std::string(name)};
        e.user_id = user;
        e.time = e.received_at = world_.clock.now();
        return e;
    }
    // The list stands by popularity; people choose what is cheapest (or dearest), wherever it stands.
    void live(int lists, bool cheapest = true) {
        for (int i = 0; i < lists; ++i) {
            world_.clock.advance(10min);
            const std::string user = "u" + std::to_string(i % 50);
            domain::Decision decision{.kind = "recommendation", .subject = "home"};
            std::string sources;
            std::string told;
            int best = 0;
            std::array<int, kSlots> price{};
            for (int slot = 0; slot < kSlots; ++slot) {
                price[static_cast<std::size_t>(slot)] = (i * 7 + slot * 11) % 13;
                decision.choices.push_back(
                    {.of = "placement:home", .chosen = "i" + std::to_string((i + slot) % 20)});
                sources += (slot > 0 ? ",[" : "[") + std::to_string(1.0 - 0.1 * slot) + "]";
                told += (slot > 0 ? ",[" : "[") +
                        std::to_string(price[static_cast<std::size_t>(slot)]) + "]";
                const bool is_better = cheapest ? price[static_cast<std::size_t>(slot)] <
                                                      price[static_cast<std::size_t>(best)]
                                                : price[static_cast<std::size_t>(slot)] >
                                                      price[static_cast<std::size_t>(best)];
                if (is_better) best = slot;
            }
            decision.features = *base::JsonText::parse(
                R"({"sources":["popular"],"written":[1],"rows":[)" + sources +
                R"(],"ranking":{"names":["price"],"rows":[)" + told + R"(],"shared":{"hour":)" +
                std::to_string(i % 24) + "}}}");
            domain::Event shown = said(user, "$decision");
            shown.properties = base::JsonText::trusted(base::to_json(decision));
            world_.apply({.user_id = user}, {shown});
            domain::Event chosen = said(user, "view");
            chosen.item_id = decision.choices[static_cast<std::size_t>(best)].chosen;
            chosen.decision_id = shown.id;
            world_.apply({.user_id = user}, {chosen});
        }
    }
    ModelEntry trained(NumbersByName settings = {}) {
        world_.clock.advance(1s);
        const auto entry = models_->train(
            world_.tenant, {.learner = "ranker", .settings = std::move(settings)}, "key_1");
        EXPECT_TRUE(entry) << entry.error().message;
        if (!entry) return {};
        models_->finish();
        return *models_->get(world_.tenant, entry->id);
    }
    // Whether it puts the cheap one above the dear one.
    bool prefers_cheap() {
        const auto ranker = models_->ranker(world_.tenant);
        if (!ranker) return false;
        const std::vector<float> rows{0.5, 1, 12, 0.5, 11, 12};
        std::vector<float> scores(2);
        ranker->score(kNames, rows, scores);
        return scores[0] > scores[1];
    }

    World world_;
    std::unique_ptr<AllItemNumbers> numbers_ = std::make_unique<AllItemNumbers>();
    std::unique_ptr<Activity> activity_;
    std::unique_ptr<Outcomes> outcomes_;
    std::unique_ptr<Models> models_;
    int events_ = 0;
};

TEST_F(RankerModelTest, LearnsWhatPeopleChooseAndAnswersWhenItIsBetterThanWhatWasShown) {
    live(400);
    const ModelEntry entry = trained();
    EXPECT_EQ(entry.kind, ModelKind::ranker);
    ASSERT_EQ(entry.state, ModelState::published) << entry.reason.value_or("");
    EXPECT_EQ(entry.lists, 400U);
    EXPECT_EQ(entry.people, 50U);
    EXPECT_GT(*entry.metrics.find("ndcg@10"), *entry.shown_metrics.find("ndcg@10") + 0.1);
    EXPECT_TRUE(prefers_cheap());
    EXPECT_EQ(models_->published(world_.tenant), nullptr);  // no recommender was trained
    restart();
    EXPECT_TRUE(prefers_cheap());
}

TEST_F(RankerModelTest, TooFewChoicesTeachNothingAndSaySo) {
    live(100);
    const ModelEntry entry = trained();
    EXPECT_EQ(entry.state, ModelState::failed);
    EXPECT_NE(entry.reason.value_or("").find("there are 100"), std::string::npos)
        << entry.reason.value_or("");
    EXPECT_EQ(models_->ranker(world_.tenant), nullptr);
}

TEST_F(RankerModelTest, ANewerOneOfTheSameRecipeReplacesItAndCanBeTakenBack) {
    live(300);
    const ModelEntry first = trained();
    ASSERT_EQ(first.state, ModelState::published) << first.reason.value_or("");
    live(600, false);
    const ModelEntry second = trained();
    ASSERT_EQ(second.state, ModelState::published) << second.reason.value_or("");
    EXPECT_EQ(second.champion, first.id);
    EXPECT_FALSE(second.champion_metrics.empty());
    EXPECT_FALSE(prefers_cheap());
    ASSERT_TRUE(models_->roll_back(world_.tenant, ModelKind::ranker));
    EXPECT_TRUE(prefers_cheap());
    EXPECT_EQ(models_->get(world_.tenant, second.id)->state, ModelState::retired);
    const auto recommenders = models_->roll_back(world_.tenant);
    ASSERT_FALSE(recommenders);
    EXPECT_EQ(recommenders.error().code, Code::failed_precondition);
}

TEST_F(RankerModelTest, SettingsAreCheckedWhenItIsAskedFor) {
    const auto unknown =
        models_->train(world_.tenant, {.learner = "ranker", .settings = {{"factors", 8}}}, "key_1");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Code::invalid_argument);
    EXPECT_FALSE(
        models_->train(world_.tenant, {.learner = "ranker", .settings = {{"depth", 99}}}, "key_1"));
}

TEST_F(RankerModelTest, IsTrainedByItselfAsOftenAsThePlanSays) {
    live(300);
    ASSERT_TRUE(models_->put_plan(world_.tenant, {.ranker_every_hours = 24}));
    EXPECT_EQ(models_->look().value_or(9), 1U);
    models_->finish();
    EXPECT_TRUE(prefers_cheap());
    EXPECT_EQ(models_->look().value_or(9), 0U);
    world_.clock.advance(25h);
    EXPECT_EQ(models_->look().value_or(9), 1U);
    models_->finish();
}

TEST_F(RankerModelTest, IsTrainedByItselfWhenPeopleChoseFromSoManyMoreLists) {
    live(300);
    ASSERT_TRUE(models_->put_plan(world_.tenant, {.ranker_after_lists = 250}));
    ASSERT_EQ(models_->look().value_or(9), 1U);
    models_->finish();
    const ModelEntry first = models_->list(world_.tenant)->front();
    EXPECT_EQ(first.by, "change");
    EXPECT_EQ(first.answered_lists, 300U);
    ASSERT_TRUE(models_->put_plan(world_.tenant, {.ranker_after_lists = UINT64_MAX}));
    EXPECT_EQ(models_->look().value_or(9), 0U);
    ASSERT_TRUE(models_->put_plan(world_.tenant, {.ranker_after_lists = 250}));
    live(249);
    EXPECT_EQ(models_->look().value_or(9), 0U);
    live(1);
    ASSERT_EQ(models_->look().value_or(9), 1U);
    models_->finish();
    EXPECT_EQ(models_->list(world_.tenant)->front().answered_lists, 550U);
    EXPECT_EQ(models_->look().value_or(9), 0U);
    // What was counted is counted again after a start: nothing is due for that.
    restart();
    EXPECT_EQ(models_->look().value_or(9), 0U);
}

TEST_F(RankerModelTest, ATrainingThatLearnedTooLittleIsNotTriedAgainBeforeThereIsMore) {
    live(40);
    ASSERT_TRUE(models_->put_plan(world_.tenant, {.ranker_after_lists = 30}));
    ASSERT_EQ(models_->look().value_or(9), 1U);
    models_->finish();
    EXPECT_EQ(models_->list(world_.tenant)->front().state, ModelState::failed);
    EXPECT_EQ(models_->look().value_or(9), 0U);
    live(30);
    EXPECT_EQ(models_->look().value_or(9), 1U);
    models_->finish();
}

TEST_F(RankerModelTest, WhoWasErasedIsInNoLesson) {
    live(100);
    ASSERT_TRUE(world_.people->erase(world_.tenant, "u7"));
    const auto lessons = read_ranker_lessons(*world_.store, world_.tenant,
                                             *numbers_->of(world_.tenant), WeightTable(), {});
    ASSERT_TRUE(lessons);
    EXPECT_EQ(lessons->people, 49U);
    EXPECT_EQ(lessons->log.decisions(), 98U);
    EXPECT_EQ(lessons->names, (std::vector<std::string>{"hour", "price", "source.popular"}));
}

}  // namespace
}  // namespace attune::engine
