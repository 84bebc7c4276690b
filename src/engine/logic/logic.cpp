#include "engine/logic/logic.h"

#include "engine/logic/logic_compiler.h"
#include "engine/logic/logic_program.h"
#include "engine/logic/logic_run.h"

#include <utility>

namespace attune::engine {

Result<Logic> Logic::compile(base::JsonView expression, const LogicOptions& options) {
    LogicCompiler compiler(options);
    ATTUNE_TRY(auto program, compiler.compile(expression));
    return Logic(std::move(program));
}

Result<LogicValue> Logic::evaluate(const LogicInput& input, LogicScratch& scratch) const {
    return LogicRun(*program_, input, scratch, nullptr).run();
}

Result<bool> Logic::holds(const LogicInput& input) const {
    LogicScratch scratch;
    ATTUNE_TRY(const LogicValue value, evaluate(input, scratch));
    return is_truthy(value);
}

Result<base::JsonText> Logic::answer(const LogicInput& input) const {
    LogicScratch scratch;
    ATTUNE_TRY(const LogicValue value, evaluate(input, scratch));
    return value.json();
}

LogicTrace Logic::evaluate_traced(const LogicInput& input) const {
    LogicScratch scratch;
    LogicTrace trace;
    auto value = LogicRun(*program_, input, scratch, &trace).run();
    trace.value = value ? Result<base::JsonText>(value->json())
                        : Result<base::JsonText>(std::unexpected(std::move(value).error()));
    return trace;
}

}  // namespace attune::engine
