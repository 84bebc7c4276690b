// People over a memory store, with a fixed tenant and seeded ids.
#pragma once

#include "base/keyed_hash.h"
#include "base/manual_clock.h"
#include "engine/profile/people.h"
#include "store/memory/memory_store.h"
#include "tests/engine/profile/random_events.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <random>
#include <string>

namespace attune::engine::testing {

class FixedTenants final : public TenantView {
public:
    Result<std::shared_ptr<const domain::Tenant>> settings(TenantId) const override {
        std::lock_guard lock(mutex_);
        return settings_;
    }
    std::shared_ptr<const WeightTable> weights(TenantId) const override {
        std::lock_guard lock(mutex_);
        return weights_;
    }
    base::Id128 hashed_id(TenantId tenant, std::string_view kind,
                          std::string_view id) const override {
        return base::hash128({tenant.value, 7}, std::string(kind) + "/" + std::string(id));
    }
    void set_people_max(std::uint64_t people_max) {
        std::lock_guard lock(mutex_);
        settings_ = std::make_shared<const domain::Tenant>(
            domain::Tenant{.limits = {.people_max = people_max}});
    }
    void set_weights(std::shared_ptr<const WeightTable> weights) {
        std::lock_guard lock(mutex_);
        weights_ = std::move(weights);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const domain::Tenant> settings_ = std::make_shared<const domain::Tenant>();
    std::shared_ptr<const WeightTable> weights_ = std::make_shared<const WeightTable>();
};

class SeededIds final : public base::Random {
public:
    explicit SeededIds(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        std::lock_guard lock(mutex_);
        for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
    }

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

struct World {
    explicit World(PeopleOptions options = {}) : options(options) { reopen(); }

    // Forgets all that is in memory; the store stays.
    void reopen() {
        people.reset();
        people = std::make_unique<People>(*store, tenants, clock, ids, options);
    }
    Applied apply(const Identity& who, std::vector<domain::Event> events) {
        auto applied = people->apply(tenant, who, std::move(events));
        EXPECT_TRUE(applied) << applied.error().message;
        return applied ? *applied : Applied{};
    }
    // Of an event's own ids.
    static Identity identity_of(const domain::Event& event) {
        return {event.user_id, event.anonymous_id, {}};
    }

    std::string json(std::string_view id) {
        auto read = people->read(tenant, id);
        return read ? (*read)->json : "error: " + read.error().message;
    }
    std::uint64_t version(std::string_view id) {
        auto read = people->read(tenant, id);
        return read ? (*read)->version : 0;
    }
    // What is remembered equals what the log tells.
    ::testing::AssertionResult is_what_the_log_tells(std::string_view id) {
        const std::string before = json(id);
        auto recomputed = people->recompute(tenant, id);
        if (!recomputed) return ::testing::AssertionFailure() << recomputed.error().message;
        if (recomputed->changed) return ::testing::AssertionFailure() << id << " changed";
        if (recomputed->profile->json != before)
            return ::testing::AssertionFailure() << before << "\n" << recomputed->profile->json;
        return ::testing::AssertionSuccess();
    }

    const domain::TenantId tenant{1};
    PeopleOptions options;
    FixedTenants tenants;
    base::ManualClock clock;
    SeededIds ids{42};
    std::unique_ptr<store::MemoryStore> store = store::open_memory({});
    std::unique_ptr<People> people;
};

inline domain::Event view(std::string id, std::optional<std::string> user,
                          std::optional<std::string> visitor, std::int64_t seconds = 0) {
    domain::Event e;
    e.id = std::move(id);
    e.event = "view";
    e.user_id = std::move(user);
    e.anonymous_id = std::move(visitor);
    e.item_id = "item";
    e.time = base::Time(std::chrono::seconds(1'740'000'000 + seconds));
    e.received_at = e.time;
    return e;
}

}  // namespace attune::engine::testing
