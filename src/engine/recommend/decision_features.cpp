#include "engine/recommend/decision_features.h"

#include "base/json.h"
#include "engine/recommend/list_nature.h"
#include "engine/recommend/ranking_features.h"

#include <cmath>
#include <string>

namespace attune::engine {
namespace {

// A thousandth is more than anything can be learned from.
void append_rounded(std::string& out, double value) {
    base::append_json(out, std::round(value * 1'000) / 1'000);
}

// `append(out, one)` for each, with commas between and brackets around.
template <class List, class Append>
void append_list(std::string& out, const List& list, const Append& append) {
    out += '[';
    bool is_first = true;
    for (const auto& one : list) {
        if (!is_first) out += ',';
        is_first = false;
        append(out, one);
    }
    out += ']';
}

std::string_view brought_by(const Slot& slot, const Candidate* one, const Ranking& ranking) {
    if (slot.kind == SlotKind::pinned) return "pinned";
    if (slot.kind == SlotKind::explored) return "explored";
    const std::string_view strongest = one == nullptr ? "" : ranking.strongest(*one);
    return strongest.empty() ? "none" : strongest;
}

void append_nature(std::string& out, const ListNature& nature) {
    const auto append = [&](std::string_view name, const std::optional<double>& value) {
        if (!value) return;
        if (out.back() != '{') out += ',';
        out.append("\"").append(name).append("\":");
        append_rounded(out, *value);
    };
    out += R"(,"list":{)";
    append("diversity", nature.diversity);
    append("novelty", nature.novelty);
    append("popularity", nature.popularity);
    out += '}';
}

// What is not known is null; what holds of all items stands once.
void append_number(std::string& out, float value) {
    if (std::isnan(value))
        out += "null";
    else
        append_rounded(out, double{value});
}

void append_ranking(std::string& out, const Asking& asking, std::span<const Slot> slots) {
    const RankingFeatures features(asking);
    out += R"(,"ranking":{"names":)";
    append_list(out, RankingFeatures::kOfItem,
                [](std::string& to, std::string_view name) { base::append_json(to, name); });
    out += R"(,"rows":)";
    append_list(out, slots, [&](std::string& to, const Slot& slot) {
        append_list(to, features.of_item(slot.item), append_number);
    });
    out += R"(,"shared":{)";
    for (std::size_t i = 0; i < RankingFeatures::kOfAsking.size(); ++i) {
        if (i > 0) out += ',';
        base::append_json(out, RankingFeatures::kOfAsking[i]);
        out += ':';
        append_number(out, features.of_asking()[i]);
    }
    out += "}}";
}

}  // namespace

base::JsonText decision_features(const CompiledPlacement& placement, const Asking& asking,
                                 const Ranking& ranking, const Candidates& candidates,
                                 std::span<const Slot> slots) {
    const WrittenSources written(placement);
    std::string out = R"({"sources":)";
    append_list(out, written.names,
                [](std::string& to, std::string_view name) { base::append_json(to, name); });
    out += R"(,"written":)";
    append_list(out, written.weights,
                [](std::string& to, double weight) { base::append_json(to, weight); });
    out += R"(,"rows":)";
    append_list(out, slots, [&](std::string& to, const Slot& slot) {
        const Candidate* one = candidates.find(slot.item);
        append_list(to, written.kinds, [&](std::string& row, domain::PlacementSourceKind kind) {
            append_rounded(row, one != nullptr ? static_cast<double>(one->from(kind)) : 0);
        });
    });
    out += R"(,"from":)";
    append_list(out, slots, [&](std::string& to, const Slot& slot) {
        base::append_json(to, brought_by(slot, candidates.find(slot.item), ranking));
    });
    append_nature(out, nature_of(asking, slots));
    append_ranking(out, asking, slots);
    return base::JsonText::trusted(out + '}');
}

}  // namespace attune::engine
