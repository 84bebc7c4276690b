#include "api/routes.h"

#include <set>
#include <string>

namespace attune::api {

namespace {

std::string name_of(const Route& route) {
    return std::string(http::name_of(route.method)) + " " + std::string(route.pattern);
}

Result<void> check_route(const Route& route) {
    auto wrong = [&](std::string_view what) {
        return fail(Code::internal, "route " + name_of(route) + ": " + std::string(what));
    };
    if ((route.handler == nullptr) == (route.stream == nullptr)) return wrong("needs one handler");
    if (route.id.empty() || route.summary.empty() || route.tag.empty())
        return wrong("is undocumented");
    if (route.replies.empty()) return wrong("names no reply");
    if (route.access.needs_key() && route.access.roles().empty()) return wrong("admits no role");
    std::string_view param = route.access.person_param();
    if (route.access.roles().has(Role::person) && route.access.tenant_bound() && param.empty()) {
        return wrong("admits persons but does not say to what");
    }
    if (!param.empty() &&
        route.pattern.find("{" + std::string(param) + "}") == std::string_view::npos) {
        return wrong("has no such path parameter as its person");
    }
    return {};
}

}  // namespace

std::vector<const Route*> all_routes() {
    std::vector<const Route*> routes;
    for (auto part : {event_routes(),          profile_routes(),   export_routes(),
                      item_routes(),           config_routes(),    people_segment_routes(),
                      rule_routes(),           optimize_routes(),  flag_routes(),
                      rollout_routes(),        ofrep_routes(),     experiment_routes(),
                      recommendation_routes(), placement_routes(), blueprint_routes(),
                      what_if_routes(),        model_routes(),     placement_outcome_routes(),
                      user_routes(),           tenant_routes(),    key_routes(),
                      segment_routes(),        backup_routes(),    meta_routes()}) {
        for (const Route& route : part) routes.push_back(&route);
    }
    return routes;
}

Result<void> check_routes(std::span<const Route* const> routes) {
    std::set<std::string_view> ids;
    for (const Route* route : routes) {
        ATTUNE_TRY_VOID(check_route(*route));
        if (!ids.insert(route->id).second) {
            return fail(Code::internal, "two routes are called " + std::string(route->id));
        }
    }
    return {};
}

}  // namespace attune::api
