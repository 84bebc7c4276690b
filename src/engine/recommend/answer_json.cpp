#include "engine/recommend/answer_json.h"

#include "base/json.h"
#include "base/keyed_hash.h"

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>

namespace attune::engine {
namespace {

std::string_view why_left_out(const CompiledPlacement& placement, const Asking& asking,
                              std::string_view id, const learn::ItemMask& open) {
    const auto item = asking.catalogue->find(id);
    if (!item) return "unknown";
    if (!open.allows(*item)) return "not_open";
    const auto disliked = asking.taste.disliked();
    if (std::ranges::find(disliked, *item) != disliked.end()) return "disliked";
    bool is_seen = false;
    asking.taste.each_seen(placement.exclude_seen, asking.now,
                           [&](ItemNumber seen) { is_seen = is_seen || seen == *item; });
    return is_seen ? "seen" : "held_back";
}

}  // namespace

void append_items(std::string& out, const Asking& asking, const Candidates& candidates,
                  std::span<const Slot> slots, std::span<const std::string> reasons,
                  bool with_items) {
    out += R"("items":[)";
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (i > 0) out += ',';
        out.append(R"({"slot":)").append(std::to_string(i + 1)).append(R"(,"item_id":)");
        base::append_json(out, asking.catalogue->id_of(slots[i].item));
        const Candidate* one = candidates.find(slots[i].item);
        out += R"(,"score":)";
        base::append_json(out, one != nullptr ? one->score : 0.0);
        if (!reasons.empty()) out.append(R"(,"reasons":)").append(reasons[i]);
        if (with_items)
            out.append(R"(,"item":)").append(asking.catalogue->item_json(slots[i].item));
        out += '}';
    }
    out += ']';
}

void append_fallbacks(std::string& out, const Fallbacks& fallbacks) {
    out += R"(,"fallbacks":[)";
    for (const Fallback& one : fallbacks) {
        if (&one != fallbacks.data()) out += ',';
        out += R"({"kind":)";
        base::append_json(out, one.kind);
        out += R"(,"detail":)";
        base::append_json(out, std::string_view(one.detail));
        out += '}';
    }
    out += ']';
}

void append_left_out(std::string& out, const CompiledPlacement& placement, const Asking& asking,
                     std::span<const Slot> slots, std::span<const std::string> among) {
    using Ids = boost::unordered_flat_set<std::string_view, base::KeyedHash>;
    Ids ordered;
    for (const Slot& slot : slots) ordered.insert(asking.catalogue->id_of(slot.item));
    Ids met;
    const auto open = asking.catalogue->open_mask(asking.now);
    out += R"(,"left_out":[)";
    for (const std::string& id : among) {
        const bool is_first = met.insert(id).second;
        if (is_first && ordered.contains(id)) continue;
        out.append(out.ends_with('[') ? "" : ",").append(R"({"item_id":)");
        base::append_json(out, std::string_view(id));
        out += R"(,"why":)";
        base::append_json(out, is_first ? why_left_out(placement, asking, id, *open)
                                        : std::string_view("repeated"));
        out += '}';
    }
    out += ']';
}

}  // namespace attune::engine
