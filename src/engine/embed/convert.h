// From the public values to the engine's own.
#pragma once

#include "base/json_document.h"
#include "base/result.h"
#include "domain/incoming_event.h"

#include <attune/engine.h>

#include <string_view>
#include <vector>

namespace attune::embed {

// Fails with a field error when properties or context are no JSON.
[[nodiscard]] Result<domain::IncomingEvent> incoming_of(Event event);

// One object, or an array of them.
[[nodiscard]] Result<std::vector<domain::IncomingEvent>> incoming_from_json(std::string_view json);

// A context; empty text is an empty object.
[[nodiscard]] Result<base::JsonDocument> object_of(std::string_view json);

}  // namespace attune::embed
