// What was saved once and is refused today stands aside, with the reason, and everything else is in force.
#include "engine/definitions/definitions.h"

#include "base/json_locate.h"
#include "base/manual_clock.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};

base::JsonText text(std::string json) { return base::JsonText::trusted(std::move(json)); }

// What each of them is called for short. A version of the program that takes everything, and one with rules: no "bad"
// at all, no two bodies that are alike, and with "gone" nothing at all can be said.
using Ids = std::vector<std::string>;
using Answer = Result<std::shared_ptr<const Ids>>;

Answer anything(TenantId, std::span<const Definition> definitions) {
    auto ids = std::make_shared<Ids>();
    for (const Definition& one : definitions) ids->push_back(one.id);
    return ids;
}

Answer with_rules(TenantId tenant, std::span<const Definition> definitions) {
    std::set<std::string> bodies;
    for (const Definition& one : definitions) {
        const std::string body(one.now().body.text());
        if (body == "\"gone\"") return fail(Code::unavailable, "the disk is not there", "");
        if (body == "\"bad\"") return fail_field("/body", "must not be bad");
        if (!bodies.insert(body).second)
            return fail(Code::failed_precondition, "two are alike", "alike");
    }
    return anything(tenant, definitions);
}

// The same where an error tells by itself, and one may need another: "needs b".
Answer in_need(TenantId tenant, std::span<const Definition> definitions) {
    for (const Definition& one : definitions) {
        const std::string body(one.now().body.text());
        const auto is_needed = [&](const Definition& other) {
            return body == "\"needs " + other.id + "\"";
        };
        if (!body.starts_with("\"needs ")) continue;
        if (std::ranges::find_if(definitions, is_needed) != definitions.end()) continue;
        std::string pointer = "/rules";
        base::append_pointer(pointer, one.id);
        return fail_field(pointer + "/body", "needs what is not there");
    }
    return anything(tenant, definitions);
}

class SetAside : public testing::Test {
protected:
    using Ruled = Definitions<Ids>;

    void save(const std::vector<std::pair<std::string, std::string>>& definitions) {
        auto before = open(anything);
        for (const auto& [id, body] : definitions)
            ASSERT_TRUE(before->put(kTenant, id, text('"' + body + '"'), {.by = "ann"}));
    }
    std::unique_ptr<Ruled> open(Ruled::Compile compile, bool stands_alone = true) {
        return std::make_unique<Ruled>(
            *store_, clock_,
            DefinitionKind{.collection = "rules", .noun = "rule", .stands_alone = stands_alone},
            std::move(compile));
    }
    Ids in_force(Ruled& rules) { return **rules.of(kTenant); }
    std::size_t refused(Ruled& rules) {
        const auto all = rules.list(kTenant);
        return all ? refused_among(**all) : 0;
    }
    std::string reason(Ruled& rules, std::string_view id) {
        return rules.get(kTenant, id)->refused;
    }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(1'780'000'000s)};
};

TEST_F(SetAside, WhatIsRefusedTodayIsToldAndTheOthersAreInForce) {
    save({{"a", "1"}, {"b", "bad"}, {"c", "2"}, {"d", "bad"}});
    const auto rules = open(with_rules);
    EXPECT_EQ(in_force(*rules), (Ids{"a", "c"}));
    EXPECT_EQ((*rules->list(kTenant))->size(), 4u) << "they are listed";
    EXPECT_EQ(reason(*rules, "b"), "/body: must not be bad");
    EXPECT_EQ(reason(*rules, "a"), "");
    EXPECT_EQ(refused(*rules), 2u);
}

TEST_F(SetAside, GetTellsItBeforeAnybodyHasAskedForWhatIsInForce) {
    save({{"a", "1"}, {"b", "bad"}});
    const auto rules = open(with_rules);
    EXPECT_EQ(reason(*rules, "b"), "/body: must not be bad");
}

TEST_F(SetAside, OfThoseThatContradictEachOtherTheFirstStays) {
    save({{"a", "1"}, {"b", "2"}, {"c", "1"}, {"d", "3"}, {"e", "2"}, {"f", "bad"}});
    const auto rules = open(with_rules);
    EXPECT_EQ(in_force(*rules), (Ids{"a", "b", "d"}));
    EXPECT_EQ(reason(*rules, "c"), "two are alike");
    EXPECT_EQ(reason(*rules, "e"), "two are alike");
}

TEST_F(SetAside, ChangedIntoSomethingGoodItIsBackWithItsHistory) {
    save({{"a", "1"}, {"b", "bad"}, {"c", "bad"}});
    const auto rules = open(with_rules);
    EXPECT_FALSE(rules->put(kTenant, "b", text("\"1\""), {.by = "ann"})) << "like a";
    const auto saved = rules->put(kTenant, "b", text("\"2\""), {.by = "ann"});
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->history.size(), 2u);
    EXPECT_EQ(saved->refused, "");
    EXPECT_EQ(in_force(*rules), (Ids{"a", "b"}));
    EXPECT_EQ(refused(*rules), 1u);
    EXPECT_TRUE(rules->remove(kTenant, "c", {.by = "ann"}));
    EXPECT_EQ(refused(*rules), 0u);
}

TEST_F(SetAside, WhatItContradictedBeingGoneItIsBack) {
    save({{"a", "1"}, {"b", "1"}});
    const auto rules = open(with_rules);
    EXPECT_EQ(in_force(*rules), Ids{"a"});
    ASSERT_TRUE(rules->remove(kTenant, "a", {.by = "ann"}));
    EXPECT_EQ(in_force(*rules), Ids{"b"});
    EXPECT_EQ(reason(*rules, "b"), "");
}

TEST_F(SetAside, OthersAreSavedAndRefusedForWhatTheySayThemselves) {
    save({{"a", "1"}, {"b", "bad"}});
    const auto rules = open(with_rules);
    EXPECT_TRUE(rules->put(kTenant, "c", text("\"2\""), {.by = "ann"}));
    const auto refused = rules->put(kTenant, "d", text("\"2\""), {.by = "ann"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "two are alike");
    EXPECT_EQ(in_force(*rules), (Ids{"a", "c"}));
}

TEST_F(SetAside, WhereErrorsTellThemselvesWhatNeedsTheRefusedFollowsIt) {
    save({{"a", "1"}, {"b", "needs gone"}, {"c", "needs b"}, {"d", "needs a"}});
    const auto rules = open(in_need, /*stands_alone=*/false);
    EXPECT_EQ(in_force(*rules), (Ids{"a", "d"}));
    EXPECT_EQ(reason(*rules, "b"), "/rules/b/body: needs what is not there");
    EXPECT_EQ(reason(*rules, "c"), "/rules/c/body: needs what is not there");
}

TEST_F(SetAside, ADiskThatIsNotThereRefusesNothing) {
    save({{"a", "1"}, {"b", "gone"}, {"c", "bad"}});
    const auto rules = open(with_rules);
    EXPECT_EQ(rules->of(kTenant).error().code, Code::unavailable);
    EXPECT_EQ(refused(*rules), 0u);
}

}  // namespace
}  // namespace attune::engine
