#include "learn/simulate/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace attune::learn::simulate {
namespace {

WorldOptions small(std::uint64_t seed) {
    return {.seed = seed, .people = 200, .items = 400, .days = 30};
}

std::vector<domain::IncomingEvent> log_of(const World& world) {
    std::vector<domain::IncomingEvent> events;
    Generator generator(world);
    domain::IncomingEvent event;
    while (generator.next(event)) events.push_back(event);
    return events;
}

// FNV-1a over everything that would be written.
std::uint64_t digest(const std::vector<domain::IncomingEvent>& events) {
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto add = [&hash](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        hash = (hash ^ 0xff) * 0x100000001b3;
    };
    for (const auto& event : events) {
        add(*event.id);
        add(event.user_id.value_or(""));
        add(*event.anonymous_id);
        add(event.event);
        add(event.item_id.value_or(""));
        add(event.value ? std::to_string(*event.value) : "");
        add(event.properties.text());
        add(event.context.text());
        add(std::to_string(event.time->time_since_epoch().count()));
    }
    return hash;
}

double correlation(const std::vector<std::pair<double, double>>& points) {
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (const auto& [x, y] : points) {
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
    }
    const auto n = static_cast<double>(points.size());
    return (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

// The number is what this world has been since its first release; a change here is a change of
// every data set that was ever made from a seed, so it needs a better reason than a refactoring.
TEST(World, SameSeedGivesTheSameBytesOnEveryMachine) {
    const auto events = log_of(World(small(7)));
    EXPECT_EQ(digest(events), digest(log_of(World(small(7)))));
    EXPECT_EQ(digest(events), 4148415086587630519u) << "events: " << events.size();
}

TEST(World, AnotherSeedGivesAnotherWorld) {
    EXPECT_NE(digest(log_of(World(small(1)))), digest(log_of(World(small(2)))));
}

TEST(World, TheLogIsInOrderOfTimeAndIdsAreUnique) {
    const auto events = log_of(World(small(3)));
    ASSERT_GT(events.size(), 8'000u);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (i > 0) {
            ASSERT_LE(*events[i - 1].time, *events[i].time) << i;
        }
        ASSERT_TRUE(ids.insert(*events[i].id).second);
    }
}

TEST(World, EndsAfterExactlyTheEventsAskedFor) {
    for (const std::uint64_t wanted : {1u, 777u, 50'000u}) {
        auto options = small(4);
        options.events = wanted;
        const auto events = log_of(World(options));
        ASSERT_EQ(events.size(), wanted);
        if (wanted == 50'000u) {
            const auto days = std::chrono::duration<double, std::ratio<86'400>>(
                *events.back().time - options.start);
            EXPECT_GT(days.count(), 0.7 * options.days);
            EXPECT_LT(days.count(), 1.5 * options.days);
        }
    }
}

TEST(World, ClicksFollowTaste) {
    const World world(small(5));
    std::vector<std::pair<double, double>> points;
    std::map<std::pair<std::string, std::string>, bool> clicked;
    const auto events = log_of(world);
    for (const auto& event : events) {
        if (event.event != "impression" && event.event != "click") continue;
        const auto key = std::pair(*event.anonymous_id, *event.item_id);
        clicked[key] = clicked[key] || event.event == "click";
    }
    for (const auto& [key, was] : clicked) {
        const auto person =
            world.person(static_cast<std::uint32_t>(std::stoul(key.first.substr(8, 7))));
        const auto item = world.catalogue().find(key.second);
        ASSERT_TRUE(item);
        points.emplace_back(world.affinity(person, *item, world.options().start), was ? 1 : 0);
    }
    EXPECT_GT(correlation(points), 0.3) << points.size();
}

TEST(World, ThePriceSensitiveBuyLess) {
    const World world({.seed = 6, .people = 600, .items = 400, .days = 30});
    std::map<std::string, int> bought;
    double spent_careless = 0, spent_careful = 0;
    for (const auto& event : log_of(world)) {
        if (event.event != "purchase") continue;
        const auto person =
            world.person(static_cast<std::uint32_t>(std::stoul(event.anonymous_id->substr(8, 7))));
        (person.price_sensitivity < 1 ? spent_careless : spent_careful) += *event.value;
    }
    EXPECT_GT(spent_careless, 1.5 * spent_careful);
    EXPECT_GT(spent_careful, 0);
}

TEST(World, WhoLeavesFallsSilent) {
    const World world(small(8));
    std::set<std::string> seen_after_leaving;
    std::size_t leavers = 0;
    for (std::uint32_t number = 0; number < world.options().people; ++number) {
        if (world.truth_of(number).leaves_day) ++leavers;
    }
    for (const auto& event : log_of(world)) {
        const auto person =
            world.person(static_cast<std::uint32_t>(std::stoul(event.anonymous_id->substr(8, 7))));
        const double day =
            static_cast<double>((*event.time - world.options().start).count()) / kDayMicros;
        // A visit that began before midnight may end after it.
        if (day > person.leaves_day + 0.2) seen_after_leaving.insert(*event.anonymous_id);
        EXPECT_GE(day, person.joins_day);
    }
    EXPECT_GT(leavers, 30u);
    EXPECT_LT(leavers, 100u);
    EXPECT_TRUE(seen_after_leaving.empty());
}

TEST(World, VisitorsBecomeUsersOnceOnEachDevice) {
    const World world(small(9));
    std::map<std::string, bool> named;
    std::map<std::string, int> identified;
    std::size_t anonymous = 0;
    for (const auto& event : log_of(world)) {
        if (event.event == "$identify") ++identified[*event.anonymous_id];
        if (!event.user_id) {
            ++anonymous;
            EXPECT_FALSE(named[*event.anonymous_id]) << "logged out again";
        } else {
            named[*event.anonymous_id] = true;
        }
    }
    EXPECT_GT(anonymous, 100u);
    EXPECT_GT(identified.size(), 120u);
    for (const auto& [id, times] : identified) EXPECT_EQ(times, 1) << id;
}

TEST(World, NobodySeesAnAppBeforeItsRelease) {
    const World world(small(10));
    for (const auto& event : log_of(world)) {
        if (!event.item_id) continue;
        const auto& item = world.catalogue()[*world.catalogue().find(*event.item_id)];
        EXPECT_LE(item.released_day, (*event.time - world.options().start).count() / kDayMicros);
    }
}

TEST(World, PeopleComeByAtTheirHours) {
    const World world(small(11));
    std::size_t night = 0, evening = 0;
    for (const auto& event : log_of(world)) {
        if (event.event != "page") continue;
        const auto person =
            world.person(static_cast<std::uint32_t>(std::stoul(event.anonymous_id->substr(8, 7))));
        const auto minutes = (*event.time - world.options().start).count() / 60'000'000 +
                             zones()[person.zone].offset_minutes;
        const auto hour = ((minutes / 60) % 24 + 24) % 24;
        if (hour >= 1 && hour < 5) ++night;
        if (hour >= 18 && hour < 22) ++evening;
    }
    EXPECT_GT(evening, 10 * night);
}

TEST(World, RespondsBetterToAListMadeForThePerson) {
    const World world(small(12));
    std::size_t good = 0, bad = 0;
    const base::Time noon = world.options().start + std::chrono::hours(12);
    for (std::uint32_t number = 0; number < 150; ++number) {
        const auto person = world.person(number);
        std::vector<std::uint32_t> items(world.catalogue().size());
        for (std::uint32_t i = 0; i < items.size(); ++i) items[i] = i;
        std::ranges::sort(items, std::greater{},
                          [&](auto i) { return world.affinity(person, i, noon); });
        const auto clicks = [&](std::span<const std::uint32_t> shown) {
            return std::ranges::count(world.respond(number, shown, noon, "d-1"), "click",
                                      &domain::IncomingEvent::event);
        };
        good += static_cast<std::size_t>(clicks(std::span(items).first(10)));
        bad += static_cast<std::size_t>(clicks(std::span(items).last(10)));
    }
    EXPECT_GT(good, 20 * bad);
}

TEST(World, RespondIsRepeatableCarriesTheDecisionAndIsEmptyForTheAbsent) {
    const World world(small(13));
    const std::vector<std::uint32_t> shown = {1, 2, 3, 4, 5, 6, 7, 8};
    const base::Time later = world.options().start + std::chrono::hours(30);
    std::size_t answered = 0;
    for (std::uint32_t number = 0; number < 100; ++number) {
        const auto once = world.respond(number, shown, later, "d-9");
        const auto again = world.respond(number, shown, later, "d-9");
        EXPECT_EQ(digest(once), digest(again));
        for (const auto& event : once) EXPECT_EQ(event.decision_id, "d-9");
        if (!world.person(number).is_here(1)) {
            EXPECT_TRUE(once.empty());
        }
        answered += once.empty() ? 0 : 1;
    }
    EXPECT_GT(answered, 30u);
    EXPECT_TRUE(world.respond(0, shown, world.options().start - std::chrono::hours(1), {}).empty());
}

TEST(World, PositionBiasIsAsStated) {
    const World world({.seed = 14, .people = 3'000, .items = 300, .days = 2});
    std::array<double, 8> seen{}, expected{};
    const std::vector<std::uint32_t> shown = {10, 11, 12, 13, 14, 15, 16, 17};
    const base::Time noon = world.options().start + std::chrono::hours(12);
    for (std::uint32_t number = 0; number < 3'000; ++number) {
        const auto person = world.person(number);
        if (!person.is_here(0)) continue;
        for (std::size_t k = 0; k < shown.size(); ++k) expected[k] += examination(person, k);
        for (const auto& event : world.respond(number, shown, noon, {})) {
            if (event.event == "impression") ++seen[*world.catalogue().find(*event.item_id) - 10];
        }
    }
    for (std::size_t k = 0; k < shown.size(); ++k) EXPECT_NEAR(seen[k] / expected[k], 1, 0.1) << k;
}

TEST(World, TastesDrift) {
    const World world({.seed = 15, .people = 100, .items = 10, .days = 180});
    double moved = 0;
    for (std::uint32_t number = 0; number < 100; ++number) {
        const auto truth = world.truth_of(number);
        for (const auto& [category, first] : truth.tastes_first) {
            moved += std::abs(first - *truth.tastes_last.find(category));
        }
    }
    EXPECT_GT(moved / (100 * kCategoryCount), 0.3);
    EXPECT_LT(moved / (100 * kCategoryCount), 1.2);
}

TEST(World, OptionsOutOfBoundsAreNamed) {
    EXPECT_EQ(World::check({.people = 0}).error().fields.at(0).pointer, "/people");
    EXPECT_EQ(World::check({.items = 0}).error().fields.at(0).pointer, "/items");
    EXPECT_EQ(World::check({.days = 0}).error().fields.at(0).pointer, "/days");
    EXPECT_TRUE(World::check({}));
}

}  // namespace
}  // namespace attune::learn::simulate
