#include "engine/recommend/compiled_placement.h"

#include "base/field_error.h"

#include <algorithm>
#include <set>
#include <utility>

namespace attune::engine {
namespace {

using domain::PlacementSource;
using domain::PlacementSourceKind;

constexpr std::size_t kTagBytesMax = 100;

constexpr std::string_view kRoots[] = {"item",    "profile", "interests", "segments",
                                       "session", "context", "time",      "variants"};

Result<void> check_roots(const Logic& logic, bool with_item) {
    for (const LogicRead& read : logic.reads()) {
        if (read.root.empty()) continue;
        if (std::ranges::find(kRoots, read.root) == std::end(kRoots))
            return fail_field(read.pointer,
                              "there is no '" + read.root +
                                  "' here: item, profile, interests, segments, session, "
                                  "context, time or variants");
        if (!with_item && read.root == "item")
            return fail_field(read.pointer, "it is asked once for an answer, not for each item");
    }
    return {};
}

Result<Logic> compile_logic(const base::JsonText& text, const std::string& pointer,
                            bool with_item) {
    if (text.is_null()) return fail_field(pointer, "is needed; true is always");
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(text.text()));
    auto logic = Logic::compile(document.root());
    if (!logic) return base::error_below(pointer, logic.error());
    if (auto fine = check_roots(*logic, with_item); !fine)
        return base::error_below(pointer, fine.error());
    return *std::move(logic);
}

// And at nothing of them that changes by itself.
bool looks_at_items_alone(const Logic& logic) {
    return !logic.asks_the_time() && logic.segments_asked().empty() &&
           std::ranges::all_of(logic.reads(), [](const LogicRead& read) {
               return read.root == "item" && !read.member.empty() && read.member != "age_days";
           });
}

void add_experiments(const Logic& logic, std::set<std::string>& names) {
    for (const LogicRead& read : logic.reads())
        if (read.root == "variants" && !read.member.empty()) names.insert(read.member);
}

Result<std::vector<PlacementSource>> weighted(std::vector<PlacementSource> sources) {
    if (sources.empty()) return CompiledPlacement::default_sources();
    double sum = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        sum += sources[i].weight;
        for (std::size_t before = 0; before < i; ++before)
            if (sources[before].kind == sources[i].kind)
                return fail_field("/sources/" + std::to_string(i) + "/kind",
                                  "is named twice; one source has one weight");
    }
    if (!(sum > 0)) return fail_field("/sources", "one of them must have a weight above 0");
    for (PlacementSource& source : sources) source.weight /= sum;
    return sources;
}

Result<CompiledPlacement::Seen> compile_seen(const domain::PlacementSeen& seen,
                                             const std::string& pointer) {
    CompiledPlacement::Seen out;
    for (std::size_t i = 0; i < seen.events.size(); ++i) {
        const std::string& event = seen.events[i];
        if (event.empty() || event.starts_with('$'))
            return fail_field(pointer + "/events/" + std::to_string(i),
                              "must name something that people do with items");
        const domain::EventKind kind = domain::event_kind(event);
        if (kind == domain::EventKind::other)
            out.names.push_back(event);
        else
            out.kinds.push_back(kind);
    }
    out.within = std::chrono::microseconds(
        static_cast<std::int64_t>(seen.within_days * 24 * 3'600 * 1'000'000));
    return out;
}

Result<void> check_pins(const std::vector<domain::PlacementPin>& pins) {
    for (std::size_t i = 0; i < pins.size(); ++i) {
        for (std::size_t before = 0; before < i; ++before) {
            const std::string pointer = "/pins/" + std::to_string(i);
            // With conditions, at most one of them may hold; without, they contradict each other.
            if (pins[before].slot == pins[i].slot && pins[before].condition.is_null() &&
                pins[i].condition.is_null())
                return fail_field(pointer + "/slot", "another item is pinned to this slot");
            if (pins[before].item_id == pins[i].item_id && pins[before].condition.is_null() &&
                pins[i].condition.is_null())
                return fail_field(pointer + "/item_id", "this item is pinned to another slot");
        }
    }
    return {};
}

Result<void> check_caps(const std::vector<domain::PlacementCap>& caps) {
    for (std::size_t i = 0; i < caps.size(); ++i)
        for (std::size_t before = 0; before < i; ++before)
            if (caps[before].by == caps[i].by)
                return fail_field("/caps/" + std::to_string(i) + "/by", "is capped twice");
    return {};
}

Result<void> check_tags(const std::vector<std::string>& tags) {
    for (std::size_t i = 0; i < tags.size(); ++i)
        if (tags[i].empty() || tags[i].size() > kTagBytesMax)
            return fail_field("/tags/" + std::to_string(i), "must have 1 to 100 bytes");
    return {};
}

Result<void> check_exploration(const domain::Placement& placement) {
    if (placement.exploration && placement.exploration->slots > placement.limit)
        return fail_field("/exploration/slots",
                          "must not be more than the limit of " + std::to_string(placement.limit));
    return {};
}

}  // namespace

std::vector<PlacementSource> CompiledPlacement::default_sources() {
    return {{PlacementSourceKind::model, 0.245, 200},   {PlacementSourceKind::after, 0.14, 100},
            {PlacementSourceKind::content, 0.105, 100}, {PlacementSourceKind::interests, 0.07, 100},
            {PlacementSourceKind::trending, 0.056, 50}, {PlacementSourceKind::popular, 0.049, 100},
            {PlacementSourceKind::fresh, 0.035, 50},    {PlacementSourceKind::similar, 0.3, 100}};
}

std::vector<std::string> CompiledPlacement::segments_asked() const {
    std::vector<std::string> segments;
    const auto note = [&](const Logic& logic) {
        for (LogicRead& asked : logic.segments_named()) segments.push_back(std::move(asked.member));
    };
    if (filter) note(*filter);
    for (const Boost& boost : boosts) note(boost.condition);
    for (const Pin& pin : pins)
        if (pin.condition) note(*pin.condition);
    return segments;
}

bool CompiledPlacement::Seen::means(std::string_view event) const {
    const domain::EventKind kind = domain::event_kind(event);
    if (kind == domain::EventKind::other) return std::ranges::find(names, event) != names.end();
    return std::ranges::find(kinds, kind) != kinds.end();
}

Result<std::shared_ptr<const CompiledPlacement>> CompiledPlacement::compile(
    std::string id, std::uint64_t version, domain::Placement definition) {
    ATTUNE_TRY_VOID(check_tags(definition.tags));
    ATTUNE_TRY_VOID(check_pins(definition.pins));
    ATTUNE_TRY_VOID(check_caps(definition.caps));
    ATTUNE_TRY_VOID(check_exploration(definition));
    auto compiled = std::make_shared<CompiledPlacement>();
    compiled->ranking =
        definition.ranking.value_or(definition.sources.empty() ? domain::PlacementRanking::ranker
                                                               : domain::PlacementRanking::written);
    ATTUNE_TRY(compiled->sources, weighted(definition.sources));
    std::set<std::string> experiments;
    if (!definition.filter.is_null()) {
        ATTUNE_TRY(compiled->filter, compile_logic(definition.filter, "/filter", true));
        compiled->is_filter_of_items = looks_at_items_alone(*compiled->filter);
        compiled->filter_reads = ItemReads::of(*compiled->filter);
        compiled->context_needs = ContextNeeds::of(*compiled->filter);
        add_experiments(*compiled->filter, experiments);
    }
    for (std::size_t i = 0; i < definition.boosts.size(); ++i) {
        const domain::PlacementBoost& boost = definition.boosts[i];
        const std::string pointer = "/boosts/" + std::to_string(i);
        ATTUNE_TRY(auto condition, compile_logic(boost.condition, pointer + "/condition", true));
        add_experiments(condition, experiments);
        const bool is_of_items = looks_at_items_alone(condition);
        const ItemReads reads = ItemReads::of(condition);
        compiled->boosts.push_back({.condition = std::move(condition),
                                    .factor = boost.factor,
                                    .name = boost.name && !boost.name->empty()
                                                ? *boost.name
                                                : "boost " + std::to_string(i + 1),
                                    .is_of_items = is_of_items,
                                    .reads = reads});
    }
    for (std::size_t i = 0; i < definition.pins.size(); ++i) {
        const domain::PlacementPin& pin = definition.pins[i];
        CompiledPlacement::Pin out{.item_id = pin.item_id, .slot = pin.slot, .condition = {}};
        if (!pin.condition.is_null()) {
            ATTUNE_TRY(
                out.condition,
                compile_logic(pin.condition, "/pins/" + std::to_string(i) + "/condition", false));
            add_experiments(*out.condition, experiments);
        }
        compiled->pins.push_back(std::move(out));
    }
    std::ranges::sort(compiled->pins, {}, &Pin::slot);
    for (std::size_t i = 0; i < definition.exclude_seen.size(); ++i) {
        ATTUNE_TRY(auto seen,
                   compile_seen(definition.exclude_seen[i], "/exclude_seen/" + std::to_string(i)));
        compiled->exclude_seen.push_back(std::move(seen));
    }
    if (definition.trial) experiments.insert(definition.trial->experiment);
    compiled->experiments.assign(experiments.begin(), experiments.end());
    compiled->id = std::move(id);
    compiled->version = version;
    compiled->definition = std::move(definition);
    return compiled;
}

}  // namespace attune::engine
