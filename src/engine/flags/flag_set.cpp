#include "engine/flags/flag_set.h"

#include "engine/logic/logic_budget.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace attune::engine {
namespace {

// Each flag asks its own, and those ask theirs: what one costs when there is nothing to evaluate.
constexpr std::int64_t kStepsOfAPrerequisite = 10;

// The attributes with $flagd laid over them, which no caller can forge.
class TargetingData {
public:
    TargetingData(const Flag& flag, const FlagContext& context)
        : about_{{{"flagKey", LogicValue(std::string_view(flag.key))},
                  {"timestamp", LogicValue(seconds(context.now))}}},
          about_record_{about_},
          over_{{{"$flagd", LogicValue(about_record_)}}},
          record_{over_, context.attributes} {}
    TargetingData(const TargetingData&) = delete;
    TargetingData& operator=(const TargetingData&) = delete;
    TargetingData(TargetingData&&) = delete;
    TargetingData& operator=(TargetingData&&) = delete;
    ~TargetingData() = default;

    [[nodiscard]] LogicValue value() const { return LogicValue(record_); }

private:
    [[nodiscard]] static double seconds(base::Time time) {
        return static_cast<double>(
            std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    }

    std::array<LogicMember, 2> about_;
    LogicRecord about_record_;
    std::array<LogicMember, 1> over_;
    LogicRecord record_;
};

FlagAnswer failed(FlagError error, std::string detail, const Flag* flag) {
    FlagAnswer answer{.error = error, .detail = std::move(detail)};
    if (flag != nullptr && flag->metadata) answer.metadata = &*flag->metadata;
    return answer;
}

FlagAnswer answered(const Flag& flag, FlagReason reason, const FlagVariant* variant) {
    return {.reason = reason,
            .variant = variant,
            .metadata = flag.metadata ? &*flag.metadata : nullptr};
}

// "/targeting/if/0/$ref: …", by the flag's definition.
std::string with_place(const Error& error) {
    std::string text = "/targeting";
    if (!error.fields.empty()) text += error.fields.front().pointer;
    text += ": ";
    return text + (text.ends_with("/$ref: ") ? "there is no such evaluator" : error.message);
}

bool is_spent(const FlagContext& context) {
    return context.steps_left != nullptr && *context.steps_left <= 0;
}

// Not the default: that would be an answer.
FlagAnswer too_much_work(const Flag& flag) {
    return failed(FlagError::too_much_work,
                  "the expressions that this request asks took more than " +
                      std::to_string(LogicBudget::kSteps) + " steps together before \"" + flag.key +
                      "\" was decided; make those that take most of it simpler",
                  &flag);
}

// With nothing to fall back to, the reason is DEFAULT and the program that asks takes its own.
FlagAnswer fallen_back(const Flag& flag, FlagReason reason) {
    return answered(flag, flag.fallback == nullptr ? FlagReason::fallback : reason, flag.fallback);
}

// What the targeting left open.
FlagAnswer rolled_out(const Flag& flag, const FlagContext& context) {
    if (!flag.rollout) return fallen_back(flag, FlagReason::fallback);
    const CompiledRollout::Now now = flag.rollout->at(context.now);
    const auto unit = now.share > 0 ? flag.rollout->unit_in(context.attributes) : std::nullopt;
    if (!unit) return fallen_back(flag, FlagReason::fallback);
    const bool is_in = flag.rollout->holds(*unit, now.share);
    FlagAnswer answer =
        is_in ? answered(flag, FlagReason::split, flag.variant(flag.rollout->definition().variant))
              : fallen_back(flag, FlagReason::split);
    if (now.stage != nullptr && flag.rollout->is_compared(*now.stage))
        answer.draw = FlagDraw{now.stage, is_in, *unit};
    return answer;
}

FlagAnswer targeted(const Flag& flag, const FlagContext& context) {
    const TargetingData data(flag, context);
    LogicScratch scratch;
    auto value = flag.targeting->evaluate(
        {.data = data.value(), .now = context.now, .steps_left = context.steps_left}, scratch);
    if (!value && is_spent(context)) return too_much_work(flag);
    if (!value) return failed(FlagError::parse_error, with_place(value.error()), &flag);
    if (value->is_nothing()) return rolled_out(flag, context);
    std::string_view name;
    if (value->is_string())
        name = value->string();
    else if (value->kind() == LogicValue::Kind::boolean)
        name = value->boolean() ? "true" : "false";
    else
        return failed(FlagError::general, "the targeting gives what cannot be a variant's name",
                      &flag);
    if (const FlagVariant* const variant = flag.variant(name))
        return answered(flag, FlagReason::targeting_match, variant);
    return failed(
        FlagError::general,
        "the targeting gives \"" + std::string(name.substr(0, 100)) + "\", which is no variant",
        &flag);
}

}  // namespace

std::string_view name_of(FlagReason reason) {
    static constexpr std::array<std::string_view, 6> kNames{"STATIC", "DEFAULT",  "TARGETING_MATCH",
                                                            "SPLIT",  "DISABLED", "ERROR"};
    return kNames[static_cast<std::size_t>(reason)];
}

std::string_view name_of(FlagError error) {
    static constexpr std::array<std::string_view, 5> kNames{"", "FLAG_NOT_FOUND", "PARSE_ERROR",
                                                            "GENERAL", "GENERAL"};
    return kNames[static_cast<std::size_t>(error)];
}

void FlagSight::add(const FlagSight& other) {
    segments = segments || other.segments;
    if (other.experiments.empty()) return;
    experiments.insert(experiments.end(), other.experiments.begin(), other.experiments.end());
    std::ranges::sort(experiments);
    const auto rest = std::ranges::unique(experiments);
    experiments.erase(rest.begin(), rest.end());
}

const FlagVariant* Flag::variant(std::string_view name) const {
    const auto found = std::ranges::find(variants, name, &FlagVariant::name);
    return found == variants.end() ? nullptr : &*found;
}

const Flag* FlagSet::find(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &flags_[found->second];
}

FlagAnswer FlagSet::evaluate(std::string_view key, const FlagContext& context) const {
    if (const Flag* const flag = find(key)) return evaluate(*flag, context);
    return not_found(key);
}

FlagAnswer FlagSet::not_found(std::string_view key) {
    return failed(FlagError::flag_not_found,
                  "there is no flag \"" + std::string(key.substr(0, 100)) + "\"", nullptr);
}

FlagAnswer FlagSet::evaluate(const Flag& flag, const FlagContext& context) const {
    if (!flag.is_enabled) return answered(flag, FlagReason::disabled, nullptr);
    if (flag.schedule && !flag.schedule->is_on(context.now))
        return fallen_back(flag, FlagReason::fallback);
    for (const FlagPrerequisite& one : flag.prerequisites) {
        if (context.steps_left != nullptr) *context.steps_left -= kStepsOfAPrerequisite;
        if (is_spent(context)) return too_much_work(flag);
        const FlagAnswer other = evaluate(flags_[one.flag], context);
        if (other.error == FlagError::too_much_work) return too_much_work(flag);
        const bool holds =
            other.variant != nullptr &&
            std::ranges::find(one.variants, other.variant->name) != one.variants.end();
        if (!holds) return fallen_back(flag, FlagReason::fallback);
    }
    if (flag.targeting) return targeted(flag, context);
    if (flag.rollout) return rolled_out(flag, context);
    // What depends on other flags is not the same for everybody.
    return fallen_back(
        flag, flag.prerequisites.empty() ? FlagReason::fixed : FlagReason::targeting_match);
}

}  // namespace attune::engine
