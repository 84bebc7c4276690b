// OFREP's answers: what a flag says to one person, in the words of OpenFeature's remote evaluation protocol 0.3. Its clients
// need `key` and `errorCode` in every failure, or they take a flag that is not there for a failure of the server.
#pragma once

#include "api/ofrep/selector.h"
#include "base/result.h"
#include "engine/flags/flag_set.h"
#include "http/message.h"

#include <functional>
#include <string>
#include <string_view>

namespace attune::api::ofrep {

[[nodiscard]] inline bool speaks(std::string_view path) { return path.starts_with("/ofrep/"); }

// One evaluation, a success or a failure, as both protocols' answers hold it.
void append_evaluation(std::string& out, std::string_view key, const engine::FlagAnswer& answer);

// 200, 404 when there is no such flag, otherwise 400.
[[nodiscard]] http::Response evaluation(std::string_view key, const engine::FlagAnswer& answer);
// The flags of a set that are selected, and where to hear of changes (empty: nowhere), with an ETag over the bytes; 304
// without them when the client has these. An ETag over the flags alone would keep clients at the values of another context.
struct Bulk {
    const engine::FlagSet& set;
    const FlagSelector& selector;
    std::string stream;
    // Is told of everybody whose side of a rollout is to be recorded.
    std::function<void(const engine::Flag&, const engine::FlagDraw&)> drawn{};
};
[[nodiscard]] http::Response bulk(const Bulk& what, const engine::FlagContext& context,
                                  const http::Request& request);

// A request that cannot be answered: {"key"?, "errorCode", "errorDetails"} with the status that the error has anywhere.
[[nodiscard]] http::Response refusal(std::string_view key, std::string_view code,
                                     std::string_view details);
[[nodiscard]] http::Response error_answer(const http::Request& request, const Error& error);

}  // namespace attune::api::ofrep
