// Errors about fields, told again from a place further up: what refuses a rule's condition knows only the condition, and
// who sent the rule is told of "/condition/and/0".
//
//     if (!logic) return error_below("/condition", logic.error());
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <utility>

namespace attune::base {

// The message made of the fields again, after their pointers were moved. "" is the value as a whole, which needs no naming.
inline void retell(Error& error) {
    if (error.fields.empty()) return;
    const FieldError& first = error.fields.front();
    error.message = first.pointer.empty() ? first.detail : first.pointer + ": " + first.detail;
    if (error.fields.size() > 1)
        error.message += " (and " + std::to_string(error.fields.size() - 1) + " more)";
}

// The same error, its pointers within `prefix`; one that named no field is about `prefix` itself.
[[nodiscard]] inline std::unexpected<Error> error_below(std::string_view prefix, Error error) {
    if (error.fields.empty()) error.fields.push_back({{}, error.message});
    for (FieldError& field : error.fields) field.pointer.insert(0, prefix);
    retell(error);
    return std::unexpected(std::move(error));
}

}  // namespace attune::base
