#include <attune/engine.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace attune {
namespace {

class EmbedTest : public testing::Test {
protected:
    EmbedTest() {
        directory_ = testing::TempDir() + "embed-" + std::to_string(::getpid()) + "-" +
                     testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(directory_);
    }
    ~EmbedTest() override { std::filesystem::remove_all(directory_); }

    Engine open() {
        auto engine = Engine::open(directory_);
        EXPECT_TRUE(engine) << engine.error().message;
        return *std::move(engine);
    }

    std::string directory_;
};

TEST_F(EmbedTest, ReadsItsOwnWritesBeforeTheyAreDurable) {
    auto engine = open();
    const auto receipt =
        engine.track({.user_id = "ann", .event = "purchase", .item_id = "boots", .value = 89.5});
    ASSERT_TRUE(receipt) << receipt.error().message;
    const auto profile = engine.profile("ann");
    ASSERT_TRUE(profile) << profile.error().message;
    EXPECT_EQ(profile->count("purchase"), 1u);
    EXPECT_EQ(profile->value_sum("purchase"), 89.5);
    EXPECT_EQ(profile->count("view"), 0u);
    EXPECT_EQ(profile->recent_items(), std::vector<std::string>{"boots"});
    EXPECT_NE(profile->json().find("\"ann\""), std::string_view::npos);
    EXPECT_TRUE(receipt->wait());
    EXPECT_TRUE(receipt->is_done());
}

TEST_F(EmbedTest, WhatWasWaitedForIsThereAfterReopening) {
    {
        auto engine = open();
        const auto receipt = engine.track_json(
            R"([{"user_id":"ann","event":"view","item_id":"a"},{"user_id":"bob","event":"like","item_id":"a"}])");
        ASSERT_TRUE(receipt && receipt->wait());
        EXPECT_EQ(receipt->accepted(), 2u);
        EXPECT_TRUE(engine.close());
        EXPECT_EQ(engine.profile("ann").error().code, Code::failed_precondition);
    }
    auto engine = open();
    EXPECT_EQ(engine.profile("ann")->events(), 1u);
    EXPECT_EQ(engine.profile("bob")->events(), 1u);
    EXPECT_EQ(engine.profile("eve").error().code, Code::not_found);
}

TEST_F(EmbedTest, AnEventIdCountsOnce) {
    auto engine = open();
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(engine.track({.id = "e1", .user_id = "ann", .event = "view"}));
    const auto again = engine.track({.id = "e1", .user_id = "ann", .event = "view"});
    EXPECT_EQ(again->accepted(), 0u);
    EXPECT_EQ(again->duplicates(), 1u);
    EXPECT_EQ(engine.profile("ann")->events(), 1u);
}

TEST_F(EmbedTest, IdentifyJoinsTheVisitorsStory) {
    auto engine = open();
    ASSERT_TRUE(engine.track({.anonymous_id = "v1", .event = "view", .item_id = "x"}));
    ASSERT_TRUE(engine.identify("ann", "v1", R"({"country":"CH"})"));
    const auto profile = engine.profile("ann");
    ASSERT_TRUE(profile);
    EXPECT_EQ(profile->count("view"), 1u);
    EXPECT_EQ(profile->anonymous_ids(), std::vector<std::string>{"v1"});
    EXPECT_EQ(engine.profile("v1")->user_ids(), std::vector<std::string>{"ann"});
}

TEST_F(EmbedTest, ABadEventCostsItsNeighboursNothingAndIsNamedByItsPlace) {
    auto engine = open();
    std::vector<Event> events(4);
    events[0] = {.user_id = "ann", .event = "view"};
    events[1] = {.user_id = "ann", .event = "view", .properties = "{"};
    events[2] = {.event = "view"};
    events[3] = {.user_id = "ann", .event = "view"};
    const auto receipt = engine.track(std::move(events));
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->accepted(), 2u);
    ASSERT_EQ(receipt->rejected().size(), 2u);
    EXPECT_EQ(receipt->rejected()[0].index, 1u);
    EXPECT_EQ(receipt->rejected()[1].index, 2u);
    ASSERT_EQ(receipt->ids().size(), 4u);
    EXPECT_FALSE(receipt->ids()[3].empty());
    EXPECT_TRUE(receipt->ids()[1].empty());

    EXPECT_EQ(engine.track({.event = "view"}).error().code, Code::invalid_argument);
}

TEST_F(EmbedTest, InteractionsAreNewestFirstAndPaged) {
    auto engine = open();
    const Moment start = std::chrono::sys_days{std::chrono::March / 1 / 2026};
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(engine
                        .track({.user_id = "ann",
                                .event = "view",
                                .item_id = "item-" + std::to_string(i),
                                .time = start + std::chrono::hours(i)})
                        ->wait());
    }
    const auto first = engine.interactions("ann", {.limit = 3});
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_EQ(first->events.size(), 3u);
    EXPECT_NE(first->events[0].find("item-4"), std::string::npos);
    ASSERT_TRUE(first->cursor);
    const auto second = engine.interactions("ann", {.cursor = first->cursor, .limit = 3});
    EXPECT_EQ(second->events.size(), 2u);
    EXPECT_EQ(engine.interactions("ann", {.limit = 0}).error().code, Code::invalid_argument);
}

TEST_F(EmbedTest, TheErasedAreGone) {
    auto engine = open();
    ASSERT_TRUE(engine.track({.user_id = "ann", .event = "view"}));
    ASSERT_TRUE(engine.erase("ann"));
    EXPECT_EQ(engine.profile("ann").error().code, Code::not_found);
}

TEST_F(EmbedTest, AFolderBelongsToOneAtATime) {
    auto engine = open();
    const auto second = Engine::open(directory_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::failed_precondition) << second.error().message;
}

TEST_F(EmbedTest, DecidesWhatSomebodySeesByWhatAFileSays) {
    auto engine = open();
    ASSERT_TRUE(engine.track({.user_id = "ann", .event = "purchase"}));
    constexpr std::string_view kFile =
        R"({"rules":{"dark":{"name":"Dark","condition":{"==":[{"var":"context.device"},"mobile"]},)"
        R"("actions":[{"path":"ui.theme","value":"dark"}]}},)"
        R"("flags":{"search":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",)"
        R"("targeting":{"if":[{"==":[{"var":"country"},"CH"]},"on"]}}}})";
    const auto planned = engine.apply_definitions(kFile, {.dry_run = true});
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_NE(planned->find(R"("applied":false)"), std::string::npos);
    const auto applied = engine.apply_definitions(kFile, {.note = "first"});
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_NE(applied->find(R"({"kind":"rules","id":"dark","change":"created"})"),
              std::string::npos);

    const auto config = engine.config("ann", R"({"name":"home","device":"mobile"})", true);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_NE(config->find(R"("theme":"dark")"), std::string::npos) << *config;
    EXPECT_NE(engine.config("nobody")->find(R"("decision_id":null)"), std::string::npos);

    const auto on = engine.flag("search", R"({"targetingKey":"ann","country":"CH"})");
    ASSERT_TRUE(on) << on.error().message;
    EXPECT_EQ(on->value, "true");
    EXPECT_EQ(on->variant, "on");
    EXPECT_EQ(on->reason, "TARGETING_MATCH");
    EXPECT_EQ(engine.flag("search")->value, "false");
    EXPECT_EQ(engine.flag("nothing")->error, "FLAG_NOT_FOUND");
    EXPECT_FALSE(engine.flag("search", "[]"));

    const auto wrong =
        engine.apply_definitions(R"({"rules":{"x":{"name":"x","condition":{"nonsense":1}}}})");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().fields.at(0).pointer, "/rules/x/condition/nonsense");
    const auto file = engine.definitions();
    ASSERT_TRUE(file);
    EXPECT_NE(file->find(R"("dark":{)"), std::string::npos);
}

TEST_F(EmbedTest, ItemsAreKeptAndShown) {
    {
        auto engine = open();
        const auto saved = engine.put_items(
            R"([{"id":"a","title":"Alpha","price":3},{"id":"b","price":"cheap"},{"id":"c"}])");
        ASSERT_TRUE(saved) << saved.error().message;
        EXPECT_EQ(saved->saved, 2u);
        ASSERT_EQ(saved->rejected.size(), 1u);
        EXPECT_EQ(saved->rejected[0].index, 1u);
        EXPECT_EQ(saved->rejected[0].error.fields.at(0).pointer, "/price");
        EXPECT_EQ(engine.put_items(R"({"id":"c"})")->unchanged, 1u);
        EXPECT_TRUE(engine.remove_item("c"));
        EXPECT_EQ(engine.remove_item("c").error().code, Code::not_found);
        EXPECT_FALSE(engine.put_items("no json"));
    }
    auto engine = open();
    const auto item = engine.item("a");
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_NE(item->find(R"("title":"Alpha")"), std::string::npos);
    EXPECT_NE(item->find(R"("version":1)"), std::string::npos);
    EXPECT_EQ(engine.item("c").error().code, Code::not_found);
}

constexpr std::string_view kGames = R"([
    {"id":"chess","title":"Wooden chess set for two","categories":["games"],"price":20},
    {"id":"go","title":"Wooden go board for two","categories":["games"],"price":30},
    {"id":"novel","title":"A long story","categories":["books"],"price":12}])";

using Ids = std::vector<std::string>;

TEST_F(EmbedTest, WhatWasTrackedIsInTheNextRecommendation) {
    auto engine = open();
    ASSERT_TRUE(engine.put_items(kGames));
    const auto nobody = engine.recommend({.user_id = "ann", .limit = 3});
    ASSERT_TRUE(nobody) << nobody.error().message;
    EXPECT_EQ(nobody->items.size(), 3U);
    EXPECT_NE(nobody->json.find("unknown_person"), std::string::npos);
    ASSERT_TRUE(engine.track({.user_id = "ann", .event = "view", .item_id = "go"}));
    const auto left_off =
        engine.recommend({.user_id = "ann", .placement = "homepage.continue", .limit = 1});
    ASSERT_TRUE(left_off);
    EXPECT_EQ(left_off->items, Ids{"go"});
    EXPECT_EQ(engine
                  .rank({"novel", "go", "unheard of"},
                        {.user_id = "ann", .placement = "homepage.continue"})
                  ->items,
              (Ids{"go", "novel"}));
    const auto page = engine.homepage("ann");
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_NE(page->find(R"("row":"homepage.continue")"), std::string::npos) << *page;
}

TEST_F(EmbedTest, ItemsAreAlikeByTheirNatureAndGoneWhenTheyAreRemoved) {
    auto engine = open();
    ASSERT_TRUE(engine.put_items(kGames));
    // Learned in the background.
    while (engine.similar_items("chess")->items.empty()) ::usleep(1'000);
    EXPECT_EQ(engine.similar_items("chess")->items.front(), "go");
    ASSERT_TRUE(engine.remove_item("go"));
    EXPECT_EQ(engine.similar_items("go").error().code, Code::not_found);
    EXPECT_EQ(engine.similar_items("chess", 0).error().code, Code::invalid_argument);
    EXPECT_EQ(engine.recommend({.limit = 2})->items.size(), 2U);
}

TEST_F(EmbedTest, AQuestionThatMakesNoSenseIsRefused) {
    auto engine = open();
    EXPECT_EQ(engine.recommend({.context = "[1]"}).error().code, Code::invalid_argument);
    EXPECT_EQ(engine.recommend({.limit = 201}).error().code, Code::invalid_argument);
    EXPECT_EQ(engine.rank({}).error().code, Code::invalid_argument);
}

TEST_F(EmbedTest, ListsAreMadeForEverybodyAndPeopleOfLikeTasteAreNamed) {
    auto engine = open();
    ASSERT_TRUE(engine.put_items(kGames));
    for (const char* const user : {"ann", "bob", "cleo"})
        ASSERT_TRUE(engine.track({.user_id = user, .event = "view", .item_id = "go"}));
    ASSERT_TRUE(engine.flush());
    std::size_t lines = 0;
    std::optional<std::string> cursor;
    do {
        const auto page = engine.recommend_to_all({.limit = 1}, cursor, 2);
        ASSERT_TRUE(page) << page.error().message;
        lines += static_cast<std::size_t>(std::ranges::count(page->lines, '\n'));
        cursor = page->cursor;
    } while (cursor);
    EXPECT_EQ(lines, 3U);
    EXPECT_EQ(engine.recommend_to_all({}, {}, 501).error().code, Code::invalid_argument);
    // Read from the log in the background.
    while (engine.similar_people("ann")->size() < 2) ::usleep(1'000);
    for (const SimilarPerson& one : *engine.similar_people("ann")) EXPECT_NE(one.user_id, "ann");
    EXPECT_EQ(engine.similar_people("eve").error().code, Code::not_found);
    EXPECT_EQ(engine.similar_people("ann", 0).error().code, Code::invalid_argument);
}

TEST_F(EmbedTest, AModelThatCannotBeLearnedSaysWhy) {
    auto engine = open();
    const auto model = engine.train_model();
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_NE(model->find(R"("state":"failed")"), std::string::npos) << *model;
    EXPECT_EQ(engine.train_model("magic").error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace attune
