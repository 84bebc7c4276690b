// Shop: a whole engine over the memory store, whose customers are the people of a simulated world and whose clock is theirs.
// Internal to worth.
//
//     ATTUNE_TRY(const auto shop, Shop::open(world));
//     ATTUNE_TRY_VOID(shop->live_through(generator, 14));              // the storefront's own log
//     ATTUNE_TRY_VOID(shop->open_day(14, [&](const Visit& visit) { … shop->ask(…) … }));
//
// One thing happens after the other: before anybody is answered, all that was said until then is committed and read, so that a run
// replays from its seed. Not thread-safe.
#pragma once

#include "base/manual_clock.h"
#include "base/random.h"
#include "domain/incoming_event.h"
#include "engine/engine.h"
#include "engine/recommend/compiled_placement.h"
#include "engine/tenancy/tenants.h"
#include "learn/simulate/visitors.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace attune::engine {

class Shop {
public:
    // With the world's items in its catalogue. `world` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<Shop>> open(const learn::simulate::World& world);

    // What people do with what `choose` answers for them.
    struct Answered {
        std::string user_id;
        std::string decision_id;
        std::string variant;             // of the experiment; empty: they are not part of it
        std::vector<std::string> items;  // as they were shown
    };
    struct Reacted {
        std::uint64_t clicks = 0;
        std::uint64_t acquired = 0;
    };
    using Choose = std::function<Result<Answered>(std::string_view user_id)>;
    using React = std::function<void(const Answered& answered, const Reacted& reacted)>;

    // The world's own log, up to the beginning of `day`.
    [[nodiscard]] Result<void> live_through(learn::simulate::Generator& log, std::int32_t day);
    // The visits of a day, each answered by `choose`; then the models that are due are learned.
    [[nodiscard]] Result<void> open_day(std::int32_t day, const Choose& choose, const React& react);

    // Trains what the plan says, and waits for it.
    [[nodiscard]] Result<void> learn_what_is_due();

    // Asks for the placement; `experiment` is the one whose variant is to be told.
    [[nodiscard]] Result<Answered> ask(std::string_view placement, std::string_view user_id,
                                       std::string_view experiment);
    // What the placement would show as it is given here. Nothing is recorded.
    [[nodiscard]] Result<std::vector<std::string>> preview(
        std::shared_ptr<const CompiledPlacement> placement, std::string_view user_id);

    [[nodiscard]] Engine& engine() { return *engine_; }
    [[nodiscard]] TenantId tenant() const { return tenant_; }
    [[nodiscard]] std::uint64_t events() const { return events_; }

private:
    using Events = std::vector<domain::IncomingEvent>;

    explicit Shop(const learn::simulate::World& world);
    Result<void> stock();
    Result<void> tell(Events events);
    // Tells what has been done until then by those who still react, and lets the clock go on.
    Result<void> pass_to(base::Time time);
    void go_to(base::Time time);
    [[nodiscard]] base::Time midnight(std::int32_t day) const;

    const learn::simulate::World& world_;
    learn::simulate::Visitors visitors_;
    base::ManualClock clock_;
    base::SeededRandom random_;
    std::unique_ptr<Engine> engine_;
    TenantId tenant_;
    std::multimap<base::Time, Events> under_way_;  // reactions, by when they are over
    std::uint64_t events_ = 0;
};

}  // namespace attune::engine
