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

// Answers which names were taken.
Result<SentNames> befriend(domain::IncomingEvent& event) {
    SentNames names;
    if (event.event.empty()) {
        if (auto name = take_extra(event, {"interaction_type", "type"})) {
            auto text = base::from_json<std::string>(name->value.text());
            if (!text) return fail_extra(*name, "must be a string");
            if (text->empty()) return fail_extra(*name, "must have 1 to 200 bytes");
            event.event = std::move(*text);
            names.event = name->name;
        }
        if (event.event.empty()) return fail_field("/interaction_type", "is required");
    }
    if (!event.time) {
        if (auto time = take_extra(event, {"timestamp"})) {
            auto text = base::from_json<std::string>(time->value.text());
            event.time = text ? base::parse_time(*text) : std::nullopt;
            if (!event.time) return fail_extra(*time, "must be an RFC 3339 time");
            names.time = time->name;
        }
    }
    return names;
}

struct ReadEvent {
    domain::IncomingEvent event;
    SentNames names;
};

Result<ReadEvent> read_friendly(base::JsonView value) {
    base::JsonOptions options = reading();
    // The check that there is an "event" comes after its other names were tried.
    options.require_members = false;
    ATTUNE_TRY(auto event, base::from_json<domain::IncomingEvent>(value, options));
    ATTUNE_TRY(const SentNames names, befriend(event));
    return ReadEvent{std::move(event), names};
}

// "/event" is "/type" where that was sent, in what is told in words too.
void rename_front(std::string& text, std::string_view from, std::string_view sent) {
    if (from == sent || !text.starts_with('/')) return;
    const std::string_view behind = std::string_view(text).substr(1);
    if (!behind.starts_with(from)) return;
    const std::string_view rest = behind.substr(from.size());
    if (!rest.empty() && rest.front() != '/' && rest.front() != ':') return;
    text.replace(1, from.size(), sent);
}

}  // namespace

Result<domain::IncomingEvent> read_event(base::JsonView value) {
    return base::from_json<domain::IncomingEvent>(value, reading());
}

Error EventBody::as_sent(std::size_t index, Error error) const {
    const auto rename = [&sent = names[index]](std::string& text) {
        rename_front(text, "event", sent.event);
        rename_front(text, "time", sent.time);
    };
    for (FieldError& field : error.fields) rename(field.pointer);
    rename(error.message);
    return error;
}

Result<EventBody> read_events(std::string_view bytes, EventShape shape, std::string_view wrapper,
                              std::size_t events_max, const base::JsonLimits& limits) {
    ATTUNE_TRY(const auto body, ListBody::parse(bytes, wrapper, events_max, limits));
    EventBody read;
    const auto read_one = [&](Result<base::JsonView> value) -> Result<ReadEvent> {
        ATTUNE_TRY(const base::JsonView view, std::move(value));
        if (shape == EventShape::friendly) return read_friendly(view);
        ATTUNE_TRY(auto event, read_event(view));
        return ReadEvent{std::move(event), {}};
    };
    const auto add = [&](Result<base::JsonView> value) {
        auto event = read_one(std::move(value));
        if (event) {
            read.events.push_back(std::move(event->event));
            read.names.push_back(event->names);
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
    read.names.reserve(size);
    body.visit(list, add);
    return read;
}

}  // namespace attune::api
