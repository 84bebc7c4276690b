#include "app/option_places.h"

#include <gtest/gtest.h>

namespace attune::app {
namespace {

TEST(OptionPlaces, AnErrorNamesWhatWasTyped) {
    const Error looks = as_options(fail_field("/rate_min", "must be above 0").error());
    EXPECT_EQ(looks.message, "--rate-min: must be above 0");
    EXPECT_EQ(looks.fields.at(0).pointer, "--rate-min");

    const Error cuped =
        as_options(fail_field("/adjusted", "not here").error(), {{"/adjusted", "--cuped"}});
    EXPECT_EQ(cuped.message, "--cuped: not here");
}

TEST(OptionPlaces, WhatIsAnOptionAlreadyOrNoFieldStaysAsItIs) {
    const Error people = fail_field("--people", "must be at most a million").error();
    EXPECT_EQ(as_options(people), people);
    const Error other = fail(Code::unavailable, "/dev/null: is busy").error();
    EXPECT_EQ(as_options(other), other);
}

}  // namespace
}  // namespace attune::app
