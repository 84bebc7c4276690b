// Reading lines into a PolicyLog.
#include "learn/policy/evaluation.h"

#include <cmath>

namespace attune::learn {

namespace {

constexpr double kSumTolerance = 1e-3;
// Of rewards and weights: the squares of their products can still be summed.
constexpr double kLargest = 1e50;

Result<double> number_of(base::JsonView line, std::string_view name) {
    const std::string pointer = "/" + std::string(name);
    const auto member = line.find(name);
    if (!member) return fail_field(pointer, "is required");
    const auto number = member->as_double();
    if (!number || !std::isfinite(*number)) return fail_field(pointer, "must be a number");
    return *number;
}

Result<std::string> action_of(base::JsonView line) {
    const auto member = line.find("action");
    if (!member) return fail_field("/action", "is required");
    if (const auto text = member->as_string()) return std::string(*text);
    if (const auto number = member->as_int64()) return std::to_string(*number);
    return fail_field("/action", "must be a string or a whole number");
}

using Target = std::vector<std::pair<std::string_view, double>>;

Result<Target> target_of(base::JsonView line) {
    const auto member = line.find("target");
    if (!member) return fail_field("/target", "is required");
    Target target;
    target.reserve(member->size());
    for (const auto entry : member->members()) {
        const auto probability = entry.value.as_double();
        if (!probability) return fail_field("/target", "must hold numbers");
        target.emplace_back(entry.key, *probability);
    }
    return target;
}

Result<void> check_target(std::span<const std::pair<std::string_view, double>> target) {
    double sum = 0;
    for (const auto& [action, probability] : target) {
        // The action is not repeated: it may be anybody's.
        if (!(probability >= 0 && probability <= 1 + kSumTolerance))
            return fail_field("/target", "must hold probabilities between 0 and 1");
        sum += probability;
    }
    if (!(std::abs(sum - 1) <= kSumTolerance))
        return fail_field("/target", "must have probabilities that sum to 1");
    return {};
}

Result<void> check_decision(const LoggedDecision& decision) {
    if (!(std::abs(decision.reward) <= kLargest))
        return fail_field("/reward", "must be a number that squares can be summed of");
    if (!(decision.propensity > 1 / kLargest && decision.propensity <= 1))
        return fail_field("/propensity", "must be above 0 and at most 1");
    return check_target(decision.target);
}

}  // namespace

Result<std::uint32_t> PolicyLog::action_number(std::string_view name) {
    if (const auto at = action_numbers_.find(name); at != action_numbers_.end()) return at->second;
    if (action_numbers_.size() == kActionsMax)
        return fail(Code::resource_exhausted,
                    "more than " + std::to_string(kActionsMax) + " different actions", "too_large");
    const auto number = static_cast<std::uint32_t>(action_numbers_.size());
    action_numbers_.emplace(std::string(name), number);
    return number;
}

Result<void> PolicyLog::add(base::JsonView line) {
    if (!line.is_object()) return fail_field("", "must be an object");
    ATTUNE_TRY(const std::string action, action_of(line));
    ATTUNE_TRY(const double reward, number_of(line, "reward"));
    ATTUNE_TRY(const double propensity, number_of(line, "propensity"));
    ATTUNE_TRY(const Target target, target_of(line));
    return add({.context = line.find("context"),
                .action = action,
                .reward = reward,
                .propensity = propensity,
                .target = target});
}

Result<void> PolicyLog::add(const LoggedDecision& decision) {
    ATTUNE_TRY_VOID(check_decision(decision));
    if (rows() == kRowsMax || targets_.size() + decision.target.size() > kTargetsMax)
        return fail(Code::resource_exhausted,
                    "the log is too long: at most " + std::to_string(kRowsMax) + " rows with " +
                        std::to_string(kTargetsMax) + " target probabilities",
                    "too_large");
    ATTUNE_TRY(const std::uint32_t number, action_number(decision.action));
    std::vector<TargetEntry> entries;
    entries.reserve(decision.target.size());
    double chosen = 0;
    for (const auto& [action, probability] : decision.target) {
        if (probability == 0) continue;
        ATTUNE_TRY(const std::uint32_t entry, action_number(action));
        entries.push_back({entry, probability});
        if (entry == number) chosen += probability;
    }
    actions_.push_back(number);
    rewards_.push_back(decision.reward);
    weights_.push_back(chosen / decision.propensity);
    targets_.insert(targets_.end(), entries.begin(), entries.end());
    target_ends_.push_back(targets_.size());
    features_.add(decision.context ? &*decision.context : nullptr);
    return {};
}

std::span<const PolicyLog::TargetEntry> PolicyLog::targets_of(std::size_t row) const {
    const std::uint64_t begin = row == 0 ? 0 : target_ends_[row - 1];
    return std::span(targets_).subspan(begin, target_ends_[row] - begin);
}

double PolicyLog::unseen_share() const {
    std::vector<bool> seen(action_numbers_.size());
    for (const std::uint32_t action : actions_) seen[action] = true;
    double unseen = 0;
    for (const TargetEntry& entry : targets_)
        if (!seen[entry.action]) unseen += entry.probability;
    return unseen / static_cast<double>(rows());
}

}  // namespace attune::learn
