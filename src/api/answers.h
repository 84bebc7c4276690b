// Small makers of answers.
#pragma once

#include "api/object_text.h"
#include "api/wire.h"
#include "base/field_error.h"
#include "base/json.h"
#include "http/message.h"

#include <string>
#include <utility>

namespace attune::api {

[[nodiscard]] inline http::Answer json_answer(unsigned status, std::string body) {
    return http::Answer{http::Response::json(status, std::move(body))};
}

// {"items": […], "cursor": … | null}: the cursor is always there, so that a client's loop needs no second case.
template <class T>
[[nodiscard]] std::string list_json(const wire::List<T>& list) {
    ObjectText object;
    object.add("items", base::to_json(list.items));
    if (list.cursor) {
        object.add_string("cursor", *list.cursor);
    } else {
        object.add("cursor", "null");
    }
    return std::string(std::move(object).finish().text());
}

// One error for several wrong fields.
[[nodiscard]] inline Error field_errors(std::vector<FieldError> fields, std::string reason = {}) {
    Error error{Code::invalid_argument, "Some fields are not as they should be.", std::move(reason),
                std::move(fields)};
    if (error.fields.size() == 1) base::retell(error);
    return error;
}

}  // namespace attune::api
