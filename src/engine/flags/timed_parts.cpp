// What of a flag changes with time: its schedule and its rollout. Apart, since reading them is heavy to compile.
#include "base/field_error.h"
#include "domain/describe_flag.h"
#include "engine/flags/flag_compiler.h"

#include <utility>

namespace attune::engine {
namespace {

// The same errors, named from where the part stands.
template <class T>
Result<T> below(Result<T> result, const std::string& pointer) {
    if (result) return result;
    return base::error_below(pointer, std::move(result).error());
}

}  // namespace

Result<void> FlagSetCompiler::rollout(const FlagSource& source, Flag& flag) const {
    const auto body = source.body.find("rollout");
    if (!body || body->is_null()) return {};
    const std::string pointer = source.pointer + "/rollout";
    ATTUNE_TRY(auto definition,
               below(base::from_json<domain::Rollout>(body->text().text()), pointer));
    const FlagVariant* const variant = flag.variant(definition.variant);
    if (variant == nullptr)
        return fail_field(pointer + "/variant", "must be the name of a variant");
    if (variant == flag.fallback)
        return fail_field(pointer + "/variant", "must not be what everybody else gets");
    ATTUNE_TRY(flag.rollout,
               below(CompiledRollout::compile(flag.key, std::move(definition)), pointer));
    return {};
}

Result<void> FlagSetCompiler::schedule(const FlagSource& source, Flag& flag) const {
    const auto body = source.body.find("schedule");
    if (!body || body->is_null()) return {};
    const std::string pointer = source.pointer + "/schedule";
    if (!flag.targeting && !flag.rollout)
        return fail_field(pointer,
                          "needs a targeting or a rollout: outside of it the default is served");
    ATTUNE_TRY(const auto definition,
               below(base::from_json<domain::Schedule>(body->text().text()), pointer));
    const TimeZones none = TimeZones::none();
    const TimeZones& zones = source_.zones == nullptr ? none : *source_.zones;
    ATTUNE_TRY(flag.schedule, below(Schedule::compile(definition, zones), pointer));
    return {};
}

}  // namespace attune::engine
