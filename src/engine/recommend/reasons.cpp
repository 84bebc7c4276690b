#include "engine/recommend/reasons.h"

#include "base/json.h"
#include "engine/recommend/ranking_features.h"
#include "engine/recommend/sources.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::engine {
namespace {

using domain::PlacementSourceKind;

constexpr std::size_t kOwnItems = 10;  // of those touched last are asked what they say of an answer
constexpr std::size_t kLabels = 20;
constexpr std::size_t kRankedParts = 3;

// What each of the person's items says of each item of the answer, by the model, by what people went on to and by its nature.
class OwnItems {
public:
    OwnItems(const Asking& asking, std::span<const Slot> slots) : asking_(asking) {
        std::vector<ItemNumber> shown;
        learn::ItemMask mask(asking.catalogue->width(), false);
        for (const Slot& slot : slots) {
            shown.push_back(slot.item);
            mask.allow(slot.item);
        }
        const auto liked = asking.taste.liked();
        for (const ItemNumber own : liked.first(std::min(kOwnItems, liked.size()))) {
            const learn::Touch only{.item = own, .weight = 1, .time = asking.seconds()};
            said_.push_back({own, by_model(asking.model.get(), only, shown)});
            said_.push_back({own, by_model(asking.content.get(), only, shown)});
            said_.push_back(
                {own, asking.activity->after({&only, 1}, shown.size(), mask, asking.seconds())});
        }
    }

    // The one that speaks most for the item, compared with what it says of others; empty where none does.
    [[nodiscard]] std::string_view behind(ItemNumber item) const {
        std::string_view best;
        float most = 0;
        for (const auto& [own, list] : said_) {
            if (own == item || list.empty()) continue;
            const float top = std::ranges::max(list, {}, &learn::Scored::score).score;
            for (const learn::Scored& one : list) {
                if (one.item != item || top <= 0 || one.score / top <= most) continue;
                most = one.score / top;
                best = asking_.catalogue->id_of(own);
            }
        }
        return best;
    }

private:
    struct Said {
        ItemNumber own = 0;
        std::vector<learn::Scored> list;
    };

    [[nodiscard]] std::vector<learn::Scored> by_model(const ServedModel* model,
                                                      const learn::Touch& only,
                                                      std::span<const ItemNumber> shown) const {
        if (model == nullptr) return {};
        std::vector<float> scores(shown.size());
        model->score_some({&only, 1}, asking_.seconds(), shown, scores);
        std::vector<learn::Scored> list;
        for (std::size_t i = 0; i < shown.size(); ++i) list.push_back({shown[i], scores[i]});
        return list;
    }

    const Asking& asking_;
    std::vector<Said> said_;
};

std::string_view text_of(PlacementSourceKind kind) {
    switch (kind) {
        case PlacementSourceKind::model:
            return "It fits what you did so far";
        case PlacementSourceKind::after:
            return "Others went on to it after what you looked at";
        case PlacementSourceKind::similar:
            return "It goes with what you looked at";
        case PlacementSourceKind::content:
            return "It is like what you like";
        case PlacementSourceKind::popular:
            return "Many people like it";
        case PlacementSourceKind::trending:
            return "It is being discovered right now";
        case PlacementSourceKind::fresh:
            return "It is new";
        case PlacementSourceKind::nearby:
            return "It is near you";
        case PlacementSourceKind::peers:
            return "People of your taste like it";
        case PlacementSourceKind::interests:
            return "You are interested in this";
        case PlacementSourceKind::unfinished:
            return "You looked at it lately";
    }
    return "";
}

bool is_of_own_items(PlacementSourceKind kind) {
    return kind == PlacementSourceKind::model || kind == PlacementSourceKind::after ||
           kind == PlacementSourceKind::similar || kind == PlacementSourceKind::content;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":");
    base::append_json(out, text);
}

// The strongest interest that the item's labels meet.
std::string_view interest_behind(const Asking& asking, ItemNumber item) {
    const CatalogueItem* there = asking.catalogue->item(item);
    if (there == nullptr || asking.facts == nullptr) return {};
    for (const LikedLabel& liked : liked_labels(*asking.facts, kLabels)) {
        const auto label = asking.catalogue->find_label(liked.label);
        if (label && std::ranges::find(there->labels, *label) != there->labels.end())
            return liked.label;
    }
    return {};
}

// Of a source in a candidate's score.
struct Say {
    double weight = 0;
    double share = 0;
};

void append_source(std::string& out, PlacementSourceKind source, const Say& say,
                   std::string_view because_of, std::string_view interest) {
    out.append(out.size() > 1 ? "," : "").append(R"({"kind":"source","source":)");
    base::append_json(out, name_of(source));
    out += R"(,"weight":)";
    base::append_json(out, std::round(say.weight * 1'000) / 1'000);
    out += R"(,"share":)";
    base::append_json(out, std::round(say.share * 1'000) / 1'000);
    std::string text(text_of(source));
    if (!because_of.empty() && is_of_own_items(source)) {
        append_member(out, "because_of", because_of);
        text.append(": ").append(because_of);
    }
    if (!interest.empty() && source == PlacementSourceKind::interests) {
        append_member(out, "interest", interest);
        text.append(": ").append(interest.substr(interest.find(':') + 1));
    }
    append_member(out, "text", text);
    out += '}';
}

void append_plain(std::string& out, std::string_view kind, std::string_view name,
                  std::string_view value, std::string_view text) {
    out.append(out.size() > 1 ? "," : "").append("{\"kind\":");
    base::append_json(out, kind);
    if (!value.empty()) append_member(out, name, value);
    append_member(out, "text", text);
    out += '}';
}

void append_number(std::string& out, std::string_view name, double value) {
    out.append(",\"").append(name).append("\":");
    base::append_json(out, std::round(value * 1'000) / 1'000);
}

// What moved the ranker's score most, either way.
void append_ranked(std::string& out, const ServedRanker& ranker, const RankingFeatures& features,
                   const Candidate& one) {
    std::array<float, RankingFeatures::kCount> row{};
    features.write(one, row);
    for (const ServedRanker::Part& part :
         ranker.explain(RankingFeatures::names(), row, kRankedParts)) {
        out.append(out.size() > 1 ? "," : "").append(R"({"kind":"ranker","feature":)");
        base::append_json(out, part.feature);
        if (!std::isnan(part.value)) append_number(out, "value", double{part.value});
        append_number(out, "contribution", double{part.contribution});
        append_member(out, "text",
                      part.contribution > 0 ? "People chose more of what is like this in it"
                                            : "People chose less of what is like this in it");
        out += '}';
    }
}

void append_fatigue(std::string& out, const Asking& asking, const Candidate& one) {
    out.append(out.size() > 1 ? "," : "").append(R"({"kind":"fatigue")");
    append_number(out, "times", asking.shown_in_vain(one.item));
    append_number(out, "factor", double{one.fatigue});
    append_member(out, "text", "It was shown to you before");
    out += '}';
}

}  // namespace

std::vector<std::string> reasons_of(const CompiledPlacement& placement, const Asking& asking,
                                    const Ranking& ranking, const Candidates& candidates,
                                    std::span<const Slot> slots) {
    const OwnItems own(asking, slots);
    const RankingFeatures features(asking);
    std::vector<std::string> out;
    for (const Slot& slot : slots) {
        std::string reasons = "[";
        if (slot.kind == SlotKind::pinned)
            append_plain(reasons, "pinned", "", "", "It is pinned to this slot");
        if (slot.kind == SlotKind::explored)
            append_plain(reasons, "explored", "", "",
                         "It is tried out here, so that more is known of it");
        if (const Candidate* one = candidates.find(slot.item)) {
            const double sum = ranking.blend(*one);
            std::vector<domain::PlacementSource> speaking;
            for (const domain::PlacementSource& source : placement.sources)
                if (one->from(source.kind) > 0 && source.weight > 0) speaking.push_back(source);
            const auto part = [&](const domain::PlacementSource& source) {
                return ranking.weight(source.kind) * static_cast<double>(one->from(source.kind));
            };
            std::ranges::sort(speaking,
                              [&](const auto& a, const auto& b) { return part(a) > part(b); });
            const std::string_view because_of = own.behind(slot.item);
            const std::string_view interest = interest_behind(asking, slot.item);
            for (const domain::PlacementSource& source : speaking)
                append_source(reasons, source.kind,
                              {.weight = ranking.weight(source.kind), .share = part(source) / sum},
                              because_of, interest);
            if (ranking.ranker != nullptr) append_ranked(reasons, *ranking.ranker, features, *one);
            if (one->fatigue < 1) append_fatigue(reasons, asking, *one);
            for (std::size_t i = 0; i < placement.boosts.size(); ++i) {
                if ((one->boosts >> i & 1U) == 0) continue;
                const CompiledPlacement::Boost& boost = placement.boosts[i];
                append_plain(reasons, "rule", "rule", boost.name,
                             boost.factor >= 1 ? "A rule of this place lifts it"
                                               : "A rule of this place puts it further down");
            }
        }
        out.push_back(reasons + "]");
    }
    return out;
}

}  // namespace attune::engine
