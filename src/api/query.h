// Query parameters as values, with errors that name the parameter ("?limit").
#pragma once

#include "api/route.h"
#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "store/store.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace attune::api {

inline constexpr std::size_t kPageDefault = 100;
inline constexpr std::size_t kPageMax = 500;

[[nodiscard]] Result<std::size_t> limit_of(const http::Request& request);
// RFC 3339; empty when it is not there.
[[nodiscard]] Result<std::optional<base::Time>> time_of(const http::Request& request,
                                                        std::string_view name);
// "true" or "false"; false when it is not there.
[[nodiscard]] Result<bool> switch_in(const http::Request& request, std::string_view name);
// Names that the route does not know, or that are there twice, are mistakes to be told: a misspelt filter must not let
// everything through.
[[nodiscard]] Result<void> check_query(const Route& route, const http::Request& request);
// ?limit= and ?cursor=.
[[nodiscard]] Result<store::Page> page_of(const http::Request& request);
// An error about "/cursor", as those who page say it, told of "?cursor".
[[nodiscard]] Error in_query(Error error);

}  // namespace attune::api
