#include "api/routes.h"
#include "api/dispatch.h"
#include "api/openapi.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"
#include "tests/base/kept_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace attune::api {
namespace {

using testing::json_at;

Result<http::Answer> nothing(const Call&) { return http::Answer{}; }
constexpr Reply kReplies[] = {{200, "Nothing."}};

Route plain(Access access) {
    return {.method = http::Method::get,
            .pattern = "/things/{id}",
            .id = "thing",
            .tag = "things",
            .summary = "A thing",
            .access = access,
            .handler = nothing,
            .replies = kReplies};
}

bool passes(const Route& route) {
    const Route* routes[] = {&route};
    return check_routes(routes).has_value();
}

TEST(Routes, TheTableIsSound) {
    const auto routes = all_routes();
    auto sound = check_routes(routes);
    EXPECT_TRUE(sound) << sound.error().message;
}

TEST(Routes, ARouteNeedsARoleAHandlerAndAPersonThatItHas) {
    EXPECT_TRUE(passes(plain(Access::of_tenant(kReaders))));
    EXPECT_TRUE(passes(plain(Access::of_person(kReaders, "id"))));
    EXPECT_FALSE(passes(plain(Access::of_tenant({}))));
    EXPECT_FALSE(passes(plain(Access::of_person(kReaders, "user_id"))));
    EXPECT_FALSE(passes(plain(Access::of_tenant({Role::person}))));
    Route both = plain(Access::open());
    both.handler = nullptr;
    EXPECT_FALSE(passes(both));
    Route silent = plain(Access::open());
    silent.replies = {};
    EXPECT_FALSE(passes(silent));
}

TEST(Routes, TwoRoutesDoNotShareAnId) {
    const Route route = plain(Access::open());
    const Route* twice[] = {&route, &route};
    EXPECT_FALSE(check_routes(twice));
}

// Every "$ref" of the document, wherever it stands.
void collect_refs(base::JsonView value, std::set<std::string>& refs) {
    for (auto [key, member] : value.members()) {
        if (key == "$ref") refs.insert(std::string(*member.as_string()));
        collect_refs(member, refs);
    }
    for (base::JsonView element : value.elements()) collect_refs(element, refs);
}

class OpenApi : public ::testing::Test {
protected:
    const std::vector<const Route*> routes_ = all_routes();
    const std::string text_ = openapi_document(routes_, "1.2.3");
    Result<base::JsonDocument> document_ = base::JsonDocument::parse(text_);

    base::JsonView operation(const Route& route) {
        std::string method(http::name_of(route.method));
        std::ranges::transform(method, method.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        auto path = document_->root().find("paths")->find(route.pattern);
        EXPECT_TRUE(path) << route.pattern;
        auto found = path->find(method);
        EXPECT_TRUE(found) << route.id;
        return *found;
    }
};

TEST_F(OpenApi, IsJsonAndSaysWhichVersion) {
    ASSERT_TRUE(document_) << document_.error().message;
    EXPECT_EQ(json_at(text_, "/openapi"), "3.1.0");
    EXPECT_EQ(json_at(text_, "/info/version"), "1.2.3");
}

TEST_F(OpenApi, HasEachRouteWithItsParametersAnswersAndRoles) {
    ASSERT_TRUE(document_);
    for (const Route* route : routes_) {
        base::JsonView found = operation(*route);
        EXPECT_EQ(found.find("operationId")->as_string(), route->id);
        EXPECT_TRUE(found.find("summary"));
        EXPECT_TRUE(found.find("security"));
        EXPECT_EQ(found.find("x-attune-roles").has_value(), route->access.needs_key()) << route->id;
        EXPECT_EQ(found.find("requestBody").has_value(), route->body.schema != nullptr)
            << route->id;
        EXPECT_EQ(found.find("responses")->size(), route->replies.size() + 1) << route->id;
        std::set<std::string> in_path;
        if (auto parameters = found.find("parameters")) {
            for (base::JsonView parameter : parameters->elements()) {
                auto in = parameter.find("in");
                if (in && in->as_string() == "path") {
                    EXPECT_EQ(parameter.find("required")->as_bool(), true);
                    in_path.insert(std::string(*parameter.find("name")->as_string()));
                }
            }
        }
        EXPECT_EQ(in_path.size(), static_cast<std::size_t>(std::ranges::count(route->pattern, '{')))
            << route->id;
    }
}

TEST_F(OpenApi, EveryLimitSaysItsBounds) {
    ASSERT_TRUE(document_);
    std::size_t limits = 0;
    for (const Route* route : routes_) {
        const auto parameters = operation(*route).find("parameters");
        if (!parameters) continue;
        for (base::JsonView parameter : parameters->elements()) {
            const auto name = parameter.find("name");
            if (!name || name->as_string() != "limit") continue;
            ++limits;
            const auto schema = parameter.find("schema");
            ASSERT_TRUE(schema->find("maximum")) << route->id;
            EXPECT_EQ(schema->find("minimum")->as_double(), 1) << route->id;
            EXPECT_GE(*schema->find("maximum")->as_double(), 100) << route->id;
        }
    }
    EXPECT_GE(limits, 10u);
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
    ASSERT_TRUE(document_);
    std::set<std::string> refs;
    collect_refs(document_->root(), refs);
    EXPECT_GT(refs.size(), 20u);
    for (const std::string& ref : refs) {
        ASSERT_TRUE(ref.starts_with("#/")) << ref;
        EXPECT_FALSE(json_at(text_, ref.substr(1)).empty()) << ref;
    }
}

TEST_F(OpenApi, EveryExampleIsJson) {
    for (const Route* route : routes_) {
        if (route->body.example.empty()) continue;
        EXPECT_TRUE(base::JsonDocument::parse(route->body.example)) << route->id;
    }
}

TEST(Failures, OfWhatIsStoredMakeTheServerUnready) {
    testing::World world;
    EXPECT_EQ(world.ask({.path = "/readyz"}).status, 200);
    (void)render_error(world.api().services(), {}, {Code::not_found, "no", {}, {}});
    EXPECT_EQ(world.ask({.path = "/readyz"}).status, 200);
    (void)render_error(world.api().services(), {}, {Code::data_loss, "block 7", {}, {}});
    const auto answer = world.ask({.path = "/readyz"});
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.body.contains("urn:attune:problem:damaged")) << answer.body;
    EXPECT_FALSE(answer.body.contains("block 7")) << answer.body;
}

TEST(Failures, InsideAreSilentToTheCallerAndSpokenToTheLog) {
    base::testing::KeptLog log;
    testing::World world(testing::Backend::memory, {.log = &log});
    http::Request request;
    request.request_id = "f00d";
    const Error damaged{Code::data_loss, "a block of table 7 is damaged", {}, {}};
    const auto answer = render_error(world.api().services(), request, damaged);
    EXPECT_EQ(answer.status, 500u);
    EXPECT_EQ(answer.body.find("table 7"), std::string::npos);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_NE(log.lines[0].find("level=error event=http.failed code=data_loss"), std::string::npos)
        << log.lines[0];
    EXPECT_NE(log.lines[0].find("a block of table 7 is damaged"), std::string::npos);
    EXPECT_NE(log.lines[0].find("request_id=f00d"), std::string::npos);

    (void)render_error(world.api().services(), request, {Code::not_found, "no", {}, {}});
    EXPECT_EQ(log.lines.size(), 1u);
}

}  // namespace
}  // namespace attune::api
