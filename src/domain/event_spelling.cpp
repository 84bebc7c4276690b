#include "domain/event_spelling.h"

namespace attune::domain {

std::string plain_event_name(std::string_view event) {
    if (event.starts_with('$')) return std::string(event);
    std::string plain;
    plain.reserve(event.size());
    for (const char c : event) {
        if (c == ' ' || c == '_' || c == '-' || c == '.') continue;
        plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return plain;
}

EventNamed::EventNamed(std::string_view name) : plain_(plain_event_name(name)) {
    const EventKind kind = event_kind(name);
    if (kind != EventKind::other && plain_event_name(name_of(kind)) == plain_) kind_ = kind;
}

bool EventNamed::includes(std::string_view event) const {
    if (kind_ != EventKind::other) return event_kind(event) == kind_;
    return plain_event_name(event) == plain_;
}

}  // namespace attune::domain
