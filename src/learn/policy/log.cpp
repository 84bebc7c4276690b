// Reading lines into a PolicyLog.
#include "learn/policy/evaluation.h"

#include <cmath>

namespace attune::learn {

namespace {

constexpr double kSumTolerance = 1e-3;

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

Result<base::JsonView> target_of(base::JsonView line) {
    const auto target = line.find("target");
    if (!target) return fail_field("/target", "is required");
    if (!target->is_object() || target->size() == 0)
        return fail_field("/target", "must be an object of actions with their probabilities");
    double sum = 0;
    for (const auto member : target->members()) {
        const auto probability = member.value.as_double();
        // The key is not repeated: it may be anybody's.
        if (!probability || !(*probability >= 0 && *probability <= 1 + kSumTolerance))
            return fail_field("/target", "must hold probabilities between 0 and 1");
        sum += *probability;
    }
    if (std::abs(sum - 1) > kSumTolerance)
        return fail_field("/target", "must sum to 1, but sums to " + std::to_string(sum));
    return *target;
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
    if (!(propensity > 0 && propensity <= 1))
        return fail_field("/propensity", "must be above 0 and at most 1");
    ATTUNE_TRY(const base::JsonView target, target_of(line));
    if (rows() == kRowsMax || targets_.size() + target.size() > kTargetsMax)
        return fail(Code::resource_exhausted,
                    "the log is too long: at most " + std::to_string(kRowsMax) + " rows with " +
                        std::to_string(kTargetsMax) + " target probabilities",
                    "too_large");
    ATTUNE_TRY(const std::uint32_t number, action_number(action));
    std::vector<TargetEntry> entries;
    entries.reserve(target.size());
    double chosen = 0;
    for (const auto member : target.members()) {
        const double probability = *member.value.as_double();
        if (probability == 0) continue;
        ATTUNE_TRY(const std::uint32_t entry, action_number(member.key));
        entries.push_back({entry, probability});
        if (entry == number) chosen = probability;
    }
    const double weight = chosen / propensity;
    if (!std::isfinite(weight * reward) || !std::isfinite(weight * weight))
        return fail_field("/propensity", "is too small to divide by");
    actions_.push_back(number);
    rewards_.push_back(reward);
    weights_.push_back(weight);
    targets_.insert(targets_.end(), entries.begin(), entries.end());
    target_ends_.push_back(targets_.size());
    const auto context = line.find("context");
    features_.add(context ? &*context : nullptr);
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
