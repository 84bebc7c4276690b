#include "engine/rollout/rollouts.h"

#include "engine/rollout/halt.h"
#include "engine/rollout/rollout_questions.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::uint64_t kLooksASave = 12;  // of when flags were asked for last: a minute

double risk_of_each(const CompiledRollout& rollout) {
    const std::size_t looks = rollout.definition().guardrails.size() *
                              std::max<std::size_t>(1, rollout.compared_stages());
    return kFalseHalts / static_cast<double>(std::max<std::size_t>(1, looks));
}

// All that changes without anybody saving anything.
std::string state_of(const FlagSet& set, base::Time now) {
    std::string state;
    for (const Flag& flag : set.flags()) {
        if (flag.schedule) state += flag.schedule->is_on(now) ? '1' : '0';
        if (!flag.rollout) continue;
        // A line that is not walked in stages moves all the time; a whole percent is worth telling.
        const int percent = static_cast<int>(flag.rollout->at(now).share * 100);
        state.append(std::to_string(percent)).append(",");
    }
    return state;
}

}  // namespace

Rollouts::Rollouts(Flags& flags, QuestionReader& reader, const Tenants& tenants,
                   const base::Clock& clock, RolloutOptions options)
    : flags_(flags), reader_(reader), tenants_(tenants), clock_(clock), options_(options) {
    if (options_.look_every > base::Duration(0)) thread_ = std::thread([this] { run(); });
}

Rollouts::~Rollouts() {
    {
        const base::MutexLock lock(mutex_);
        is_stopping_ = true;
        stop_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

Result<RolloutReport> Rollouts::read(TenantId tenant, const Flag& flag) {
    const base::Time now = clock_.now();
    const auto at = flag.rollout->at(now);
    RolloutReport report{
        .flag = flag.key,
        .version = flag.version,
        .share = at.share,
        .since = at.stage == nullptr ? std::nullopt : std::optional(at.stage->from),
        .units = {},
        .alpha = risk_of_each(*flag.rollout),
        .guardrails = {},
        .halted = flag.rollout->definition().halted};
    const RolloutStage* const stage = compared_now(flag, now);
    if (stage == nullptr) return report;
    const auto& guardrails = flag.rollout->definition().guardrails;
    ATTUNE_TRY_VOID(
        reader_.look(tenant, stage->of, [&](const QuestionReader::View& seen) -> Result<void> {
            report.is_current = seen.is_current();
            const Tally* const tally = seen.tally(stage->of);
            const Question* const question = seen.question(stage->of);
            // Another version may be in force by now; its evidence is not this one's.
            if (tally == nullptr || question == nullptr || question->since_version != flag.version)
                return {};
            report.units = RolloutUnits{tally->units(kArmIn), tally->units(kArmOut)};
            for (std::size_t i = 0; i < guardrails.size(); ++i)
                report.guardrails.push_back(read_guardrail(guardrails[i], tally->sums(kArmOut, i),
                                                           tally->sums(kArmIn, i), report.alpha));
            return {};
        }));
    return report;
}

Result<RolloutReport> Rollouts::report(TenantId tenant, std::string_view key) {
    ATTUNE_TRY(const auto set, flags_.of(tenant));
    const Flag* const flag = set->find(key);
    if (flag == nullptr)
        return fail(Code::not_found, "there is no flag " + std::string(key.substr(0, 100)));
    if (!flag->rollout)
        return fail(Code::failed_precondition, "This flag has no rollout.", "no_rollout");
    return read(tenant, *flag);
}

Result<std::size_t> Rollouts::check(TenantId tenant) {
    ATTUNE_TRY(const auto set, flags_.of(tenant));
    std::size_t halted = 0;
    for (const Flag& flag : set->flags()) {
        if (compared_now(flag, clock_.now()) == nullptr) continue;
        ATTUNE_TRY(const RolloutReport report, read(tenant, flag));
        const auto worse =
            std::ranges::find(report.guardrails, std::string("worse"), &GuardrailReading::verdict);
        // Half a log may say what the whole of it does not.
        if (worse == report.guardrails.end() || !report.is_current) continue;
        ATTUNE_TRY(const bool done, halt(tenant, report, *worse));
        halted += done ? 1 : 0;
    }
    return halted;
}

Result<bool> Rollouts::halt(TenantId tenant, const RolloutReport& report,
                            const GuardrailReading& guardrail) {
    ATTUNE_TRY(const Definition there, flags_.get(tenant, report.flag));
    if (there.now().version != report.version) return false;
    ATTUNE_TRY(auto body, halted(there.now().body, {.at = clock_.now(),
                                                    .guardrail = guardrail.name,
                                                    .effect = guardrail.effect.value_or(0),
                                                    .ci = guardrail.ci}));
    const auto saved =
        flags_.put(tenant, report.flag, std::move(body),
                   {.by = std::string(kGuardrail),
                    .note = "halted: those who are in do worse in \"" + guardrail.name + "\"",
                    .expected = report.version});
    // Somebody changed it in the meantime: what they saved is looked at the next time.
    if (!saved && saved.error().code == Code::failed_precondition) return false;
    if (!saved) return std::unexpected(saved.error());
    halted_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

Result<Definition> Rollouts::resume(TenantId tenant, std::string_view key,
                                    DefinitionChange change) {
    ATTUNE_TRY(const Definition there, flags_.get(tenant, key));
    if (there.is_removed())
        return fail(Code::not_found, "there is no flag " + std::string(key.substr(0, 100)));
    ATTUNE_TRY(auto body, resumed(there.now().body));
    if (!change.expected) change.expected = there.now().version;
    return flags_.put(tenant, key, std::move(body), change);
}

void Rollouts::run() {
    while (true) {
        {
            base::MutexLock lock(mutex_);
            if (!is_stopping_) stop_.wait_for(lock, options_.look_every);
            if (is_stopping_) return;
        }
        look();
    }
}

// What fails is tried again the next time; a store that fails says so elsewhere.
void Rollouts::look() {
    for (const TenantDocument& one : tenants_.list()) {
        const auto tenant = tenants_.find(one.tenant.id);
        if (!tenant) continue;
        (void)check(*tenant);
        tell_what_time_changed(*tenant);
    }
    if (++looks_ % kLooksASave == 0) (void)flags_.uses().save();
}

void Rollouts::tell_what_time_changed(TenantId tenant) {
    const auto set = flags_.of(tenant);
    if (!set) return;
    const base::Time now = clock_.now();
    Seen seen{(*set)->version(), state_of(**set, now)};
    Seen& before = seen_[tenant];
    const bool by_time = before.version == seen.version && before.state != seen.state;
    before = std::move(seen);
    if (by_time) flags_.news().tell(tenant, {before.version, now});
}

}  // namespace attune::engine
