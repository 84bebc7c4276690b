// The isolation matrix, made from the route table itself: every route, asked by nobody, by a forged key and by every role,
// about what is the caller's own, another tenant's, or named by a tenant that is not the caller's. The answers' statuses must
// equal isolation.table (ATTUNE_UPDATE_GOLDEN=1 writes it anew, to be read as a diff); a route without a row fails. Each
// tenant holds a canary that must never show in an answer to the other.
#include "api/routes.h"
#include "engine/models/models.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace attune::api::testing {
namespace {

constexpr std::string_view kCallers[] = {"",        "forged", "root",    "admin",
                                         "service", "ingest", "analyst", "person:ann"};
constexpr std::string_view kPlaces[] = {"own", "foreign", "mismatch"};
constexpr std::string_view kOwnCanary = "canary-of-default-7d1f";
constexpr std::string_view kForeignCanary = "canary-of-other-c39a";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

class Matrix {
public:
    Matrix() {
        for (auto [as, user, canary] : {std::tuple{"service", "ann", kOwnCanary},
                                        std::tuple{"service@other", "zoe", kForeignCanary}}) {
            Ask ask{.method = "PUT", .path = "/api/v1/users/" + std::string(user), .as = as};
            ask.body = R"({"traits":{"canary":")" + std::string(canary) + "\"}}";
            EXPECT_EQ(world_.ask(ask).status, 201u);
        }
    }

    // The status of one cell, and whether the other tenant's canary was in it.
    std::string ask(const Route& route, std::string_view as, std::string_view place) {
        restore(route, place);
        Ask ask{.method = std::string(http::name_of(route.method)), .as = std::string(as)};
        // A stream does not end by itself; its head is answered like any.
        if (route.access.rule() == Access::Rule::stream) ask.method = "HEAD";
        ask.path = path_of(route, place);
        ask.body = route.body.schema ? body_of(route) : "";
        if (place == "mismatch") {
            ask.headers += "X-Tenant: other\r\n";
        } else if (as == "root" && route.access.names_tenant()) {
            ask.headers += "X-Tenant: default\r\n";
        }
        auto answer = world_.ask(ask);
        const bool entitled = as == "root";
        if (!entitled && (answer.head + answer.body).find(kForeignCanary) != std::string::npos) {
            ADD_FAILURE() << ask.method << " " << ask.path << " as " << as
                          << " shows another tenant";
        }
        return std::to_string(answer.status);
    }

private:
    // What the cell before may have taken away.
    void restore(const Route& route, std::string_view place) {
        if (place == "foreign")
            world_.ask({.method = "DELETE", .path = "/api/v1/users/zoe", .as = "service"});
        if (route.id == "delete_user") {
            world_.ask(
                {.method = "PUT", .path = "/api/v1/users/ann", .as = "service", .body = "{}"});
        }
        // One of a tenant is trained at a time.
        if (route.id == "train_model") world_.engine().models().finish();
        if (route.id == "revoke_key") {
            Ask ask{.method = "POST",
                    .path = "/api/v1/keys",
                    .as = "admin",
                    .body = R"({"name":"own"})"};
            own_key_ = json_at(world_.ask(ask).body, "/id");
            ask.as = "admin@other";
            foreign_key_ = json_at(world_.ask(ask).body, "/id");
        }
        if (route.tag == "decide") {
            for (auto [as, id, canary] : {std::tuple{"admin", "ours", kOwnCanary},
                                          std::tuple{"admin@other", "theirs", kForeignCanary}}) {
                Ask ask{.method = "PUT",
                        .path = "/api/v1/personalization/rules/" + std::string(id),
                        .as = as};
                ask.body = R"({"name":")" + std::string(canary) +
                           R"(","actions":[{"path":"x","value":1}]})";
                world_.ask(ask);
                ask.path = "/api/v1/segments/" + std::string(id);
                ask.body = R"({"name":")" + std::string(canary) + R"(","condition":true})";
                world_.ask(ask);
            }
        }
        if (route.tag == "flags") {
            for (auto [as, key, canary] : {std::tuple{"admin", "ours", kOwnCanary},
                                           std::tuple{"admin@other", "theirs", kForeignCanary}}) {
                Ask ask{.method = "PUT", .path = "/api/v1/flags/" + std::string(key), .as = as};
                ask.body = R"({"state":"ENABLED","variants":{"v":")" + std::string(canary) +
                           R"("},"defaultVariant":"v"})";
                world_.ask(ask);
            }
        }
        if (route.tag == "items") {
            // What a cell before made of an id that is the other tenant's.
            world_.ask({.method = "DELETE", .path = "/api/v1/items/theirs", .as = "admin"});
            for (auto [as, id, canary] : {std::tuple{"admin", "ours", kOwnCanary},
                                          std::tuple{"admin@other", "theirs", kForeignCanary}}) {
                Ask ask{.method = "PUT", .path = "/api/v1/items/" + std::string(id), .as = as};
                ask.body = R"({"title":")" + std::string(canary) + R"("})";
                world_.ask(ask);
            }
        }
        if (route.tag == "experiments") {
            for (auto [as, id, canary] : {std::tuple{"admin", "ours", kOwnCanary},
                                          std::tuple{"admin@other", "theirs", kForeignCanary}}) {
                Ask ask{
                    .method = "PUT", .path = "/api/v1/experiments/" + std::string(id), .as = as};
                ask.body = R"({"name":")" + std::string(canary) +
                           R"(","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}]})";
                world_.ask(ask);
            }
        }
        if (route.id == "create_tenant" || route.id == "delete_tenant") {
            world_.ask({.method = "DELETE", .path = "/api/v1/tenants/acme", .as = "root"});
        }
        if (route.id == "delete_tenant") {
            world_.ask({.method = "POST",
                        .path = "/api/v1/tenants",
                        .as = "root",
                        .body = R"({"id":"acme"})"});
        }
    }

    std::string path_of(const Route& route, std::string_view place) const {
        const bool foreign = place == "foreign";
        std::string path(route.pattern);
        path = replaced(std::move(path), "{user_id}", foreign ? "zoe" : "ann");
        path = replaced(std::move(path), "{write_key}", "nobody");
        path = replaced(std::move(path), "{rule_id}", foreign ? "theirs" : "ours");
        path = replaced(std::move(path), "{segment_id}", foreign ? "theirs" : "ours");
        path = replaced(std::move(path), "{experiment_id}", foreign ? "theirs" : "ours");
        path = replaced(std::move(path), "{item_id}", foreign ? "theirs" : "ours");
        path = replaced(std::move(path), "{model_id}", foreign ? "theirs" : "ours");
        path = replaced(std::move(path), "{key}", foreign ? "theirs" : "ours");
        std::string id = foreign ? "zoe" : "ann";
        if (route.id == "revoke_key") id = foreign ? foreign_key_ : own_key_;
        if (route.tag == "tenants")
            id = foreign ? "nobody" : route.id == "delete_tenant" ? "acme" : "default";
        return replaced(std::move(path), "{id}", id);
    }

    static std::string body_of(const Route& route) {
        if (!route.body.example.empty()) return std::string(route.body.example);
        return R"({"batch":[],"userId":"ann","event":"x","groupId":"g","previousId":"p"})";
    }

    World world_;
    std::string own_key_;
    std::string foreign_key_;
};

using Table = std::map<std::string, std::string>;  // "route place" to "caller=status …"

Table measured() {
    Matrix matrix;
    Table table;
    for (const Route* route : all_routes()) {
        for (std::string_view place : kPlaces) {
            std::string row;
            for (std::string_view as : kCallers) {
                row += (row.empty() ? "" : " ") + std::string(as.empty() ? "nobody" : as) + "=" +
                       matrix.ask(*route, as, place);
            }
            table[std::string(route->id) + " " + std::string(place)] = row;
        }
    }
    return table;
}

TEST(Isolation, EveryRouteAnswersEveryRoleAsTheTableSays) {
    const auto path = source_folder() / "isolation.table";
    const Table actual = measured();
    if (std::getenv("ATTUNE_UPDATE_GOLDEN") != nullptr) {
        std::ofstream file(path);
        file << "# route, whose object; then the status for each caller. Made by isolation_test.\n";
        for (const auto& [cell, row] : actual) file << cell << ": " << row << "\n";
        return;
    }
    Table expected;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#') || line.empty()) continue;
        const std::size_t colon = line.find(": ");
        expected[line.substr(0, colon)] = line.substr(colon + 2);
    }
    for (const auto& [cell, row] : actual) EXPECT_EQ(expected[cell], row) << cell;
    for (const auto& [cell, row] : expected)
        EXPECT_TRUE(actual.contains(cell)) << cell << " is no route";
}

// What the table must say whatever it says: read off the declared access.
TEST(Isolation, NobodyGetsPastARouteThatNeedsAKey) {
    Matrix matrix;
    for (const Route* route : all_routes()) {
        if (!route->access.needs_key()) continue;
        for (std::string_view as : {"", "forged"}) {
            EXPECT_EQ(matrix.ask(*route, as, "own"), "401") << route->id;
        }
    }
}

TEST(Isolation, RolesThatARouteDoesNotAdmitGet403) {
    Matrix matrix;
    const std::pair<std::string_view, Role> roles[] = {
        {"root", Role::root},     {"admin", Role::admin},     {"service", Role::service},
        {"ingest", Role::ingest}, {"analyst", Role::analyst}, {"person:ann", Role::person}};
    for (const Route* route : all_routes()) {
        if (!route->access.needs_key() || route->id == "segment_settings") continue;
        for (const auto& [as, role] : roles) {
            const std::string status = matrix.ask(*route, as, "own");
            const bool refused = status == "403";
            EXPECT_EQ(refused, !route->access.roles().has(role))
                << route->id << " as " << as << " " << status;
        }
    }
}

TEST(Isolation, AForeignUserAndAMissingOneAreAnsweredWithTheSameBytes) {
    World world;
    world.ask({.method = "PUT", .path = "/api/v1/users/zoe", .as = "service@other", .body = "{}"});
    world.ask({.method = "PUT", .path = "/api/v1/users/bob", .as = "service", .body = "{}"});
    auto body_of = [&](std::string_view as, std::string_view user) {
        Ask ask{.path = "/api/v1/personalization/profile/" + std::string(user),
                .as = std::string(as),
                .headers = "X-Request-Id: same\r\n"};
        auto answer = world.ask(ask);
        EXPECT_EQ(answer.status, 404u);
        return answer.head + answer.body;
    };
    EXPECT_EQ(body_of("service", "zoe"), body_of("service", "nobody"));
    EXPECT_EQ(body_of("person:ann", "bob"), body_of("person:ann", "nobody"));
    EXPECT_EQ(body_of("person:ann", "bob"), body_of("person:ann", "ann"));
}

TEST(Isolation, AnotherTenantsUserOfTheSameNameIsAnotherPerson) {
    World world;
    world.ask({.method = "PUT",
               .path = "/api/v1/users/ann",
               .as = "service",
               .body = R"({"traits":{"plan":"ours"}})"});
    world.ask({.method = "PUT",
               .path = "/api/v1/users/ann",
               .as = "service@other",
               .body = R"({"traits":{"plan":"theirs"}})"});
    auto ours = world.ask({.path = "/api/v1/users/ann", .as = "service"});
    EXPECT_EQ(json_at(ours.body, "/traits/plan"), "ours");
    world.ask({.method = "DELETE", .path = "/api/v1/users/ann", .as = "service@other"});
    EXPECT_EQ(world.ask({.path = "/api/v1/users/ann", .as = "service"}).status, 200u);
    EXPECT_EQ(world.ask({.path = "/api/v1/users/ann", .as = "service@other"}).status, 404u);
}

TEST(Isolation, ARevokedKeyStopsOnAConnectionThatRemembersIt) {
    World world;
    Ask make{.method = "POST",
             .path = "/api/v1/keys",
             .as = "admin",
             .body = R"({"name":"short","role":"service"})"};
    const std::string made = world.ask(make).body;
    auto peer = world.peer();
    const std::string request = request_text({.path = "/api/v1/users"}, json_at(made, "/key"));
    EXPECT_EQ(peer.ask(request).status, 200u);
    EXPECT_EQ(peer.ask(request).status, 200u);
    Ask revoke{.method = "DELETE", .path = "/api/v1/keys/" + json_at(made, "/id"), .as = "admin"};
    EXPECT_EQ(world.ask(revoke).status, 204u);
    EXPECT_EQ(peer.ask(request).status, 401u);
}

std::string token_of(World& world, std::string_view as, std::string_view user) {
    Ask ask{.method = "POST",
            .path = "/api/v1/users/" + std::string(user) + "/token",
            .as = std::string(as)};
    return json_at(world.ask(ask).body, "/token");
}

// What ends the tokens of "ann" that a service key signed, and which of the others' it ends with them.
struct Ending {
    std::string method, path, as;
    bool ends_bobs;
};

TEST(Isolation, ATokenIsRevokedOnAConnectionThatRemembersIt) {
    const Ending endings[] = {{"DELETE", "/api/v1/users/ann", "service", false},
                              {"DELETE", "/api/v1/users/ann-at-home", "admin", false},
                              {"DELETE", "/api/v1/users/ann/tokens", "service", false},
                              {"DELETE", "/api/v1/users/ann/tokens", "person:ann", false},
                              {"DELETE", "/api/v1/tokens", "admin", true},
                              {"DELETE", "/api/v1/keys/", "admin", true}};
    for (const auto& [method, path, as, ends_bobs] : endings) {
        SCOPED_TRACE(path + " as " + as);
        World world;
        world.ask({.method = "PUT",
                   .path = "/api/v1/users/ann",
                   .as = "service",
                   .body = R"({"anonymous_id":"ann-at-home"})"});
        world.ask({.method = "PUT", .path = "/api/v1/users/bob", .as = "service", .body = "{}"});
        const std::string key_id =
            json_at(world.ask({.path = "/api/v1/whoami", .as = "service"}).body, "/key_id");
        auto anns = world.peer();
        auto bobs = world.peer();
        const auto whoami = [](std::string_view token) {
            return request_text({.path = "/api/v1/whoami"}, token);
        };
        const std::string of_ann = whoami(token_of(world, "service", "ann"));
        const std::string of_bob = whoami(token_of(world, "service", "bob"));
        EXPECT_EQ(anns.ask(of_ann).status, 200u);
        EXPECT_EQ(bobs.ask(of_bob).status, 200u);
        const std::string whole = path.ends_with('/') ? path + key_id : path;
        ASSERT_EQ(world.ask({.method = method, .path = whole, .as = as}).status, 204u);
        EXPECT_EQ(anns.ask(of_ann).status, 401u);
        EXPECT_EQ(bobs.ask(of_bob).status, ends_bobs ? 401u : 200u);
        EXPECT_EQ(anns.ask(whoami(token_of(world, "admin", "ann"))).status, 200u);
    }
}

TEST(Isolation, NobodysTokenRevokesAnothersNorDoesAnotherTenant) {
    World world;
    const std::string of_ann =
        request_text({.path = "/api/v1/whoami"}, token_of(world, "service", "ann"));
    Ask revoke{.method = "DELETE", .path = "/api/v1/users/ann/tokens", .as = "person:bob"};
    EXPECT_EQ(world.ask(revoke).status, 404u);
    revoke.as = "service@other";
    EXPECT_EQ(world.ask(revoke).status, 204u) << "of an ann of its own";
    EXPECT_EQ(world.peer().ask(of_ann).status, 200u);
}

TEST(Isolation, ATokenStopsAtItsExpiryOnAConnectionThatRemembersIt) {
    World world;
    world.ask({.method = "PUT", .path = "/api/v1/users/ann", .as = "service", .body = "{}"});
    auto peer = world.peer();
    const std::string request =
        request_text({.path = "/api/v1/users/ann"}, world.key("person:ann"));
    EXPECT_EQ(peer.ask(request).status, 200u);
    world.clock().jump_to(world.clock().now() + std::chrono::hours(2));
    EXPECT_EQ(peer.ask(request).status, 401u);
}

TEST(Isolation, AnotherKeyOnTheSameConnectionIsAnotherCaller) {
    World world;
    auto peer = world.peer();
    for (std::string_view as : {"service", "analyst", "service@other", "service"}) {
        auto answer = peer.ask(request_text({.path = "/api/v1/whoami"}, world.key(as)));
        EXPECT_EQ(json_at(answer.body, "/tenant"), as == "service@other" ? "other" : "default");
        EXPECT_EQ(json_at(answer.body, "/role"), as == "analyst" ? "analyst" : "service");
    }
}

}  // namespace
}  // namespace attune::api::testing
