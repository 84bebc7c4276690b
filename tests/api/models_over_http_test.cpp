// A model over HTTP from events to answers: trained, compared, published, replaced, rolled back, removed.
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
        const auto answer = world_.ask({.method = std::string(method),
                                        .path = "/api/v1" + std::move(path),
                                        .as = "admin",
                                        .body = std::move(body)});
        EXPECT_EQ(answer.status, status) << path << "\n" << answer.body;
        return answer.body;
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

}  // namespace
}  // namespace attune::api::testing
