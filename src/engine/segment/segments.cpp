#include "engine/segment/segments.h"

#include "engine/logic/logic.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kSegmentsMax = 1'000;
constexpr std::size_t kUsesShown = 10;

std::string listed(const std::vector<std::string>& uses) {
    std::string words;
    for (std::size_t i = 0; i < std::min(uses.size(), kUsesShown); ++i)
        words += (i == 0 ? "" : ", ") + uses[i];
    if (uses.size() > kUsesShown)
        words += " and " + std::to_string(uses.size() - kUsesShown) + " more";
    return words;
}

}  // namespace

std::vector<std::string> segments_asked(const base::JsonText& body, std::string_view member) {
    std::vector<std::string> segments;
    const auto document = base::JsonDocument::parse(body.text());
    const auto condition = document ? document->root().find(member) : std::nullopt;
    if (!condition) return segments;
    const auto logic = Logic::compile(*condition);
    if (!logic) return segments;
    for (LogicRead& asked : logic->segments_named()) segments.push_back(std::move(asked.member));
    return segments;
}

bool asks_for_segment(const Definition& definition, std::string_view member,
                      std::string_view segment) {
    const auto asked = segments_asked(definition.now().body, member);
    return std::ranges::find(asked, segment) != asked.end();
}

std::unexpected<Error> still_asked_for(std::string_view segment,
                                       const std::vector<std::string>& uses) {
    return fail(Code::failed_precondition,
                "segment " + std::string(segment) + " is asked for by " + listed(uses) +
                    "; change these first",
                "in_use");
}

Segments::Segments(store::Store& store, const base::Clock& clock, Uses uses)
    : definitions_(store, clock,
                   {.collection = "segments", .noun = "segment", .count_max = kSegmentsMax},
                   [](TenantId, std::span<const Definition> definitions) {
                       return SegmentSet::compile(definitions);
                   }),
      uses_(std::move(uses)) {}

Result<std::shared_ptr<const SegmentSet>> Segments::of(TenantId tenant) {
    return definitions_.of(tenant);
}

Result<std::shared_ptr<const std::vector<Definition>>> Segments::list(TenantId tenant) {
    return definitions_.list(tenant);
}

Result<Definition> Segments::get(TenantId tenant, std::string_view id) const {
    return definitions_.get(tenant, id);
}

Result<Definition> Segments::put(TenantId tenant, std::string_view id, base::JsonText body,
                                 const DefinitionChange& change) {
    return definitions_.put(tenant, id, std::move(body), change);
}

Result<void> Segments::check_is_not_used(TenantId tenant, std::string_view id) {
    ATTUNE_TRY(std::vector<std::string> uses, uses_(tenant, id));
    ATTUNE_TRY(const auto all, definitions_.list(tenant));
    for (const Definition& one : *all)
        if (one.id != id && asks_for_segment(one, "condition", id))
            uses.push_back("segment " + one.id);
    if (uses.empty()) return {};
    return still_asked_for(id, uses);
}

Result<void> Segments::remove(TenantId tenant, std::string_view id,
                              const DefinitionChange& change) {
    ATTUNE_TRY_VOID(check_is_not_used(tenant, id));
    return definitions_.remove(tenant, id, change);
}

Result<Definition> Segments::revert(TenantId tenant, std::string_view id, std::uint64_t version,
                                    DefinitionChange change) {
    ATTUNE_TRY(const Definition there, definitions_.get(tenant, id));
    const auto wanted = std::ranges::find(there.history, version, &Revision::version);
    if (wanted != there.history.end() && wanted->body.is_null())
        ATTUNE_TRY_VOID(check_is_not_used(tenant, id));
    return definitions_.revert(tenant, id, version, std::move(change));
}

}  // namespace attune::engine
