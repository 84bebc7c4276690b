#include "api/event_body.h"

#include "api/answers.h"
#include "api/list_body.h"
#include "domain/describe.h"

#include <utility>

namespace attune::api {

namespace {

base::JsonOptions reading() {
    base::JsonOptions options;
    options.unknown = base::Unknown::keep;
    return options;
}

struct Extra {
    std::string_view name;
    base::JsonText value;
};

// Takes the first of `names` that is among the unknown fields.
std::optional<Extra> take_extra(domain::IncomingEvent& event,
                                std::initializer_list<std::string_view> names) {
    for (std::string_view name : names) {
        if (base::JsonText* found = event.extra.find(name)) {
            Extra extra{name, std::move(*found)};
            event.extra.erase(name);
            return extra;
        }
    }
    return std::nullopt;
}

std::unexpected<Error> fail_extra(const Extra& extra, std::string detail) {
    return fail_field("/" + std::string(extra.name), std::move(detail));
}

Result<void> befriend(domain::IncomingEvent& event) {
    if (event.event.empty()) {
        if (auto name = take_extra(event, {"interaction_type", "type"})) {
            auto text = base::from_json<std::string>(name->value.text());
            if (!text) return fail_extra(*name, "must be a string");
            if (text->empty()) return fail_extra(*name, "must have 1 to 200 bytes");
            event.event = std::move(*text);
        }
        if (event.event.empty()) return fail_field("/interaction_type", "is required");
    }
    if (!event.time) {
        if (auto time = take_extra(event, {"timestamp"})) {
            auto text = base::from_json<std::string>(time->value.text());
            event.time = text ? base::parse_time(*text) : std::nullopt;
            if (!event.time) return fail_extra(*time, "must be an RFC 3339 time");
        }
    }
    return {};
}

}  // namespace

Result<domain::IncomingEvent> read_event(base::JsonView value, EventShape shape) {
    base::JsonOptions options = reading();
    // A friendly event may lack "event": the check that there is one comes after its other names were tried.
    options.require_members = shape == EventShape::exact;
    ATTUNE_TRY(auto event, base::from_json<domain::IncomingEvent>(value, options));
    if (shape == EventShape::friendly) ATTUNE_TRY_VOID(befriend(event));
    return event;
}

Result<EventBody> read_events(std::string_view bytes, EventShape shape, std::string_view wrapper,
                              std::size_t events_max, const base::JsonLimits& limits) {
    ATTUNE_TRY(const auto body, ListBody::parse(bytes, wrapper, events_max, limits));
    EventBody read;
    const auto read_one = [&](Result<base::JsonView> value) -> Result<domain::IncomingEvent> {
        ATTUNE_TRY(const base::JsonView view, std::move(value));
        return read_event(view, shape);
    };
    const auto add = [&](Result<base::JsonView> value) {
        auto event = read_one(std::move(value));
        if (event) {
            read.events.push_back(std::move(*event));
            read.places.push_back(read.count);
        } else {
            read.rejected.push_back({read.count, std::move(event).error()});
        }
        ++read.count;
    };
    base::JsonView list = body.root();
    std::string pointer;
    if (!wrapper.empty() && list.is_object()) {
        if (auto wrapped = list.find(wrapper)) {
            if (list.size() > 1)
                return fail_field("", "must hold only \"" + std::string(wrapper) + "\"");
            pointer = "/" + std::string(wrapper);
            list = *wrapped;
            if (!list.is_array()) return fail_field(pointer, "must be an array");
            read.pointer = pointer;
        }
    }
    if (list.is_object()) {
        add(list);
        read.single = true;
        return read;
    }
    if (!list.is_array()) return fail_field(pointer, "must be an event or an array of events");
    const std::size_t size = body.size(list);
    if (size == 0) return fail_field(pointer, "must hold at least one event");
    if (size > events_max) {
        return fail(Code::invalid_argument,
                    "A request takes at most " + std::to_string(events_max) + " events; this has " +
                        std::to_string(size) + ".",
                    "too_large");
    }
    read.events.reserve(size);
    read.places.reserve(size);
    body.visit(list, add);
    return read;
}

}  // namespace attune::api
