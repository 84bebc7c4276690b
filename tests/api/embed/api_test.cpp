#include <attune/api.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace attune {
namespace {

constexpr std::string_view kRules = "/api/v1/personalization/rules";
constexpr std::string_view kDark =
    R"({"name":"Dark at night","contexts":["dashboard"],"condition":{"==":[{"var":"context.device"},"mobile"]},"actions":[{"op":"set","path":"ui.theme","value":"dark"}]})";

class EmbeddedApi : public testing::Test {
protected:
    EmbeddedApi() {
        directory_ = testing::TempDir() + "embedded-api-" + std::to_string(::getpid()) + "-" +
                     testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(directory_);
        engine_.emplace(open_engine());
        api_.emplace(*Api::open(*engine_));
    }
    ~EmbeddedApi() override {
        api_.reset();
        engine_.reset();
        std::filesystem::remove_all(directory_);
    }

    Engine open_engine() {
        auto engine = Engine::open(directory_);
        EXPECT_TRUE(engine) << engine.error().message;
        return *std::move(engine);
    }
    static bool holds(const Result<std::string>& answer, std::string_view text) {
        EXPECT_TRUE(answer) << answer.error().message;
        return answer && answer->find(text) != std::string::npos;
    }
    static Code code_of(const Result<std::string>& answer) {
        EXPECT_FALSE(answer) << *answer;
        return answer ? Code::internal : answer.error().code;
    }

    std::string directory_;
    std::optional<Engine> engine_;
    std::optional<Api> api_;
};

TEST_F(EmbeddedApi, ARuleIsSavedTriedShownAndRevertedAsOverHttp) {
    const std::string dark = std::string(kRules) + "/dark";
    EXPECT_TRUE(holds(api_->put(dark, kDark), R"("rule_id":"dark")"));
    EXPECT_TRUE(holds(api_->get(kRules), R"("items":[{"rule_id":"dark")"));
    EXPECT_TRUE(holds(api_->post(std::string(kRules) + ":test",
                                 R"({"rule":)" + std::string(kDark) +
                                     R"(,"context":{"device":"mobile","name":"dashboard"}})"),
                      R"("outcome":"applies")"));
    std::string light(kDark);
    light.replace(light.rfind("dark"), 4, "light");
    EXPECT_TRUE(holds(api_->put(dark, light), R"("version":2)"));
    EXPECT_TRUE(holds(api_->post(dark + ":revert", R"({"version":1})"), R"("version":3)"));
    EXPECT_TRUE(holds(api_->get(dark + "/history"), R"("by":"library")"));
    EXPECT_TRUE(holds(engine_->config("ann", R"({"name":"dashboard","device":"mobile"})"), "{"));
    EXPECT_TRUE(holds(api_->get(dark + "/performance"), R"("rule_id":"dark")"));
    EXPECT_TRUE(holds(api_->post("/api/v1/personalization/optimize"), R"("proposals":[])"));
    EXPECT_EQ(*api_->remove(dark), "");
    EXPECT_EQ(code_of(api_->get(dark)), Code::not_found);
}

TEST_F(EmbeddedApi, FlagsExperimentsAndRolloutsAreReached) {
    EXPECT_TRUE(holds(
        api_->put(
            "/api/v1/flags/dark",
            R"({"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"})"),
        R"("key":"dark")"));
    EXPECT_TRUE(
        holds(api_->post("/ofrep/v1/evaluate/flags/dark", R"({"context":{"targetingKey":"ann"}})"),
              R"("value":true)"));
    EXPECT_TRUE(holds(api_->get("/api/v1/flags:stale?days=90"), R"("days":90)"));
    EXPECT_EQ(code_of(api_->get("/api/v1/flags/dark/rollout")), Code::failed_precondition);

    ASSERT_TRUE(engine_->track({.user_id = "ann", .event = "purchase"})->wait());
    EXPECT_TRUE(holds(
        api_->put(
            "/api/v1/experiments/hero",
            R"({"name":"Hero","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],"metrics":[{"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],"minimum_effect":0.1,"plan":{"baseline_mean":0.3}})"),
        R"("status":"draft")"));
    EXPECT_TRUE(holds(api_->post("/api/v1/experiments/hero:start"), R"("status":"running")"));
    EXPECT_TRUE(holds(api_->get("/api/v1/experiments/hero/results"), R"("bought")"));
}

// What a client would be told, with the same pointers.
TEST_F(EmbeddedApi, RefusalsSayWhatIsWrongAndWhere) {
    const auto wrong = api_->put(std::string(kRules) + "/dark", R"({"name":3})");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Code::invalid_argument);
    ASSERT_FALSE(wrong.error().fields.empty());
    EXPECT_EQ(wrong.error().fields.front().pointer, "/name");
    EXPECT_EQ(code_of(api_->get("/api/v1/nowhere")), Code::not_found);
    EXPECT_EQ(code_of(api_->remove(kRules)), Code::invalid_argument);
    EXPECT_EQ(code_of(api_->get("/api/v1/flags?limt=3")), Code::invalid_argument);
    EXPECT_EQ(code_of(api_->get("/api/v1/flags/%zz")), Code::invalid_argument);
    EXPECT_EQ(code_of(api_->post("/ofrep/v1/evaluate/flags/none", "{}")), Code::not_found);
    EXPECT_EQ(code_of(api_->get("/ofrep/v1/events")), Code::unimplemented);
    EXPECT_EQ(code_of(api_->post("/v1/track", R"({"userId":"ann","event":"x"})")),
              Code::unimplemented);
}

// It was opened for one tenant, and no path leads to another.
TEST_F(EmbeddedApi, SpeaksForItsOwnTenantAlone) {
    EXPECT_EQ(code_of(api_->get("/api/v1/tenants")), Code::permission_denied);
    EXPECT_EQ(code_of(api_->get("/api/v1/flags?tenant=acme")), Code::invalid_argument);
    EXPECT_TRUE(holds(api_->get("/api/v1/flags?tenant=default"), R"("items":[])"));
}

TEST_F(EmbeddedApi, EventsAreTakenAsOverHttp) {
    EXPECT_TRUE(
        holds(api_->post("/api/v1/events",
                         R"([{"user_id":"ann","event":"view"},{"user_id":"bob","event":"view"}])"),
              R"("accepted":2)"));
    EXPECT_TRUE(holds(api_->get("/api/v1/users/" + path_segment("ann")), R"("user_id":"ann")"));
    EXPECT_EQ(path_segment("a/b c"), "a%2Fb%20c");
}

// The page's lines, and the last one apart.
struct Page {
    std::vector<std::string> lines;
    std::string end;

    static Page of(const Result<std::string>& answer) {
        Page page;
        std::istringstream text(answer.value_or(""));
        for (std::string line; std::getline(text, line);) page.lines.push_back(line);
        if (!page.lines.empty()) {
            page.end = page.lines.back();
            page.lines.pop_back();
        }
        return page;
    }
    [[nodiscard]] std::string member(std::string_view name) const {
        const auto at = end.find("\"" + std::string(name) + "\":\"");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 4;
        return end.substr(begin, end.find('"', begin) - begin);
    }
    [[nodiscard]] std::string ids() const {
        std::string ids;
        for (const auto& line : lines) {
            const auto begin = line.find(R"("id":")") + 6;
            ids += line.substr(begin, line.find('"', begin) - begin) + " ";
        }
        return ids;
    }
};

TEST_F(EmbeddedApi, EventsAreExportedInOrderOfArrivalAPageAtATime) {
    const std::string path = "/api/v1/events:export";
    EXPECT_TRUE(Page::of(api_->get(path)).lines.empty());
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(engine_
                        ->track({.id = "e" + std::to_string(i),
                                 .user_id = i % 2 == 0 ? "ann" : "bob",
                                 .event = "view",
                                 .item_id = "go"})
                        ->wait());
    }
    const Page all = Page::of(api_->get(path));
    EXPECT_EQ(all.ids(), "e0 e1 e2 e3 e4 ");
    EXPECT_EQ(all.member("cursor"), "");
    // As they were sent, and nothing of what was found out.
    EXPECT_EQ(all.lines[0].find("received_at"), std::string::npos) << all.lines[0];
    const Page complete = Page::of(api_->get(path + "?complete=true"));
    EXPECT_NE(complete.lines[0].find("received_at"), std::string::npos) << complete.lines[0];

    const Page first = Page::of(api_->get(path + "?limit=3"));
    EXPECT_EQ(first.ids(), "e0 e1 e2 ");
    const Page second = Page::of(api_->get(path + "?limit=3&cursor=" + first.member("cursor")));
    EXPECT_EQ(second.ids(), "e3 e4 ");
    EXPECT_EQ(second.member("cursor"), "");

    EXPECT_EQ(Page::of(api_->get(path + "?newest=2")).ids(), "e3 e4 ");
    EXPECT_EQ(Page::of(api_->get(path + "?newest=5")).ids(), "e0 e1 e2 e3 e4 ");
    EXPECT_EQ(Page::of(api_->get(path + "?newest=10000")).ids(), "e0 e1 e2 e3 e4 ");
    EXPECT_EQ(Page::of(api_->get(path + "?since=2100-01-01T00:00:00Z")).ids(), "");

    // What comes later comes behind `upto`.
    ASSERT_TRUE(engine_->track({.id = "e5", .user_id = "eve", .event = "view"})->wait());
    EXPECT_EQ(Page::of(api_->get(path + "?cursor=" + second.member("upto"))).ids(), "e5 ");
    ASSERT_TRUE(engine_->erase("bob"));
    EXPECT_EQ(Page::of(api_->get(path)).ids(), "e0 e2 e4 e5 ");
}

// Further back than the first look goes.
TEST_F(EmbeddedApi, TheNewestAreFoundInALongLog) {
    for (int i = 0; i < 300; ++i)
        ASSERT_TRUE(
            engine_->track({.id = "e" + std::to_string(i), .user_id = "ann", .event = "view"})
                ->wait());
    const Page page = Page::of(api_->get("/api/v1/events:export?newest=200"));
    ASSERT_EQ(page.lines.size(), 200u);
    EXPECT_NE(page.lines.front().find(R"("id":"e100")"), std::string::npos);
    EXPECT_NE(page.lines.back().find(R"("id":"e299")"), std::string::npos);
}

TEST_F(EmbeddedApi, ProfilesAreExportedAPageAtATime) {
    for (const char* user : {"ann", "bob", "eve"})
        ASSERT_TRUE(engine_->track({.user_id = user, .event = "view"})->wait());
    const std::string path = "/api/v1/users:export";
    const Page first = Page::of(api_->get(path + "?limit=2"));
    EXPECT_EQ(first.lines.size(), 2u);
    const Page second = Page::of(api_->get(path + "?limit=2&cursor=" + first.member("cursor")));
    ASSERT_EQ(second.lines.size(), 1u);
    EXPECT_EQ(second.end, R"({"cursor":null})");
    for (const auto& line : first.lines) EXPECT_NE(line, second.lines.front());
    EXPECT_EQ(Page::of(api_->get(path + "?since=2100-01-01T00:00:00Z")).lines.size(), 0u);
}

TEST_F(EmbeddedApi, AClosedEngineIsSaidSo) {
    ASSERT_TRUE(engine_->close());
    EXPECT_EQ(code_of(api_->get(kRules)), Code::failed_precondition);
}

TEST_F(EmbeddedApi, FollowsAnEngineThatIsMoved) {
    Engine moved = *std::move(engine_);
    EXPECT_TRUE(holds(api_->get(kRules), R"("items":[])"));
    engine_.emplace(std::move(moved));
}

}  // namespace
}  // namespace attune
