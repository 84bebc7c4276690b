#include "engine/profile/render.h"

#include "engine/profile/member_scan.h"
#include "engine/profile/trait_checks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

namespace attune::engine {
namespace {

using domain::Profile;

constexpr double kInterestPrior = 5;  // of confidence: n / (n + 5)

base::Time time_of(std::int64_t micros) { return base::Time(base::Duration(micros)); }

std::string text(const SmallText& small) { return std::string(small.view()); }

std::array<std::string, 3> split(std::string_view key) {
    std::array<std::string, 3> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t end = i + 1 < parts.size() ? key.find(kUnitSeparator) : key.size();
        parts[i] = key.substr(0, end);
        if (end >= key.size()) break;
        key.remove_prefix(end + 1);
    }
    return parts;
}

// Most used first; what was used last first among equals.
std::vector<const UseTally*> by_use(const TallyMap<UseTally>& uses) {
    std::vector<const UseTally*> sorted;
    for (const UseTally& use : uses.entries()) sorted.push_back(&use);
    std::ranges::sort(sorted, [](const UseTally* a, const UseTally* b) {
        return std::tie(b->count, b->last, a->key) < std::tie(a->count, a->last, b->key);
    });
    return sorted;
}

std::vector<domain::PageUse> page_uses(const TallyMap<UseTally>& uses) {
    std::vector<domain::PageUse> pages;
    for (const UseTally* use : by_use(uses)) {
        pages.push_back({text(use->key), use->count, time_of(use->last)});
    }
    return pages;
}

// Traits that have a member of their own; false for all others, and for values that the member cannot mean.
bool place_trait(domain::Demographics& d, std::string_view key, std::string_view value) {
    static constexpr std::pair<std::string_view, std::optional<std::string> domain::Demographics::*>
        kTexts[] = {{"name", &domain::Demographics::name},
                    {"email", &domain::Demographics::email},
                    {"phone", &domain::Demographics::phone},
                    {"gender", &domain::Demographics::gender},
                    {"birthday", &domain::Demographics::birthday},
                    {"country", &domain::Demographics::country},
                    {"language", &domain::Demographics::language},
                    {"time_zone", &domain::Demographics::time_zone},
                    {"company", &domain::Demographics::company}};
    if (trait_problem(key, value)) return false;
    if (key == "age") {
        d.age = number_of(value);
        return true;
    }
    for (const auto& [name, member] : kTexts) {
        if (key == name && value.starts_with('"')) {
            d.*member = text_of(value);
            return true;
        }
    }
    return false;
}

domain::Demographics demographics_of(const FoldState& state) {
    domain::Demographics d;
    for (const Word& trait : state.traits.words()) {
        if (trait.value.empty() || place_trait(d, trait.key.view(), trait.value.view())) continue;
        d.traits[text(trait.key)] = base::JsonText::trusted(text(trait.value));
    }
    return d;
}

domain::Sessions sessions_of(const SessionSet& sessions) {
    domain::Sessions s;
    s.count = sessions.count();
    if (s.count == 0) return s;
    const auto count = static_cast<double>(s.count);
    s.mean_duration_seconds = static_cast<double>(sessions.duration_us()) / 1e6 / count;
    s.mean_events = static_cast<double>(sessions.events()) / count;
    s.current_started_at = time_of(sessions.kept().back().start);
    s.last_event_at = time_of(sessions.kept().back().end);
    return s;
}

std::vector<domain::ItemFeedback> feedback_of(const FoldState& state) {
    std::vector<domain::ItemFeedback> all;
    for (const Word* word : state.feedback.newest_first()) {
        const auto [item, kind, none] = split(word->key.view());
        const auto [value, said, more] = split(word->value.view());
        domain::ItemFeedback one{item, kind, number_of(value), {}, time_of(word->at.time_us)};
        if (!said.empty()) one.text = said;
        all.push_back(std::move(one));
    }
    return all;
}

domain::Behaviour behaviour_of(const FoldState& state) {
    domain::Behaviour b;
    b.events = state.version;
    if (state.version > 0) {
        b.first_seen_at = time_of(state.first_seen);
        b.last_seen_at = time_of(state.last_seen);
    }
    b.sessions = sessions_of(state.sessions);
    b.counts.reserve(state.counts.entries().size());
    for (const EventTally& tally : state.counts.entries()) {
        b.counts[text(tally.key)] = {tally.count, tally.recent.value_at(state.last_seen),
                                     static_cast<double>(tally.value_micros.value()) / 1e6,
                                     time_of(tally.first), time_of(tally.last)};
    }
    if (!state.activity.empty()) b.activity.assign(7, std::vector<std::uint32_t>(24, 0));
    for (const HourCount& hour : state.activity)
        b.activity[hour.slot / 24][hour.slot % 24] = hour.count;
    for (const UseTally* use : by_use(state.devices)) {
        auto [device, os, browser] = split(use->key.view());
        b.devices.push_back({device, os, browser, use->count, time_of(use->last)});
    }
    for (const Word* word : state.recent_items.newest_first()) {
        b.recent_items.push_back({text(word->key), text(word->value), time_of(word->at.time_us)});
    }
    for (const Word* word : state.searches.newest_first()) {
        b.recent_searches.push_back({text(word->key), time_of(word->at.time_us)});
    }
    for (auto at = state.purchases.rbegin(); at != state.purchases.rend(); ++at) {
        std::optional<double> value;
        if (at->value_micros) value = static_cast<double>(*at->value_micros) / 1e6;
        b.purchases.push_back({text(at->item), value, time_of(at->at.time_us)});
    }
    b.navigation = page_uses(state.pages);
    b.feature_use = page_uses(state.features);
    b.feedback = feedback_of(state);
    return b;
}

std::string_view family_of(std::string_view topic) { return topic.substr(0, topic.find(':')); }

std::vector<domain::Interest> interests_of(const FoldState& state) {
    std::vector<domain::Interest> interests;
    base::FlatMap<std::string, double> positive;  // by family
    for (const TopicTally& topic : state.topics.entries()) {
        const auto n = static_cast<double>(topic.count);
        const double score = topic.weight.value_at(state.last_seen);
        interests.push_back(
            {text(topic.key), score, 0, n / (n + kInterestPrior), time_of(topic.last)});
        if (score > 0) positive[family_of(interests.back().topic)] += score;
    }
    for (domain::Interest& interest : interests) {
        if (interest.score > 0)
            interest.share = interest.score / *positive.find(family_of(interest.topic));
    }
    std::ranges::sort(interests, [](const domain::Interest& a, const domain::Interest& b) {
        return std::tie(b.score, a.topic) < std::tie(a.score, b.topic);
    });
    return interests;
}

base::FlatMap<std::string, domain::Preference> preferences_of(const FoldState& state) {
    base::FlatMap<std::string, domain::Preference> preferences;
    for (const Word& word : state.preferences.words()) {
        if (word.value.empty()) continue;
        domain::Preference p{.source = "explicit", .updated_at = time_of(word.at.time_us)};
        for (MemberScan scan(word.value.view()); scan.next();) {
            if (scan.key() == "value")
                p.value = base::JsonText::trusted(std::string(scan.value()));
            else if (scan.key() == "category")
                p.category = text_of(scan.value());
            else if (scan.key() == "confidence") {
                p.confidence = std::clamp(number_of(scan.value()).value_or(1), 0.0, 1.0);
            }
        }
        preferences[text(word.key)] = std::move(p);
    }
    infer_preferences(state, preferences);
    return preferences;
}

base::FlatMap<std::string, domain::Consent> consent_of(const FoldState& state) {
    base::FlatMap<std::string, domain::Consent> consents;
    for (const Word& word : state.consent.words()) {
        if (word.value.empty()) continue;
        domain::Consent consent{.granted = word.value.view() == "true",
                                .at = time_of(word.at.time_us)};
        for (MemberScan scan(word.value.view()); scan.next();) {
            if (scan.key() == "granted")
                consent.granted = scan.value() == "true";
            else if (scan.key() == "source")
                consent.source = text_of(scan.value());
            else if (scan.key() == "text_version")
                consent.text_version = text_of(scan.value());
        }
        consents[text(word.key)] = std::move(consent);
    }
    return consents;
}

}  // namespace

Profile render(const FoldState& state, std::string_view user_id) {
    Profile profile;
    profile.user_id = user_id;
    profile.version = state.version;
    if (state.version > 0) profile.as_of = time_of(state.last_seen);
    profile.demographics = demographics_of(state);
    profile.behaviour = behaviour_of(state);
    profile.preferences = preferences_of(state);
    profile.interests = interests_of(state);
    profile.consent = consent_of(state);
    for (const Word& word : state.groups.words()) {
        if (word.value.empty()) continue;
        profile.groups.push_back(
            {text(word.key), base::JsonText::trusted(text(word.value)), time_of(word.at.time_us)});
    }
    for (const Word& id : state.user_ids.words())
        profile.identities.user_ids.push_back(text(id.key));
    for (const Word& id : state.anonymous_ids.words()) {
        // An alias of a known id is that id.
        if (!state.user_ids.find(id.key.view()))
            profile.identities.anonymous_ids.push_back(text(id.key));
    }
    return profile;
}

}  // namespace attune::engine
