#include "learn/recommend/learner.h"

#include "base/json_write.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {
namespace {

// 1 and 0.001, not 1.000000 and 0.001000.
std::string written(double number) {
    std::string text;
    base::append_json(text, number);
    return text;
}

std::string names_of(std::span<const Setting> settings) {
    std::string names;
    for (const Setting& one : settings) names.append(names.empty() ? "" : ", ").append(one.name);
    return names.empty() ? "none" : names;
}

}  // namespace

Result<Settings> Settings::of(const Learner& learner, const Given& given) {
    Settings out;
    for (const Setting& setting : learner.settings)
        out.values_.emplace(setting.name, setting.fallback);
    for (const auto& [name, value] : given) {
        const auto setting = std::ranges::find(learner.settings, name, &Setting::name);
        if (setting == learner.settings.end())
            return fail(Code::invalid_argument, std::string(learner.name) +
                                                    " has no setting named " + name + "; it has " +
                                                    names_of(learner.settings));
        const bool is_whole = setting->scale != Scale::whole || std::floor(value) == value;
        if (!(value >= setting->min && value <= setting->max) || !is_whole)
            return fail(Code::invalid_argument,
                        std::string(learner.name) + "." + name + " is " +
                            (setting->scale == Scale::whole ? "a whole number " : "") + "from " +
                            written(setting->min) + " to " + written(setting->max));
        out.values_.find(name)->second = value;
    }
    return out;
}

double Settings::operator[](std::string_view name) const {
    const auto found = values_.find(name);
    ATTUNE_CHECK(found != values_.end());
    return found->second;
}

std::uint32_t Settings::whole(std::string_view name) const {
    return static_cast<std::uint32_t>((*this)[name]);
}

}  // namespace attune::learn
