// The route table. Each area of the surface owns a part; `all_routes` is the whole.
#pragma once

#include "api/route.h"
#include "base/result.h"

#include <span>
#include <vector>

namespace attune::api {

[[nodiscard]] std::span<const Route> event_routes();
[[nodiscard]] std::span<const Route> profile_routes();
[[nodiscard]] std::span<const Route> export_routes();
[[nodiscard]] std::span<const Route> item_routes();
[[nodiscard]] std::span<const Route> config_routes();
[[nodiscard]] std::span<const Route> people_segment_routes();
[[nodiscard]] std::span<const Route> recommendation_routes();
[[nodiscard]] std::span<const Route> placement_routes();
[[nodiscard]] std::span<const Route> placement_outcome_routes();
[[nodiscard]] std::span<const Route> rule_routes();
[[nodiscard]] std::span<const Route> optimize_routes();
[[nodiscard]] std::span<const Route> flag_routes();
[[nodiscard]] std::span<const Route> rollout_routes();
[[nodiscard]] std::span<const Route> blueprint_routes();
[[nodiscard]] std::span<const Route> experiment_routes();
[[nodiscard]] std::span<const Route> what_if_routes();
[[nodiscard]] std::span<const Route> ofrep_routes();
[[nodiscard]] std::span<const Route> model_routes();
[[nodiscard]] std::span<const Route> user_routes();
[[nodiscard]] std::span<const Route> tenant_routes();
[[nodiscard]] std::span<const Route> key_routes();
[[nodiscard]] std::span<const Route> backup_routes();
[[nodiscard]] std::span<const Route> meta_routes();
[[nodiscard]] std::span<const Route> segment_routes();  // the protocol of that name

// In the order in which documentation shows them.
[[nodiscard]] std::vector<const Route*> all_routes();

// What the compiler cannot see: every route has exactly one handler, an id of its own, a summary, replies, a role where it
// needs a key, and a person parameter that its pattern has. The server does not start on a table that fails this.
[[nodiscard]] Result<void> check_routes(std::span<const Route* const> routes);

}  // namespace attune::api
