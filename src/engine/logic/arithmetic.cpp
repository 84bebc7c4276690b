#include "engine/logic/logic_run.h"

#include <cmath>
#include <limits>

namespace attune::engine {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

LogicValue argument(LogicArguments arguments, std::size_t index) {
    return index < arguments.size() ? arguments[index] : LogicValue();
}

// Math.max and Math.min: NaN wins, and 0 is more than -0.
double extreme(LogicArguments arguments, bool is_max, Work& work) {
    double best = is_max ? -kInfinity : kInfinity;
    for (const LogicValue& one : arguments) {
        const double value = to_number(one, work);
        if (std::isnan(value)) return kNan;
        const bool is_better = is_max ? value > best : value < best;
        const bool is_zero_by_sign = value == 0 && best == 0 && std::signbit(value) != is_max;
        if (is_better || is_zero_by_sign) best = value;
    }
    return best;
}

// The first of one argument stays as it is, since nothing is multiplied.
LogicValue product(LogicArguments arguments, Work& work) {
    if (arguments.size() < 2) return argument(arguments, 0);
    double total = parse_float(arguments[0], work);
    for (const LogicValue& one : arguments.subspan(1))
        total = (total + 0.0) * parse_float(one, work);  // by way of a text, which has no -0
    return LogicValue(total);
}

}  // namespace

LogicValue apply_arithmetic(LogicOp op, LogicArguments arguments, LogicRun& run) {
    using enum LogicOp;
    Work& work = run.work();
    switch (op) {
        case max:
        case min:
            return LogicValue(extreme(arguments, op == max, work));
        case multiply:
            return product(arguments, work);
        default:
            break;
    }
    const double left = to_number(argument(arguments, 0), work);
    const LogicValue second = argument(arguments, 1);
    if (op == subtract && second.is_absent()) return LogicValue(-left);
    const double right = to_number(second, work);
    switch (op) {
        case subtract:
            return LogicValue(left - right);
        case divide:
            return LogicValue(left / right);
        default:
            return LogicValue(std::fmod(left, right));
    }
}

}  // namespace attune::engine
