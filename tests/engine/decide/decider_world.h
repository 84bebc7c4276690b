// A decider with all that it leans on, over a store in memory, and what tests ask it.
#pragma once

#include "base/json.h"
#include "domain/describe.h"
#include "engine/decide/decider.h"
#include "engine/decide/segment_uses.h"
#include "tests/engine/profile/people_world.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace attune::engine {

using testing::view;
using testing::World;

class DeciderTest : public ::testing::Test {
protected:
    void save(std::string_view id, std::string_view rule) {
        const auto saved =
            rules_.put(world_.tenant, id, *base::JsonText::parse(rule), {.by = "test"});
        ASSERT_TRUE(saved) << saved.error().message;
    }
    base::JsonDocument ask(std::string_view user, std::string_view context = "{}",
                           bool reasons = false) {
        const auto where = base::JsonDocument::parse(context);
        auto answer = decider_.config(world_.tenant, {user, where->root(), reasons});
        EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
        last_ = answer ? *answer : ConfigAnswer{.json = "{}", .etag = {}};
        return *base::JsonDocument::parse(last_.json);
    }
    // What the answer holds at a path, as JSON.
    std::string at(std::string_view user, std::string_view path, std::string_view context = "{}") {
        const base::JsonDocument answer = ask(user, context, true);
        base::JsonView value = answer.root();
        while (!path.empty()) {
            const std::size_t dot = std::min(path.find('.'), path.size());
            const auto below = value.find(path.substr(0, dot));
            if (!below) return "nothing";
            value = *below;
            path.remove_prefix(std::min(dot + 1, path.size()));
        }
        return std::string(value.text().text());
    }
    void say(domain::Event event, std::string_view name, std::string_view properties) {
        event.event = name;
        event.time += std::chrono::seconds(++said_);
        event.properties = *base::JsonText::parse(properties);
        world_.apply(World::identity_of(event), {event});
    }

    World world_;
    const TimeZones zones_ = TimeZones::of_system();
    Rules rules_{*world_.store,
                 world_.clock,
                 {.collection = "rules", .noun = "rule"},
                 [this](TenantId, std::span<const Definition> all) {
                     return RuleSet::compile(all, zones_);
                 }};
    Flags flags_{*world_.store, world_.clock, zones_};
    DecisionLog log_{*world_.people, world_.clock, {}};
    Experiments experiments_{*world_.store, world_.clock};
    Bandits bandits_{*world_.store, experiments_};
    Segments segments_{*world_.store, world_.clock,
                       [this](TenantId tenant, std::string_view segment) {
                           return segment_uses(tenant, segment, rules_, experiments_, flags_);
                       }};
    Decider decider_{*world_.people, segments_, rules_, flags_,      experiments_,
                     bandits_,       log_,      zones_, world_.clock};
    ConfigAnswer last_;
    int said_ = 0;
};

}  // namespace attune::engine
