#include "engine/outcomes/shown_list.h"

#include "base/json_document.h"
#include "domain/event.h"
#include "engine/profile/member_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::engine {
namespace {

constexpr std::string_view kOfPlacement = "placement:";

// Where the parts of an event stand in its payload.
struct Parts {
    std::string_view id;
    std::string_view time;
    std::string_view received_at;
    std::string_view properties;
};

// Nothing unless the event is a decision: most are not, and they are told by their name alone.
std::optional<Parts> parts_of_decision(std::string_view payload) {
    if (!payload.contains(domain::event_names::kDecision)) return std::nullopt;
    Parts parts;
    bool is_decision = false;
    for (MemberScan scan(payload); scan.next();) {
        if (scan.key() == "event")
            is_decision = text_of(scan.value()) == domain::event_names::kDecision;
        else if (scan.key() == "id")
            parts.id = scan.value();
        else if (scan.key() == "time")
            parts.time = scan.value();
        else if (scan.key() == "received_at")
            parts.received_at = scan.value();
        else if (scan.key() == "properties")
            parts.properties = scan.value();
    }
    return is_decision ? std::optional(parts) : std::nullopt;
}

std::string string_in(base::JsonView object, std::string_view name) {
    const auto found = object.find(name);
    return std::string(found ? found->as_string().value_or("") : "");
}

void read_choices(base::JsonView decision, ShownList& out) {
    const auto choices = decision.find("choices");
    if (!choices) return;
    for (const base::JsonView choice : choices->elements()) {
        if (out.items.size() == kListSlotsMax) return;
        const std::string of = string_in(choice, "of");
        if (!of.starts_with(kOfPlacement)) continue;
        out.placement = of.substr(kOfPlacement.size());
        out.items.push_back(string_in(choice, "chosen"));
        if (const auto version = choice.find("version"))
            out.version = version->as_uint64().value_or(0);
    }
}

std::vector<std::string> strings_in(base::JsonView object, std::string_view name,
                                    std::size_t count_max) {
    std::vector<std::string> out;
    const auto list = object.find(name);
    if (!list) return out;
    for (const base::JsonView one : list->elements()) {
        if (out.size() > count_max) return {};
        out.emplace_back(one.as_string().value_or(""));
    }
    return out.size() > count_max ? std::vector<std::string>{} : out;
}

std::vector<double> numbers_in(base::JsonView object, std::string_view name) {
    std::vector<double> out;
    if (const auto list = object.find(name))
        for (const base::JsonView one : list->elements())
            out.push_back(one.as_double().value_or(-1));
    return out;
}

// A number for each name of each item; null is NaN. Empty unless there are exactly as many.
std::vector<float> rows_in(base::JsonView object, std::string_view name, std::size_t items,
                           std::size_t names) {
    std::vector<float> out;
    const auto rows = object.find(name);
    if (!rows) return out;
    for (const base::JsonView row : rows->elements())
        for (const base::JsonView one : row.elements()) {
            if (out.size() == items * names) return {};
            out.push_back(static_cast<float>(
                one.as_double().value_or(std::numeric_limits<double>::quiet_NaN())));
        }
    return out.size() == items * names ? out : std::vector<float>{};
}

std::optional<double> share_in(base::JsonView object, std::string_view name) {
    const auto found = object.find(name);
    const auto value = found ? found->as_double() : std::nullopt;
    if (!value || !(*value >= 0) || !(*value <= 1)) return std::nullopt;
    return value;
}

// What holds of the asking stands once; it belongs to each item.
void read_features(base::JsonView told, ShownList& out) {
    std::vector<std::string> names = strings_in(told, "names", kListFeaturesMax);
    const auto rows = rows_in(told, "rows", out.items.size(), names.size());
    if (names.empty() || rows.empty()) return;
    std::vector<float> shared;
    if (const auto common = told.find("shared"))
        for (const base::JsonView::Member one : common->members()) {
            if (names.size() == kListFeaturesMax) return;
            names.emplace_back(one.key);
            shared.push_back(static_cast<float>(
                one.value.as_double().value_or(std::numeric_limits<double>::quiet_NaN())));
        }
    const std::size_t own = names.size() - shared.size();
    for (std::size_t i = 0; i < out.items.size(); ++i) {
        const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i * own);
        out.feature_rows.insert(out.feature_rows.end(), row,
                                row + static_cast<std::ptrdiff_t>(own));
        out.feature_rows.insert(out.feature_rows.end(), shared.begin(), shared.end());
    }
    out.features = std::move(names);
}

void read_sources(base::JsonView features, ShownList& out) {
    out.sources = strings_in(features, "sources", kListSourcesMax);
    out.rows = rows_in(features, "rows", out.items.size(), out.sources.size());
    out.written = numbers_in(features, "written");
    out.from = strings_in(features, "from", out.items.size());
    const bool is_whole =
        !out.sources.empty() && !out.rows.empty() && out.written.size() == out.sources.size();
    if (!is_whole) {
        out.sources.clear();
        out.rows.clear();
        out.written.clear();
    }
    if (out.from.size() != out.items.size()) out.from.clear();
    if (const auto nature = features.find("list"))
        out.nature = {.diversity = share_in(*nature, "diversity"),
                      .novelty = share_in(*nature, "novelty"),
                      .popularity = share_in(*nature, "popularity")};
    if (const auto told = features.find("ranking")) read_features(*told, out);
}

}  // namespace

std::optional<ShownList> read_shown_list(std::string_view payload) {
    const auto parts = parts_of_decision(payload);
    if (!parts || !parts->properties.contains("\"recommendation\"")) return std::nullopt;
    const auto time = base::parse_time(text_of(parts->time).value_or(""));
    const auto decision = base::JsonDocument::parse(parts->properties);
    if (!time || !decision || string_in(decision->root(), "kind") != "recommendation")
        return std::nullopt;
    const auto received = base::parse_time(text_of(parts->received_at).value_or(""));
    ShownList out{.decision_id = text_of(parts->id).value_or(""),
                  .time = std::min(*time, received.value_or(*time)),
                  .received_at = received.value_or(*time)};
    read_choices(decision->root(), out);
    if (out.items.empty() || out.decision_id.empty()) return std::nullopt;
    if (const auto features = decision->root().find("features")) read_sources(*features, out);
    return out;
}

}  // namespace attune::engine
