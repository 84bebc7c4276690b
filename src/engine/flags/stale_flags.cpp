#include "engine/flags/stale_flags.h"

#include "base/json.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

bool is_disabled(const Revision& revision) {
    const auto document = base::JsonDocument::parse(revision.body.text());
    const auto state = document ? document->root().find("state") : std::nullopt;
    return state && state->as_string() == "DISABLED";
}

// Since when it has been disabled without a break, as far as its history reaches.
base::Time disabled_since(const Definition& definition) {
    base::Time since = definition.now().at;
    for (auto one = definition.history.rbegin();
         one != definition.history.rend() && is_disabled(*one); ++one)
        since = one->at;
    return since;
}

// What never was asked for counts from when it came to be, or from when it is known.
StaleReason not_asked(const StaleFlag& flag, base::Time made_at, base::Time known_since) {
    const auto last = std::max(flag.asked_at, flag.listed_at);
    if (last) return {"not_asked", *last, "nobody has asked for it since"};
    return {"not_asked", std::max(made_at, known_since),
            "nobody ever asked for it, as far as is known"};
}

std::optional<StaleReason> settled(const Flag& flag, base::Time changed_at) {
    if (!flag.is_enabled || flag.targeting) return std::nullopt;
    const bool always = flag.prerequisites.empty() && !flag.schedule;
    if (!flag.rollout) {
        if (!always || flag.fallback == nullptr) return std::nullopt;
        return StaleReason{
            "one_variant", changed_at,
            "everybody gets \"" + flag.fallback->name + "\": there is no targeting and no rollout"};
    }
    const domain::Rollout& rollout = flag.rollout->definition();
    if (rollout.halted)
        return StaleReason{"halted", rollout.halted->at, "the rollout was halted, and stayed so"};
    const auto ended = flag.rollout->ends_at();
    if (!ended) return std::nullopt;
    const base::Time since = std::max(*ended, changed_at);
    if (always && flag.rollout->last_share() == 1)
        return StaleReason{"one_variant", since,
                           "everybody gets \"" + rollout.variant + "\": the rollout is complete"};
    return StaleReason{"rolled_out", since, "the rollout has had its last step"};
}

}  // namespace

StaleFlag staleness_of(const Definition& definition, const Flag& flag, base::Time known_since,
                       base::Time until) {
    StaleFlag stale{.key = flag.key, .asked_at = {}, .listed_at = {}, .reasons = {}};
    if (flag.use) {
        stale.asked_at = flag.use->asked();
        stale.listed_at = flag.use->listed();
    }
    const auto add = [&](StaleReason reason) {
        if (reason.since <= until) stale.reasons.push_back(std::move(reason));
    };
    if (flag.use) add(not_asked(stale, definition.history.front().at, known_since));
    if (!flag.is_enabled) add({"disabled", disabled_since(definition), "nobody gets a variant"});
    if (auto reason = settled(flag, definition.now().at)) add(*std::move(reason));
    return stale;
}

}  // namespace attune::engine
