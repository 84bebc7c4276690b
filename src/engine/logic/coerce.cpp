#include "engine/logic/coerce.h"

#include "engine/logic/js_number.h"
#include "engine/logic/utf16.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::engine {
namespace {

using Kind = LogicValue::Kind;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr Work kBytesAStep = 16;

void charge_bytes(std::size_t bytes, Work& work) { work -= static_cast<Work>(bytes) / kBytesAStep; }

bool is_container(LogicValue value) { return value.is_array() || value.is_object(); }

}  // namespace

double to_number(LogicValue value, Work& work) {
    switch (value.kind()) {
        case Kind::absent:
            return kNan;
        case Kind::null:
            return 0;
        case Kind::boolean:
            return value.boolean() ? 1 : 0;
        case Kind::number:
            return value.number();
        case Kind::string:
            charge_bytes(value.string().size(), work);
            return js_number(value.string());
        case Kind::list:
        case Kind::json_array:
            return js_number(TextOf(value, work).view());
        case Kind::record:
        case Kind::json_object:
            return kNan;
    }
    return kNan;
}

double parse_float(LogicValue value, Work& work) {
    switch (value.kind()) {
        case Kind::number:
            return value.number() + 0.0;  // by way of a text, which has no -0
        case Kind::string:
            charge_bytes(value.string().size(), work);
            return js_parse_float(value.string());
        case Kind::list:
        case Kind::json_array:
            return js_parse_float(TextOf(value, work).view());
        default:
            return kNan;
    }
}

void append_text(std::string& out, LogicValue value, Work& work) {
    --work;
    switch (value.kind()) {
        case Kind::absent:
            out += "undefined";
            return;
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += value.boolean() ? "true" : "false";
            return;
        case Kind::number:
            out += JsNumberText(value.number()).view();
            return;
        case Kind::string:
            charge_bytes(value.string().size(), work);
            out += value.string();
            return;
        case Kind::list:
        case Kind::json_array: {
            bool is_first = true;
            value.each([&](LogicValue entry) {
                if (!is_first) out += ',';
                is_first = false;
                append_entry(out, entry, work);
                return work > 0;
            });
            return;
        }
        case Kind::record:
        case Kind::json_object:
            out += "[object Object]";
            return;
    }
}

void append_entry(std::string& out, LogicValue value, Work& work) {
    if (!value.is_nothing()) append_text(out, value, work);
}

bool detail::is_strictly_equal(LogicValue a, LogicValue b) {
    if (is_container(a) || is_container(b)) return a.is_same(b);
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Kind::boolean:
            return a.boolean() == b.boolean();
        case Kind::number:
            return a.number() == b.number();
        default:
            return true;
    }
}

bool detail::is_loosely_equal(LogicValue a, LogicValue b, Work& work) {
    if (a.is_nothing() || b.is_nothing()) return a.is_nothing() && b.is_nothing();
    if (a.kind() == b.kind() || (is_container(a) && is_container(b)))
        return engine::is_strictly_equal(a, b, work);
    // An array or object meets a text as a text, and a number or boolean as the number of that text.
    if (is_container(a) && b.is_string())
        return is_same_text(TextOf(a, work).view(), b.string(), work);
    if (is_container(b) && a.is_string())
        return is_same_text(TextOf(b, work).view(), a.string(), work);
    return to_number(a, work) == to_number(b, work);
}

std::partial_ordering detail::compare(LogicValue a, LogicValue b, Work& work) {
    const bool both_are_texts =
        (a.is_string() || is_container(a)) && (b.is_string() || is_container(b));
    if (!both_are_texts) return to_number(a, work) <=> to_number(b, work);
    const TextOf left(a, work);
    const TextOf right(b, work);
    charge_bytes(std::min(left.view().size(), right.view().size()), work);
    return utf16_compare(left.view(), right.view());
}

}  // namespace attune::engine
