#include "http/router.h"

#include "raw_peer.h"

#include <gtest/gtest.h>

namespace attune::http::testing {
namespace {

struct Found {
    std::string pattern;
    std::string params;
    std::string allowed;
    bool malformed = false;
};

Found find(const Router& router, Method method, std::string_view path) {
    Request request;
    request.method = method;
    request.path = path;
    const Router::Match match = router.match(request);
    Found found{
        match.route != nullptr ? match.route->pattern : "", {}, match.allowed, match.malformed};
    for (const PathParam& param : request.params)
        found.params += std::string(param.name) + "=" + param.value + ";";
    return found;
}

Router sample() {
    Router router;
    add(router, Method::get, "/", echo);
    add(router, Method::get, "/users", echo);
    add(router, Method::get, "/users/{id}", echo);
    add(router, Method::del, "/users/{id}", echo);
    add(router, Method::get, "/users/me", echo);
    add(router, Method::get, "/users/{user}/items/{item}", echo);
    add(router, Method::post, "/rules:test", echo);
    add(router, Method::post, "/rules/{id}:test", echo);
    add(router, Method::get, "/rules/{id}", echo);
    return router;
}

TEST(Router, PrefersLiteralsAndDecodesNamesAfterRouting) {
    const Router router = sample();
    EXPECT_EQ(find(router, Method::get, "/").pattern, "/");
    EXPECT_EQ(find(router, Method::get, "/users/me").pattern, "/users/me");
    EXPECT_EQ(find(router, Method::get, "/users/you").params, "id=you;");
    EXPECT_EQ(find(router, Method::get, "/users/a%2Fb").params, "id=a/b;");
    EXPECT_EQ(find(router, Method::get, "/users/%C3%A9%20x+y").params, "id=\xC3\xA9 x+y;");
    EXPECT_EQ(find(router, Method::get, "/users/me/items/7").params, "user=me;item=7;");
    // The literal has no DELETE, the name has.
    EXPECT_EQ(find(router, Method::del, "/users/me").pattern, "/users/{id}");
}

TEST(Router, ForgivesOneTrailingSlash) {
    const Router router = sample();
    EXPECT_EQ(find(router, Method::get, "/users/").pattern, "/users");
    EXPECT_EQ(find(router, Method::get, "/users/7/").params, "id=7;");
    EXPECT_EQ(find(router, Method::get, "/users//").pattern, "");
    EXPECT_EQ(find(router, Method::get, "//users").pattern, "");
    EXPECT_EQ(find(router, Method::get, "/users/7/items//").pattern, "");
}

TEST(Router, FindsVerbsInTheLastSegment) {
    const Router router = sample();
    EXPECT_EQ(find(router, Method::post, "/rules:test").pattern, "/rules:test");
    EXPECT_EQ(find(router, Method::post, "/rules/a:test").params, "id=a;");
    EXPECT_EQ(find(router, Method::get, "/rules/a:b").params, "id=a:b;");
    EXPECT_EQ(find(router, Method::get, "/rules/a%3Atest").params, "id=a:test;");
    EXPECT_EQ(find(router, Method::get, "/rules/a:test").allowed, "POST, OPTIONS");
}

TEST(Router, TakesTheRestOfThePathWhereNothingElseFits) {
    Router router = sample();
    add(router, Method::post, "/flags/{key...}", echo);
    add(router, Method::post, "/flags/{key}/history", echo);
    EXPECT_EQ(find(router, Method::post, "/flags/a").params, "key=a;");
    EXPECT_EQ(find(router, Method::post, "/flags/a%20b/c%2Fd//e/").params, "key=a b/c/d//e;");
    EXPECT_EQ(find(router, Method::post, "/flags/a/history").pattern, "/flags/{key}/history");
    EXPECT_EQ(find(router, Method::post, "/flags").pattern, "");
    EXPECT_EQ(find(router, Method::get, "/flags/a/b").allowed, "POST, OPTIONS");
}

TEST(Router, SaysWhatElseAPathAllows) {
    const Router router = sample();
    EXPECT_EQ(find(router, Method::put, "/users/7").allowed, "GET, HEAD, DELETE, OPTIONS");
    EXPECT_EQ(find(router, Method::other, "/users").allowed, "GET, HEAD, OPTIONS");
    EXPECT_EQ(find(router, Method::head, "/users").pattern, "/users");
    EXPECT_EQ(find(router, Method::get, "/none").allowed, "");
    EXPECT_EQ(find(router, Method::get, "/users/me/none").allowed, "");
}

TEST(Router, RefusesNamesThatAreNoText) {
    const Router router = sample();
    for (std::string_view path :
         {"/users/%", "/users/%4", "/users/%zz", "/users/%00", "/users/a%00b", "/users/%FF",
          "/users/%C0%80", "/users/%ED%A0%80", "/users/%F4%90%80%80", "/users/%C3"}) {
        const Found found = find(router, Method::get, path);
        EXPECT_TRUE(found.malformed) << path;
        EXPECT_EQ(found.pattern, "") << path;
    }
}

TEST(Router, StaysQuickOnDeepPaths) {
    Router router;
    std::string pattern;
    for (int i = 0; i < 16; ++i) {
        pattern += "/{p" + std::to_string(i) + "}/a";
        add(router, Method::get, pattern, echo);
    }
    std::string path;
    for (int i = 0; i < 100'000; ++i) path += "/a";
    EXPECT_EQ(find(router, Method::get, path).pattern, "");
    EXPECT_EQ(find(router, Method::get, std::string(8'000, '/')).pattern, "");
}

TEST(Router, RefusesBrokenTables) {
    for (std::string_view pattern : {"", "users", "/a//b", "/{}", "/{a", "/{a}b", "/{a}/{a}",
                                     "/{a}:v/b", "/{a}:", "/a%20b", "/{a}:{b}"}) {
        Router router;
        EXPECT_FALSE(router.add({.method = Method::get,
                                 .pattern = std::string(pattern),
                                 .handler = echo,
                                 .stream_handler = {}}))
            << pattern;
    }
    Router router;
    add(router, Method::get, "/a/{x}", echo);
    EXPECT_FALSE(router.add(
        {.method = Method::get, .pattern = "/a/{y}", .handler = echo, .stream_handler = {}}));
    EXPECT_FALSE(
        router.add({.method = Method::get, .pattern = "/b", .handler = {}, .stream_handler = {}}));
    EXPECT_FALSE(router.add(
        {.method = Method::other, .pattern = "/b", .handler = echo, .stream_handler = {}}));
}

TEST(Request, FindsQueryParametersDecoded) {
    Request request;
    request.query = "a=1&b=x+y%26z&a=2&c&d=%zz&%65=5";
    EXPECT_EQ(request.query_param("a"), "1");
    EXPECT_EQ(request.query_param("b"), "x y&z");
    EXPECT_EQ(request.query_param("c"), "");
    EXPECT_EQ(request.query_param("d"), "%zz");
    EXPECT_EQ(request.query_param("e"), "5");
    EXPECT_EQ(request.query_param("none"), std::nullopt);
}

}  // namespace
}  // namespace attune::http::testing
