// Expressions and data of any kind, two lines of JSON: nothing crashes, and what was compiled gives the same answer traced
// and untraced, alone and sharing what it has found out, within its steps.
#include "base/json.h"
#include "engine/logic/logic.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using attune::base::JsonDocument;
using attune::engine::Logic;
using attune::engine::LogicInput;
using attune::engine::LogicValue;

[[noreturn]] void differ(const char* what, std::string_view text) {
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

void check(const Logic& logic, const LogicInput& input, std::string_view text) {
    const auto answer = logic.answer(input);
    const auto trace = logic.evaluate_traced(input);
    if (answer.has_value() != trace.value.has_value()) differ("traced it fails, or does not", text);
    if (!answer) {
        const bool is_expected = answer.error().code == attune::Code::resource_exhausted ||
                                 answer.error().reason == "unknown_operator";
        if (!is_expected) differ("an unexpected failure", answer.error().message);
        return;
    }
    if (*answer != *trace.value) differ("traced it is another", text);
    if (!JsonDocument::parse(
            answer->text(),
            {.bytes_max = 64u << 20, .depth_max = 1000, .string_bytes_max = 32u << 20}))
        differ("the answer is no JSON", answer->text());
    (void)logic.necessary_equalities();
    (void)logic.roots_read();
}

// Twice the same expression: what the second evaluation takes from the first changes nothing.
void check_sharing(attune::base::JsonView expression, LogicInput input, std::string_view text) {
    attune::engine::LogicSharing sharing;
    const auto first = Logic::compile(expression, {.sharing = &sharing});
    const auto second = Logic::compile(expression, {.sharing = &sharing});
    if (!first || !second) return;
    const auto alone = first->answer(input);
    attune::engine::LogicMemo memo;
    input.memo = &memo;
    (void)first->answer(input);
    for (int i = 0; i < 2; ++i) {
        const auto shared = second->answer(input);
        if (alone && (!shared || *shared != *alone)) differ("shared it is another", text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    const auto expression = JsonDocument::parse(text.substr(0, line));
    const auto values = JsonDocument::parse(text.substr(std::min(line + 1, text.size())));
    if (!expression) return 0;
    const LogicInput input{.data = values ? LogicValue(values->root()) : LogicValue::null(),
                           .steps_max = 20'000};
    check_sharing(expression->root(), input, text);
    for (const bool permissive : {false, true}) {
        const auto logic = Logic::compile(expression->root(), {.permissive = permissive});
        if (!logic) {
            if (logic.error().fields.size() != 1) differ("an error without a place", text);
            continue;
        }
        check(*logic, input, text);
    }
    return 0;
}
