#include "engine/bandit/what_if.h"

#include "base/field_error.h"
#include "base/json_tree.h"
#include "base/keyed_hash.h"
#include "engine/bandit/policy_targets.h"
#include "engine/bandit/rewarded_draws.h"
#include "engine/experiment/log_time.h"
#include "engine/follow/log_batch.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::size_t kEventsMax = 10'000'000;  // that are read for one answer
// Different things known, over all decisions: beyond, a policy is asked about nothing more.
constexpr std::size_t kKnownMax = 200'000;

struct Row {
    std::uint32_t arm = 0;
    std::uint32_t known = 0;  // place in what was known
    double probability = 1;
    double reward = 0;
};

// Gathers a row for each draw. What was known is kept once, however often it was.
class Rows final : public DrawListener {
public:
    explicit Rows(const WhatIf& asked) : asked_(asked) {}

    bool drawn(Draw& draw, std::string_view features) override {
        if (asked_.since && draw.at < *asked_.since) return false;
        if (asked_.until && draw.at >= *asked_.until) return false;
        const auto known = place_of(features.empty() ? "{}" : features);
        is_full_ = is_full_ || rows_.size() >= asked_.limit || !known;
        if (is_full_) return false;
        draw.row = rows_.size();
        rows_.push_back({static_cast<std::uint32_t>(draw.arm), *known, draw.probability, 0});
        return true;
    }
    void rewarded(Draw& draw, double) override { rows_[draw.row].reward = draw.value; }
    void closed(Draw&) override {}

    [[nodiscard]] bool is_full() const { return is_full_; }
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<std::string>& known() const { return known_; }

private:
    std::optional<std::uint32_t> place_of(std::string_view features) {
        if (const auto found = places_.find(features); found != places_.end()) return found->second;
        if (known_.size() >= kKnownMax) return std::nullopt;
        const auto place = static_cast<std::uint32_t>(known_.size());
        known_.emplace_back(features);
        places_.emplace(features, place);
        return place;
    }

    const WhatIf& asked_;
    std::vector<Row> rows_;
    std::vector<std::string> known_;
    base::KeyedMap<std::string, std::uint32_t> places_;
    bool is_full_ = false;
};

// True when the log was read to its end.
Result<bool> read_log(store::Store& store, TenantId tenant, store::Position upto,
                      RewardedDraws& draws) {
    for (std::size_t read = 0; read < kEventsMax;) {
        std::vector<FollowedEvent> events;
        const auto take = [&](const store::LoggedEvent& logged) {
            auto event = read_event(logged.payload);
            if (event && draws.cares_about(*event))
                events.push_back({logged.person, logged.position, *std::move(event)});
        };
        ATTUNE_TRY(const LogBatch batch, read_batch(store, tenant, {upto}, take));
        for (const FollowedEvent& event : events) ATTUNE_TRY_VOID(draws.take(event));
        if (batch.is_end) return true;
        upto = batch.upto;
        read += batch.events;
    }
    return false;
}

Result<learn::PolicyReport> evaluate(const PolicyTargets& policy, const Rows& rows,
                                     const std::vector<std::string>& arms) {
    std::vector<base::JsonTree> contexts;
    std::vector<PolicyTargets::Target> targets;
    for (const std::string& known : rows.known()) {
        ATTUNE_TRY(const auto context, base::JsonDocument::parse(known));
        ATTUNE_TRY(auto target, policy.target(context.root()));
        contexts.emplace_back(context.root());
        targets.push_back(std::move(target));
    }
    learn::PolicyLog log;
    std::vector<std::pair<std::string_view, double>> target;
    for (const Row& row : rows.rows()) {
        target.assign(targets[row.known].begin(), targets[row.known].end());
        ATTUNE_TRY_VOID(log.add({.context = contexts[row.known].root(),
                                 .action = arms[row.arm],
                                 .reward = row.reward,
                                 .propensity = row.probability,
                                 .target = target}));
    }
    return log.evaluate({});
}

}  // namespace

Result<WhatIfAnswer> what_if(store::Store& store, TenantId tenant, const WhatIf& asked) {
    ATTUNE_TRY(const auto policy, PolicyTargets::of(asked.policy));
    Rows rows(asked);
    RewardedDraws draws(
        store, tenant,
        {.of = asked.of, .arms = {}, .reward = asked.reward, .unit = asked.unit, .is_kept = true},
        rows);
    store::Position begin;
    if (asked.since) {
        ATTUNE_TRY(begin, position_before(store, tenant, *asked.since));
    }
    ATTUNE_TRY(const bool is_read, read_log(store, tenant, begin, draws));
    if (rows.rows().size() < 2)
        return fail(Code::failed_precondition,
                    "the log has no two decisions of " + asked.of +
                        " that were left to chance: nothing can be said about another policy");
    WhatIfAnswer answer{
        .of = asked.of, .event = asked.reward.event, .is_complete = is_read && !rows.is_full()};
    auto evaluation = evaluate(policy, rows, draws.arms());
    if (!evaluation && evaluation.error().fields.empty() &&
        evaluation.error().code == Code::invalid_argument)
        return base::error_below(asked.policy.weights.empty() ? "/policy/logic" : "/policy/weights",
                                 evaluation.error());
    ATTUNE_TRY(answer.evaluation, std::move(evaluation));
    return answer;
}

}  // namespace attune::engine
