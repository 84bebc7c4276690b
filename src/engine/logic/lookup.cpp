#include "engine/logic/logic_run.h"
#include "engine/logic/murmur3.h"
#include "engine/logic/utf16.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace attune::engine {
namespace {

LogicValue argument(LogicArguments arguments, std::size_t index) {
    return index < arguments.size() ? arguments[index] : LogicValue();
}

LogicValue var(const LogicValue& key, const LogicValue& fallback, LogicValue data, LogicRun& run) {
    if (key.is_nothing() || (key.is_string() && key.string().empty())) return data;
    const TextOf path(key, run.work());
    run.work() -= static_cast<Work>(path.view().size() / 16);
    const LogicValue found = run.follow(path.view(), data);
    if (!found.is_absent()) return found;
    return fallback.is_absent() ? LogicValue::null() : fallback;
}

// Null or "" counts as missing. A key that is an array is a path with its default, as in var.
bool is_missing(const LogicValue& key, LogicValue data, LogicRun& run) {
    const LogicValue found =
        key.is_array() ? var(key.at(0), key.at(1), data, run) : var(key, {}, data, run);
    return found.kind() == LogicValue::Kind::null || (found.is_string() && found.string().empty());
}

// `keys` may be one array, or the keys themselves.
LogicValue missing(LogicArguments keys, LogicValue data, LogicRun& run) {
    const bool is_one_array = !keys.empty() && keys[0].is_array();
    const std::span<LogicValue> found = run.room(is_one_array ? keys[0].size() : keys.size());
    std::size_t filled = 0;
    const auto look = [&](const LogicValue& key) {
        if (filled < found.size() && is_missing(key, data, run)) found[filled++] = key;
        return --run.work() >= 0;
    };
    if (is_one_array) {
        keys[0].each(look);
    } else {
        for (const LogicValue& key : keys) {
            if (!look(key)) break;
        }
    }
    return run.list(found.first(filled));
}

// Keys that are missing, unless at least so many are there. Where the first key is an array, it holds the keys, but all
// that stands beside it still counts.
LogicValue missing_some(LogicArguments arguments, LogicValue data, LogicRun& run) {
    const LogicValue options = argument(arguments, 1);
    const LogicValue first = options.at(0);
    const std::array keys{first.is_array() ? first : options};
    const LogicValue are_missing = missing(keys, data, run);
    double given = std::numeric_limits<double>::quiet_NaN();
    if (options.is_array()) given = static_cast<double>(options.size());
    if (options.is_string()) given = static_cast<double>(utf16_length(options.string()));
    const LogicValue present(given - static_cast<double>(are_missing.size()));
    if (is_at_most(argument(arguments, 0), present, run.work())) return run.list({});
    return are_missing;
}

LogicValue merge(LogicArguments arguments, LogicRun& run) {
    std::size_t count = 0;
    for (const LogicValue& one : arguments) count += one.is_array() ? one.size() : 1;
    const std::span<LogicValue> merged = run.room(count);
    run.work() -= static_cast<Work>(count);
    std::size_t filled = 0;
    const auto add = [&](const LogicValue& entry) {
        if (filled < merged.size()) merged[filled++] = entry;
        return filled < merged.size();
    };
    for (const LogicValue& one : arguments) {
        if (one.is_array())
            one.each(add);
        else
            add(one);
    }
    return run.list(merged);
}

// What spreads people over the pairs: the text that stands first, or the flag's key with the targeting key behind it.
std::optional<std::string_view> bucketed_by(LogicArguments arguments, LogicRun& run) {
    if (!arguments.empty() && arguments[0].is_string()) return arguments[0].string();
    LogicValue data = run.input().data;
    const LogicValue flag = data.find("$flagd").find("flagKey");
    const LogicValue target = data.find("targetingKey");
    if (!target.is_string() || target.string().empty()) return std::nullopt;
    const std::string_view prefix = flag.is_string() ? flag.string() : std::string_view();
    const std::span<char> room = run.text_room(prefix.size() + target.string().size());
    if (room.empty()) return std::nullopt;
    std::ranges::copy(target.string(), std::ranges::copy(prefix, room.begin()).out);
    return std::string_view(room.data(), room.size());
}

constexpr double kWeightMax = std::numeric_limits<std::int32_t>::max();

// The weight of [variant] or [variant, weight]; empty when it is no such pair.
std::optional<std::uint64_t> weight_of(const LogicValue& pair) {
    if (!pair.is_array() || pair.size() == 0 || pair.size() > 2) return std::nullopt;
    const LogicValue variant = pair.at(0);
    if (variant.is_array() || variant.is_object()) return std::nullopt;
    if (pair.size() == 1) return 1;
    const LogicValue weight = pair.at(1);
    if (!weight.is_number() || std::trunc(weight.number()) != weight.number() ||
        weight.number() > kWeightMax)
        return std::nullopt;
    return static_cast<std::uint64_t>(std::max(weight.number(), 0.0));
}

// Version 2, which is frozen: docs/logic.md tells how each person's place is computed.
LogicValue fractional(LogicArguments arguments, LogicRun& run) {
    const auto hashed = bucketed_by(arguments, run);
    if (!hashed) return LogicValue::null();
    const bool has_first =
        !arguments.empty() && (arguments[0].is_string() || arguments[0].is_nothing());
    const LogicArguments pairs = arguments.subspan(has_first ? 1 : 0);
    std::uint64_t total = 0;
    for (const LogicValue& pair : pairs) {
        const auto weight = weight_of(pair);
        if (!weight) return LogicValue::null();
        total += *weight;
    }
    if (total == 0 || total > static_cast<std::uint64_t>(kWeightMax)) return LogicValue::null();
    run.work() -= static_cast<Work>(hashed->size() / 16);
    const std::uint64_t bucket = (murmur3(*hashed) * total) >> 32;
    std::uint64_t sum = 0;
    for (const LogicValue& pair : pairs) {
        sum += *weight_of(pair);
        if (sum > bucket) return pair.at(0);
    }
    return LogicValue::null();
}

// A time is RFC 3339 or seconds since 1970.
std::optional<base::Time> time_of(const LogicValue& value) {
    constexpr double kSecondsMax = 253'402'300'799;  // the end of the year 9999
    if (value.is_string()) return base::parse_time(value.string());
    if (!value.is_number() || !(std::abs(value.number()) <= kSecondsMax)) return std::nullopt;
    return base::Time(base::Duration(static_cast<std::int64_t>(value.number() * 1e6)));
}

LogicValue within_days(LogicArguments arguments, LogicRun& run) {
    constexpr double kDaysMax = 36'500;
    const auto time = time_of(argument(arguments, 0));
    const double days = to_number(argument(arguments, 1), run.work());
    if (!time || !(days >= 0)) return LogicValue::null();
    const auto span =
        base::Duration(static_cast<std::int64_t>(std::min(days, kDaysMax) * 24 * 3600 * 1e6));
    const base::Time now = run.input().now;
    return LogicValue(*time <= now && *time >= now - span);
}

// Of the person, also within map and its kin: `segments` of the whole data is a list of names, or an object by name.
LogicValue in_segment(const LogicValue& name, LogicRun& run) {
    if (!name.is_string()) return LogicValue::null();
    const LogicValue segments = run.input().data.find("segments");
    if (segments.is_object()) return LogicValue(is_truthy(segments.find(name.string())));
    bool found = false;
    segments.each([&](const LogicValue& entry) {
        found = entry.is_string() && entry.string() == name.string();
        return !found && --run.work() >= 0;
    });
    return LogicValue(found);
}

}  // namespace

LogicValue apply_lookup(LogicOp op, LogicArguments arguments, LogicValue data, LogicRun& run) {
    using enum LogicOp;
    switch (op) {
        case var:
            return engine::var(argument(arguments, 0), argument(arguments, 1), data, run);
        case missing:
            return engine::missing(arguments, data, run);
        case missing_some:
            return engine::missing_some(arguments, data, run);
        case merge:
            return engine::merge(arguments, run);
        case fractional:
            return engine::fractional(arguments, run);
        case within_days:
            return engine::within_days(arguments, run);
        case in_segment:
            return engine::in_segment(argument(arguments, 0), run);
        default:
            return {};
    }
}

}  // namespace attune::engine
