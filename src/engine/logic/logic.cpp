#include "engine/logic/logic.h"

#include "engine/logic/logic_compiler.h"
#include "engine/logic/logic_program.h"
#include "engine/logic/logic_run.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

// Apart, so that those who share no steps do not carry it.
[[gnu::noinline]] Result<LogicValue> evaluate_bounded(const LogicProgram& program,
                                                      const LogicInput& input,
                                                      LogicScratch& scratch) {
    const Work steps = std::min(input.steps_max, std::max<std::int64_t>(*input.steps_left, 0));
    LogicRun run(program, input, scratch, steps);
    auto value = run.run();
    *input.steps_left -= steps - run.left();
    if (!value && run.left() < 0 && *input.steps_left <= 0)
        return fail(Code::resource_exhausted,
                    "the expressions of one answer took more steps together than they may",
                    "answer_too_long");
    return value;
}

}  // namespace

Result<Logic> Logic::compile(base::JsonView expression, const LogicOptions& options) {
    LogicCompiler compiler(options);
    ATTUNE_TRY(auto program, compiler.compile(expression));
    return Logic(std::move(program));
}

Result<LogicValue> Logic::evaluate(const LogicInput& input, LogicScratch& scratch) const {
    if (input.steps_left != nullptr) return evaluate_bounded(*program_, input, scratch);
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
