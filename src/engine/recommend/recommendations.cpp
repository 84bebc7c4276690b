#include "engine/recommend/recommendations.h"

#include "base/json.h"
#include "engine/decide/given_variants.h"
#include "engine/decide/surroundings.h"
#include "engine/recommend/answer_json.h"
#include "engine/recommend/arrange.h"
#include "engine/recommend/built_in_placements.h"
#include "engine/recommend/candidates.h"
#include "engine/recommend/decision_features.h"
#include "engine/recommend/fallback.h"
#include "engine/recommend/ranking.h"
#include "engine/recommend/reasons.h"
#include "engine/recommend/scoring.h"
#include "engine/recommend/sources.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace attune::engine {
namespace {

using domain::PlacementSourceKind;

std::string_view text_in(base::JsonView context, std::string_view name) {
    const auto found = context.find(name);
    return found ? found->as_string().value_or("") : "";
}

std::optional<domain::GeoPoint> place_in(base::JsonView context) {
    const auto location = context.find("location");
    if (!location) return std::nullopt;
    const auto latitude = location->find("latitude");
    const auto longitude = location->find("longitude");
    const auto north = latitude ? latitude->as_double() : std::nullopt;
    const auto east = longitude ? longitude->as_double() : std::nullopt;
    if (!north || !east || !(std::abs(*north) <= 90) || !(std::abs(*east) <= 180))
        return std::nullopt;
    return domain::GeoPoint{.latitude = *north, .longitude = *east};
}

base::JsonView nowhere() {
    static const base::JsonTree empty(base::JsonDocument::parse("{}")->root());
    return empty.root();
}

std::shared_ptr<const PersonFacts> nobodys_facts() {
    RenderedProfile nobody;
    nobody.json = R"({"user_id":""})";
    return PersonFacts::of(nobody);
}

// Each id's number, where there is one; in their order.
std::vector<ItemNumber> numbers_of(std::span<const std::string> ids,
                                   const CatalogueSnapshot& catalogue) {
    std::vector<ItemNumber> numbers;
    for (const std::string& id : ids)
        if (const auto number = catalogue.find(id)) numbers.push_back(*number);
    return numbers;
}

learn::ItemMask allowed_items(const CompiledPlacement& placement, const Asking& asking,
                              const RecommendQuestion& question) {
    learn::ItemMask allowed = *asking.catalogue->open_mask(asking.now);
    if (!question.among.empty()) {
        learn::ItemMask among(asking.catalogue->width(), false);
        for (const ItemNumber item : numbers_of(question.among, *asking.catalogue))
            among.allow(item);
        allowed.intersect(among);
    }
    if (!question.label.empty()) allowed.intersect(*asking.catalogue->labelled(question.label));
    const auto forbid = [&](ItemNumber item) {
        if (item < allowed.items()) allowed.forbid(item);
    };
    for (const ItemNumber item : numbers_of(question.exclude, *asking.catalogue)) forbid(item);
    for (const ItemNumber item : asking.seeds) forbid(item);
    asking.taste.each_seen(placement.exclude_seen, asking.now, forbid);
    // What somebody spoke against is not shown to them, also when an application asks for its order.
    for (const ItemNumber item : asking.taste.disliked()) forbid(item);
    return allowed;
}

std::size_t count_of(const learn::ItemMask& mask) {
    std::size_t count = 0;
    for (const std::uint64_t word : mask.words())
        count += static_cast<std::size_t>(std::popcount(word));
    return count;
}

domain::Decision decision_of(const CompiledPlacement& placement, const Asking& asking,
                             std::span<const Slot> slots) {
    domain::Decision decision{.kind = "recommendation",
                              .subject = placement.id,
                              .choices = {},
                              .features = {},
                              .segments = {}};
    for (const Slot& slot : slots)
        decision.choices.push_back({.of = "placement:" + placement.id,
                                    .chosen = std::string(asking.catalogue->id_of(slot.item)),
                                    .probability = slot.probability,
                                    .version = placement.version,
                                    .among = {},
                                    .unit = {}});
    return decision;
}

Fallback warming_up(const ActivityOfTenant& activity) {
    return {"warming_up", "What everybody did is still being read from the log, " +
                              std::to_string(activity.touches()) +
                              " touches of items so far: what is similar, popular or trending is "
                              "made of these."};
}

}  // namespace

// One question on its way to its answer.
class Recommendations::Answering {
public:
    Answering(Recommendations& of, TenantId tenant, const RecommendQuestion& question)
        : parts_(of.parts_),
          masks_(of.masks_),
          budgets_spent_(of.budgets_spent_),
          tenant_(tenant),
          question_(question),
          context_(question.context.value_or(nowhere())),
          own_work_(of.parts_.clock),
          work_(question.work != nullptr ? *question.work : own_work_) {}

    Result<RecommendAnswer> answer() {
        ATTUNE_TRY_VOID(look());
        ATTUNE_TRY(const auto segments, parts_.segments.of(tenant_));
        ATTUNE_TRY(const auto experiments, parts_.experiments.of(tenant_));
        const auto facts = asking_.facts ? asking_.facts : nobodys_facts();
        // Of the person; what is asked about items has a bound of its own.
        LogicBudget budget(&budgets_spent_);
        Surroundings around(*facts, *segments, context_, {asking_.now, parts_.zones, budget});
        BanditDrawing drawing(parts_.bandits, tenant_);
        ATTUNE_TRY(auto placements, parts_.placements.of(tenant_));
        placement_ = newest(*placements);
        const std::vector<std::string_view> named(placement_->experiments.begin(),
                                                  placement_->experiments.end());
        GivenVariants variants(*experiments, std::nullopt, named,
                               {.input = around.input(),
                                .person = question_.user_id,
                                .session = facts->session_name,
                                .group = text_in(context_, "group"),
                                .remembered = facts->assignments,
                                .bandits = &drawing});
        around.set_variants(variants.data());
        if (budget.is_spent())
            fall_back("segments_too_costly",
                      "The conditions of segments and experiments take so much work that some were "
                      "not tried: this person is in none of those.");
        if (asking_.facts != nullptr)
            for (const std::string& one : placement_->experiments) variants.consult(one);
        // Who is in no experiment is in no trial either: they get the newest version.
        const auto& trial = placement_->definition.trial;
        if (trial && asking_.facts != nullptr && !question_.preview) {
            const LogicValue variant = variants.data().find(trial->experiment);
            if (variant.is_string())
                placement_ = placements->find(placement_->id, variant.string());
        }
        choose(around.data());
        return said(variants, around, drawing);
    }

private:
    Result<void> look() {
        asking_.now = parts_.clock.now();
        ATTUNE_TRY(asking_.catalogue, parts_.catalogue.of(tenant_));
        asking_.activity = parts_.activity.of(tenant_);
        if (!asking_.activity->is_current()) fallbacks_.push_back(warming_up(*asking_.activity));
        asking_.model = parts_.models.published(tenant_);
        asking_.content = parts_.contents.of(tenant_);
        asking_.ratings = parts_.outcomes.ratings(tenant_);
        asking_.place = place_in(context_);
        asking_.seeds = numbers_of(question_.goes_with, *asking_.catalogue);
        if (question_.user_id.empty()) return {};
        ATTUNE_TRY(asking_.facts, facts_of(parts_.people, tenant_, question_.user_id));
        if (asking_.facts == nullptr) {
            fall_back("unknown_person",
                      "Nobody is known by this id: what is shown is for everybody.");
        } else if (asking_.facts->opted_out) {
            asking_.facts = nullptr;
            fall_back(
                "opted_out",
                "This person does not want to be personalised: what is shown is for everybody.");
        } else {
            asking_.taste = Taste(*asking_.facts, asking_.activity->numbers(),
                                  *parts_.tenants.weights(tenant_));
        }
        return {};
    }

    std::shared_ptr<const CompiledPlacement> newest(const PlacementSet& placements) {
        if (question_.preview) return question_.preview;
        std::string_view id = question_.placement.empty() ? kDefault : question_.placement;
        if (!placements.has(id) && built_in_placement(id) == nullptr) {
            fall_back("unknown_placement",
                      "There is no placement of this id: what is shown is chosen as by default.");
            id = kDefault;
        }
        if (auto found = placements.find(id)) return found;
        if (placements.has(id)) {
            is_off_ = true;
            fall_back("placement_not_active",
                      "This placement is paused or a draft: nothing is shown.");
        }
        auto own = built_in_placement(id);
        return own ? own : built_in_placement(kDefault);
    }

    // What a ranker and fatigue look at beside the profile.
    void look_around(LogicValue surroundings) {
        const LogicValue time = surroundings.find("time");
        if (const LogicValue hour = time.find("hour"); hour.is_number())
            asking_.moment.hour = hour.number();
        if (const LogicValue day = time.find("weekday"); day.is_number())
            asking_.moment.weekday = day.number();
        if (const std::string_view device = text_in(context_, "device"); !device.empty())
            asking_.moment.is_mobile = device == "mobile" || device == "tablet";
        // An application that asks for the order of its own items decides itself what to show again.
        if (asking_.facts == nullptr || !question_.among.empty()) return;
        const auto fatigue = placement_->definition.fatigue.value_or(domain::PlacementFatigue{});
        // Of a store that cannot be read, nothing is known to have been shown.
        if (const auto person = person_id())
            asking_.in_vain = asking_.activity->shown_in_vain(*person, asking_.seconds(),
                                                              fatigue.half_life_days * 86'400);
    }

    [[nodiscard]] std::optional<store::PersonId> person_id() const {
        const Identity& who = asking_.facts->who;
        const base::Id128 alias =
            who.user_id
                ? parts_.tenants.hashed_id(tenant_, "user", *who.user_id)
                : parts_.tenants.hashed_id(tenant_, "anonymous", who.anonymous_id.value_or(""));
        const auto found = parts_.store.find_person(tenant_, alias);
        return found ? *found : std::nullopt;
    }

    void choose(LogicValue surroundings) {
        if (is_off_) return;
        look_around(surroundings);
        if (asking_.catalogue->count() == 0)
            return fall_back("empty_catalogue", "There are no items to choose from.");
        learn::ItemMask allowed = allowed_items(*placement_, asking_, question_);
        asking_.masks = question_.preview
                            ? ConditionMasks::once(*placement_, *asking_.catalogue, work_)
                            : masks_.of(placement_, asking_.catalogue, work_);
        if (asking_.masks->filter) sift(*asking_.masks, allowed);
        given_up_before_ = work_.given_up();
        const std::size_t open = count_of(allowed);
        say_what_the_filter_misses(surroundings);
        if (open == 0) return fall_back("nothing_left", why_nothing_is_left());
        const std::size_t limit = limit_of(open);
        asking_.is_similar_for_seeds_alone = placement_->definition.sources.empty();
        say_what_seeds_are_for();
        candidates_.gather(placement_->sources, asking_, allowed, !question_.among.empty());
        fill_up(allowed, limit);
        auto pinned = pins(allowed, surroundings);
        for (const auto& [slot, item] : pinned) candidates_.add(item);
        ranking_ = ranking_of(*placement_, *parts_.outcomes.weights(tenant_),
                              parts_.models.ranker(tenant_));
        score_candidates(*placement_, asking_, ranking_, surroundings, work_, candidates_.all());
        say_what_was_too_costly();
        std::erase_if(pinned,
                      [&](const auto& pin) { return candidates_.find(pin.second) == nullptr; });
        if (placement_->definition.exploration)
            asking_.tried = parts_.outcomes.tried(tenant_)->find(placement_->id);
        const std::string drawn_for = unit();
        slots_ = arrange(*placement_, asking_, candidates_.all(),
                         {.limit = limit, .unit = drawn_for, .pins = std::move(pinned)});
        if (slots_.empty())
            fall_back("nothing_left",
                      candidates_.all().empty()
                          ? "The sources of this placement found nothing."
                          : "Every candidate was held back by the filter or a cap.");
    }

    [[nodiscard]] std::string why_nothing_is_left() const {
        if (!question_.label.empty() && !asking_.catalogue->find_label(question_.label))
            return "No item has the label '" + std::string(question_.label) + "'.";
        return "No item is open that the filter, what was seen and what was excluded leave over.";
    }

    void say_what_the_filter_misses(LogicValue surroundings) {
        std::string names;
        for (const std::string& one : placement_->context_needs.missing(surroundings))
            names += (names.empty() ? "" : ", ") + one;
        if (!names.empty())
            fall_back("context_missing", "The filter asks for what was not sent: " + names + ".");
    }

    // By a filter that looks at items alone.
    void sift(const PlacementMasks& masks, learn::ItemMask& allowed) {
        allowed.intersect(*masks.filter);
        if (masks.filter_tried < masks.filter->items())
            fall_back("filter_too_costly",
                      "The filter takes so much work that it was tried on " +
                          std::to_string(masks.filter_tried) + " of " +
                          std::to_string(masks.filter->items()) +
                          " items so far; the others are not shown until it was.");
        else if (masks.has_given_up)
            fall_back("filter_too_costly", "The filter takes more than " +
                                               std::to_string(ConditionWork::kItemSteps) +
                                               " steps for some items; they are not shown.");
    }

    void say_what_was_too_costly() {
        const bool is_cut = work_.is_used_up() || work_.given_up() > given_up_before_;
        if (!is_cut) return;
        const bool filters = placement_->filter && !placement_->is_filter_of_items;
        if (filters)
            fall_back("filter_too_costly",
                      "The filter takes so much work that it was not tried on every candidate; "
                      "those that it was not tried on are not shown.");
        if (!placement_->boosts.empty())
            fall_back("boosts_too_costly",
                      "The boosts take so much work that some of them were left out.");
    }

    [[nodiscard]] std::size_t limit_of(std::size_t open) const {
        if (!question_.among.empty()) return open;
        return question_.limit.value_or(placement_->definition.limit);
    }

    void say_what_seeds_are_for() {
        if (asking_.seeds.empty()) return;
        const bool is_used =
            std::ranges::any_of(placement_->sources, [](const domain::PlacementSource& one) {
                return one.kind == PlacementSourceKind::similar && one.weight > 0;
            });
        if (!is_used)
            fall_back("seeds_not_used",
                      "This placement has no source \"similar\": what was asked to go with is only "
                      "left out.");
    }

    // Where the sources have too little to say: what many people like, then what is new.
    void fill_up(const learn::ItemMask& allowed, std::size_t limit) {
        const bool wants_model =
            std::ranges::any_of(placement_->sources, [](const domain::PlacementSource& one) {
                return one.kind == PlacementSourceKind::model && one.weight > 0;
            });
        if (wants_model && asking_.model == nullptr)
            fall_back("no_model", "No model is published yet: the other sources choose alone.");
        if (!question_.among.empty()) {
            for (const ItemNumber item : numbers_of(question_.among, *asking_.catalogue))
                if (allowed.allows(item)) candidates_.add(item);
            return;
        }
        // What somebody left off is that or nothing.
        const bool goes_on =
            std::ranges::all_of(placement_->sources, [](const domain::PlacementSource& one) {
                return one.kind == PlacementSourceKind::unfinished || !(one.weight > 0);
            });
        if (goes_on && !placement_->sources.empty()) return;
        const std::size_t found = candidates_.all().size();
        add_fillers(allowed, limit);
        if (candidates_.all().size() > found)
            fall_back("few_found", "The sources of this placement found " + std::to_string(found) +
                                       " items; what many people like and what is new fills up.");
    }

    void add_fillers(const learn::ItemMask& allowed, std::size_t limit) {
        if (candidates_.all().size() >= limit) return;
        for (const learn::Scored& one : asking_.activity->popular(2 * limit, allowed))
            candidates_.add(one.item);
        if (candidates_.all().size() >= limit) return;
        for (const ItemNumber item : asking_.catalogue->newest(2 * limit, allowed))
            candidates_.add(item);
    }

    [[nodiscard]] std::vector<std::pair<std::uint32_t, ItemNumber>> pins(
        const learn::ItemMask& allowed, LogicValue surroundings) {
        std::vector<std::pair<std::uint32_t, ItemNumber>> held;
        if (!question_.among.empty()) return held;
        for (const CompiledPlacement::Pin& pin : placement_->pins) {
            const auto item = asking_.catalogue->find(pin.item_id);
            if (!item || !allowed.allows(*item)) continue;
            if (pin.condition &&
                !work_.holds(*pin.condition, {.data = surroundings, .now = asking_.now}))
                continue;
            const bool is_taken = std::ranges::any_of(held, [&](const auto& before) {
                return before.first == pin.slot || before.second == *item;
            });
            if (!is_taken) held.emplace_back(pin.slot, *item);
        }
        return held;
    }

    // Whom chance is drawn for: a session's answers of one hour explore alike, so that a page does not flicker; later ones are
    // drawn anew. The decision's time says which draw it was.
    [[nodiscard]] std::string unit() const {
        if (asking_.facts == nullptr || !question_.among.empty()) return {};
        const std::string_view who = asking_.facts->session_name.empty()
                                         ? question_.user_id
                                         : std::string_view(asking_.facts->session_name);
        return std::string(who) + '@' + std::to_string(asking_.seconds() / kSecondsOfADraw);
    }

    Result<RecommendAnswer> said(const GivenVariants& variants, const Surroundings& around,
                                 BanditDrawing&) {
        std::vector<std::string> reasons;
        if (question_.reasons)
            reasons = reasons_of(*placement_, asking_, ranking_, candidates_, slots_);
        RecommendAnswer answer;
        answer.json.reserve(256 + slots_.size() * 64);
        answer.json += '{';
        append_items(answer.json, asking_, candidates_, slots_, reasons, question_.with_items);
        answer.json += R"(,"placement":)";
        base::append_json(answer.json, std::string_view(placement_->id));
        answer.json += R"(,"version":)" + std::to_string(placement_->version);
        answer.json += R"(,"variants":)";
        variants.write(answer.json);
        answer.json += R"(,"decision_id":)";
        const std::string decision = recorded(variants, around);
        if (decision.empty())
            answer.json += "null";
        else
            base::append_json(answer.json, std::string_view(decision));
        append_fallbacks(answer.json, fallbacks_);
        if (!question_.among.empty())
            append_left_out(answer.json, *placement_, asking_, slots_, question_.among);
        answer.json += '}';
        for (const Slot& slot : slots_)
            answer.items.emplace_back(asking_.catalogue->id_of(slot.item));
        answer.fallbacks = std::move(fallbacks_);
        return answer;
    }

    std::string recorded(const GivenVariants& variants, const Surroundings& around) {
        if (asking_.facts == nullptr || question_.preview || !question_.record || slots_.empty())
            return {};
        const auto shown = std::span(slots_).first(std::min(slots_.size(), kShownMax));
        domain::Decision decision = decision_of(*placement_, asking_, shown);
        variants.record(decision);
        const auto slot = parts_.log.begin(tenant_, asking_.facts->who, asking_.facts->session(),
                                           DecisionDigest::of(decision));
        if (slot.is_new) {
            decision.segments = around.segment_names();
            decision.features =
                decision_features(*placement_, asking_, ranking_, candidates_, shown);
            parts_.log.write(tenant_, asking_.facts->who, slot.id, decision);
        }
        return slot.id;
    }

    void fall_back(std::string_view kind, std::string detail) {
        fallbacks_.push_back({kind, std::move(detail)});
    }

    static constexpr std::string_view kDefault = "default";
    static constexpr std::int64_t kSecondsOfADraw = 3'600;
    // With room for the experiments among a decision's choices.
    static constexpr std::size_t kShownMax = kChoicesMax - 10;

    const Parts& parts_;
    ConditionMasks& masks_;
    std::atomic<std::uint64_t>& budgets_spent_;
    const TenantId tenant_;
    const RecommendQuestion& question_;
    const base::JsonView context_;
    ConditionWork own_work_;
    ConditionWork& work_;
    std::uint64_t given_up_before_ = 0;
    Asking asking_;
    std::shared_ptr<const CompiledPlacement> placement_;
    Ranking ranking_;
    Candidates candidates_;
    std::vector<Slot> slots_;
    Fallbacks fallbacks_;
    bool is_off_ = false;
};

Result<RecommendAnswer> Recommendations::recommend(TenantId tenant,
                                                   const RecommendQuestion& question) {
    return Answering(*this, tenant, question).answer();
}

Result<RecommendAnswer> Recommendations::similar_items(TenantId tenant, std::string_view item_id,
                                                       std::uint32_t limit, bool with_items) {
    Asking asking;
    asking.now = parts_.clock.now();
    ATTUNE_TRY(asking.catalogue, parts_.catalogue.of(tenant));
    const auto item = asking.catalogue->find(item_id);
    if (!item) return fail(Code::not_found, "there is no item of this id");
    asking.activity = parts_.activity.of(tenant);
    asking.model = parts_.models.published(tenant);
    asking.content = parts_.contents.of(tenant);
    learn::ItemMask allowed = *asking.catalogue->open_mask(asking.now);
    allowed.forbid(*item);
    Candidates candidates;
    std::vector<Slot> slots;
    for (const learn::Scored& one : like(*item, limit, asking, allowed)) {
        candidates.add(one.item);
        candidates.all().back().score = static_cast<double>(one.score);
        slots.push_back({.item = one.item});
    }
    RecommendAnswer answer;
    answer.json = "{";
    for (const Slot& slot : slots) answer.items.emplace_back(asking.catalogue->id_of(slot.item));
    append_items(answer.json, asking, candidates, slots, {}, with_items);
    if (!asking.activity->is_current()) answer.fallbacks.push_back(warming_up(*asking.activity));
    append_fallbacks(answer.json, answer.fallbacks);
    answer.json += R"(,"cursor":null})";
    return answer;
}

Result<bool> Recommendations::is_open(TenantId tenant, std::string_view item_id) {
    ATTUNE_TRY(const auto catalogue, parts_.catalogue.of(tenant));
    const auto item = catalogue->find(item_id);
    return item && catalogue->open_mask(parts_.clock.now())->allows(*item);
}

}  // namespace attune::engine
