#include "engine/embed/convert.h"

#include "domain/describe.h"

namespace attune::embed {

namespace {

constexpr std::size_t kJsonBytesMax = 64u << 20;

Result<base::JsonText> object_from(std::string_view text, std::string_view pointer) {
    if (text.empty()) return base::JsonText{};
    auto json = base::JsonText::parse(text);
    if (!json) return fail_field(std::string(pointer), json.error().message);
    if (!json->is_object()) return fail_field(std::string(pointer), "must be a JSON object");
    return json;
}

bool begins_with_bracket(std::string_view json) {
    const auto first = json.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && json[first] == '[';
}

}  // namespace

Result<domain::IncomingEvent> incoming_of(Event event) {
    domain::IncomingEvent incoming;
    ATTUNE_TRY(incoming.properties, object_from(event.properties, "/properties"));
    ATTUNE_TRY(incoming.context, object_from(event.context, "/context"));
    incoming.id = std::move(event.id);
    incoming.user_id = std::move(event.user_id);
    incoming.anonymous_id = std::move(event.anonymous_id);
    incoming.event = std::move(event.event);
    incoming.item_id = std::move(event.item_id);
    incoming.value = event.value;
    incoming.decision_id = std::move(event.decision_id);
    incoming.time = event.time;
    return incoming;
}

Result<std::vector<domain::IncomingEvent>> incoming_from_json(std::string_view json) {
    const base::JsonOptions options{.limits = {.bytes_max = kJsonBytesMax},
                                    .unknown = base::Unknown::keep};
    if (begins_with_bracket(json))
        return base::from_json<std::vector<domain::IncomingEvent>>(json, options);
    ATTUNE_TRY(auto event, base::from_json<domain::IncomingEvent>(json, options));
    std::vector<domain::IncomingEvent> events;
    events.push_back(std::move(event));
    return events;
}

Result<base::JsonDocument> object_of(std::string_view json) {
    ATTUNE_TRY(auto document, base::JsonDocument::parse(json.empty() ? "{}" : json));
    if (!document.root().is_object()) return fail_field("", "the context must be an object");
    return document;
}

}  // namespace attune::embed
