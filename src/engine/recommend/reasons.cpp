#include "engine/recommend/reasons.h"

#include "base/json.h"
#include "engine/recommend/ranking_features.h"
#include "engine/recommend/scoring.h"
#include "engine/recommend/sources.h"

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cmath>
#include <optional>

namespace attune::engine {
namespace {

using domain::PlacementSourceKind;

constexpr std::size_t kOwnItems = 10;  // of those touched last are asked what they say of an answer
constexpr std::size_t kLabels = 20;
constexpr std::size_t kRankedParts = 3;

// What each of the person's items says of each item of the answer: apart for each way in which candidates are found, so that what
// is named is what that way went by. Items that may not be shown any more are not named either. A way is gone only when it is asked
// about: few placements go all of them.
class OwnItems {
public:
    OwnItems(const Asking& asking, std::span<const Slot> slots)
        : asking_(asking), mask_(asking.catalogue->width(), false) {
        for (const Slot& slot : slots) {
            shown_.push_back(slot.item);
            mask_.allow(slot.item);
        }
        const auto open = asking.catalogue->open_mask(asking.now);
        for (const ItemNumber item : asking.taste.liked())
            if (item < open->items() && open->allows(item) && own_.size() < kOwnItems)
                own_.push_back(item);
    }

    // The one that speaks most for the item by this source; empty where none does.
    [[nodiscard]] std::optional<ItemNumber> behind(PlacementSourceKind kind, ItemNumber item) {
        const auto [kept, is_new] = said_.try_emplace(kind);
        if (is_new) kept->second = said_by(kind);
        std::optional<ItemNumber> best;
        float most = 0;
        for (const auto& [own, list] : kept->second)
            for (const learn::Scored& one : list)
                if (one.item == item && own != item && one.score > most) {
                    most = one.score;
                    best = own;
                }
        return best;
    }

private:
    struct Said {
        ItemNumber own = 0;
        std::vector<learn::Scored> list;
    };
    static constexpr float kLateness = 0.8F;  // as what_followed.h has it
    static constexpr std::size_t kSeeds = 3;  // as sources.cpp has it

    [[nodiscard]] std::vector<Said> said_by(PlacementSourceKind kind) const {
        switch (kind) {
            case PlacementSourceKind::model:
                return said_by_model(asking_.model.get());
            case PlacementSourceKind::content:
                return said_by_model(asking_.content.get());
            case PlacementSourceKind::after:
                return said_by_followers();
            case PlacementSourceKind::similar:
                return said_by_likeness();
            default:
                return {};
        }
    }

    [[nodiscard]] std::vector<Said> said_by_model(const ServedModel* model) const {
        std::vector<Said> said;
        if (model == nullptr || !looks_at_histories(*model)) return said;
        std::vector<float> anyway(shown_.size());
        model->score_some({}, asking_.seconds(), shown_, anyway);
        for (const ItemNumber item : own_) said.push_back({item, added_by(item, *model, anyway)});
        return said;
    }

    // How much more the model makes of each item for who touched this one alone than for nobody.
    [[nodiscard]] std::vector<learn::Scored> added_by(ItemNumber own, const ServedModel& model,
                                                      std::span<const float> anyway) const {
        const learn::Touch only{.item = own, .weight = 1, .time = asking_.seconds()};
        std::vector<float> scores(shown_.size());
        model.score_some({&only, 1}, asking_.seconds(), shown_, scores);
        std::vector<learn::Scored> list;
        for (std::size_t i = 0; i < shown_.size(); ++i)
            list.push_back({shown_[i], scores[i] - anyway[i]});
        return list;
    }

    [[nodiscard]] std::vector<Said> said_by_followers() const {
        std::vector<Said> said;
        float lateness = 1;
        for (const ItemNumber item : own_) {
            const learn::Touch only{.item = item, .weight = 1, .time = asking_.seconds()};
            auto followed =
                asking_.activity->after({&only, 1}, shown_.size(), mask_, asking_.seconds());
            for (learn::Scored& one : followed) one.score *= lateness;
            said.push_back({item, std::move(followed)});
            lateness *= kLateness;
        }
        return said;
    }

    [[nodiscard]] std::vector<Said> said_by_likeness() const {
        std::span<const ItemNumber> seeds = asking_.seeds;
        if (seeds.empty()) seeds = std::span(own_).first(std::min(kSeeds, own_.size()));
        std::vector<Said> said;
        for (const ItemNumber seed : seeds) said.push_back({seed, alike(seed)});
        return said;
    }

    [[nodiscard]] std::vector<learn::Scored> alike(ItemNumber seed) const {
        learn::ItemMask others = mask_;
        if (seed < others.items()) others.forbid(seed);
        auto list = like(seed, shown_.size(), asking_, others);
        if (list.empty()) return list;
        const float most = std::max(std::abs(list.front().score), 1e-9F);
        for (learn::Scored& one : list) one.score /= most;
        return list;
    }

    const Asking& asking_;
    learn::ItemMask mask_;  // of shown_
    std::vector<ItemNumber> shown_;
    std::vector<ItemNumber> own_;  // the one touched last first
    boost::unordered_flat_map<PlacementSourceKind, std::vector<Said>> said_;
};

constexpr base::Duration kNewFor = std::chrono::days(30);

std::string_view text_of(PlacementSourceKind kind, const Asking& asking, ItemNumber item) {
    switch (kind) {
        case PlacementSourceKind::model:
            return asking.model != nullptr && !looks_at_histories(*asking.model)
                       ? "It does well with everybody"
                       : "It fits what you did so far";
        case PlacementSourceKind::after:
            return "Others went on to it";
        case PlacementSourceKind::similar:
            return "It goes with what you were interested in";
        case PlacementSourceKind::content:
            return "It is like what you like";
        case PlacementSourceKind::popular:
            return "Many people like it";
        case PlacementSourceKind::trending:
            return "It is being discovered right now";
        case PlacementSourceKind::fresh: {
            const CatalogueItem* there = asking.catalogue->item(item);
            const bool is_new = there != nullptr && asking.now - there->created_at <= kNewFor;
            return is_new ? "It is new" : "It is among the newest";
        }
        case PlacementSourceKind::nearby:
            return "It is near you";
        case PlacementSourceKind::peers:
            return "People of your taste like it";
        case PlacementSourceKind::interests:
            return "You are interested in this";
        case PlacementSourceKind::unfinished:
            return "You were at it lately";
    }
    return "";
}

// "Others went on to it from what you bought: a7".
std::string text_with(PlacementSourceKind kind, const Asking& asking, ItemNumber item,
                      ItemNumber because_of) {
    const std::string id(asking.catalogue->id_of(because_of));
    const bool is_seed = std::ranges::find(asking.seeds, because_of) != asking.seeds.end();
    if (kind == PlacementSourceKind::similar && is_seed) return "It goes with " + id;
    const std::string did =
        "what you " + std::string(asking.taste.done_with(because_of)) + ": " + id;
    switch (kind) {
        case PlacementSourceKind::after:
            return "Others went on to it from " + did;
        case PlacementSourceKind::similar:
            return "It goes with " + did;
        case PlacementSourceKind::content:
            return "It is like " + did;
        default:
            return std::string(text_of(kind, asking, item)) + ": " + id;
    }
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
    std::optional<ItemNumber> because_of;
    std::string_view interest;
};

void append_source(std::string& out, PlacementSourceKind source, const Say& say,
                   const Asking& asking, ItemNumber item) {
    out.append(out.size() > 1 ? "," : "").append(R"({"kind":"source","source":)");
    base::append_json(out, name_of(source));
    out += R"(,"weight":)";
    base::append_json(out, std::round(say.weight * 1'000) / 1'000);
    out += R"(,"share":)";
    base::append_json(out, std::round(say.share * 1'000) / 1'000);
    std::string text(text_of(source, asking, item));
    if (say.because_of) {
        append_member(out, "because_of", asking.catalogue->id_of(*say.because_of));
        text = text_with(source, asking, item, *say.because_of);
    }
    if (!say.interest.empty() && source == PlacementSourceKind::interests) {
        append_member(out, "interest", say.interest);
        text.append(": ").append(say.interest.substr(say.interest.find(':') + 1));
    }
    append_member(out, "text", text);
    out += '}';
}

void append_plain(std::string& out, std::string_view kind, std::string_view text) {
    out.append(out.size() > 1 ? "," : "").append("{\"kind\":");
    base::append_json(out, kind);
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

void append_rule(std::string& out, const CompiledPlacement::Boost& boost, bool is_last) {
    out.append(out.size() > 1 ? "," : "").append(R"({"kind":"rule")");
    append_member(out, "rule", boost.name);
    append_number(out, "factor", boost.factor);
    std::string_view text = "A rule of this place lifts it";
    if (boost.factor == 0)
        text = "A rule of this place puts it last, whatever else speaks for it";
    else if (boost.factor < 1)
        text = "A rule of this place puts it further down";
    else if (is_last)
        text = "A rule of this place would lift it, but another puts it last";
    append_member(out, "text", text);
    out += '}';
}

// What is known of it, where chance goes by that.
void append_explored(std::string& out, const CompiledPlacement& placement, const Asking& asking,
                     const Slot& slot) {
    out += R"({"kind":"explored")";
    append_number(out, "probability", slot.probability);
    if (placement.definition.exploration->by == domain::PlacementExplorationBy::uniform) {
        append_member(out, "text", "It is tried out here, so that more is known of it");
        out += '}';
        return;
    }
    const learn::Tally tally =
        asking.tried ? asking.tried->of(slot.item, asking.now) : learn::Tally{};
    append_number(out, "shown", tally.trials);
    append_number(out, "chosen", tally.reward_sum);
    const bool is_new = tally.trials < 1;
    append_member(out, "text",
                  is_new ? "It is shown to learn of it: it was hardly ever tried here"
                         : "It is shown for what people chose here, and to learn more of it");
    out += '}';
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
    OwnItems own(asking, slots);
    const RankingFeatures features(asking);
    std::vector<std::string> out;
    for (const Slot& slot : slots) {
        std::string reasons = "[";
        if (slot.kind == SlotKind::pinned)
            append_plain(reasons, "pinned", "It is pinned to this slot");
        if (slot.kind == SlotKind::explored) append_explored(reasons, placement, asking, slot);
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
            const std::string_view interest = interest_behind(asking, slot.item);
            for (const domain::PlacementSource& source : speaking)
                append_source(reasons, source.kind,
                              {.weight = ranking.weight(source.kind),
                               .share = part(source) / sum,
                               .because_of = own.behind(source.kind, slot.item),
                               .interest = interest},
                              asking, slot.item);
            if (speaking.empty() && slot.kind == SlotKind::ranked)
                append_plain(reasons, "filler", "No source had anything to say; it fills the slot");
            if (ranking.ranker != nullptr) append_ranked(reasons, *ranking.ranker, features, *one);
            if (one->fatigue < 1) append_fatigue(reasons, asking, *one);
            for (std::size_t i = 0; i < placement.boosts.size(); ++i) {
                if ((one->boosts >> i & 1U) == 0) continue;
                const CompiledPlacement::Boost& boost = placement.boosts[i];
                append_rule(reasons, boost, boosted_by(placement, *one) == 0);
            }
        }
        out.push_back(reasons + "]");
    }
    return out;
}

}  // namespace attune::engine
