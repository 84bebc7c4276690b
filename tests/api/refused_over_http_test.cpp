// A definition that was saved once and is refused today, as whoever keeps it meets it: in the list, by its id, in the metrics; and sent
// back as it was answered.
#include "engine/definitions/definitions.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

using testing::World;

constexpr std::string_view kRules = "/api/v1/personalization/rules";

class RefusedOverHttp : public ::testing::Test {
protected:
    // As a version of the program saved it that took everything.
    void save_as_before(std::string_view id, std::string_view body) {
        engine::Definitions<int> anything(world_.engine().store(), world_.clock(),
                                          {.collection = "rules", .noun = "rule"},
                                          [](auto, auto) -> Result<std::shared_ptr<const int>> {
                                              return std::make_shared<const int>(0);
                                          });
        const auto tenant = world_.engine().tenants().find("default");
        ASSERT_TRUE(tenant);
        const auto saved =
            anything.put(*tenant, id, *base::JsonText::parse(body), {.by = "before"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    std::string body_of(const std::string& path) {
        return world_.ask({.path = path, .as = "admin"}).body;
    }
    void SetUp() override {
        save_as_before("fine", R"({"name":"n","actions":[{"path":"ui.theme","value":"dark"}]})");
        save_as_before("pink", R"({"name":"n","actions":[{"path":"ui.theme","value":"pink"}]})");
        world_.restart();
    }

    World world_{testing::Backend::rocksdb};
    const std::string rules_{kRules};
};

TEST_F(RefusedOverHttp, IsListedAndAnsweredWithItsReason) {
    const std::string alone = body_of(rules_ + "/pink");
    EXPECT_TRUE(alone.contains(R"("refused":"/actions/0/value)")) << alone;
    EXPECT_FALSE(body_of(rules_ + "/fine").contains("refused"));
    const std::string list = body_of(rules_);
    EXPECT_TRUE(list.contains(R"("refused":"/actions/0/value)")) << list;
    EXPECT_EQ(list.find("refused"), list.rfind("refused")) << list;
}

TEST_F(RefusedOverHttp, IsCountedInTheMetricsUntilItIsMended) {
    const auto count = [&] {
        const std::string text = world_.ask({.path = "/metrics", .as = "root"}).body;
        const auto line = text.find("\nattune_definitions_refused ");
        return line == std::string::npos ? text : text.substr(line + 28, 1);
    };
    EXPECT_EQ(count(), "1");
    const auto mended =
        world_.ask({.method = "PUT",
                    .path = rules_ + "/pink",
                    .as = "admin",
                    .body = R"({"name":"n","actions":[{"path":"ui.theme","value":"light"}]})"});
    EXPECT_EQ(mended.status, 200) << mended.body;
    EXPECT_EQ(count(), "0");
}

TEST_F(RefusedOverHttp, IsMendedByWhatWasAnsweredAndTheReasonIsNotStored) {
    std::string answered = body_of(rules_ + "/pink");
    const auto value = answered.find(R"("pink"}])");
    ASSERT_NE(value, std::string::npos) << answered;
    answered.replace(value, 6, R"("light")");
    const auto put =
        world_.ask({.method = "PUT", .path = rules_ + "/pink", .as = "admin", .body = answered});
    EXPECT_EQ(put.status, 200) << put.body;
    EXPECT_FALSE(put.body.contains("refused")) << put.body;
    EXPECT_FALSE(body_of(rules_ + "/pink/history").contains("refused"));
}

TEST_F(RefusedOverHttp, SentBackUnchangedIsRefusedWithItsPlace) {
    const auto put = world_.ask({.method = "PUT",
                                 .path = rules_ + "/pink",
                                 .as = "admin",
                                 .body = body_of(rules_ + "/pink")});
    EXPECT_EQ(put.status, 400) << put.body;
    EXPECT_TRUE(put.body.contains("/actions/0/value")) << put.body;
}

}  // namespace
}  // namespace attune::api
