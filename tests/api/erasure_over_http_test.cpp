// Somebody who cannot be erased: whoever asked for it hears which file is in the way, and they are all still there.
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace attune::api {
namespace {

using testing::World;

TEST(ErasureOverHttp, ThatCannotRemoveACheckpointNamesItAndErasesNobody) {
    World world(testing::Backend::rocksdb);
    const std::string users = "/api/v1/users/ann";
    (void)world.body_of("POST", "/events", R"({"user_id":"ann","event":"view","item_id":"a"})",
                        200);
    // What is a directory cannot be removed like a file.
    const auto in_the_way = world.checkpoints() / "activity-1";
    std::filesystem::create_directories(in_the_way / "x");
    const auto refused = world.ask({.method = "DELETE", .path = users, .as = "admin"});
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_TRUE(refused.body.contains(R"("type":"urn:attune:problem:checkpoint_stays")"))
        << refused.body;
    EXPECT_TRUE(refused.body.contains("activity-1 knows them too, and cannot be removed"))
        << refused.body;
    EXPECT_EQ(world.ask({.path = users, .as = "admin"}).status, 200);
    std::filesystem::remove_all(in_the_way);
    EXPECT_LT(world.ask({.method = "DELETE", .path = users, .as = "admin"}).status, 300U);
    EXPECT_EQ(world.ask({.path = users, .as = "admin"}).status, 404);
}

}  // namespace
}  // namespace attune::api
