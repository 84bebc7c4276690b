#include "engine/flags/flag_news.h"

#include "base/manual_clock.h"
#include "engine/flags/flags.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>
#include <vector>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kShop{1};
constexpr TenantId kOther{2};
const base::Time kNow{1'780'000'000s};

TEST(FlagNewsTest, AListenerHearsOfTheLatestChangeOnceHoweverManyThereWere) {
    FlagNews news;
    news.tell(kShop, {"before", kNow});
    auto listener = *news.listen(kShop);
    EXPECT_FALSE(listener->next());
    const base::Ticket ticket = listener->news();
    EXPECT_FALSE(ticket.is_done());
    news.tell(kShop, {"a", kNow});
    news.tell(kShop, {"b", kNow + 1s});
    EXPECT_TRUE(ticket.is_done());
    EXPECT_TRUE(listener->news().is_done());
    EXPECT_EQ(listener->next()->version, "b");
    EXPECT_FALSE(listener->next());
    EXPECT_FALSE(listener->news().is_done());
}

TEST(FlagNewsTest, OtherTenantsAreNotHeardOf) {
    FlagNews news;
    auto listener = *news.listen(kShop);
    news.tell(kOther, {"a", kNow});
    EXPECT_FALSE(listener->next());
    EXPECT_FALSE(listener->news().is_done());
}

TEST(FlagNewsTest, ATenantHasSoManyListenersAndGivesThePlaceOfOneThatLeft) {
    FlagNews news;
    std::vector<std::unique_ptr<FlagListener>> listeners;
    for (std::size_t i = 0; i < FlagNews::kListenersMax; ++i)
        listeners.push_back(*news.listen(kShop));
    EXPECT_EQ(news.listen(kShop).error().code, Code::resource_exhausted);
    EXPECT_TRUE(news.listen(kOther));
    listeners.pop_back();
    EXPECT_TRUE(news.listen(kShop));
    EXPECT_EQ(news.listeners(), FlagNews::kListenersMax - 1);
}

TEST(FlagNewsTest, EveryWayToChangeFlagsIsTold) {
    const auto store = store::open_memory({});
    const base::ManualClock clock{kNow};
    const TimeZones zones = TimeZones::none();
    Flags flags(*store, clock, zones);
    auto listener = *flags.news().listen(kShop);
    const auto heard = [&] {
        const auto change = listener->next();
        return change ? change->version : "";
    };
    const auto body =
        *base::JsonText::parse(R"({"state":"ENABLED","variants":{"a":1},"defaultVariant":"a"})");
    ASSERT_TRUE(flags.put(kShop, "f", body, {}));
    const std::string first = heard();
    EXPECT_EQ(first, (*flags.of(kShop))->version());
    ASSERT_FALSE(flags.put(kShop, "f", *base::JsonText::parse("{}"), {}));
    EXPECT_EQ(heard(), "");
    ASSERT_TRUE(flags.revert(kShop, "f", 1, {}));
    EXPECT_NE(heard(), first);
    ASSERT_TRUE(flags.remove(kShop, "f", {}));
    EXPECT_NE(heard(), "");
    ASSERT_TRUE(flags.load(kShop, R"({"flags":{"g":{"state":"ENABLED","variants":{"a":1}}}})", {}));
    const std::string loaded = heard();
    EXPECT_NE(loaded, "");
    ASSERT_TRUE(flags.load(kShop, R"({"flags":{"g":{"state":"ENABLED","variants":{"a":1}}}})", {}));
    EXPECT_EQ(heard(), "");
    // What is in force is called the same after a restart.
    Flags again(*store, clock, zones);
    EXPECT_EQ((*again.of(kShop))->version(), loaded);
}

}  // namespace
}  // namespace attune::engine
