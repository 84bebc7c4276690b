// Values as Segment's clients send them: ids that may be numbers, numbers that may be strings, times in whatever ISO 8601
// their platform prints.
#pragma once

#include "base/json.h"
#include "base/time.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::api::segment {

// A string, or a number as its text. Empty for null, "" and everything else: those count as missing.
[[nodiscard]] std::optional<std::string> id_of(std::optional<base::JsonView> value);
// A number, or a string that is one. Never infinite.
[[nodiscard]] std::optional<double> number_of(std::optional<base::JsonView> value);
// RFC 3339, and what comes close to it: no zone (taken as UTC), "+0000", a space for the T, a date alone.
[[nodiscard]] std::optional<base::Time> time_of(std::optional<base::JsonView> value);

// When it happened: the server's clock minus what the client's clock said had passed between the event and its sending. So a
// wrong clock does not matter. Without both times it is the client's word, else now. Never in the future, and never before 2000:
// such a clock says nothing.
[[nodiscard]] base::Time corrected_time(std::optional<base::Time> original,
                                        std::optional<base::Time> sent, base::Time received);

}  // namespace attune::api::segment
