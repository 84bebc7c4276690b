#include "engine/logic/logic.h"
#include "app/commands.h"
#include "base/field_error.h"
#include "base/json.h"

#include <iostream>

namespace attune::app {

namespace {

using base::JsonView;

// Longer than any rule; operations take two levels of JSON each.
constexpr base::JsonLimits kLineLimits{.bytes_max = 4u << 20, .depth_max = 192};

Result<base::Time> now_of(JsonView line, const base::Clock& clock) {
    const auto now = line.find("now");
    if (!now) return clock.now();
    const auto text = now->as_string();
    const auto time = text ? base::parse_time(*text) : std::nullopt;
    if (!time) return fail_field("/now", "must be a time like 2026-03-01T12:30:00Z");
    return *time;
}

void append_steps(std::string& out, const engine::LogicTrace& trace) {
    out += "\"trace\":[";
    bool is_first = true;
    for (const engine::LogicStep& step : trace.steps) {
        out += is_first ? "{\"pointer\":" : ",{\"pointer\":";
        is_first = false;
        base::append_json(out, std::string_view(step.pointer));
        out += ",\"value\":";
        out += step.value.text();
        out += '}';
    }
    out += trace.is_complete ? "]" : "],\"trace_is_complete\":false";
}

// What one line comes to, as one line.
Result<std::string> answer(std::string_view line, bool traced, const base::Clock& clock) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(line, kLineLimits));
    const JsonView root = document.root();
    const auto expression = root.find("logic");
    if (!expression) return fail_field("", "must be an object with a member \"logic\"");
    ATTUNE_TRY(const base::Time now, now_of(root, clock));
    auto logic = engine::Logic::compile(*expression);
    if (!logic) return base::error_below("/logic", std::move(logic).error());
    const auto data = root.find("data");
    const engine::LogicInput input{
        .data = data ? engine::LogicValue(*data) : engine::LogicValue::null(), .now = now};
    if (!traced) {
        ATTUNE_TRY(const base::JsonText value, logic->answer(input));
        return std::string(value.text());
    }
    const engine::LogicTrace trace = logic->evaluate_traced(input);
    if (!trace.value) return std::unexpected(trace.value.error());
    std::string out = "{\"value\":";
    out += trace.value->text();
    out += ',';
    append_steps(out, trace);
    return out + "}";
}

int run_logic(const Invocation& invocation, Console& console) {
    const bool traced = invocation.has("trace");
    bool all_are_well = true;
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line.empty()) continue;
        const auto answered = answer(line, traced, console.clock());
        if (answered) {
            if (!console.write_line(*answered)) break;
            continue;
        }
        all_are_well = false;
        std::string text = "{\"error\":";
        base::append_json(text, std::string_view(answered.error().message));
        if (!console.write_line(text + "}")) break;
    }
    console.flush();
    return all_are_well ? kExitDone : kExitProblems;
}

}  // namespace

const Command kLogic{
    .name = "logic",
    .summary = "Evaluates JSONLogic: a line of JSON in, a line with its value out.",
    .manual =
        "Reads lines {\"logic\": …, \"data\": …, \"now\"?: \"2026-03-01T12:30:00Z\"} from standard "
        "input. A line that "
        "cannot be evaluated gives {\"error\": …}, and exit code 1 at the end. docs/logic.md "
        "describes the operators.",
    .options = {{.name = "trace",
                 .value = {},
                 .doc = "Answers {\"value\", \"trace\"}: what each operation came to, in order."}},
    .run = &run_logic};

}  // namespace attune::app
