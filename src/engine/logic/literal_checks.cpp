// What can be told of an operation before it runs: arguments written as they are that can never work.
#include "engine/logic/js_number.h"
#include "engine/logic/logic_compiler.h"
#include "engine/logic/sem_ver.h"

#include <cmath>

namespace attune::engine {

Result<void> LogicCompiler::check_literals(const LogicNode& node) {
    using enum LogicOp;
    switch (node.op) {
        case sem_ver:
            return check_sem_ver(node);
        case fractional:
            return check_fractional(node);
        case starts_with:
        case ends_with:
            if (node.count != 2) return wrong("takes two arguments");
            for (std::uint32_t i = 0; i < node.count; ++i) {
                const LogicValue* const one = literal(node, i);
                if (one != nullptr && !one->is_string())
                    return wrong_argument(node, i, "must be a text");
            }
            return {};
        case within_days:
            if (const LogicValue* const days = literal(node, 1);
                days != nullptr && !(days->is_number() && days->number() >= 0))
                return wrong_argument(node, 1, "must be a number of days, 0 or more");
            return {};
        case in_segment:
            if (const LogicValue* const name = literal(node, 0);
                name != nullptr && (!name->is_string() || name->string().empty()))
                return wrong_argument(node, 0, "must be the name of a segment");
            return {};
        default:
            return {};
    }
}

Result<void> LogicCompiler::check_sem_ver(const LogicNode& node) {
    if (node.count != 3) return wrong("takes three arguments: a version, a test, a version");
    const LogicValue* const test = literal(node, 1);
    if (test != nullptr && !(test->is_string() && version_test(test->string())))
        return wrong_argument(node, 1, "must be one of = != < <= > >= ^ ~");
    for (const std::uint32_t i : {0u, 2u}) {
        const LogicValue* const version = literal(node, i);
        if (version == nullptr) continue;
        const JsNumberText number(version->is_number() ? version->number() : 0);
        const bool is_version = (version->is_string() && SemVer::parse(version->string())) ||
                                (version->is_number() && SemVer::parse(number.view()));
        if (!is_version) return wrong_argument(node, i, "must be a version, such as 2.1.0");
    }
    return {};
}

Result<void> LogicCompiler::check_fractional(const LogicNode& node) {
    const auto at = [this, &node](std::uint32_t i) -> const LogicNode& {
        return program_->nodes[program_->arguments[node.first + i]];
    };
    // What stands first may say by what to spread; written as a text, it would put everyone into one place.
    const bool has_first = node.count > 0 && at(0).op != LogicOp::array &&
                           !(at(0).op == LogicOp::constant && at(0).constant.is_array());
    if (const LogicValue* const first = literal(node, 0);
        has_first && first != nullptr && !first->is_nothing())
        return wrong_argument(node, 0, "must be an expression, or a variant with its weight");
    if (node.count == (has_first ? 1 : 0)) return wrong("needs a variant with its weight");
    double total = 0;
    for (std::uint32_t i = has_first ? 1 : 0; i < node.count; ++i) {
        const LogicNode& pair = at(i);
        const bool is_list = pair.op == LogicOp::constant && pair.constant.is_array();
        if (pair.op == LogicOp::constant && !is_list)
            return wrong_argument(node, i, "must be an array of a variant and its weight");
        if (!is_list && pair.op != LogicOp::array) continue;
        const std::size_t size = is_list ? pair.constant.size() : pair.count;
        if (size == 0 || size > 2)
            return wrong_argument(node, i, "must be an array of a variant and its weight");
        if (size == 1) total += 1;
        const LogicValue listed = is_list ? pair.constant.at(1) : LogicValue();
        const LogicValue* const weight = is_list ? &listed : literal(pair, 1);
        if (size == 1 || weight == nullptr) continue;
        if (!weight->is_number() || weight->number() < 0 ||
            std::trunc(weight->number()) != weight->number())
            return wrong_argument(node, i, "the weight must be a whole number, 0 or more");
        total += weight->number();
    }
    if (total > 2'147'483'647) return wrong("the weights must not sum to more than 2147483647");
    return {};
}

}  // namespace attune::engine
