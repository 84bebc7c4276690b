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

bool asks_for_segment(const Definition& definition, std::string_view member,
                      std::string_view segment) {
    const auto body = base::JsonDocument::parse(definition.now().body.text());
    const auto condition = body ? body->root().find(member) : std::nullopt;
    if (!condition) return false;
    const auto logic = Logic::compile(*condition);
    return logic && std::ranges::any_of(logic->segments_asked(), [&](const LogicRead& asked) {
               return asked.member == segment;
           });
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
    return fail(
        Code::failed_precondition,
        "segment " + std::string(id) + " is asked for by " + listed(uses) + "; change these first",
        "in_use");
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
