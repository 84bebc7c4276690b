// Rollouts: watches the guardrails of every rollout that is under way, and halts one when those who are in do worse: nobody
// gets the variant through the rollout any more, as a revision of the flag by "guardrail", which can be read, reverted and
// resumed like any other.
//
//     Rollouts rollouts(flags, reader, tenants, clock, {});
//     ATTUNE_TRY(const auto report, rollouts.report(tenant, "new-search"));
//     ATTUNE_TRY(const auto flag, rollouts.resume(tenant, "new-search", {.by = caller}));
//
// A thread of its own looks every few seconds; it also tells those who listen to flags (flag_news.h) of what changed by the
// clock alone: the next step, a schedule's beginning or end; and it saves when flags were asked for last. Thread-safe.
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/experiment/question_reader.h"
#include "engine/flags/flags.h"
#include "engine/rollout/guardrail.h"
#include "engine/tenancy/tenants.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace attune::engine {

struct RolloutOptions {
    base::Duration look_every = std::chrono::seconds(5);  // 0: nobody looks, but who calls check()
};

struct RolloutUnits {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
};

// Of now. Units and guardrails are those of the present stage.
struct RolloutReport {
    std::string flag;
    std::uint64_t version = 0;
    double share = 0;
    std::optional<base::Time> since;  // when the stage began
    bool is_current = true;           // false: the log is still being read
    std::optional<RolloutUnits> units;
    double alpha = 0;  // the risk of each interval
    std::vector<GuardrailReading> guardrails;
    std::optional<domain::RolloutHalt> halted;
};

class Rollouts {
public:
    // By whom a revision is that halts.
    static constexpr std::string_view kGuardrail = "guardrail";

    // The arguments outlive it; RolloutQuestions are among the reader's sources.
    Rollouts(Flags& flags, QuestionReader& reader, const Tenants& tenants, const base::Clock& clock,
             RolloutOptions options);
    ~Rollouts();
    Rollouts(const Rollouts&) = delete;
    Rollouts& operator=(const Rollouts&) = delete;

    // not_found when there is no such flag; failed_precondition "no_rollout".
    [[nodiscard]] Result<RolloutReport> report(TenantId tenant, std::string_view key);
    // Goes on where it would be by now. Evidence begins anew. failed_precondition when it was not halted.
    [[nodiscard]] Result<Definition> resume(TenantId tenant, std::string_view key,
                                            DefinitionChange change);

    // Looks once at all rollouts of the tenant; how many were halted.
    [[nodiscard]] Result<std::size_t> check(TenantId tenant);
    // Since this process began.
    [[nodiscard]] std::uint64_t halted_total() const { return halted_.load(); }

private:
    Result<RolloutReport> read(TenantId tenant, const Flag& flag);
    Result<bool> halt(TenantId tenant, const RolloutReport& report,
                      const GuardrailReading& guardrail);
    void run();
    void look();
    void tell_what_time_changed(TenantId tenant);

    Flags& flags_;
    QuestionReader& reader_;
    const Tenants& tenants_;
    const base::Clock& clock_;
    const RolloutOptions options_;
    std::atomic<std::uint64_t> halted_{0};

    // What the clock made of a tenant's flags when the thread looked last; the thread's own.
    struct Seen {
        std::string version;
        std::string state;
    };
    std::map<TenantId, Seen> seen_;
    std::uint64_t looks_ = 0;

    base::Mutex mutex_;
    base::CondVar stop_;
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace attune::engine
