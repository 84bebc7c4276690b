// What applications everywhere read in a configuration alike: ui.theme, ui.layout and content.difficulty are words of a
// small vocabulary. All other paths are the tenant's own, and hold what the tenant likes.
//
//     check_config_change(RuleOp::set, "ui.theme", value);      // a rule's action
//     check_config_change(RuleOp::merge, "", config);           // a variant's configuration
//
// Pure functions; thread-safe.
#pragma once

#include "base/json_document.h"
#include "base/result.h"
#include "domain/rule.h"

#include <string_view>

namespace attune::domain {

// Whether nothing can stand at the path, for it is below a word: "ui.theme.dark".
[[nodiscard]] Result<void> check_config_path(std::string_view path);

// Whether words stand below the path: what reads a configuration counts on an object there, so taking it away empties it.
[[nodiscard]] bool is_always_there(std::string_view path);

// Whether a configuration still reads as one after `value` is set, appended or merged at `path` ("": the whole of it): words
// are of their vocabulary, and what they stand in stays an object. invalid_argument points into the value ("/theme").
[[nodiscard]] Result<void> check_config_change(RuleOp op, std::string_view path,
                                               base::JsonView value);

}  // namespace attune::domain
