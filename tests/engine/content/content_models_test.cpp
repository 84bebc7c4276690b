#include "engine/content/content_models.h"

#include "base/manual_clock.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <thread>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
constexpr TenantId kOther{2};

class ContentModelsTest : public testing::Test {
protected:
    void put(TenantId tenant, std::string id, std::string title, bool hidden = false) {
        domain::Item item{.id = std::move(id), .title = std::move(title), .hidden = hidden};
        ASSERT_TRUE(catalogue_.put(tenant, {.item = std::move(item)}));
    }
    void stock() {
        put(kTenant, "chess", "Wooden chess set for two players");
        put(kTenant, "go", "Wooden go board for two players");
        put(kTenant, "kite", "Red kite with a long tail");
    }
    // The ids of what is like one.
    std::vector<std::string> like(const ContentModels& contents, std::string_view id) {
        const auto items = *catalogue_.of(kTenant);
        std::vector<std::string> ids;
        if (const auto model = contents.of(kTenant))
            for (const learn::Scored& one : model->like(*items->find(id), 10, items->present()))
                ids.emplace_back(items->id_of(one.item));
        return ids;
    }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_;
    AllItemNumbers numbers_;
    Catalogue catalogue_{*store_, clock_, numbers_, {}};
    // Nothing is learned behind a test's back.
    static constexpr ContentOptions kByHand{.quiet = 1h};
};

using Ids = std::vector<std::string>;

TEST_F(ContentModelsTest, KnowsAnItemThatNobodyTouched) {
    ContentModels contents(catalogue_, clock_, kByHand);
    stock();
    EXPECT_EQ(contents.of(kTenant), nullptr);
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(like(contents, "chess"), Ids{"go"});
    put(kTenant, "draughts", "Wooden draughts, a board and 24 men for two");
    EXPECT_EQ(like(contents, "draughts"), Ids{});  // the old one answers on
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(like(contents, "draughts"), (Ids{"go", "chess"}));
}

TEST_F(ContentModelsTest, WhatIsHiddenIsKnownAndWhatIsGoneIsNot) {
    ContentModels contents(catalogue_, clock_, kByHand);
    stock();
    put(kTenant, "chess", "Wooden chess set for two players", true);
    ASSERT_TRUE(catalogue_.remove(kTenant, "kite", {}));
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(like(contents, "chess"), Ids{"go"});
    EXPECT_EQ(contents.of(kTenant)->recommender().items(), 2U);
}

TEST_F(ContentModelsTest, TheSameCatalogueIsNotLearnedTwice) {
    ContentModels contents(catalogue_, clock_, kByHand);
    stock();
    ASSERT_TRUE(contents.catch_up(kTenant));
    const auto first = contents.of(kTenant);
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(contents.of(kTenant), first);
}

TEST_F(ContentModelsTest, OneTenantsItemsAreNothingToAnother) {
    ContentModels contents(catalogue_, clock_, kByHand);
    stock();
    put(kOther, "theirs", "Wooden chess set for two players");
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(contents.of(kOther), nullptr);
    EXPECT_EQ(contents.of(kTenant)->recommender().items(), 3U);
}

TEST_F(ContentModelsTest, AnEmptyCatalogueAndOneThatIsTooLargeHaveNone) {
    ContentModels contents(catalogue_, clock_, {.items_max = 2, .quiet = 1h});
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(contents.of(kTenant), nullptr);
    stock();
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_EQ(contents.of(kTenant), nullptr);
    ASSERT_TRUE(catalogue_.remove(kTenant, "kite", {}));
    ASSERT_TRUE(contents.catch_up(kTenant));
    EXPECT_NE(contents.of(kTenant), nullptr);
}

TEST_F(ContentModelsTest, LearnsInTheBackgroundOnceThingsAreQuiet) {
    ContentModels contents(catalogue_, clock_, {.quiet = 1ms});
    stock();
    while (like(contents, "kite").empty() && like(contents, "chess").empty())
        std::this_thread::yield();
    put(kTenant, "kite-2", "Blue kite with a long tail");
    while (like(contents, "kite-2").empty()) std::this_thread::yield();
    EXPECT_EQ(like(contents, "kite-2"), Ids{"kite"});
}

TEST_F(ContentModelsTest, WhatIsThereAtTheStartIsLearnedWhenItIsWatched) {
    stock();
    ContentModels contents(catalogue_, clock_, {.quiet = 1ms});
    contents.watch(kTenant);
    while (like(contents, "chess").empty()) std::this_thread::yield();
    EXPECT_EQ(like(contents, "chess"), Ids{"go"});
}

}  // namespace
}  // namespace attune::engine
