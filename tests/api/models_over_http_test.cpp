// A model over HTTP from events to answers: trained, compared, published, replaced, rolled back, removed.
#include "engine/decisions/decision_log.h"
#include "engine/models/models.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <chrono>

namespace attune::api::testing {
namespace {

using namespace std::chrono_literals;

class ModelsOverHttp : public ::testing::Test {
protected:
    std::string ask(std::string_view method, std::string path, std::string body, unsigned status) {
        return world_.body_of(method, std::move(path), std::move(body), status);
    }
    // Everybody walks along the same ring of items, from a place of their own.
    void behave() {
        for (int step = 0; step < 8; ++step) {
            std::string events = "[";
            for (int person = 0; person < 20; ++person) {
                if (person > 0) events += ',';
                events += R"({"event":"view","user_id":"u)" + std::to_string(person) +
                          R"(","item_id":"i)" + std::to_string((person * 3 + step) % 20) + "\"}";
            }
            ask("POST", "/events", events + "]", 200);
            world_.clock().advance(1h);
        }
    }
    // Its id.
    std::string trained(std::string_view learner) {
        world_.clock().advance(1s);
        const std::string entry =
            ask("POST", "/models:train", R"({"learner":")" + std::string(learner) + "\"}", 202);
        world_.engine().models().finish();
        return json_at(entry, "/id");
    }
    std::string state(const std::string& id) {
        return json_at(ask("GET", "/models/" + id, {}, 200), "/state");
    }

    World world_;
};

TEST_F(ModelsOverHttp, IsTrainedPublishedReplacedRolledBackAndRemoved) {
    behave();
    const std::string first = trained("transitions");
    EXPECT_EQ(state(first), "published") << ask("GET", "/models/" + first, {}, 200);
    const std::string second = trained("popularity");
    EXPECT_EQ(state(second), "ready");
    ask("POST", "/models/" + second + ":publish", {}, 200);
    EXPECT_EQ(json_at(ask("GET", "/models", {}, 200), "/published"), second);
    EXPECT_EQ(state(first), "retired");
    ask("POST", "/models:rollback", {}, 200);
    EXPECT_EQ(state(first), "published");
    ask("DELETE", "/models/" + first, {}, 409);
    ask("DELETE", "/models/" + second, {}, 204);
    ask("GET", "/models/" + second, {}, 404);
    ask("POST", "/models/" + first + ":cancel", {}, 409);
}

TEST_F(ModelsOverHttp, SaysWhatASearchTriedAndWhichFieldCannotBeSearched) {
    behave();
    world_.clock().advance(1s);
    const std::string entry =
        ask("POST", "/models:train", R"({"learner":"transitions","search_tries":4})", 202);
    world_.engine().models().finish();
    const std::string done = ask("GET", "/models/" + json_at(entry, "/id"), {}, 200);
    EXPECT_EQ(json_at(done, "/search/tried"), "5") << done;
    EXPECT_EQ(json_at(done, "/search/best/0/settings"), json_at(done, "/settings"));
    EXPECT_NE(json_at(done, "/search/best/4/ndcg"), "");
    const auto field = [&](std::string_view path, std::string body) {
        const bool is_plan = path == "/training";
        return json_at(ask(is_plan ? "PUT" : "POST", std::string(path), std::move(body), 400),
                       "/errors/0/pointer");
    };
    EXPECT_EQ(field("/models:train", R"({"search_minutes":1e6})"), "/search_minutes");
    EXPECT_EQ(field("/models:train", R"({"learner":"popularity","search_minutes":1})"),
              "/search_minutes");
    EXPECT_EQ(field("/training", R"({"request":{"learner":"ranker"},"every_hours":1})"),
              "/request/learner");
}

TEST_F(ModelsOverHttp, ARankerIsTrainedWhenEnoughNewListsWereChosenFrom) {
    ask("POST", "/items", R"([{"id":"i1"},{"id":"i2"},{"id":"i3"}])", 200);
    behave();
    ask("PUT", "/placements/home", R"({"name":"Home","sources":[{"kind":"popular"}]})", 201);
    ask("PUT", "/training", R"({"ranker_after_lists":2})", 200);
    const auto choose = [&](const std::string& user) {
        const std::string list = ask("POST", "/recommendations",
                                     R"({"placement":"home","user_id":")" + user + R"("})", 200);
        ask("POST", "/events",
            R"({"event":"view","user_id":")" + user + R"(","item_id":")" +
                json_at(list, "/items/0/item_id") + R"(","decision_id":")" +
                json_at(list, "/decision_id") + "\"}",
            200);
    };
    engine::Models& models = world_.engine().models();
    const auto choose_and_wait = [&](const std::string& user) {
        choose(user);
        EXPECT_TRUE(world_.engine().decisions().flush());
    };
    choose_and_wait("u1");
    EXPECT_EQ(models.look().value_or(9), 0U);
    choose_and_wait("u2");
    EXPECT_EQ(models.look().value_or(9), 1U);
    models.finish();
    const std::string newest = ask("GET", "/models", {}, 200);
    EXPECT_EQ(json_at(newest, "/items/0/kind"), "ranker");
    EXPECT_EQ(json_at(newest, "/items/0/by"), "change");
    EXPECT_EQ(json_at(newest, "/items/0/answered_lists"), "2");
}

}  // namespace
}  // namespace attune::api::testing
