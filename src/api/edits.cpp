#include "api/edits.h"

#include "api/answers.h"

#include <utility>

namespace attune::api {

namespace {

// "/properties/email" of the event is "/traits/email" of the request; its ids are named as they are.
FieldError placed(const FieldError& field, std::string_view pointer) {
    constexpr std::string_view kProperties = "/properties";
    std::string_view rest = field.pointer;
    if (!rest.starts_with(kProperties)) return field;
    rest.remove_prefix(kProperties.size());
    return {std::string(pointer) + std::string(rest), field.detail};
}

}  // namespace

engine::Origin origin_of(const http::Request& request, std::string_view source,
                         bool address_is_client) {
    engine::Origin origin;
    origin.source = source;
    origin.address = request.peer;
    origin.user_agent = request.header("user-agent").value_or("");
    origin.address_is_client = address_is_client;
    return origin;
}

Result<base::Ticket> apply_edits(const Call& call, std::vector<domain::IncomingEvent> events,
                                 const std::vector<std::string>& pointers) {
    auto& tracker = call.services.engine.tracker();
    const bool person = call.caller.role == Role::person;
    const engine::Origin origin = origin_of(call.request, "api", person);
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto complete = tracker.complete(call.tenant(), events[i], origin);
        if (complete) continue;
        Error error = std::move(complete).error();
        for (FieldError& field : error.fields) field = placed(field, pointers[i]);
        base::retell(error);
        return std::unexpected(std::move(error));
    }
    ATTUNE_TRY(auto tracked, tracker.track(call.tenant(), std::move(events), origin));
    // What complete() let through, track() takes; a difference would be a limit of the moment.
    if (!tracked.rejected.empty())
        return std::unexpected(std::move(tracked.rejected.front().error));
    return std::move(tracked.ticket);
}

}  // namespace attune::api
