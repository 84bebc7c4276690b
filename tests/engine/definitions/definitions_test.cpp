#include "engine/definitions/definitions.h"

#include "base/manual_clock.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
constexpr TenantId kOther{2};

base::JsonText text(std::string json) { return base::JsonText::trusted(std::move(json)); }

// The bodies themselves, one after the other; refuses the body "bad".
using Bodies = std::vector<std::string>;
Result<std::shared_ptr<const Bodies>> compile(TenantId, std::span<const Definition> definitions) {
    auto bodies = std::make_shared<Bodies>();
    for (const Definition& one : definitions) {
        if (one.now().body.text() == "\"bad\"") return fail_field("/body", "it must not be bad");
        bodies->push_back(one.id + "=" + std::string(one.now().body.text()));
    }
    return bodies;
}

class DefinitionsTest : public testing::Test {
protected:
    Definitions<Bodies> open(DefinitionKind kind = {.collection = "rules", .noun = "rule"}) {
        return {*store_, clock_, std::move(kind), compile};
    }

    Result<bool> put_all(Definitions<Bodies>& rules, const std::vector<DefinitionEdit>& edits,
                         bool is_dry_run = false) {
        DefinitionBatch batch(*store_, kTenant, {.by = "ann"}, is_dry_run);
        return rules.put_all(batch, edits, [&] { return batch.store(); });
    }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(1'780'000'000s)};
};

TEST_F(DefinitionsTest, AChangeIsInForceAndSurvivesAReopening) {
    auto rules = open();
    ASSERT_TRUE(rules.put(kTenant, "b", text("1"), {.by = "ann"}));
    ASSERT_TRUE(rules.put(kTenant, "a", text("2"), {.by = "ann"}));
    EXPECT_EQ(**rules.of(kTenant), (Bodies{"a=2", "b=1"}));
    EXPECT_EQ(**rules.of(kOther), Bodies{});
    auto again = open();
    EXPECT_EQ(**again.of(kTenant), (Bodies{"a=2", "b=1"}));
    EXPECT_EQ((*again.list(kTenant))->front().now().by, "ann");
}

TEST_F(DefinitionsTest, WhatDoesNotCompileIsNotSaved) {
    auto rules = open();
    ASSERT_TRUE(rules.put(kTenant, "a", text("1"), {}));
    const auto refused = rules.put(kTenant, "a", text("\"bad\""), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_EQ(**rules.of(kTenant), Bodies{"a=1"});
    EXPECT_EQ(**open().of(kTenant), Bodies{"a=1"});
}

TEST_F(DefinitionsTest, OnlyWhoHasSeenTheVersionMayChangeIt) {
    auto rules = open();
    const auto first = rules.put(kTenant, "a", text("1"), {.expected = 0});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->now().version, 1u);
    const auto second = rules.put(kTenant, "a", text("2"), {.expected = 0});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().reason, "version_mismatch");
    EXPECT_FALSE(rules.put(kTenant, "a", text("2"), {.expected = 7}));
    EXPECT_FALSE(rules.put(kTenant, "a", text("2"), {.expected = SeenVersions::any_of({})}));
    EXPECT_FALSE(rules.put(kTenant, "b", text("2"), {.expected = SeenVersions::existing()}));
    EXPECT_TRUE(rules.put(kTenant, "a", text("2"), {.expected = SeenVersions::any_of({7, 1})}));
    EXPECT_TRUE(rules.put(kTenant, "a", text("1"), {.expected = SeenVersions::existing()}));
    EXPECT_TRUE(rules.put(kTenant, "a", text("2"), {.expected = 3}));
    EXPECT_FALSE(rules.remove(kTenant, "a", {.expected = 1}));
    EXPECT_EQ(**rules.of(kTenant), Bodies{"a=2"});
}

TEST_F(DefinitionsTest, TheHistorySaysWhoAndWhenAndAnyStateOfItComesBack) {
    auto rules = open();
    ASSERT_TRUE(rules.put(kTenant, "a", text("1"), {.by = "ann"}));
    clock_.advance(1h);
    ASSERT_TRUE(rules.put(kTenant, "a", text("2"), {.by = "bob", .note = "louder"}));
    ASSERT_TRUE(rules.remove(kTenant, "a", {.by = "eve"}));
    EXPECT_EQ(**rules.of(kTenant), Bodies{});
    EXPECT_EQ(rules.remove(kTenant, "a", {}).error().code, Code::not_found);

    const auto back = rules.revert(kTenant, "a", 1, {.by = "ann"});
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(**rules.of(kTenant), Bodies{"a=1"});
    const auto history = open().get(kTenant, "a")->history;
    ASSERT_EQ(history.size(), 4u);
    EXPECT_EQ(history[1].by, "bob");
    EXPECT_EQ(history[1].note, "louder");
    EXPECT_EQ(history[1].at - history[0].at, 1h);
    EXPECT_TRUE(history[2].body.is_null());
    EXPECT_EQ(history[3].note, "revert to 1");
    EXPECT_EQ(history[3].version, 4u);
    EXPECT_EQ(rules.revert(kTenant, "a", 9, {}).error().code, Code::not_found);
    EXPECT_EQ(rules.revert(kTenant, "never", 1, {}).error().code, Code::not_found);
}

TEST_F(DefinitionsTest, AHistoryOfWhatIsLargeAndDeepIsReadBack) {
    auto rules = open();
    const std::string deep = std::string(62, '[') + std::string(62, ']');
    ASSERT_TRUE(rules.put(kTenant, "a", text(deep), {}));
    for (int i = 0; i < 8; ++i)
        ASSERT_TRUE(rules.put(kTenant, "a",
                              text("[\"" + std::string(60'000, 'x') + "\",\"" +
                                   std::string(60'000, static_cast<char>('a' + i)) + "\"]"),
                              {}));
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(rules.put(kTenant, "a", text(deep), {}));
    auto again = open();
    ASSERT_TRUE(again.of(kTenant));
    EXPECT_EQ(again.get(kTenant, "a")->history.size(), 11u);
    EXPECT_EQ(again.revert(kTenant, "a", 1, {})->now().body.text(), deep);
}

TEST_F(DefinitionsTest, ARemovedOneMayBeMadeAnew) {
    auto rules = open();
    ASSERT_TRUE(rules.put(kTenant, "a", text("1"), {}));
    ASSERT_TRUE(rules.remove(kTenant, "a", {}));
    const auto anew = rules.put(kTenant, "a", text("2"), {.expected = 0});
    ASSERT_TRUE(anew) << anew.error().message;
    EXPECT_EQ(anew->history.size(), 3u);
}

TEST_F(DefinitionsTest, HistoriesAndCountsAreBounded) {
    auto rules = open({.collection = "rules",
                       .noun = "rule",
                       .count_max = 2,
                       .body_bytes_max = 20,
                       .revisions_max = 3});
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(rules.put(kTenant, "a", text(std::to_string(i)), {}));
    const auto history = rules.get(kTenant, "a")->history;
    ASSERT_EQ(history.size(), 3u);
    EXPECT_EQ(history.front().version, 8u);
    EXPECT_EQ(history.back().body.text(), "9");

    EXPECT_EQ(rules.put(kTenant, "a", text('"' + std::string(30, 'x') + '"'), {}).error().reason,
              "too_large");
    ASSERT_TRUE(rules.put(kTenant, "b", text("1"), {}));
    EXPECT_EQ(rules.put(kTenant, "c", text("1"), {}).error().reason, "too_many");
    // One that was removed makes way, and takes its history along.
    ASSERT_TRUE(rules.remove(kTenant, "b", {}));
    ASSERT_TRUE(rules.put(kTenant, "c", text("1"), {}));
    EXPECT_EQ(rules.get(kTenant, "b").error().code, Code::not_found);
    EXPECT_FALSE(rules.put(kTenant, "", text("1"), {}));
    EXPECT_FALSE(rules.put(kTenant, std::string(200, 'x'), text("1"), {}));
}

TEST_F(DefinitionsTest, ReadersSeeOneWholeStateWhileWritersChangeIt) {
    auto rules = open();
    ASSERT_TRUE(rules.put(kTenant, "a", text("0"), {}));
    std::atomic<bool> stop = false;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!stop) EXPECT_EQ((*rules.of(kTenant))->size(), 1u);
        });
    for (int i = 1; i < 200; ++i) ASSERT_TRUE(rules.put(kTenant, "a", text(std::to_string(i)), {}));
    stop = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(**rules.of(kTenant), Bodies{"a=199"});
}

TEST_F(DefinitionsTest, SeveralOfWhichOneCannotBeStoredSaveNothing) {
    auto rules = open({.collection = "rules", .noun = "rule", .count_max = 3, .body_bytes_max = 9});
    const auto place = [&](const std::string& id, const std::string& body) {
        const std::vector<DefinitionEdit> edits{{"a", text("1")}, {id, text(body)}};
        EXPECT_FALSE(put_all(rules, edits, true));
        const auto refused = put_all(rules, edits);
        return refused ? "taken" : refused.error().fields.at(0).pointer;
    };
    EXPECT_EQ(place("b\n", "1"), "/rules/b\n");
    EXPECT_EQ(place(std::string(200, 'b'), "1").substr(0, 10), "/rules/bbb");
    EXPECT_EQ(place("b", "1234567890"), "/rules/b");
    const std::vector<DefinitionEdit> four{
        {"a", text("1")}, {"b", text("1")}, {"c", text("1")}, {"d", text("1")}};
    EXPECT_FALSE(put_all(rules, four, true));
    const auto refused = put_all(rules, four);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "too_many");
    EXPECT_EQ(**rules.of(kTenant), Bodies{});
}

TEST_F(DefinitionsTest, WhatIsRemovedMakesRoomForWhatComesWithIt) {
    auto rules = open({.collection = "rules", .noun = "rule", .count_max = 2});
    ASSERT_TRUE(put_all(rules, {{"y", text("1")}, {"z", text("1")}}));
    const auto replaced =
        put_all(rules, {{"a", text("1")}, {"b", text("1")}, {"y", {}}, {"z", {}}});
    ASSERT_TRUE(replaced) << replaced.error().message;
    EXPECT_EQ(**rules.of(kTenant), (Bodies{"a=1", "b=1"}));
}

TEST_F(DefinitionsTest, SeveralAreStoredInOneCommitWithTheirHistories) {
    auto rules = open();
    ASSERT_TRUE(put_all(rules, {{"a", text("1")}, {"b", text("1")}}));
    const std::uint64_t commits = store_->stats().commits;
    ASSERT_TRUE(put_all(rules, {{"a", text("2")}, {"b", {}}, {"c", text("1")}, {"never", {}}}));
    EXPECT_EQ(store_->stats().commits, commits + 1);
    EXPECT_EQ(**rules.of(kTenant), (Bodies{"a=2", "c=1"}));
    EXPECT_EQ(rules.get(kTenant, "a")->history.size(), 2u);
    EXPECT_TRUE(rules.get(kTenant, "b")->is_removed());
    EXPECT_EQ(rules.get(kTenant, "never").error().code, Code::not_found);
    ASSERT_TRUE(put_all(rules, {{"a", text("2")}, {"c", text("1")}, {"b", {}}}));
    EXPECT_EQ(store_->stats().commits, commits + 1) << "what is no change makes no revision";
    ASSERT_TRUE(put_all(rules, {{"b", text("3")}}));
    EXPECT_EQ(open().get(kTenant, "b")->now().version, 3u) << "what was removed goes on";
    EXPECT_EQ(**open().of(kTenant), (Bodies{"a=2", "b=3", "c=1"}));
}

TEST_F(DefinitionsTest, WhatTheDiskRefusesIsNotInForceEither) {
    auto rules = open();
    ASSERT_TRUE(put_all(rules, {{"a", text("1")}, {"b", text("1")}}));
    store_->set_disk_full(true);
    const auto refused = put_all(rules, {{"a", text("2")}, {"b", {}}, {"c", text("1")}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "disk_full");
    EXPECT_EQ(**rules.of(kTenant), (Bodies{"a=1", "b=1"}));
    store_->set_disk_full(false);
    EXPECT_EQ(**open().of(kTenant), (Bodies{"a=1", "b=1"}));
    ASSERT_TRUE(put_all(rules, {{"a", text("2")}, {"b", {}}, {"c", text("1")}}));
    EXPECT_EQ(**rules.of(kTenant), (Bodies{"a=2", "c=1"}));
}

TEST_F(DefinitionsTest, ADryRunIsCheckedAndLeavesEverything) {
    auto rules = open();
    const auto tried = put_all(rules, {{"a", text("1")}}, true);
    ASSERT_TRUE(tried);
    EXPECT_FALSE(*tried);
    EXPECT_EQ(**rules.of(kTenant), Bodies{});
    const auto refused = put_all(rules, {{"a", text("1")}, {"b", text("\"bad\"")}}, true);
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/rules/b/body");
}

TEST_F(DefinitionsTest, OfThoseThatDoNotGoTogetherOneIsNamed) {
    const auto no_two = [](TenantId,
                           std::span<const Definition> all) -> Result<std::shared_ptr<const int>> {
        const auto loud = std::ranges::count(
            all, "1", [](const Definition& one) { return one.now().body.text(); });
        if (loud > 1) return fail_field("/volume", "two are loud");
        return std::make_shared<const int>(0);
    };
    Definitions<int> rules(*store_, clock_, {.collection = "rules", .noun = "rule"}, no_two);
    DefinitionBatch batch(*store_, kTenant, {});
    std::vector<DefinitionEdit> edits;
    for (const char* id : {"a", "b", "c", "d", "e", "f"}) edits.push_back({id, text("0")});
    edits[1].body = edits[4].body = text("1");
    const auto refused = rules.put_all(batch, edits, [&] { return batch.store(); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/rules/e/volume");
    EXPECT_TRUE(rules.list(kTenant).value()->empty());
}

TEST_F(DefinitionsTest, HistoriesOfSeveralGiveWayToWhatOneCommitTakes) {
    auto rules = open({.collection = "rules", .noun = "rule", .body_bytes_max = 1u << 20});
    const auto bodies = [&](char c) {
        std::vector<DefinitionEdit> edits;
        for (int i = 0; i < 20; ++i)
            edits.push_back({"r" + std::to_string(i), text('"' + std::string(999'000, c) + '"')});
        return edits;
    };
    for (const char c : {'a', 'b', 'c'}) ASSERT_TRUE(put_all(rules, bodies(c)));
    const auto long_ago = rules.get(kTenant, "r7")->history;
    EXPECT_LT(long_ago.size(), 3u) << "60 MB are more than fit";
    EXPECT_EQ(long_ago.back().version, 3u);
    const auto known = rules.list(kTenant).value();
    EXPECT_EQ(known->front().history.size(), long_ago.size()) << "in memory as in the store";
    ASSERT_TRUE(rules.put(kTenant, "r7", text("1"), {.expected = 3}));
}

}  // namespace
}  // namespace attune::engine
