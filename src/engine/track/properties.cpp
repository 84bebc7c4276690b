#include "engine/track/properties.h"

#include "base/json.h"
#include "engine/track/event_rules.h"

#include <charconv>
#include <initializer_list>

namespace attune::engine {
namespace {

using base::JsonDocument;
using base::JsonView;
using domain::EventKind;

constexpr std::size_t kPurposeBytesMax = 200;

base::JsonLimits limits_of(const TrackOptions& options) {
    return {.bytes_max = options.properties_bytes_max,
            .depth_max = options.depth_max,
            .string_bytes_max = options.string_bytes_max,
            .members_max = options.properties_max};
}

// The sender's properties with the fields we do not know added; a property of the same name wins.
Result<std::string> with_extra(const base::JsonText& properties,
                               const base::FlatMap<std::string, base::JsonText>& extra,
                               const base::JsonLimits& limits) {
    std::string text = properties.is_null() ? "{}" : std::string(properties.text());
    ATTUNE_TRY(const auto document, JsonDocument::parse(text, limits));
    text.pop_back();
    for (const auto& [key, value] : extra) {
        if (document.root().find(key)) continue;
        if (text.size() > 1) text += ',';
        base::append_json(text, std::string_view(key));
        text += ':';
        text += value.text();
    }
    text += '}';
    return text;
}

std::optional<std::string> id_text(JsonView value) {
    if (const auto text = value.as_string(); text && !text->empty()) return std::string(*text);
    if (const auto number = value.as_int64()) return std::to_string(*number);
    return std::nullopt;
}

std::optional<std::string> first_id(JsonView root, std::initializer_list<std::string_view> names,
                                    std::size_t bytes_max) {
    for (const std::string_view name : names) {
        const auto member = root.find(name);
        auto text = member ? id_text(*member) : std::nullopt;
        if (text && text->size() <= bytes_max) return text;
    }
    return std::nullopt;
}

std::optional<double> first_number(JsonView root, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const auto member = root.find(name);
        if (const auto number = member ? member->as_double() : std::nullopt) return number;
    }
    return std::nullopt;
}

std::optional<double> number_in(JsonView root, EventKind kind) {
    switch (kind) {
        case EventKind::rating:
        case EventKind::review:
            return first_number(root, {"rating"});
        case EventKind::purchase:
        case EventKind::refund:
            return first_number(root, {"revenue", "total", "value", "price"});
        case EventKind::add_to_cart:
        case EventKind::remove_from_cart:
            return first_number(root, {"value", "price"});
        case EventKind::dwell:
            return first_number(root, {"seconds", "duration", "dwell_time"});
        case EventKind::scroll: {
            if (const auto percent = first_number(root, {"percent", "percent_scrolled"}))
                return *percent / 100;
            // Some say how deep in percent: what is more than the whole cannot be a part of it.
            const auto depth = first_number(root, {"depth"});
            return depth && *depth > 1 ? *depth / 100 : depth;
        }
        default:
            return std::nullopt;
    }
}

// The deeds: what can be found in their properties that belongs into a field of its own.
void find_fields(JsonView root, EventKind kind, const TrackOptions& options, Properties& found) {
    found.item_id = first_id(root, {"item_id", "product_id", "sku"}, options.id_bytes_max);
    found.value = number_in(root, kind);
    if (kind == EventKind::rating || kind == EventKind::review) {
        found.scale_max = first_number(root, {"scale_max"});
    }
    if (kind == EventKind::page)
        found.page = first_id(root, {"path", "url"}, options.string_bytes_max);
    if (kind == EventKind::screen) found.page = first_id(root, {"name"}, options.string_bytes_max);
    if (kind == EventKind::page)
        found.referrer = first_id(root, {"referrer"}, options.string_bytes_max);
}

void check_text(JsonView root, std::string_view name, std::size_t bytes_max, bool required,
                WrongFields& wrong) {
    const auto member = root.find(name);
    if (!member && !required) return;
    const auto text = member ? id_text(*member) : std::nullopt;
    if (!text || text->size() > bytes_max) {
        wrong.add("/properties/" + std::string(name),
                  "must be a text of 1 to " + std::to_string(bytes_max) + " bytes");
    }
}

bool is_consent(JsonView value) {
    if (value.is_null() || value.as_bool()) return true;
    const auto granted = value.find("granted");
    if (!granted || !granted->as_bool()) return false;
    for (const std::string_view name : {"source", "text_version"}) {
        const auto member = value.find(name);
        if (member && !member->is_null() && !member->as_string()) return false;
    }
    return true;
}

// RFC 6901.
std::string escaped(std::string_view key) {
    std::string text;
    for (const char c : key) text.append(c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c));
    return text;
}

void check_consent(JsonView root, WrongFields& wrong) {
    if (root.size() == 0) wrong.add("/properties", "must name at least one purpose");
    for (const JsonView::Member member : root.members()) {
        const std::string at = "/properties/" + escaped(member.key.substr(0, kPurposeBytesMax));
        if (member.key.empty() || member.key.size() > kPurposeBytesMax) {
            wrong.add(at, "a purpose has 1 to 200 bytes");
        } else if (!is_consent(member.value)) {
            wrong.add(
                at,
                "must be true, false or {\"granted\": …, \"source\"?: …, \"text_version\"?: …}");
        }
    }
}

// The statements: what is said about somebody has a shape, since the profile is read from it.
void check_statement(JsonView root, const domain::IncomingEvent& event, EventKind kind,
                     const TrackOptions& options, Properties& found, WrongFields& wrong) {
    switch (kind) {
        case EventKind::alias:
            check_text(root, "previous_id", options.id_bytes_max, true, wrong);
            found.previous_id = first_id(root, {"previous_id"}, options.id_bytes_max);
            if (found.previous_id && found.previous_id == event.user_id) {
                wrong.add("/properties/previous_id", "must be another id than user_id");
            }
            return;
        case EventKind::group: {
            check_text(root, "group_id", options.id_bytes_max, true, wrong);
            const auto traits = root.find("traits");
            if (traits && !traits->is_null() && !traits->is_object()) {
                wrong.add("/properties/traits", "must be an object");
            }
            return;
        }
        case EventKind::consent:
            return check_consent(root, wrong);
        case EventKind::preference: {
            check_text(root, "key", options.name_bytes_max, true, wrong);
            check_text(root, "category", options.name_bytes_max, false, wrong);
            const auto confidence = root.find("confidence");
            const auto number = confidence ? confidence->as_double() : std::nullopt;
            if (confidence && !(number && *number >= 0 && *number <= 1)) {
                wrong.add("/properties/confidence", "must be from 0 to 1");
            }
            return;
        }
        case EventKind::rectify:
            if (root.size() == 0) wrong.add("/properties", "must say what is to be corrected");
            return;
        default:
            return;
    }
}

}  // namespace

Properties read_properties(domain::IncomingEvent& event, EventKind kind,
                           const TrackOptions& options, const AddressRedaction& redaction,
                           WrongFields& wrong) {
    Properties found;
    if (!event.properties.is_null() && !event.properties.is_object()) {
        wrong.add("/properties", "must be an object");
        return found;
    }
    const base::JsonLimits limits = limits_of(options);
    std::string merged;
    if (!event.extra.empty()) {
        auto text = with_extra(event.properties, event.extra, limits);
        if (!text) {
            wrong.add("/properties", text.error());
            return found;
        }
        merged = *std::move(text);
    } else if (!event.properties.is_null() || is_reserved(kind)) {
        merged = event.properties.is_null() ? "{}" : std::string(event.properties.text());
    } else {
        return found;
    }
    const auto document = JsonDocument::parse(merged, limits);
    if (!document) {
        wrong.add("/properties", document.error());
        return found;
    }
    const JsonView root = document->root();
    if (is_reserved(kind)) {
        check_statement(root, event, kind, options, found, wrong);
    } else {
        find_fields(root, kind, options, found);
    }
    auto redacted = redaction.apply(root);
    found.json = base::JsonText::trusted(redacted ? *std::move(redacted) : std::move(merged));
    return found;
}

}  // namespace attune::engine
