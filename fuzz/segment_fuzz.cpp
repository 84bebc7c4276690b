// Segment bodies: whatever a client sends, a message becomes an event or an error, and an event is one that holds together:
// it names somebody, its properties and context are canonical JSON, and its time lies between 2000 and now.
#include "api/segment/merge.h"
#include "api/segment/message.h"
#include "api/segment/values.h"
#include "base/json.h"
#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using namespace attune;

void check_event(const domain::IncomingEvent& event, base::Time now) {
    ATTUNE_CHECK(event.user_id || event.anonymous_id);
    ATTUNE_CHECK(!event.event.empty());
    ATTUNE_CHECK(event.time && *event.time <= now);
    for (const base::JsonText& text : {event.properties, event.context}) {
        auto again = base::JsonText::parse(text.text());
        ATTUNE_CHECK(again.has_value());
        ATTUNE_CHECK(again->text() == text.text());
        ATTUNE_CHECK(text.is_object());
    }
}

void check_message(base::JsonView message, const api::segment::Envelope& envelope) {
    using api::segment::Kind;
    for (Kind kind :
         {Kind::identify, Kind::track, Kind::page, Kind::screen, Kind::group, Kind::alias}) {
        auto event = api::segment::event_of(message, kind, envelope);
        if (event) check_event(*event, envelope.received_at);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    auto document = base::JsonDocument::parse(body);
    if (!document) return 0;
    const base::JsonView root = document->root();
    api::segment::Envelope envelope;
    envelope.received_at = *base::parse_time("2026-03-01T12:00:00Z");
    envelope.address = "203.0.113.9";
    envelope.context = root.find("context");
    envelope.sent_at = api::segment::time_of(root.find("sentAt"));
    check_message(root, envelope);
    if (auto batch = root.find("batch")) {
        for (base::JsonView message : batch->elements()) check_message(message, envelope);
    }
    return 0;
}
