// Query parameters as values, with errors that name the parameter ("?limit").
#pragma once

#include "api/call.h"
#include "api/route.h"
#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "store/store.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attune::api {

inline constexpr std::size_t kPageDefault = 100;
inline constexpr std::size_t kPageMax = 500;

// What page_of reads.
inline constexpr Param kPageLimit{.name = "limit",
                                  .doc = "How many, from 1 to 500; 100 when left out.",
                                  .type = "integer",
                                  .minimum = 1,
                                  .maximum = kPageMax};
inline constexpr Param kPageCursor{"cursor", "The cursor of the page before."};
inline constexpr Param kPaging[] = {kPageLimit, kPageCursor};

[[nodiscard]] Result<std::size_t> limit_of(const http::Request& request);
// RFC 3339; empty when it is not there.
[[nodiscard]] Result<std::optional<base::Time>> time_of(const http::Request& request,
                                                        std::string_view name);
// "true" or "false"; false when it is not there.
[[nodiscard]] Result<bool> switch_in(const http::Request& request, std::string_view name);
// Names that the route does not know, or that are there twice, and words that a parameter does not take are mistakes to be told:
// a misspelt filter must not let everything through, or nothing.
[[nodiscard]] Result<void> check_query(const Route& route, const http::Request& request);
// ?limit= and ?cursor=: how many, and after what.
[[nodiscard]] Result<store::Page> page_of(const Call& call);

// What is handed out of a page that ended at `place` (an id, the store's own cursor): only good for the same list of the same
// tenant under the same filters, and nothing to be made up or read. Another number of entries a page is fine.
[[nodiscard]] std::string cursor_after(const Call& call, std::string_view place);
// The place of ?cursor=; empty when it is not there. invalid_argument for what was not handed out of this list.
[[nodiscard]] Result<std::optional<std::string>> place_in(const Call& call);

}  // namespace attune::api
