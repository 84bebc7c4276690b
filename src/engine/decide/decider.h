// Decider: what a person should see right now, and why. It asks the person's profile, the tenant's rules and the request's
// context, and writes what it chose into the log of decisions.
//
//     auto answer = decider.config(tenant, {.user_id = "ann", .context = context.root(), .reasons = true});
//     answer->json;         // {"config": {…}, "segments": […], "flags": {…}, "variants": {…}, "decision_id": …}
//
// Who is unknown or has opted out gets the default configuration, with the flags as they are for anybody of whom only the context
// is known, and nothing is recorded about them. An experiment's overrides hold for ids that nobody has yet, since that is how one is
// tried out, and not for who has opted out. Thread-safe; reads memory, but
// for people who are not in it.
#pragma once

#include "base/json_document.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/bandit/bandits.h"
#include "engine/calendar/time_zones.h"
#include "engine/decide/flag_person.h"
#include "engine/decide/person_facts.h"
#include "engine/decisions/decision_log.h"
#include "engine/definitions/definitions.h"
#include "engine/experiment/experiments.h"
#include "engine/flags/flags.h"
#include "engine/rules/rule_set.h"
#include "engine/segment/segments.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

using Rules = Definitions<RuleSet>;

struct ConfigQuestion {
    std::string_view user_id;
    base::JsonView context;  // an object; "name" in it says where: "dashboard"
    bool reasons = false;
};

struct ConfigAnswer {
    std::string json;
    std::string etag;  // quoted
};

class Decider {
public:
    // The arguments outlive it.
    Decider(People& people, Segments& segments, Rules& rules, Flags& flags,
            Experiments& experiments, Bandits& bandits, DecisionLog& log, const TimeZones& zones,
            const base::Clock& clock);

    [[nodiscard]] Result<ConfigAnswer> config(TenantId tenant, const ConfigQuestion& question);

    // What all that one question asks of flags may cost together; counted when it was spent.
    [[nodiscard]] LogicBudget budget() { return LogicBudget(&budgets_spent_); }

    // What flags see of the person whose id is the context's targetingKey, beyond the context; null when there is nothing to
    // see, or they have opted out. Whoever is given a variant by that takes part in its
    // experiment, which is recorded as a decision on `subject`: a flag's key, or empty for all of them. The context and the
    // budget outlive it.
    [[nodiscard]] Result<std::unique_ptr<const FlagPerson>> flag_person(TenantId tenant,
                                                                        std::string_view subject,
                                                                        const FlagSight& sees,
                                                                        base::JsonView context,
                                                                        LogicBudget& budget);

    struct Stats {
        std::uint64_t budgets_spent = 0;  // questions whose expressions took more than all may
        std::uint64_t rules_undecided =
            0;  // times that a rule was left out, its condition taking too much
    };
    [[nodiscard]] Stats stats() const { return {budgets_spent_.load(), rules_undecided_.load()}; }

    // One rule, whether it is saved or not, tried on a person or on given data, as if it were asked now.
    struct TriedRule {
        const domain::Rule& rule;
        std::optional<std::string_view> id{};  // under which shares are drawn; empty: none are
    };
    struct Trial {
        std::string_view person;  // "known", "unknown", "opted_out", "given" data, "nobody"
        // All that stands in its way, what is asked first first: "unknown_person", "opted_out", "paused", "draft",
        // "not_here", and names of outcomes. Empty: it applies.
        std::vector<std::string_view> why_not{};
        std::string problem{};              // of a condition that is undecided
        std::optional<LogicTrace> trace{};  // of its condition
    };
    // invalid_argument at "/rule…", or at "/data" where there is a person too.
    [[nodiscard]] Result<Trial> test(TenantId tenant, const TriedRule& tried,
                                     const ConfigQuestion& question,
                                     std::optional<base::JsonView> data);
    // The same of one segment.
    struct SegmentTrial {
        bool matches = false;
        LogicTrace trace;
    };
    [[nodiscard]] Result<SegmentTrial> test(TenantId tenant, const domain::Segment& segment,
                                            std::string_view user_id,
                                            std::optional<base::JsonView> data);

private:
    [[nodiscard]] Result<ConfigAnswer> config_of_stranger(TenantId tenant,
                                                          const ConfigQuestion& question,
                                                          bool is_opted_out);
    // Null: nobody is known by that id.
    [[nodiscard]] Result<std::shared_ptr<const PersonFacts>> facts_if_known(
        TenantId tenant, std::string_view user_id);

    People& people_;
    Segments& segments_;
    Rules& rules_;
    Flags& flags_;
    Experiments& experiments_;
    Bandits& bandits_;
    DecisionLog& log_;
    const TimeZones& zones_;
    const base::Clock& clock_;
    std::atomic<std::uint64_t> budgets_spent_{0};
    std::atomic<std::uint64_t> rules_undecided_{0};
};

}  // namespace attune::engine
