#include "engine/decide/person_facts.h"

#include "base/json.h"
#include "base/prefetch.h"
#include "domain/describe.h"
#include "engine/profile/session_unit.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace attune::engine {
namespace {

constexpr std::size_t kOrderedPages = 20;
constexpr std::size_t kShortcuts = 3;
constexpr std::uint64_t kAdoptedUses = 3;  // a feature is adopted when it was used so often
constexpr std::uint64_t kAtHomeSessions = 5;
constexpr std::uint64_t kSkilledSessions = 20;
constexpr std::size_t kSkilledFeatures = 5;

// For the segments that are kept when they are first asked for: a guess at most people's.
constexpr std::size_t kSegmentsRoom = 128;

constexpr base::JsonLimits kOwnJson{.bytes_max = 64u << 20, .string_bytes_max = 64u << 20};

base::JsonTree parsed(std::string_view json) {
    // Our own text: what was written is read again.
    return base::JsonTree(base::JsonDocument::parse(json, kOwnJson)->root());
}

void append_list(std::string& out, std::span<const domain::PageUse> pages, std::size_t count) {
    out += '[';
    for (std::size_t i = 0; i < std::min(count, pages.size()); ++i) {
        if (i > 0) out += ',';
        base::append_json(out, std::string_view(pages[i].page));
    }
    out += ']';
}

// What the person said they want of `key`, if it is one of the words.
std::string_view wish(const domain::Profile& profile, std::string_view key,
                      std::span<const std::string_view> words, std::string_view otherwise) {
    const domain::Preference* preference = profile.preferences.find(key);
    if (preference == nullptr) return otherwise;
    const std::string_view text = preference->value.text();
    for (const std::string_view word : words)
        if (text.size() == word.size() + 2 && text.substr(1, word.size()) == word) return word;
    return otherwise;
}

std::string_view skill_of(const domain::Profile& profile) {
    const auto adopted = static_cast<std::size_t>(std::ranges::count_if(
        profile.behaviour.feature_use,
        [](const domain::PageUse& use) { return use.count >= kAdoptedUses; }));
    const std::uint64_t sessions = profile.behaviour.sessions.count;
    if (sessions >= kSkilledSessions && adopted >= kSkilledFeatures) return "advanced";
    return sessions >= kAtHomeSessions ? "intermediate" : "beginner";
}

void append_features(std::string& out, const domain::Profile& profile) {
    out += '{';
    bool first = true;
    for (const domain::PageUse& use : profile.behaviour.feature_use) {
        if (use.count < kAdoptedUses) continue;
        if (!first) out += ',';
        first = false;
        base::append_json(out, std::string_view(use.page));
        out += ":true";
    }
    out += '}';
}

std::string interests_of(const domain::Profile& profile) {
    std::string out = "{";
    for (const domain::Interest& interest : profile.interests) {
        if (out.size() > 1) out += ',';
        base::append_json(out, std::string_view(interest.topic));
        out += ':';
        base::append_json(out, interest.score);
    }
    return out + '}';
}

std::vector<ItemDeed> deeds_of(const domain::Behaviour& behaviour) {
    std::vector<ItemDeed> deeds;
    deeds.reserve(behaviour.recent_items.size() + behaviour.purchases.size() +
                  behaviour.feedback.size());
    // The other two lists say more of the same moment: a rating's value, a purchase that was followed by a view.
    const auto is_told_below = [&](const domain::RecentItem& recent) {
        const auto is_same = [&](const auto& one) {
            return one.at == recent.at && one.item_id == recent.item_id;
        };
        return std::ranges::any_of(behaviour.purchases, is_same) ||
               std::ranges::any_of(behaviour.feedback, is_same);
    };
    for (const domain::RecentItem& recent : behaviour.recent_items)
        if (!is_told_below(recent))
            deeds.push_back({recent.item_id, recent.event, std::nullopt, recent.at});
    for (const domain::Purchase& purchase : behaviour.purchases)
        deeds.push_back({purchase.item_id, "purchase", purchase.value, purchase.at});
    for (const domain::ItemFeedback& one : behaviour.feedback)
        deeds.push_back({one.item_id, one.kind, one.value, one.at});
    std::ranges::sort(deeds, {}, [](const ItemDeed& deed) {
        return std::tie(deed.at, deed.item_id, deed.event);
    });
    return deeds;
}

std::size_t bytes_of(const std::vector<ItemDeed>& deeds) {
    std::size_t bytes = deeds.capacity() * sizeof(ItemDeed);
    // Short ones are within.
    constexpr std::size_t kWithin = 15;
    for (const ItemDeed& deed : deeds)
        for (const std::string* text : {&deed.item_id, &deed.event})
            if (text->capacity() > kWithin) bytes += text->capacity() + 1;
    return bytes;
}

bool is_opted_out(const domain::Profile& profile) {
    constexpr std::string_view kPurposes[] = {"personalise", "personalize", "personalisation",
                                              "personalization"};
    return std::ranges::any_of(kPurposes, [&](std::string_view purpose) {
        const domain::Consent* consent = profile.consent.find(purpose);
        return consent != nullptr && !consent->granted;
    });
}

}  // namespace

std::string_view default_config() {
    return R"({"ui":{"theme":"auto","layout":"comfortable","features":{},"navigation":{"order":[],"shortcuts":[]}},)"
           R"("content":{"filters":[],"difficulty":"beginner"}})";
}

std::string learned_config(const domain::Profile& profile) {
    constexpr std::array<std::string_view, 4> kThemes{"light", "dark", "simplified", "auto"};
    constexpr std::array<std::string_view, 3> kLayouts{"compact", "comfortable", "spacious"};
    constexpr std::array<std::string_view, 3> kLevels{"beginner", "intermediate", "advanced"};
    std::string out = R"({"ui":{"theme":")";
    out += wish(profile, "theme", kThemes, "auto");
    out += R"(","layout":")";
    out += wish(profile, "layout", kLayouts, "comfortable");
    out += R"(","features":)";
    append_features(out, profile);
    out += R"(,"navigation":{"order":)";
    append_list(out, profile.behaviour.navigation, kOrderedPages);
    out += R"(,"shortcuts":)";
    append_list(out, profile.behaviour.navigation, kShortcuts);
    out += R"(}},"content":{"filters":)";
    const domain::Preference* filters = profile.preferences.find("content_filters");
    const bool has_filters = filters != nullptr && filters->value.text().starts_with('[');
    out += has_filters ? filters->value.text() : "[]";
    out += R"(,"difficulty":")";
    out += wish(profile, "difficulty", kLevels, skill_of(profile));
    return out + R"("}})";
}

std::shared_ptr<const PersonFacts> PersonFacts::of(const RenderedProfile& rendered) {
    const auto profile = base::from_json<domain::Profile>(
        rendered.json,
        {.limits = kOwnJson, .unknown = base::Unknown::ignore, .require_members = false});
    if (!profile) return nullptr;
    PersonFacts facts{.profile = parsed(rendered.json),
                      .interests = parsed(interests_of(*profile)),
                      .config = parsed(learned_config(*profile)),
                      .assignments = rendered.assignments,
                      .who = {}};
    const bool is_user = std::ranges::find(profile->identities.user_ids, profile->user_id) !=
                             profile->identities.user_ids.end() ||
                         profile->identities.anonymous_ids.empty();
    (is_user ? facts.who.user_id : facts.who.anonymous_id) = profile->user_id;
    facts.opted_out = is_opted_out(*profile);
    facts.deeds = deeds_of(profile->behaviour);
    const domain::Sessions& sessions = profile->behaviour.sessions;
    facts.sessions = sessions.count;
    facts.session_started_at = sessions.current_started_at;
    if (facts.session_started_at)
        facts.session_name = session_unit(*facts.session_started_at, profile->user_id);
    facts.last_event_at = sessions.last_event_at;
    facts.time_zone = profile->demographics.time_zone;
    return std::make_shared<const PersonFacts>(std::move(facts));
}

void PersonFacts::prefetch() const {
    base::prefetch(segments.get(), sizeof(LastingSegments));
    base::prefetch(assignments.data(), assignments.size() * sizeof(RememberedAssignment));
    config.prefetch();
    profile.prefetch();
    interests.prefetch();
}

std::size_t PersonFacts::bytes() const {
    return sizeof(PersonFacts) + sizeof(LastingSegments) + kSegmentsRoom + profile.bytes() +
           interests.bytes() + config.bytes() +
           assignments.capacity() * sizeof(RememberedAssignment) + bytes_of(deeds) +
           session_name.capacity();
}

std::shared_ptr<const PersonFacts> facts_of_nobody() {
    RenderedProfile nobody;
    nobody.json = R"({"user_id":""})";
    return PersonFacts::of(nobody);
}

Result<std::shared_ptr<const PersonFacts>> facts_of(People& people, TenantId tenant,
                                                    std::string_view user_id) {
    const auto derived = people.derived(tenant, user_id, [](const RenderedProfile& profile) {
        auto facts = PersonFacts::of(profile);
        const std::size_t bytes = facts == nullptr ? 0 : facts->bytes();
        return Derived{std::move(facts), bytes};
    });
    if (!derived && derived.error().code == Code::not_found) return nullptr;
    if (!derived) return std::unexpected(derived.error());
    if (*derived == nullptr) return fail(Code::internal, "a profile cannot be read again");
    return std::static_pointer_cast<const PersonFacts>(*derived);
}

}  // namespace attune::engine
