#include "http/status.h"

#include <gtest/gtest.h>

namespace attune::http {
namespace {

unsigned status(Code code, std::string reason) {
    return status_of(Error{code, "words", std::move(reason), {}});
}

TEST(Status, AFullStockIsNoRate) {
    EXPECT_EQ(status(Code::resource_exhausted, ""), 429u);
    EXPECT_EQ(status(Code::resource_exhausted, "rate_limited"), 429u);
    EXPECT_EQ(status(Code::resource_exhausted, "too_many_listeners"), 429u);
    EXPECT_EQ(status(Code::resource_exhausted, "too_many"), 409u);
    EXPECT_EQ(status(Code::resource_exhausted, "layer_full"), 409u);
    EXPECT_EQ(status(Code::resource_exhausted, "people_max"), 422u);
    EXPECT_EQ(status(Code::resource_exhausted, "queue_full"), 503u);
    EXPECT_EQ(status(Code::resource_exhausted, "disk_full"), 507u);
}

TEST(Status, OnlyAVersionThatDoesNotMatchIsAFailedPreconditionOfHttp) {
    EXPECT_EQ(status(Code::failed_precondition, "version_mismatch"), 412u);
    EXPECT_EQ(status(Code::failed_precondition, "in_use"), 409u);
}

}  // namespace
}  // namespace attune::http
