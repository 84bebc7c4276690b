#include "api/segment/message.h"

#include "api/object_text.h"
#include "api/segment/commerce.h"
#include "api/segment/merge.h"
#include "api/segment/values.h"
#include "domain/event.h"

#include <array>
#include <utility>

namespace attune::api::segment {

namespace {

using base::JsonText;
using base::JsonView;

std::optional<std::string> text_of(std::optional<JsonView> value) {
    auto text = value ? value->as_string() : std::nullopt;
    if (!text || text->empty()) return std::nullopt;
    return std::string(*text);
}

std::optional<JsonView> nested(JsonView object, std::string_view outer, std::string_view inner) {
    auto found = object.find(outer);
    return found ? found->find(inner) : std::nullopt;
}

// Libraries that run on the person's own device: there, the peer's address and user agent are the person's.
bool is_device_library(std::string_view name) {
    constexpr std::array<std::string_view, 10> kLibraries{
        "analytics.js",      "@segment/analytics-next",
        "analytics-next",    "analytics-ios",
        "analytics-android", "analytics-swift",
        "analytics-kotlin",  "analytics-react-native",
        "analytics_flutter", "RudderLabs JavaScript SDK"};
    for (std::string_view library : kLibraries) {
        if (name == library) return true;
    }
    return false;
}

bool is_from_device(JsonView message, JsonView context, const Envelope& envelope) {
    if (envelope.from_browser) return true;
    if (auto direct = context.find("direct"); direct && direct->as_bool() == true) return true;
    if (auto channel = text_of(message.find("channel"))) {
        return *channel == "browser" || *channel == "mobile" || *channel == "client" ||
               *channel == "web";
    }
    return is_device_library(text_of(nested(context, "library", "name")).value_or(""));
}

// The merged context with the names that Attune reads beside Segment's own, and what the peer tells of a device.
JsonText context_of(JsonView message, const Envelope& envelope) {
    const JsonText both = merged(message.find("context"), envelope.context);
    auto document = base::JsonDocument::parse(both.text());
    if (!document) return JsonText::trusted("{}");
    const JsonView context = document->root();
    const bool device = is_from_device(message, context, envelope);
    ObjectText out;
    for (auto [key, value] : context.members()) {
        if (key != "user_agent") out.add(key, value);
    }
    if (auto agent = text_of(context.find("userAgent"))) {
        out.add_string("user_agent", *agent);
    } else if (auto own = text_of(context.find("user_agent"))) {
        out.add_string("user_agent", *own);
    } else if (device && !envelope.user_agent.empty()) {
        out.add_string("user_agent", envelope.user_agent);
    }
    if (device && !context.find("ip") && !envelope.address.empty()) {
        out.add_string("ip", envelope.address);
    }
    if (auto original = id_of(message.find("originalTimestamp"));
        original && !context.find("original_timestamp")) {
        out.add_string("original_timestamp", *original);
    } else if (auto stamp = id_of(message.find("timestamp"));
               stamp && !context.find("original_timestamp")) {
        out.add_string("original_timestamp", *stamp);
    }
    return std::move(out).finish();
}

JsonText object_of(std::optional<JsonView> value) {
    return value && value->is_object() ? value->text() : JsonText::trusted("{}");
}

// Properties with the message's own name and category among them, as page and screen have it.
JsonText named_properties(JsonView message) {
    ObjectText out;
    const auto properties = message.find("properties");
    for (std::string_view field : {"name", "category"}) {
        if (auto text = text_of(message.find(field))) out.add_string(field, *text);
    }
    if (properties && properties->is_object()) {
        for (auto [key, value] : properties->members()) {
            const bool named = (key == "name" || key == "category") && text_of(message.find(key));
            if (!named) out.add(key, value);
        }
    }
    return std::move(out).finish();
}

// Some libraries send traits beside the message, some in its context, some in both.
JsonText traits_of(JsonView message) {
    return merged(message.find("traits"), nested(message, "context", "traits"));
}

Result<void> fill_track(JsonView message, domain::IncomingEvent& event) {
    auto name = text_of(message.find("event"));
    if (!name) return fail_field("/event", "must be a string that is not empty");
    event.event = std::move(*name);
    event.properties = object_of(message.find("properties"));
    if (auto properties = message.find("properties"); properties && properties->is_object()) {
        CommerceFacts facts = commerce_facts(event.event, *properties);
        event.item_id = std::move(facts.item_id);
        event.value = facts.value;
    }
    return {};
}

Result<void> fill_group(JsonView message, domain::IncomingEvent& event) {
    auto group = id_of(message.find("groupId"));
    if (!group) return fail_field("/groupId", "must be there");
    ObjectText properties;
    properties.add_string("group_id", *group);
    properties.add("traits", object_of(message.find("traits")));
    event.event = std::string(domain::event_names::kGroup);
    event.properties = std::move(properties).finish();
    return {};
}

Result<void> fill_alias(JsonView message, domain::IncomingEvent& event) {
    auto previous = id_of(message.find("previousId"));
    if (!previous) return fail_field("/previousId", "must be there");
    if (!event.user_id) return fail_field("/userId", "must be there");
    event.anonymous_id.reset();
    ObjectText properties;
    properties.add_string("previous_id", *previous);
    event.event = std::string(domain::event_names::kAlias);
    event.properties = std::move(properties).finish();
    return {};
}

Result<void> fill(JsonView message, Kind kind, domain::IncomingEvent& event) {
    switch (kind) {
        case Kind::track:
            return fill_track(message, event);
        case Kind::identify:
            event.event = std::string(domain::event_names::kIdentify);
            event.properties = traits_of(message);
            return {};
        case Kind::page:
        case Kind::screen:
            event.event = std::string(kind == Kind::page ? domain::event_names::kPage
                                                         : domain::event_names::kScreen);
            event.properties = named_properties(message);
            return {};
        case Kind::group:
            return fill_group(message, event);
        case Kind::alias:
            return fill_alias(message, event);
    }
    return {};
}

}  // namespace

std::optional<Kind> kind_of(std::string_view type) {
    constexpr std::array<std::pair<std::string_view, Kind>, 6> kKinds{{{"identify", Kind::identify},
                                                                       {"track", Kind::track},
                                                                       {"page", Kind::page},
                                                                       {"screen", Kind::screen},
                                                                       {"group", Kind::group},
                                                                       {"alias", Kind::alias}}};
    for (const auto& [name, kind] : kKinds) {
        if (name == type) return kind;
    }
    return std::nullopt;
}

Result<domain::IncomingEvent> event_of(JsonView message, Kind kind, const Envelope& envelope) {
    if (!message.is_object()) return fail_field("", "must be an object");
    domain::IncomingEvent event;
    event.user_id = id_of(message.find("userId"));
    event.anonymous_id = id_of(message.find("anonymousId"));
    if (!event.user_id && !event.anonymous_id) {
        return fail_field("/userId", "must be there, or anonymousId");
    }
    ATTUNE_TRY_VOID(fill(message, kind, event));
    event.id = id_of(message.find("messageId"));
    event.context = context_of(message, envelope);

    auto original = time_of(message.find("originalTimestamp"));
    if (!original) original = time_of(message.find("timestamp"));
    auto sent = time_of(message.find("sentAt"));
    if (!sent) sent = envelope.sent_at;
    event.time = corrected_time(original, sent, envelope.received_at);
    return event;
}

}  // namespace attune::api::segment
