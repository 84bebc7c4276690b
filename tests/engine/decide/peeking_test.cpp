// A/A tests through the whole path: definitions, assignment, decisions in the log, events, the reader, results. What the
// statistics promise on paper, the engine keeps: somebody who looks after every hundredth of the people seldom sees an
// effect where there is none.
#include "../profile/people_world.h"
#include "engine/decide/decider.h"
#include "engine/experiment/experiment_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>

namespace attune::engine {
namespace {

using testing::view;
using testing::World;

// At once: each has a layer of its own, and everybody is in all of them.
constexpr int kExperiments = 20;
constexpr int kPeople = 500;
constexpr int kLooks = 100;
constexpr double kBuys = 0.3;

base::JsonText no_change(int number) {
    return base::JsonText::trusted(
        R"({"name":"A/A )" + std::to_string(number) +
        R"(","variants":[{"name":"a","weight":0.5},{"name":"a again","weight":0.5}],"metrics":[)"
        R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"}],)"
        R"("minimum_effect":0.2,"plan":{"baseline_mean":0.3}})");
}

class PeekingTest : public ::testing::TestWithParam<std::uint64_t> {
protected:
    void begin() {
        for (int i = 0; i < kExperiments; ++i) {
            const std::string id = "e" + std::to_string(i);
            ASSERT_TRUE(experiments_.put(world_.tenant, id, no_change(i), {}));
            ASSERT_TRUE(experiments_.start(world_.tenant, id, {}));
        }
    }
    void somebody_comes(const std::string& name, bool buys) {
        domain::Event event = view(name, name, {});
        event.time = world_.clock.now();
        world_.apply({.user_id = name}, {event});
        ASSERT_TRUE(decider_.config(world_.tenant, {.user_id = name, .context = nowhere_.root()}));
        if (!buys) return;
        event.id += "b";
        event.event = "purchase";
        event.time += std::chrono::minutes(1);
        world_.apply({.user_id = name}, {event});
    }
    // Adds the experiments that claim an effect, or that their counts cannot be trusted.
    void look(std::vector<bool>& claimed, std::vector<bool>& suspected) {
        ASSERT_TRUE(log_.flush());
        ASSERT_TRUE(reader_.catch_up(world_.tenant));
        for (std::size_t i = 0; i < claimed.size(); ++i) {
            const auto found = answers_.results(world_.tenant, "e" + std::to_string(i));
            ASSERT_TRUE(found) << found.error().message;
            if (found->metrics.at(0).comparisons.at(0).direction != "unclear") claimed[i] = true;
            if (found->sample_ratio.is_suspicious) suspected[i] = true;
            units_ = found->units;
        }
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
                       [](TenantId, std::string_view) { return std::vector<std::string>{}; }};
    Decider decider_{*world_.people, segments_, rules_, flags_,      experiments_,
                     bandits_,       log_,      zones_, world_.clock};
    ExperimentQuestions questions_{experiments_};
    QuestionReader reader_{*world_.store, {&questions_}};
    ExperimentReader answers_{reader_, experiments_};
    const base::JsonDocument nowhere_ = *base::JsonDocument::parse("{}");
    std::uint64_t units_ = 0;
};

TEST_P(PeekingTest, AtExperimentsWithoutAnEffectSeldomShowsOne) {
    begin();
    std::mt19937_64 random(GetParam());
    std::uniform_real_distribution<> chance;
    std::vector<bool> claimed(kExperiments);
    std::vector<bool> suspected(kExperiments);
    for (int person = 1; person <= kPeople; ++person) {
        somebody_comes("p" + std::to_string(person), chance(random) < kBuys);
        if (person % (kPeople / kLooks) == 0) look(claimed, suspected);
    }
    EXPECT_EQ(units_, static_cast<std::uint64_t>(kPeople)) << "everybody is counted once";
    const auto claims = std::ranges::count(claimed, true);
    RecordProperty("claims", static_cast<int>(claims));
    EXPECT_LE(claims, kExperiments / 20);
    // At 0.001 a look, over all of them.
    EXPECT_LE(std::ranges::count(suspected, true), 2);
}

INSTANTIATE_TEST_SUITE_P(Worlds, PeekingTest, ::testing::Values(1, 2));

}  // namespace
}  // namespace attune::engine
