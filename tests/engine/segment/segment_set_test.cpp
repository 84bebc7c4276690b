#include "engine/segment/segment_set.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

Definition segment(std::string id, std::string_view condition, std::string_view more = "",
                   std::uint64_t version = 1) {
    const std::string body =
        R"({"name":"n","condition":)" + std::string(condition) + std::string(more) + "}";
    return {std::move(id), {{.version = version, .body = *base::JsonText::parse(body)}}};
}

std::string asks(std::string_view id) { return R"({"in_segment":")" + std::string(id) + "\"}"; }

std::shared_ptr<const SegmentSet> compiled(const std::vector<Definition>& segments) {
    auto set = SegmentSet::compile(segments);
    EXPECT_TRUE(set) << (set ? "" : set.error().message);
    return set ? *set : nullptr;
}

// The place that is refused, and why.
std::pair<std::string, std::string> refused(const std::vector<Definition>& segments) {
    const auto set = SegmentSet::compile(segments);
    if (set) return {"nothing", ""};
    EXPECT_EQ(set.error().code, Code::invalid_argument);
    return {set.error().fields.empty() ? "no field" : set.error().fields.front().pointer,
            set.error().message};
}

std::string refused(std::string_view condition) { return refused({segment("s", condition)}).first; }

class SegmentSetTest : public testing::Test {
protected:
    std::string names(const SegmentSet& set, const std::vector<SegmentSet::Place>& in) {
        std::string names;
        for (const SegmentSet::Place place : in)
            names.append(names.empty() ? "" : " ").append(set.id(place));
        return names;
    }
    SegmentFacts facts(base::JsonView root) const {
        const LogicValue whole(root);
        return {.profile = whole.find("profile"),
                .interests = whole.find("interests"),
                .session = whole.find("session"),
                .time = whole.find("time"),
                .now = now_};
    }
    std::string lasting(const SegmentSet& set, std::string_view data) {
        const auto document = base::JsonDocument::parse(data);
        return names(set, set.lasting(facts(document->root())));
    }
    std::string members(const SegmentSet& set, std::string_view data) {
        const auto document = base::JsonDocument::parse(data);
        const SegmentFacts known = facts(document->root());
        return names(set, set.members(known, set.lasting(known)));
    }

    base::Time now_{1'780'000'000s};
};

constexpr std::string_view kPro = R"({"==":[{"var":"profile.plan"},"pro"]})";
constexpr std::string_view kAtNight = R"({">":[{"var":"time.hour"},20]})";

TEST_F(SegmentSetTest, WhoeverTheConditionHoldsForIsInIt) {
    const auto set = compiled(
        {segment("fans", R"({">":[{"var":"interests.music"},0.5]})"), segment("pro", kPro)});
    EXPECT_EQ(members(*set, R"({"profile":{"plan":"pro"},"interests":{"music":0.7}})"), "fans pro");
    EXPECT_EQ(members(*set, R"({"profile":{"plan":"pro"}})"), "pro");
    EXPECT_EQ(members(*set, "{}"), "");
}

TEST_F(SegmentSetTest, NobodyIsInOneThatIsNotActive) {
    const auto set = compiled(
        {segment("draft", "true", R"(,"status":"draft")"), segment("on", "true"),
         segment("paused", "true", R"(,"status":"paused")"), segment("through", asks("paused"))});
    EXPECT_EQ(members(*set, "{}"), "on");
}

TEST_F(SegmentSetTest, OneMayAskForAnotherWhateverTheirNames) {
    const auto set = compiled({segment("a", R"({"and":[{"in_segment":"z"},true]})"),
                               segment("m", R"({"!":{"in_segment":"a"}})"), segment("z", kPro)});
    EXPECT_EQ(members(*set, R"({"profile":{"plan":"pro"}})"), "a z");
    EXPECT_EQ(members(*set, "{}"), "m");
}

TEST_F(SegmentSetTest, AskingForOneThatThereIsNotIsNo) {
    const auto set = compiled({segment("a", asks("later"))});
    EXPECT_EQ(members(*set, "{}"), "");
    const auto then = compiled({segment("a", asks("later")), segment("later", "true")});
    EXPECT_EQ(members(*then, "{}"), "a later");
    EXPECT_NE(set->fingerprint(), then->fingerprint());
}

TEST_F(SegmentSetTest, WhatLooksAtTheTimeOrTheSessionDoesNotLast) {
    const auto set = compiled(
        {segment("at-night", kAtNight), segment("busy", R"({"var":"session.is_active"})"),
         segment("night-pro", R"({"and":[{"in_segment":"pro"},{"in_segment":"at-night"}]})"),
         segment("pro", kPro), segment("recent", R"({"within_days":[{"var":"profile.at"},7]})")});
    constexpr std::string_view kData =
        R"({"profile":{"plan":"pro","at":"2026-05-28T00:00:00Z"},"time":{"hour":22},"session":{"is_active":true}})";
    EXPECT_EQ(lasting(*set, kData), "pro");
    EXPECT_EQ(members(*set, kData), "at-night busy night-pro pro recent");
    EXPECT_FALSE(set->is_lasting());
    EXPECT_TRUE(compiled({segment("pro", kPro), segment("x", asks("pro"))})->is_lasting());
    EXPECT_TRUE(compiled({segment("a", kAtNight, R"(,"status":"draft")"), segment("b", asks("a"))})
                    ->is_lasting())
        << "nobody is in a draft, at any time";
}

TEST_F(SegmentSetTest, ASegmentDoesNotSeeWhereSomebodyIsOrWhatTheyAreShown) {
    EXPECT_EQ(refused(R"({"and":[true,{"==":[{"var":"context.device"},"tv"]}]})"),
              "/condition/and/1/==/0");
    EXPECT_EQ(refused(R"({"var":"variants.checkout"})"), "/condition");
    EXPECT_EQ(refused(R"({"in":["vip",{"var":"segments"}]})"), "/condition/in/1");
    EXPECT_EQ(refused(R"({"in_segment":{"var":"profile.plan"}})"), "/condition");
    EXPECT_EQ(refused(R"({"nonsense":1})"), "/condition/nonsense");
}

TEST_F(SegmentSetTest, ACircleIsRefusedNamingThePlaceInTheOneThatIsSaved) {
    const auto in_itself = refused({segment("a", R"({"or":[false,{"in_segment":"a"}]})")});
    EXPECT_EQ(in_itself.first, "/condition/or/1");
    EXPECT_NE(in_itself.second.find("a → a"), std::string::npos) << in_itself.second;
    const auto circle =
        refused({segment("a", asks("b")), segment("b", asks("c")),
                 segment("c", R"({"and":[{"in_segment":"d"},{"in_segment":"a"}]})", "", 0),
                 segment("d", "true")});
    EXPECT_EQ(circle.first, "/condition/and/1");
    EXPECT_NE(circle.second.find("c → a → b → c"), std::string::npos) << circle.second;
}

TEST_F(SegmentSetTest, AChainOfAThousandIsWorkedOutInOrder) {
    std::vector<Definition> chain;
    for (int i = 0; i < 1'000; ++i) {
        const auto name = [](int n) { return "s" + std::to_string(10'000 + n); };
        chain.push_back(segment(name(i), i == 999 ? std::string("true") : asks(name(i + 1))));
    }
    const auto set = compiled(chain);
    EXPECT_EQ(set->lasting({}).size(), 1'000u);
}

// Conditions over other segments and a number in the profile; a naive model works them out by recursion.
struct Plan {
    std::map<std::string, std::vector<std::pair<std::string, bool>>>
        asks;  // which, and whether not
    std::map<std::string, int> above;
};

Plan plan_of(std::size_t count, bool may_circle) {
    Plan plan;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string id = "s" + std::to_string(i);
        plan.above[id] = *rc::gen::inRange(0, 10);
        const auto to = *rc::gen::container<std::vector<std::size_t>>(
            rc::gen::inRange<std::size_t>(may_circle ? 0 : i + 1, count + 2));
        for (const std::size_t one : to)
            plan.asks[id].emplace_back("s" + std::to_string(one), *rc::gen::arbitrary<bool>());
    }
    return plan;
}

std::vector<Definition> definitions_of(const Plan& plan) {
    std::vector<Definition> all;
    for (const auto& [id, above] : plan.above) {
        std::string condition =
            R"({"and":[{">=":[{"var":"profile.n"},)" + std::to_string(above) + "]}";
        if (const auto found = plan.asks.find(id); found != plan.asks.end())
            for (const auto& [other, is_not] : found->second)
                condition += "," + (is_not ? R"({"!":)" + asks(other) + "}" : asks(other));
        all.push_back(segment(id, condition + "]}"));
    }
    return all;
}

bool is_in(const Plan& plan, const std::string& id, int n) {
    const auto above = plan.above.find(id);
    if (above == plan.above.end() || n < above->second) return false;
    const auto asked = plan.asks.find(id);
    return asked == plan.asks.end() || std::ranges::all_of(asked->second, [&](const auto& one) {
               return is_in(plan, one.first, n) != one.second;
           });
}

bool circles(const Plan& plan) {
    std::set<std::string> done;
    const auto visit = [&](auto& self, const std::string& id, std::set<std::string> path) -> bool {
        if (!plan.above.contains(id) || done.contains(id)) return false;
        if (!path.insert(id).second) return true;
        if (const auto asked = plan.asks.find(id); asked != plan.asks.end())
            for (const auto& one : asked->second)
                if (self(self, one.first, path)) return true;
        done.insert(id);
        return false;
    };
    return std::ranges::any_of(plan.above,
                               [&](const auto& one) { return visit(visit, one.first, {}); });
}

RC_GTEST_FIXTURE_PROP(SegmentSetTest, WorksOutWhatRecursionWould, ()) {
    const Plan plan = plan_of(*rc::gen::inRange<std::size_t>(1, 12), false);
    const auto set = compiled(definitions_of(plan));
    const int n = *rc::gen::inRange(0, 12);
    std::string expected;
    for (const auto& [id, above] : plan.above)
        if (is_in(plan, id, n)) expected += (expected.empty() ? "" : " ") + id;
    RC_ASSERT(members(*set, R"({"profile":{"n":)" + std::to_string(n) + "}}") == expected);
}

RC_GTEST_PROP(SegmentCircles, AreRefusedAndNothingElseIs, ()) {
    const Plan plan = plan_of(*rc::gen::inRange<std::size_t>(1, 8), true);
    RC_ASSERT(SegmentSet::compile(definitions_of(plan)).has_value() == !circles(plan));
}

}  // namespace
}  // namespace attune::engine
