// Follower: reads the log on behalf of one question and tells its tally, in the order of the log. Internal to experiment.
//
// What makes this more than counting: an event may be in the log before the exposure that it answers (decisions are written
// behind the answers), and two people may turn out to be one. So a new unit is looked back upon, and one whose history
// changed is counted again from the person's own log: their one unit in the order in which things happened, their sessions
// and what they did for groups in the order of the log. A group itself is of many people and was exposed when the first of
// them was, whoever that turns out to be: of it only what this person added is counted again. What is read along is
// therefore what somebody finds who reads all of it again (but for the rounding of sums of a group).
//
// Not thread-safe. Reads the store; call it with no scan open.
#pragma once

#include "engine/experiment/exposure_trails.h"
#include "engine/experiment/group_shares.h"
#include "engine/experiment/log_listener.h"
#include "engine/experiment/question.h"
#include "engine/experiment/tally.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace attune::engine {

class Follower final : public LogListener {
public:
    // Reads from behind `from`. The store outlives it.
    Follower(store::Store& store, TenantId tenant, const Question& question, store::Position from);

    [[nodiscard]] Result<void> take(const FollowedEvent& event) override;
    [[nodiscard]] bool cares_about(const ReadEvent& event) const override;

    [[nodiscard]] const Tally& tally() const { return tally_; }
    // Whether what is counted is still what is asked for.
    [[nodiscard]] bool fits(const Question& question) const;

private:
    friend class FollowerSaver;
    friend class FollowerLoader;

    Result<void> count(store::PersonId person, const FollowedEvent& event);
    Result<void> expose(store::PersonId person, const FollowedEvent& event,
                        const Exposure& exposure);
    [[nodiscard]] bool is_earlier(store::PersonId person, const ReadEvent& event) const;
    void observe(store::PersonId person, UnitKey unit, const ReadEvent& event);
    void add(store::PersonId person, UnitKey unit, const Observed& event);
    Result<void> look_back(store::PersonId person, UnitKey unit, const FollowedEvent& exposure,
                           AttributionSet kinds, base::Duration before);
    [[nodiscard]] bool may_be_news(const FollowedEvent& event);
    Result<bool> learn_who_it_is(const FollowedEvent& event);
    Result<bool> recount(const store::Person& whole, store::Position upto_and_with);
    void forget(store::PersonId person, const std::vector<FollowedEvent>& events);
    [[nodiscard]] const Exposure* exposure_in(const ReadEvent& event) const;
    void count_by_time(store::PersonId person, std::vector<FollowedEvent>& events);
    // Which arm a choice is of; empty when it is no answer to the question.
    [[nodiscard]] std::optional<std::size_t> arm_of(const Exposure& exposure) const;
    [[nodiscard]] UnitKey unit_of(store::PersonId person, const Exposure& exposure) const;
    [[nodiscard]] std::optional<UnitKey> current_unit(store::PersonId person) const;
    [[nodiscard]] bool is_of(domain::ExperimentUnit unit) const;
    [[nodiscard]] bool is_full() const;

    store::Store& store_;
    const TenantId tenant_;
    const std::string of_;
    const std::uint64_t since_version_;
    const std::string counted_;  // what of the definition decides what is counted
    const std::uint64_t units_max_;
    Tally tally_;
    ExposureTrails trails_;
    GroupShares shares_;
    template <class Value>
    using ById = boost::unordered_flat_map<base::Id128, Value, base::Id128Hash>;
    ById<store::PersonId> merged_;  // into whom
    ById<UnitKey> units_;           // of people, where the unit is not the person: the newest
    boost::unordered_flat_set<base::Id128, base::Id128Hash> linked_;  // pairs of ids seen before
};

}  // namespace attune::engine
