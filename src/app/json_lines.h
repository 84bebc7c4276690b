// JSON in, JSON out: for commands that answer one value with one value, such as `attune stats`.
// Standard input holds either one JSON value, over as many lines as it likes, or NDJSON; every value
// gets one line of answer, in order, so that outputs can be pasted beside inputs.
//
//     return answer_json(console, [](base::JsonView value) -> Result<std::string> { … });
#pragma once

#include "app/console.h"
#include "base/json.h"
#include "base/lines.h"

#include <functional>
#include <string>

namespace attune::app {

using JsonAnswer = std::function<Result<std::string>(base::JsonView value)>;

// Answers everything on standard input. A value that cannot be answered gets
// {"error":{"code","message","fields"}} in its place, is named on standard error with its line, and
// makes the exit code kExitProblems. Lines are limited to 1 MiB, and so is one value over many lines.
[[nodiscard]] int answer_json(Console& console, const JsonAnswer& answer);

// Reads standard input to its end in pieces and hands on every line that is not blank. Stops early,
// with false, when `visit` does.
bool each_input_line(const std::function<bool(const base::Line& line)>& visit);

}  // namespace attune::app
