// TenantBandits: a tenant's bandits and how far the log has been read for each. Internal to bandit. Not thread-safe.
#pragma once

#include "engine/bandit/bandit_learner.h"
#include "engine/bandit/bandits.h"
#include "engine/bandit/rewarded_draws.h"
#include "engine/experiment/experiment_set.h"
#include "store/store.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace attune::engine {

// One bandit and its reading of the log.
struct FollowedBandit final : LogListener {
    FollowedBandit(store::Store& store, TenantId tenant, const CompiledExperiment& experiment,
                   store::Position from);
    [[nodiscard]] bool cares_about(const ReadEvent& event) const override;
    [[nodiscard]] Result<void> take(const FollowedEvent& event) override;

    const std::string learned;  // what of the definition decides what is learned
    BanditLearner learner;
    RewardedDraws draws;
    bool is_caught_up = false;                 // once: what it knows is fit to draw from
    std::shared_ptr<const BanditState> state;  // of what was read; empty: it has changed since
};

using FollowedBandits = std::map<std::string, std::unique_ptr<FollowedBandit>, std::less<>>;

class TenantBandits {
public:
    TenantBandits(store::Store& store, TenantId tenant) : store_(store), tenant_(tenant) {}

    // Follows the bandits that are under way, and those that are over but were asked for. The set must have been asked for
    // after the last step: what has been read is then older than the set.
    void align(const ExperimentSet& set);
    // One that is over is followed too, in the place of the one asked for longest ago.
    void ask_for(std::string_view id);
    // Reads a batch for those who are furthest behind. True when all have read everything.
    [[nodiscard]] Result<bool> step();

    // In the place of one that was not followed, of what it knows as far as the log was read.
    void keep(std::string id, std::unique_ptr<FollowedBandit> known) {
        followed_[std::move(id)] = std::move(known);
    }
    // The log was read so far, for those who were kept.
    void go_on_from(const LogMark& mark) { mark_ = mark; }
    [[nodiscard]] const LogMark& mark() const { return mark_; }
    // Whether all have read as far.
    [[nodiscard]] bool are_together() const { return least_read(listeners()) >= mark_.last; }

    [[nodiscard]] FollowedBandit* find(std::string_view id);
    [[nodiscard]] const FollowedBandits& followed() const { return followed_; }
    [[nodiscard]] bool is_empty() const { return followed_.empty(); }
    // What those who have caught up know.
    [[nodiscard]] std::shared_ptr<const KnownBandits> known();

private:
    [[nodiscard]] std::vector<LogListener*> listeners() const;

    store::Store& store_;
    const TenantId tenant_;
    FollowedBandits followed_;
    LogMark mark_;
    std::deque<std::string> asked_for_;
    // Bandits that had been started when the set was looked at last, and how far had been read by then: what was started
    // since cannot have a draw before that.
    std::set<std::string, std::less<>> started_;
    std::optional<store::Position> read_then_;
};

}  // namespace attune::engine
