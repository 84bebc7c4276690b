#include "engine/logic/js_number.h"
#include "engine/logic/logic_run.h"
#include "engine/logic/sem_ver.h"
#include "engine/logic/utf16.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace attune::engine {
namespace {

LogicValue argument(LogicArguments arguments, std::size_t index) {
    return index < arguments.size() ? arguments[index] : LogicValue();
}

// Most texts are short, and for these a call of memcpy costs more than the copy.
char* copy_text(std::string_view text, char* to) {
    const auto copy = [&]<class Word>(Word, std::size_t at) {
        Word word;
        std::memcpy(&word, text.data() + at, sizeof word);
        std::memcpy(to + at, &word, sizeof word);
    };
    const std::size_t size = text.size();
    if (size > 16) {
        std::memcpy(to, text.data(), size);
    } else if (size >= 8) {
        copy(std::uint64_t{}, 0);
        copy(std::uint64_t{}, size - 8);
    } else if (size >= 4) {
        copy(std::uint32_t{}, 0);
        copy(std::uint32_t{}, size - 4);
    } else {
        for (std::size_t i = 0; i < size; ++i) to[i] = text[i];
    }
    return to + size;
}

// ToIntegerOrInfinity, kept within what a text can have.
double whole(double number) {
    constexpr double kMax = 0x1p40;
    return std::isnan(number) ? 0 : std::clamp(std::trunc(number), -kMax, kMax);
}

// String.prototype.substr: a negative start counts from the end.
std::string js_substr(std::string_view text, double start, double length) {
    const auto size = static_cast<double>(utf16_length(text));
    const double from = start < 0 ? std::max(0.0, size + start) : std::min(start, size);
    const double count = std::clamp(length, 0.0, size - from);
    std::string out;
    utf16_slice(out, text, static_cast<std::size_t>(from), static_cast<std::size_t>(count));
    return out;
}

LogicValue substr(LogicArguments arguments, LogicRun& run) {
    Work& work = run.work();
    const TextOf text(argument(arguments, 0), work);
    work -= static_cast<Work>(text.view().size() / 4);
    const LogicValue third = argument(arguments, 2);
    const double start = arguments.size() > 1 ? whole(to_number(arguments[1], work)) : 0;
    const bool drops_from_end = is_less(third, LogicValue(0.0), work);
    if (!drops_from_end) {
        const double length = third.is_absent() ? 0x1p40 : whole(to_number(third, work));
        return run.text(js_substr(text.view(), start, length));
    }
    const std::string rest = js_substr(text.view(), start, 0x1p40);
    // json-logic-js adds the length to it, which for a text is no sum but "5-1", and no number: nothing is left.
    if (!third.is_number()) return run.text("");
    const double length = static_cast<double>(utf16_length(rest)) + third.number();
    return run.text(js_substr(rest, 0, whole(length)));
}

// flagd's operators answer null to what they are not made for.
LogicValue affix(LogicOp op, LogicArguments arguments) {
    if (arguments.size() != 2 || !std::ranges::all_of(arguments, &LogicValue::is_string))
        return LogicValue::null();
    const std::string_view text = arguments[0].string();
    const std::string_view part = arguments[1].string();
    return LogicValue(op == LogicOp::starts_with ? text.starts_with(part) : text.ends_with(part));
}

LogicValue sem_ver(LogicArguments arguments) {
    if (arguments.size() != 3 || !arguments[1].is_string()) return LogicValue::null();
    const auto test = version_test(arguments[1].string());
    // A number stands for the version that it reads like.
    const auto holds = [&](std::string_view left, std::string_view right) {
        const auto answer = sem_ver_holds(left, *test, right);
        return answer ? LogicValue(*answer) : LogicValue::null();
    };
    const LogicValue& left = arguments[0];
    const LogicValue& right = arguments[2];
    const auto is_version = [](const LogicValue& one) {
        return one.is_string() || one.is_number();
    };
    if (!test || !is_version(left) || !is_version(right)) return LogicValue::null();
    const JsNumberText left_number(left.is_number() ? left.number() : 0);
    const JsNumberText right_number(right.is_number() ? right.number() : 0);
    return holds(left.is_number() ? left_number.view() : left.string(),
                 right.is_number() ? right_number.view() : right.string());
}

}  // namespace

LogicValue LogicRun::joined(const LogicNode& node, LogicValue data) {
    const LogicArguments parts = arguments(node, data);
    std::size_t bytes = 0;
    bool are_texts = true;
    for (const LogicValue& one : parts) {
        are_texts = are_texts && one.is_string();
        bytes += are_texts ? one.string().size() : 0;
    }
    if (!are_texts) {
        std::string joined;
        for (const LogicValue& one : parts) append_entry(joined, one, work_);
        return text(joined);
    }
    const std::span<char> room = text_room(bytes);
    if (room.size() != bytes) return {};
    char* at = room.data();
    for (const LogicValue& one : parts) at = copy_text(one.string(), at);
    return LogicValue(std::string_view(room.data(), bytes));
}

LogicValue apply_text(LogicOp op, LogicArguments arguments, LogicRun& run) {
    switch (op) {
        case LogicOp::substr:
            return substr(arguments, run);
        case LogicOp::sem_ver:
            for (const LogicValue& one : arguments) {
                if (one.is_string()) run.work() -= static_cast<Work>(one.string().size() / 4);
            }
            return sem_ver(arguments);
        default:
            return affix(op, arguments);
    }
}

}  // namespace attune::engine
