#include "engine/flags/rollout.h"

#include "engine/logic/murmur3.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

namespace attune::engine {
namespace {

// Of a line that is guarded.
constexpr int kLineStages = 10;
constexpr std::size_t kUnitBytesMax = 256;

std::string text_of(double share) {
    std::array<char, 32> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), share);
    static_cast<void>(error);  // a share is short
    return {digits.data(), end};
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    while (true) {
        const std::size_t dot = path.find('.');
        segments.emplace_back(path.substr(0, dot));
        if (dot == std::string_view::npos) return segments;
        path.remove_prefix(dot + 1);
    }
}

Result<void> check_steps(const std::vector<domain::RolloutStep>& steps) {
    for (std::size_t i = 1; i < steps.size(); ++i) {
        const std::string pointer = "/steps/" + std::to_string(i);
        if (steps[i].at <= steps[i - 1].at)
            return fail_field(pointer + "/at", "must be later than the step before");
        if (steps[i].share < steps[i - 1].share)
            return fail_field(pointer + "/share",
                              "must not be less than before: who is in stays in");
    }
    return {};
}

}  // namespace

Result<CompiledRollout> CompiledRollout::compile(std::string_view key, domain::Rollout definition) {
    CompiledRollout rollout(std::move(definition));
    ATTUNE_TRY_VOID(rollout.check());
    ATTUNE_TRY_VOID(rollout.check_guardrails());
    rollout.seed_ = rollout.definition_.seed.value_or(std::string(key));
    rollout.path_ = segments_of(rollout.definition_.by.value_or("targetingKey"));
    if (std::ranges::find(rollout.path_, std::string()) != rollout.path_.end())
        return fail_field("/by", "must be names with dots between them");
    rollout.make_stages(key);
    return rollout;
}

Result<void> CompiledRollout::check() const {
    if (definition_.steps.empty() == !definition_.linear)
        return fail_field("/steps", "must be there, or linear must, and not both");
    if (const auto& line = definition_.linear) {
        if (line->until <= line->from) return fail_field("/linear/until", "must be after from");
        if (line->to_share < line->from_share)
            return fail_field("/linear/to_share",
                              "must not be less than from_share: who is in stays in");
    }
    return check_steps(definition_.steps);
}

Result<void> CompiledRollout::check_guardrails() {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < definition_.guardrails.size(); ++i) {
        domain::Guardrail& one = definition_.guardrails[i];
        const std::string pointer = "/guardrails/" + std::to_string(i);
        if (one.event.starts_with('$'))
            return fail_field(pointer + "/event",
                              "events whose names begin with $ are Attune's own");
        using enum domain::MetricKind;
        if (one.kind != conversion && one.kind != count && one.kind != sum)
            return fail_field(pointer + "/kind", "must be conversion, count or sum");
        if (one.cap && one.kind != sum) return fail_field(pointer + "/cap", "is of sums alone");
        if (one.name.empty()) one.name = one.event;
        if (!names.insert(one.name).second)
            return fail_field(pointer + "/name", "must be another one than of the others");
    }
    if (definition_.guardrails.empty()) return {};
    if (definition_.by)
        return fail_field("/guardrails",
                          "need a rollout by targetingKey: what is counted are people");
    return {};
}

void CompiledRollout::make_stages(std::string_view key) {
    for (const auto& step : definition_.steps) stages_.push_back({step.at, step.share, {}});
    if (definition_.linear && !definition_.guardrails.empty()) {
        const auto& line = *definition_.linear;
        for (int i = 0; i <= kLineStages; ++i) {
            const double part = static_cast<double>(i) / kLineStages;
            const double share = i == kLineStages
                                     ? line.to_share
                                     : line.from_share + ((line.to_share - line.from_share) * part);
            // In ten-thousandths, so that a stage has a name that people can read.
            stages_.push_back({line.from + (line.until - line.from) / kLineStages * i,
                               i == kLineStages ? share : std::round(share * 10'000) / 10'000,
                               {}});
        }
    }
    for (RolloutStage& stage : stages_)
        stage.of = "flag:" + std::string(key) + "@" + text_of(stage.share);
}

CompiledRollout::Now CompiledRollout::at(base::Time time) const {
    if (definition_.halted) return {};
    if (stages_.empty()) {
        const auto& line = *definition_.linear;
        if (time < line.from) return {};
        if (time >= line.until) return {.share = line.to_share};
        const double part = static_cast<double>((time - line.from).count()) /
                            static_cast<double>((line.until - line.from).count());
        return {.share = line.from_share + ((line.to_share - line.from_share) * part)};
    }
    const RolloutStage* now = nullptr;
    for (const RolloutStage& stage : stages_)
        if (stage.from <= time) now = &stage;
    return now == nullptr ? Now{} : Now{now->share, now};
}

std::optional<base::Time> CompiledRollout::ends_at() const {
    if (definition_.halted) return std::nullopt;
    return definition_.linear ? definition_.linear->until : definition_.steps.back().at;
}

double CompiledRollout::last_share() const {
    if (definition_.halted) return 0;
    return definition_.linear ? definition_.linear->to_share : definition_.steps.back().share;
}

std::size_t CompiledRollout::compared_stages() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        stages_, [&](const RolloutStage& stage) { return is_compared(stage); }));
}

double CompiledRollout::place_of(std::string_view unit) const {
    constexpr double kHashes = 4'294'967'296.0;
    std::array<char, kUnitBytesMax + 128> joined{};
    const std::size_t size = seed_.size() + unit.size();
    if (size > joined.size()) return murmur3(seed_ + std::string(unit)) / kHashes;
    seed_.copy(joined.data(), seed_.size());
    unit.copy(joined.data() + seed_.size(), unit.size());
    return murmur3({joined.data(), size}) / kHashes;
}

std::optional<std::string_view> CompiledRollout::unit_in(const LogicValue& context) const {
    LogicValue value = context;
    for (const std::string& key : path_) value = value.find(key);
    if (!value.is_string() || value.string().empty()) return std::nullopt;
    return value.string();
}

}  // namespace attune::engine
