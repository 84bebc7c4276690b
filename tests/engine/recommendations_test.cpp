// From events and a catalogue to what somebody is shown: the whole engine, in memory.
#include "base/json.h"
#include "base/manual_clock.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/recommend/everybody.h"
#include "engine/recommend/homepage.h"
#include "engine/recommend/similar_people.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"
#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

#include <set>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

class RecommendationsTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto engine = Engine::open(store::open_memory({}), clock_, random_, {});
        ASSERT_TRUE(engine) << engine.error().message;
        engine_ = *std::move(engine);
        tenant_ = engine_->tenants().find("default").value();
    }
    void put(domain::Item item) {
        const auto saved = engine_->catalogue().put(tenant_, {.item = std::move(item)});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    // Twelve items: games and books by turns, of three brands.
    void stock() {
        for (int i = 0; i < 12; ++i) {
            clock_.advance(1s);
            put({.id = "i" + std::to_string(i),
                 .title = "Item " + std::to_string(i),
                 .categories = {i % 2 == 0 ? "games" : "books"},
                 .brand = "brand-" + std::to_string(i % 3),
                 .price = 10.0 * i});
        }
    }
    void say(const std::string& user, std::string_view name, const std::string& item,
             std::optional<double> value = {}) {
        clock_.advance(1s);
        domain::Event event{.id = "e" + std::to_string(++said_), .event = std::string(name)};
        event.user_id = user;
        event.item_id = item;
        event.value = value;
        event.properties = *base::JsonText::parse(
            R"({"category":")" + std::string((item.back() - '0') % 2 == 0 ? "games" : "books") +
            "\"}");
        event.time = event.received_at = clock_.now();
        ASSERT_TRUE(engine_->people().apply(tenant_, {.user_id = user}, {event}));
    }
    // Everybody else: who views one even item views the other even ones too.
    void crowd() {
        for (int person = 0; person < 8; ++person)
            for (int item = person % 2; item < 10; item += 2)
                say("crowd-" + std::to_string(person), "view", "i" + std::to_string(item));
        ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    }
    void save(std::string_view id, std::string_view body) {
        const auto saved =
            engine_->placements().put(tenant_, id, *base::JsonText::parse(body), {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    RecommendAnswer ask(const RecommendQuestion& question) {
        auto answer = engine_->recommendations().recommend(tenant_, question);
        EXPECT_TRUE(answer) << answer.error().message;
        EXPECT_TRUE(base::JsonDocument::parse(answer->json)) << answer->json;
        return *std::move(answer);
    }
    static bool has_fallback(const RecommendAnswer& answer, std::string_view kind) {
        return answer.json.find("{\"kind\":\"" + std::string(kind) + "\"") != std::string::npos;
    }

    base::ManualClock clock_;
    testing::SeededIds random_{42};
    std::unique_ptr<Engine> engine_;
    TenantId tenant_;
    int said_ = 0;
};

using Items = std::vector<std::string>;

TEST_F(RecommendationsTest, AnAcknowledgedClickChangesTheNextAnswer) {
    stock();
    crowd();
    say("ann", "view", "i0");
    const auto before = ask({.user_id = "ann", .limit = 3});
    say("ann", "view", "i1");
    // Nothing has caught up with the log in between: the profile alone knows.
    const auto after = ask({.user_id = "ann", .limit = 3});
    EXPECT_NE(before.items, after.items);
    for (const std::string& item : before.items) EXPECT_EQ((item.back() - '0') % 2, 0) << item;
    EXPECT_EQ((after.items.at(0).back() - '0') % 2, 1);
}

TEST_F(RecommendationsTest, SomebodyUnknownGetsWhatManyLikeAndNothingIsRecorded) {
    stock();
    crowd();
    const auto answer = ask({.user_id = "nobody", .limit = 4});
    EXPECT_EQ(answer.items.size(), 4U);
    EXPECT_TRUE(has_fallback(answer, "unknown_person"));
    EXPECT_NE(answer.json.find(R"("decision_id":null)"), std::string::npos);
    EXPECT_EQ(ask({.limit = 4}).items, answer.items);
}

TEST_F(RecommendationsTest, AnEmptyCatalogueAndAFilterThatLeavesNothingAreSaid) {
    EXPECT_TRUE(has_fallback(ask({}), "empty_catalogue"));
    stock();
    save("none", R"({"name":"None","filter":{"==":[{"var":"item.brand"},"no such"]}})");
    const auto none = ask({.placement = "none"});
    EXPECT_TRUE(none.items.empty());
    EXPECT_TRUE(has_fallback(none, "nothing_left"));
    EXPECT_TRUE(has_fallback(ask({.placement = "unheard of"}), "unknown_placement"));
    EXPECT_EQ(ask({.placement = "unheard of"}).items.size(), 10U);
    save("off", R"({"name":"Off","status":"paused"})");
    EXPECT_TRUE(has_fallback(ask({.placement = "off"}), "placement_not_active"));
    EXPECT_TRUE(ask({.placement = "off"}).items.empty());
}

TEST_F(RecommendationsTest, WhatIsHiddenOrExpiredLeavesEveryAnswerAtOnce) {
    stock();
    crowd();
    const auto shows = [&](const std::string& id) {
        const auto items = ask({.limit = 12}).items;
        return std::ranges::find(items, id) != items.end();
    };
    ASSERT_TRUE(shows("i4"));
    put({.id = "i4", .categories = {"games"}, .hidden = true});
    EXPECT_FALSE(shows("i4"));
    put({.id = "i6", .categories = {"games"}, .available_until = clock_.now() + 1h});
    EXPECT_TRUE(shows("i6"));
    clock_.advance(1h);
    EXPECT_FALSE(shows("i6"));
    ASSERT_TRUE(engine_->catalogue().remove(tenant_, "i8", {}));
    EXPECT_FALSE(shows("i8"));
}

TEST_F(RecommendationsTest, RulesOfThePlacementHold) {
    stock();
    crowd();
    say("ann", "view", "i0");
    say("ann", "purchase", "i2");
    save("home", R"({"name":"Home","limit":6,
        "filter":{"<":[{"var":"item.price"},{"var":"context.budget"}]},
        "pins":[{"item_id":"i7","slot":2}],
        "caps":[{"by":"brand","max":2}],
        "exclude_seen":[{"events":["purchase"],"within_days":30}]})");
    const auto context = base::JsonDocument::parse(R"({"budget":100})");
    const auto answer = ask({.placement = "home", .user_id = "ann", .context = context->root()});
    ASSERT_GE(answer.items.size(), 4U);
    EXPECT_EQ(answer.items[1], "i7");
    std::map<int, int> by_brand;
    std::set<std::string> once;
    for (const std::string& item : answer.items) {
        EXPECT_TRUE(once.insert(item).second);
        EXPECT_NE(item, "i2");
        EXPECT_LT(std::stoi(item.substr(1)), 10);
        ++by_brand[std::stoi(item.substr(1)) % 3];
    }
    for (const auto& [brand, count] : by_brand) EXPECT_LE(count, 2);
    EXPECT_EQ(ask({.placement = "home", .user_id = "ann"}).items.size(), 0U);  // no budget: null
}

// A condition of some thirty thousand steps for whoever is asked about.
constexpr std::string_view kEndless =
    R"({"==":[{"reduce":[{"map":[[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],
        {"reduce":[[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],
        {"some":[[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],{"==":[{"var":""},2]}]},0]}]},
        {"var":"current"},0]},{"var":"PLACE"}]})";

std::string endless(std::string_view reads) {
    std::string text(kEndless);
    return text.replace(text.find("PLACE"), 5, reads);
}

TEST_F(RecommendationsTest, AFilterThatTakesTooMuchWorkIsSaidAndLetsNobodyThrough) {
    stock();
    crowd();
    for (const std::string_view reads : {"item.price", "context.price"}) {
        save("heavy", R"({"name":"Heavy","filter":)" + endless(reads) + "}");
        const auto heavy = ask({.placement = "heavy"});
        EXPECT_TRUE(heavy.items.empty());
        EXPECT_TRUE(has_fallback(heavy, "filter_too_costly")) << heavy.json;
    }
    save("lifted", R"({"name":"Lifted","boosts":[{"condition":)" + endless("context.price") +
                       R"(,"factor":2}]})");
    const auto lifted = ask({.placement = "lifted"});
    EXPECT_EQ(lifted.items.size(), 10U);
    EXPECT_TRUE(has_fallback(lifted, "boosts_too_costly")) << lifted.json;
}

TEST_F(RecommendationsTest, ACostlyFilterIsWorkedOutOverSeveralAnswers) {
    stock();
    crowd();
    // Half of them by a condition that takes a few hundred steps each.
    save("even", R"({"name":"Even","filter":{"and":[{"in":["games",{"var":"item.categories"}]},
        {"none":[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20],{"==":[{"var":""},0]}]}]}})");
    ConditionWork little = engine_->recommendations().condition_work({.steps = 150});
    const auto first = ask({.placement = "even", .work = &little});
    EXPECT_TRUE(has_fallback(first, "filter_too_costly")) << first.json;
    EXPECT_LT(first.items.size(), 6U);
    const auto then = ask({.placement = "even"});
    EXPECT_FALSE(has_fallback(then, "filter_too_costly")) << then.json;
    EXPECT_EQ(then.items.size(), 6U);
}

TEST_F(RecommendationsTest, ADefaultPlacementOfOnesOwnIsWhatIsUsedWhereNoneIsNamed) {
    stock();
    save("default", R"({"name":"Ours","limit":2,"sources":[{"kind":"fresh"}]})");
    EXPECT_EQ(ask({}).items, (Items{"i11", "i10"}));
    EXPECT_EQ(ask({.placement = "unheard of"}).items, (Items{"i11", "i10"}));
    save("default", R"({"name":"Ours","status":"paused"})");
    EXPECT_TRUE(ask({}).items.empty());
    EXPECT_TRUE(has_fallback(ask({}), "placement_not_active"));
}

TEST_F(RecommendationsTest, WhatIsAskedToGoWithSomethingDoesOrSaysThatItDoesNot) {
    stock();
    crowd();
    const Items odd{"i1"};
    const auto answer = ask({.limit = 3, .goes_with = odd, .reasons = true});
    for (const std::string& item : answer.items) EXPECT_EQ((item.back() - '0') % 2, 1) << item;
    EXPECT_NE(answer.json.find(R"("text":"It goes with i1")"), std::string::npos) << answer.json;
    EXPECT_FALSE(has_fallback(answer, "seeds_not_used"));
    save("new", R"({"name":"New","sources":[{"kind":"fresh"}]})");
    EXPECT_TRUE(has_fallback(ask({.placement = "new", .goes_with = odd}), "seeds_not_used"));
}

TEST_F(RecommendationsTest, AReasonNamesWhatItsOwnSourceWentBy) {
    put({.id = "board", .title = "Red chess board", .categories = {"chess"}, .tags = {"red"}});
    put({.id = "knife", .title = "Kitchen knife", .categories = {"kitchen"}});
    put({.id = "deluxe",
         .title = "Red chess board deluxe",
         .categories = {"chess"},
         .tags = {"red"}});
    for (int i = 0; i < 12; ++i)
        put({.id = "filler" + std::to_string(i), .title = "Towel", .categories = {"bath"}});
    for (const char* other : {"bob", "cat"}) {
        say(other, "view", "knife");
        say(other, "view", "deluxe");
    }
    say("ann", "purchase", "board");
    say("ann", "view", "knife");
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    ASSERT_TRUE(engine_->contents().catch_up(tenant_));
    save("two", R"({"name":"Two","sources":[{"kind":"after"},{"kind":"content"}]})");
    const auto answer = ask({.placement = "two", .user_id = "ann", .limit = 1, .reasons = true});
    ASSERT_EQ(answer.items, Items{"deluxe"});
    EXPECT_NE(answer.json.find(R"("text":"Others went on to it from what you looked at: knife")"),
              std::string::npos)
        << answer.json;
    EXPECT_NE(answer.json.find(R"("text":"It is like what you bought: board")"), std::string::npos)
        << answer.json;
    // What may not be shown is not named.
    ASSERT_TRUE(engine_->catalogue().remove(tenant_, "knife", {}));
    const auto then = ask({.placement = "two", .user_id = "ann", .limit = 1, .reasons = true});
    EXPECT_EQ(then.json.find("knife"), std::string::npos) << then.json;
}

TEST_F(RecommendationsTest, WhatOnePersonWentOnToIsShownToNobodyElse) {
    stock();
    say("bob", "view", "i1");
    say("bob", "view", "i5");
    say("ann", "view", "i1");
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    save("after", R"({"name":"After","sources":[{"kind":"after"}]})");
    const auto alone = ask({.placement = "after", .user_id = "ann", .limit = 1, .reasons = true});
    EXPECT_EQ(alone.json.find("\"after\",\"weight"), std::string::npos) << alone.json;
    EXPECT_TRUE(has_fallback(alone, "few_found")) << alone.json;
    EXPECT_NE(alone.json.find(R"("kind":"filler")"), std::string::npos) << alone.json;
    say("cat", "view", "i1");
    say("cat", "view", "i5");
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    EXPECT_EQ(ask({.placement = "after", .user_id = "ann", .limit = 1}).items, Items{"i5"});
}

TEST_F(RecommendationsTest, WhatIsOldIsAmongTheNewestAndNotNew) {
    stock();
    save("new", R"({"name":"New","sources":[{"kind":"fresh"}]})");
    const auto young = ask({.placement = "new", .limit = 1, .reasons = true});
    EXPECT_NE(young.json.find(R"("It is new")"), std::string::npos) << young.json;
    clock_.advance(31 * 24h);
    const auto old = ask({.placement = "new", .limit = 1, .reasons = true});
    EXPECT_NE(old.json.find(R"("It is among the newest")"), std::string::npos) << old.json;
}

TEST_F(RecommendationsTest, WhatIsNotInAnOrderIsListedWithWhy) {
    stock();
    put({.id = "i4", .categories = {"games"}, .hidden = true});
    say("ann", "purchase", "i2");
    say("ann", "dislike", "i6");
    const Items among{"i0", "ghost", "i4", "i2", "i6", "i0"};
    const auto answer = ask({.user_id = "ann", .among = among});
    EXPECT_EQ(answer.items, Items{"i0"});
    EXPECT_NE(
        answer.json.find(
            R"("left_out":[{"item_id":"ghost","why":"unknown"},{"item_id":"i4","why":"not_open"},{"item_id":"i2","why":"seen"},{"item_id":"i6","why":"disliked"},{"item_id":"i0","why":"repeated"}])"),
        std::string::npos)
        << answer.json;
}

TEST_F(RecommendationsTest, WhatWasGivenBackMayBeShownAgain) {
    stock();
    say("ann", "purchase", "i2");
    const Items among{"i2"};
    EXPECT_TRUE(ask({.user_id = "ann", .among = among}).items.empty());
    say("ann", "refund", "i2");
    EXPECT_EQ(ask({.user_id = "ann", .among = among}).items, among);
}

TEST_F(RecommendationsTest, WhatWasJustLookedAtIsNoNewsForHalfAnHour) {
    stock();
    crowd();
    save("popular", R"({"name":"P","limit":3,"sources":[{"kind":"popular"}]})");
    const std::string first = ask({.placement = "popular"}).items.front();
    say("ann", "view", first);
    const auto ids = ask({.placement = "popular", .user_id = "ann"}).items;
    EXPECT_EQ(std::ranges::find(ids, first), ids.end());
    EXPECT_EQ(ask({.placement = "homepage.continue", .user_id = "ann"}).items.front(), first);
    // Where an application asks for an order, all of it is put in order.
    const std::vector<std::string> among{first, ids.front()};
    EXPECT_EQ(ask({.placement = "popular", .user_id = "ann", .among = among}).items.front(), first);
    clock_.advance(31min);
    EXPECT_EQ(ask({.placement = "popular", .user_id = "ann"}).items.front(), first);
}

TEST_F(RecommendationsTest, WhatSomebodyHasIsNotContinued) {
    stock();
    say("ann", "view", "i1");
    say("ann", "install", "i2");
    say("ann", "purchase", "i3");
    // Nor filled up with what they never began.
    EXPECT_EQ(ask({.placement = "homepage.continue", .user_id = "ann"}).items,
              std::vector<std::string>{"i1"});
    EXPECT_TRUE(ask({.placement = "homepage.continue", .user_id = "bob"}).items.empty());
}

TEST_F(RecommendationsTest, AHomepageWithoutRowsSaysWhy) {
    ASSERT_TRUE(
        engine_->activity().catch_up(tenant_));  // or it may be said that this is still to come
    const auto page = homepage(engine_->recommendations(), engine_->people(), tenant_, {});
    ASSERT_TRUE(page);
    EXPECT_NE(page->find(R"({"rows":[],"fallbacks":[{"kind":"empty_catalogue")"), std::string::npos)
        << *page;
    stock();
    save("homepage.new", R"({"name":"Off","status":"paused"})");
    const auto then = homepage(engine_->recommendations(), engine_->people(), tenant_, {});
    ASSERT_TRUE(then);
    EXPECT_NE(then->find(R"("rows":["homepage.new"])"), std::string::npos) << *then;
}

TEST_F(RecommendationsTest, BoostsMoveItemsAndSayThatTheyDid) {
    stock();
    crowd();
    save(
        "lifted",
        R"({"name":"L","boosts":[{"condition":{"==":[{"var":"item.id"},"i9"]},"factor":100,"name":"nine"}]})");
    const auto answer = ask({.placement = "lifted", .reasons = true});
    ASSERT_FALSE(answer.items.empty());
    EXPECT_EQ(answer.items[0], "i9");
    EXPECT_NE(answer.json.find(R"("rule":"nine")"), std::string::npos);
}

TEST_F(RecommendationsTest, EachItemHasItsReasons) {
    stock();
    crowd();
    say("ann", "view", "i0");
    const auto answer = ask({.user_id = "ann", .limit = 3, .reasons = true});
    EXPECT_NE(answer.json.find(R"("source":"after")"), std::string::npos) << answer.json;
    EXPECT_NE(answer.json.find(R"("because_of":"i0")"), std::string::npos) << answer.json;
    EXPECT_NE(answer.json.find(R"("interest":"category:games")"), std::string::npos) << answer.json;
}

TEST_F(RecommendationsTest, ADecisionIsWrittenOnceASessionWithProbabilitiesAndFeatures) {
    stock();
    crowd();
    say("ann", "view", "i0");
    save("home", R"({"name":"Home","limit":4,"exploration":{"slots":1}})");
    const auto first = ask({.placement = "home", .user_id = "ann"});
    EXPECT_EQ(ask({.placement = "home", .user_id = "ann"}).json, first.json);
    ASSERT_TRUE(engine_->decisions().flush());
    const auto log = engine_->people().interactions(tenant_, "ann", {.event = "$decision"});
    ASSERT_TRUE(log);
    ASSERT_EQ(log->items.size(), 1U);
    const std::string_view text = log->items[0].properties.text();
    EXPECT_NE(text.find(R"("kind":"recommendation")"), std::string::npos);
    EXPECT_NE(text.find(R"("of":"placement:home")"), std::string::npos);
    EXPECT_NE(text.find(R"("sources":["model","after")"), std::string::npos) << text;
    EXPECT_NE(first.json.find(log->items[0].id), std::string::npos);
}

TEST_F(RecommendationsTest, WhatSomebodySpokeAgainstIsNotShownToThem) {
    stock();
    crowd();
    say("ann", "view", "i0");
    say("ann", "dislike", "i4");
    const auto items = ask({.user_id = "ann", .limit = 12}).items;
    EXPECT_EQ(std::ranges::find(items, "i4"), items.end());
    say("ann", "like", "i4");
    const auto again = ask({.user_id = "ann", .limit = 12}).items;
    EXPECT_NE(std::ranges::find(again, "i4"), again.end());
}

TEST_F(RecommendationsTest, GivenItemsAreAllPutInOrder) {
    stock();
    crowd();
    say("ann", "view", "i0");
    const Items given{"i1", "i3", "i2", "unheard of", "i4", "i1"};
    const auto answer = ask({.user_id = "ann", .among = given});
    EXPECT_EQ(std::set<std::string>(answer.items.begin(), answer.items.end()),
              (std::set<std::string>{"i1", "i2", "i3", "i4"}));
    EXPECT_EQ(answer.items.size(), 4U);
    EXPECT_EQ((answer.items[0].back() - '0') % 2, 0);
    EXPECT_EQ((answer.items[1].back() - '0') % 2, 0);
}

TEST_F(RecommendationsTest, WhatWasShownInVainSinksAndComesBackWithTime) {
    stock();
    crowd();
    say("ann", "view", "i11");
    save("row", R"({"name":"Row","limit":4,"sources":[{"kind":"popular"}],
        "fatigue":{"strength":0.5,"half_life_days":2}})");
    save("tireless", R"({"name":"Row","limit":4,"sources":[{"kind":"popular"}],
        "fatigue":{"strength":0}})");
    const auto asked = [&](std::string_view placement) {
        EXPECT_TRUE(engine_->decisions().flush());
        EXPECT_TRUE(engine_->activity().catch_up(tenant_));
        return ask({.placement = placement, .user_id = "ann"}).items;
    };
    const Items first = asked("row");
    EXPECT_EQ(asked("row"), first);  // what stands on a page stays there while it is looked at
    clock_.advance(24h);
    EXPECT_EQ(asked("tireless"), first);
    for (const std::string& item : asked("row"))
        EXPECT_EQ(std::ranges::find(first, item), first.end()) << item;
    clock_.advance(24h * 60);
    EXPECT_EQ(asked("row"), first);
}

TEST_F(RecommendationsTest, WhatWasChosenIsNotTiredOf) {
    stock();
    crowd();
    say("ann", "view", "i11");
    save("row", R"({"name":"Row","limit":4,"sources":[{"kind":"popular"}],
        "fatigue":{"strength":0.5}})");
    const Items first = ask({.placement = "row", .user_id = "ann"}).items;
    ASSERT_TRUE(engine_->decisions().flush());
    say("ann", "view", first[2]);
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    clock_.advance(24h);
    const auto later = ask({.placement = "row", .user_id = "ann", .reasons = true});
    EXPECT_EQ(later.items.at(0), first[2]) << later.json;
    EXPECT_EQ(std::ranges::find(later.items, first[0]), later.items.end()) << later.json;
    // An application that asks for the order of its own items decides itself what to show again.
    const auto ranked =
        ask({.placement = "row", .user_id = "ann", .among = first, .reasons = true});
    EXPECT_EQ(ranked.json.find("fatigue"), std::string::npos);
}

TEST_F(RecommendationsTest, WhoOptedOutIsNobodyInParticular) {
    stock();
    crowd();
    say("ann", "view", "i0");
    domain::Event consent{.id = "no", .event = "$consent"};
    consent.user_id = "ann";
    consent.properties = *base::JsonText::parse(R"({"personalise":false})");
    consent.time = consent.received_at = clock_.now();
    ASSERT_TRUE(engine_->people().apply(tenant_, {.user_id = "ann"}, {consent}));
    ASSERT_TRUE(engine_->activity().catch_up(tenant_));
    const auto answer = ask({.user_id = "ann"});
    EXPECT_TRUE(has_fallback(answer, "opted_out"));
    EXPECT_EQ(answer.items, ask({}).items);
    EXPECT_NE(answer.json.find(R"("decision_id":null)"), std::string::npos);
}

TEST_F(RecommendationsTest, APublishedModelHasItsSay) {
    stock();
    crowd();
    say("ann", "view", "i0");
    EXPECT_TRUE(has_fallback(ask({.user_id = "ann"}), "no_model"));
    const auto entry = engine_->models().train(
        tenant_, {.learner = "item-knn", .settings = {}, .publish = false}, "test");
    ASSERT_TRUE(entry) << entry.error().message;
    engine_->models().finish();
    const auto published = engine_->models().publish(tenant_, entry->id);
    ASSERT_TRUE(published) << published.error().message;
    save("by-model", R"({"name":"By the model","sources":[{"kind":"model"}]})");
    const auto answer =
        ask({.placement = "by-model", .user_id = "ann", .limit = 3, .reasons = true});
    EXPECT_FALSE(has_fallback(answer, "no_model"));
    ASSERT_EQ(answer.items.size(), 3U);
    for (const std::string& item : answer.items) EXPECT_EQ((item.back() - '0') % 2, 0) << item;
    EXPECT_NE(answer.json.find(R"("source":"model","weight":1,"share":1,"because_of":"i0")"),
              std::string::npos)
        << answer.json;
}

TEST_F(RecommendationsTest, AnHomepageRepeatsNothing) {
    stock();
    crowd();
    say("ann", "view", "i0");
    say("ann", "like", "i2");
    const auto page = homepage(engine_->recommendations(), engine_->people(), tenant_,
                               {.user_id = "ann", .per_row = 2});
    ASSERT_TRUE(page) << page.error().message;
    const auto document = base::JsonDocument::parse(*page);
    ASSERT_TRUE(document) << *page;
    std::set<std::string> seen;
    std::size_t rows = 0;
    for (const base::JsonView row : document->root().find("rows")->elements()) {
        ++rows;
        for (const base::JsonView item : row.find("items")->elements())
            EXPECT_TRUE(seen.emplace(*item.find("item_id")->as_string()).second) << *page;
    }
    EXPECT_GE(rows, 4U) << *page;
    EXPECT_NE(page->find(R"("row":"homepage.continue")"), std::string::npos);
    EXPECT_NE(page->find(R"("because_of":"i2")"), std::string::npos);
}

TEST_F(RecommendationsTest, AnItemThatNobodyTouchedIsRecommendedByItsNature) {
    stock();
    crowd();
    const auto about = [&](std::string id, std::string title) {
        put({.id = std::move(id), .title = std::move(title), .categories = {"toys"}});
    };
    about("kite", "Red kite with a long tail");
    about("kite-2", "Blue kite with a long tail");
    about("drum", "A small drum");
    ASSERT_TRUE(engine_->contents().catch_up(tenant_));
    say("ann", "view", "kite");
    save("alike", R"({"name":"Alike","sources":[{"kind":"content"}],"limit":1})");
    const auto answer = ask({.placement = "alike", .user_id = "ann", .reasons = true});
    EXPECT_EQ(answer.items, Items{"kite-2"});
    EXPECT_NE(answer.json.find(R"("source":"content")"), std::string::npos) << answer.json;
    EXPECT_NE(answer.json.find(R"("because_of":"kite")"), std::string::npos) << answer.json;
    const auto like = engine_->recommendations().similar_items(tenant_, "kite-2", 2, false);
    ASSERT_TRUE(like);
    EXPECT_EQ(like->items, (Items{"kite", "drum"}));
}

TEST_F(RecommendationsTest, WhatPeopleWentOnToStandsAboveWhatIsAlikeByNature) {
    stock();
    crowd();
    ASSERT_TRUE(engine_->contents().catch_up(tenant_));
    const auto like = engine_->recommendations().similar_items(tenant_, "i0", 12, false);
    ASSERT_TRUE(like);
    ASSERT_GT(like->items.size(), 4U);
    const std::set<std::string> behaved(like->items.begin(), like->items.begin() + 4);
    EXPECT_EQ(behaved, (std::set<std::string>{"i2", "i4", "i6", "i8"}));
}

TEST_F(RecommendationsTest, PeopleOfLikeTasteSpeakForWhatTheyLiked) {
    stock();
    crowd();
    say("ann", "view", "i0");
    say("ann", "view", "i2");
    save("peers", R"({"name":"Peers","sources":[{"kind":"peers"}],"limit":3})");
    const auto answer = ask({.placement = "peers", .user_id = "ann", .reasons = true});
    EXPECT_EQ(std::set<std::string>(answer.items.begin(), answer.items.end()),
              (std::set<std::string>{"i4", "i6", "i8"}));
    EXPECT_NE(answer.json.find(R"("source":"peers")"), std::string::npos) << answer.json;
}

TEST_F(RecommendationsTest, EverybodyIsAnsweredOnceByPagesAndNothingIsRecorded) {
    stock();
    crowd();
    std::set<std::string> people;
    std::optional<std::string> cursor;
    int pages = 0;
    do {
        const auto page = recommend_to_people(engine_->recommendations(), engine_->people(),
                                              tenant_, {.limit = 2, .page = {cursor, 3}});
        ASSERT_TRUE(page) << page.error().message;
        std::string_view rest = page->lines;
        while (!rest.empty()) {
            const auto line = base::JsonDocument::parse(rest.substr(0, rest.find('\n')));
            ASSERT_TRUE(line) << page->lines;
            EXPECT_TRUE(people.emplace(*line->root().find("user_id")->as_string()).second);
            int items = 0;
            for (const base::JsonView item : line->root().find("items")->elements())
                items += item.is_object() ? 1 : 0;
            EXPECT_EQ(items, 2);
            rest.remove_prefix(rest.find('\n') + 1);
        }
        cursor = page->cursor;
        ++pages;
    } while (cursor);
    EXPECT_EQ(people.size(), 8U);
    EXPECT_GE(pages, 3);
    ASSERT_TRUE(engine_->decisions().flush());
    const auto log = engine_->people().interactions(tenant_, "crowd-0", {.event = "$decision"});
    ASSERT_TRUE(log);
    EXPECT_TRUE(log->items.empty());
    EXPECT_EQ(recommend_to_people(engine_->recommendations(), engine_->people(), tenant_,
                                  {.page = {"made up", 3}})
                  .error()
                  .code,
              Code::invalid_argument);
}

class SimilarPeopleTest : public RecommendationsTest {
protected:
    Result<std::vector<SimilarPerson>> similar(std::string_view user, std::size_t limit = 10) {
        EXPECT_TRUE(engine_->activity().catch_up(tenant_));
        return similar_people(engine_->people(), engine_->activity(), engine_->tenants(), tenant_,
                              user, limit);
    }
    std::set<std::string> names(std::string_view user) {
        std::set<std::string> names;
        const auto found = similar(user);
        EXPECT_TRUE(found) << found.error().message;
        if (found)
            for (const SimilarPerson& one : *found) names.insert(one.user_id);
        return names;
    }
    using Names = std::set<std::string>;
};

TEST_F(SimilarPeopleTest, AreThoseWhoLikedTheSameAndNotOneself) {
    stock();
    crowd();
    EXPECT_EQ(names("crowd-0"), (Names{"crowd-2", "crowd-4", "crowd-6"}));
    const auto closest = similar("crowd-0", 1);
    ASSERT_TRUE(closest);
    ASSERT_EQ(closest->size(), 1U);
    EXPECT_EQ(closest->front().in_common, 5U);
    EXPECT_NEAR(closest->front().likeness, 5.0 / 7, 1e-3);
    EXPECT_EQ(similar("nobody").error().code, Code::not_found);
    say("lone", "view", "i11");
    EXPECT_EQ(names("lone"), Names{});
}

TEST_F(SimilarPeopleTest, NameNobodyWhoWasErasedOrOptedOut) {
    stock();
    crowd();
    ASSERT_TRUE(engine_->people().erase(tenant_, "crowd-2"));
    domain::Event consent{.id = "no", .event = "$consent"};
    consent.user_id = "crowd-4";
    consent.properties = *base::JsonText::parse(R"({"personalise":false})");
    consent.time = consent.received_at = clock_.now();
    ASSERT_TRUE(engine_->people().apply(tenant_, {.user_id = "crowd-4"}, {consent}));
    EXPECT_EQ(names("crowd-0"), Names{"crowd-6"});
    EXPECT_EQ(names("crowd-4"), Names{});
}

TEST_F(RecommendationsTest, WhatIsLikeAnItemIsWhatPeopleWentOnTo) {
    stock();
    crowd();
    const auto like = engine_->recommendations().similar_items(tenant_, "i0", 3, false);
    ASSERT_TRUE(like);
    EXPECT_NE(like->json.find(R"("item_id":"i2")"), std::string::npos) << like->json;
    EXPECT_EQ(like->json.find(R"("item_id":"i0")"), std::string::npos);
    EXPECT_EQ(engine_->recommendations().similar_items(tenant_, "x", 3, false).error().code,
              Code::not_found);
}

}  // namespace
}  // namespace attune::engine
