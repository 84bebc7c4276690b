// RewardedDraws: what was drawn, and what each draw has brought so far, as the log tells it. A draw is a choice of a decision
// that was left to chance; its reward is what a metric makes of the events that follow within the metric's window, however
// late they are heard of. An event that names a decision answers that one; any other answers the person's newest draw
// (of persons: the only one), unless the metric's attribution says that only what names the decision counts, or only what
// is done in the session of the newest exposure.
//
//     RewardedDraws draws(store, tenant, {.of = "experiment:hero", .arms = {"a", "b"}, .reward = metric}, listener);
//     draws.take(event);                                    // in the order of the log
//
// Bounded: a draw is kept for its window and a day, then it is closed, and only its listener knows of it; of more than
// `open_max` the oldest are closed early. Not thread-safe. Reads the store: call it with no scan open.
#pragma once

#include "base/id128.h"
#include "base/result.h"
#include "domain/experiment.h"
#include "engine/experiment/exposure_trails.h"
#include "engine/experiment/log_listener.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace attune::engine {

using domain::TenantId;

struct Draw {
    std::size_t arm = 0;
    double probability = 1;
    base::Time at;
    double value = 0;            // its reward so far
    double total = 0;            // what the reward is made of, uncapped: events or their values
    std::uint64_t row = 0;       // the listener's own
    std::vector<float> numbers;  // the same
};

class DrawListener {
public:
    virtual ~DrawListener() = default;
    // Before anything else about it. False: it is not wanted.
    virtual bool drawn(Draw& draw, std::string_view features) = 0;
    // draw.value is what it is worth now.
    virtual void rewarded(Draw& draw, double before) = 0;
    virtual void closed(Draw& draw) = 0;
};

struct DrawsWanted {
    std::string of;
    // By their names in `chosen`; none: any, in the order in which they come.
    std::vector<std::string> arms;
    domain::ExperimentMetric reward;
    domain::ExperimentUnit unit = domain::ExperimentUnit::person;
    bool is_kept = false;  // nothing is closed
    std::size_t open_max = 1'000'000;
};

class RewardedDraws {
public:
    // The store and the listener outlive it.
    RewardedDraws(store::Store& store, TenantId tenant, DrawsWanted wanted, DrawListener& listener);

    [[nodiscard]] bool cares_about(const ReadEvent& event) const;
    [[nodiscard]] Result<void> take(const FollowedEvent& event);
    // The log's own time: of the newest event that was received.
    [[nodiscard]] base::Time now() const { return now_; }
    [[nodiscard]] const std::vector<std::string>& arms() const { return arms_; }

private:
    friend class DrawsSaver;
    friend class DrawsLoader;

    using UnitKey = base::Id128;
    template <class Value>
    using ById = boost::unordered_flat_map<base::Id128, Value, base::Id128Hash>;

    [[nodiscard]] bool is_of_persons() const {
        return wanted_.unit == domain::ExperimentUnit::person;
    }
    [[nodiscard]] bool is_wanted(const Exposure& exposure) const {
        return exposure.is_draw() && exposure.of == wanted_.of;
    }
    [[nodiscard]] std::optional<std::size_t> arm_of(std::string_view chosen);
    [[nodiscard]] UnitKey unit_of(store::PersonId person, const Exposure& draw) const;
    Result<void> begin(const FollowedEvent& event, const Exposure& logged);
    Result<void> look_back(const FollowedEvent& event, Draw& draw);
    Result<void> link(store::PersonId person);
    [[nodiscard]] bool looks_at(const ReadEvent& event) const {
        return event.event == wanted_.reward.event || trails_.follow_sessions();
    }
    void answer(const FollowedEvent& event);
    void reward(Draw& draw, const ReadEvent& event);
    void close_old();
    void close_oldest();
    void sweep();

    store::Store& store_;
    const TenantId tenant_;
    const DrawsWanted wanted_;
    DrawListener& listener_;
    std::vector<std::string> arms_;
    ExposureTrails trails_;
    base::Time now_{};
    ById<Draw> open_;
    std::deque<UnitKey> oldest_;  // by when they were drawn, as the log has it
    ById<UnitKey> current_;       // of a person
    ById<UnitKey> decided_;       // by decision
};

}  // namespace attune::engine
