#include "engine/experiment/allowed_change.h"

#include "base/json.h"
#include "domain/describe.h"
#include "engine/experiment/plan.h"

#include <algorithm>
#include <array>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <string_view>

namespace attune::engine {
namespace {

using domain::Experiment;
using domain::ExperimentStatus;

// Compared on their own, member by member.
constexpr std::array kLookedInto{std::string_view("variants"), std::string_view("metrics"),
                                 std::string_view("plan")};
constexpr std::array kServersOwn{std::string_view("status"), std::string_view("room"),
                                 std::string_view("started_at"), std::string_view("concluded_at"),
                                 std::string_view("winner")};
// Words about it, and who tries it out.
constexpr std::array kFree{std::string_view("name"), std::string_view("hypothesis"),
                           std::string_view("overrides"), std::string_view("owner"),
                           std::string_view("tags")};

bool is_one_of(std::string_view name, const auto& names) {
    return std::ranges::find(names, name) != names.end();
}

template <class T>
bool is_same(const T& a, const T& b) {
    return base::to_json(a) == base::to_json(b);
}

std::unexpected<Error> refused(std::string_view pointer) {
    Error error{Code::failed_precondition,
                "an experiment that was started keeps this; a question that changes is a new one"};
    error.fields.push_back({std::string(pointer), error.message});
    return std::unexpected(std::move(error));
}

// The names of members that are not the same.
std::vector<std::string_view> changed_members(const Experiment& before, const Experiment& after) {
    std::vector<std::string_view> changed;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<Experiment, boost::describe::mod_public>>([&](auto one) {
        if (!is_same(before.*one.pointer, after.*one.pointer)) changed.emplace_back(one.name);
    });
    return changed;
}

Result<void> check_variants(const Experiment& before, const Experiment& after) {
    for (std::size_t i = 0; i < std::max(before.variants.size(), after.variants.size()); ++i) {
        const std::string where = "/variants/" + std::to_string(i);
        if (i >= before.variants.size() || i >= after.variants.size()) return refused(where);
        if (before.variants[i].name != after.variants[i].name) return refused(where + "/name");
        if (!is_same(before.variants[i].config, after.variants[i].config))
            return refused(where + "/config");
        // Only a person's assignment is remembered.
        if (before.variants[i].weight != after.variants[i].weight &&
            before.unit != domain::ExperimentUnit::person)
            return refused(where + "/weight");
    }
    return {};
}

Result<void> check_primary(const Experiment& before, const Experiment& after) {
    const auto* was = primary_metric(before);
    const auto* is = primary_metric(after);
    if (was == nullptr || is == nullptr || !is_same(*was, *is)) return refused("/metrics");
    return {};
}

}  // namespace

Result<void> check_change(const Experiment& before, const Experiment& after) {
    const auto units = [](const Experiment& one) {
        return one.plan ? one.plan->units_needed : std::nullopt;
    };
    if (units(after) && units(before) != units(after))
        return fail_field("/plan/units_needed", "is computed when the experiment starts");
    const bool is_draft = before.status == ExperimentStatus::draft;
    for (const std::string_view name : changed_members(before, after)) {
        const std::string pointer = "/" + std::string(name);
        if (is_one_of(name, kServersOwn))
            return fail_field(pointer, "changes by :start, :pause and :conclude");
        if (is_draft || is_one_of(name, kFree) || is_one_of(name, kLookedInto)) continue;
        return refused(pointer);
    }
    if (is_draft) return {};
    ATTUNE_TRY_VOID(check_variants(before, after));
    ATTUNE_TRY_VOID(check_primary(before, after));
    if (!is_same(before.plan, after.plan)) return refused("/plan");
    return {};
}

}  // namespace attune::engine
