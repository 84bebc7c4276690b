#include "engine/recommend/condition_work.h"

#include "base/manual_clock.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

Logic compiled(std::string_view text) {
    const auto document = base::JsonDocument::parse(text);
    EXPECT_TRUE(document);
    auto logic = Logic::compile(document->root());
    EXPECT_TRUE(logic);
    return *std::move(logic);
}

// A few hundred steps for a list of a hundred.
constexpr std::string_view kAlways = R"({"none":[{"var":"list"},{"==":[{"var":""},-1]}]})";

std::string list_of(int count) {
    std::string list = R"({"list":[)";
    for (int i = 0; i < count; ++i) list += (i > 0 ? "," : "") + std::to_string(i);
    return list + "]}";
}

class ConditionWorkTest : public ::testing::Test {
protected:
    base::ManualClock clock_;
    const base::JsonDocument data_ = *base::JsonDocument::parse(list_of(100));
    const base::JsonDocument long_ = *base::JsonDocument::parse(list_of(9'000));
};

TEST_F(ConditionWorkTest, WhatManyEvaluationsTakeIsBoundedTogether) {
    const Logic always = compiled(kAlways);
    ConditionWork work(clock_, {.steps = 5'000});
    int held = 0;
    for (int i = 0; i < 1'000; ++i)
        held += work.holds(always, {.data = LogicValue(data_.root())}) ? 1 : 0;
    EXPECT_GT(held, 3);
    EXPECT_LT(held, 50);
    EXPECT_TRUE(work.is_used_up());
    EXPECT_EQ(work.given_up(), 0U);
}

TEST_F(ConditionWorkTest, OneThatTakesTooMuchDoesNotHoldAndLeavesTheOthersTheirTurn) {
    const Logic always = compiled(kAlways);
    ConditionWork work(clock_);
    EXPECT_FALSE(work.holds(always, {.data = LogicValue(long_.root())}));
    EXPECT_EQ(work.given_up(), 1U);
    EXPECT_TRUE(work.holds(always, {.data = LogicValue(data_.root())}));
    EXPECT_FALSE(work.is_used_up());
}

TEST_F(ConditionWorkTest, TheDeadlineEndsItWhateverAStepCosts) {
    const Logic always = compiled(kAlways);
    ConditionWork work(clock_, {.time = 100ms});
    EXPECT_TRUE(work.holds(always, {.data = LogicValue(data_.root())}));
    clock_.advance(99ms);
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(work.holds(always, {.data = LogicValue(data_.root())}));
    clock_.advance(1ms);
    for (int i = 0; i < 50; ++i) (void)work.holds(always, {.data = LogicValue(data_.root())});
    EXPECT_TRUE(work.is_used_up());
}

}  // namespace
}  // namespace attune::engine
