#include "base/try_again.h"

#include <gtest/gtest.h>

namespace attune::base {
namespace {

using namespace std::chrono_literals;

TEST(TryAgain, WhatIsSaidIsUnderstood) {
    for (const auto wait : {1s, 2s, 59s, 86'400s}) {
        const Error error{Code::resource_exhausted, "too much; " + try_again_in(wait), {}, {}};
        EXPECT_EQ(try_again_of(error), wait) << error.message;
    }
    EXPECT_EQ(try_again_in(0s), "try again in 1 s");
}

TEST(TryAgain, OtherWordsSayNothing) {
    for (const char* other : {"", "try again", "try again in a while", "try again in  s",
                              "try again in 0 s", "try again in -3 s", "try again in 3 s or so"})
        EXPECT_FALSE(try_again_of({Code::unavailable, other, {}, {}})) << other;
}

}  // namespace
}  // namespace attune::base
