#include "engine/embed/answers.h"

namespace attune {

std::string_view Profile::json() const { return state_->rendered->json; }
std::uint64_t Profile::version() const { return state_->values.version; }
std::uint64_t Profile::events() const { return state_->values.behaviour.events; }

std::uint64_t Profile::count(std::string_view event) const {
    const auto* found = state_->values.behaviour.counts.find(event);
    return found == nullptr ? 0 : found->count;
}

double Profile::value_sum(std::string_view event) const {
    const auto* found = state_->values.behaviour.counts.find(event);
    return found == nullptr ? 0 : found->value_sum;
}

std::optional<Moment> Profile::first_seen() const { return state_->values.behaviour.first_seen_at; }
std::optional<Moment> Profile::last_seen() const { return state_->values.behaviour.last_seen_at; }
std::uint64_t Profile::sessions() const { return state_->values.behaviour.sessions.count; }

std::vector<Interest> Profile::interests() const {
    std::vector<Interest> interests;
    for (const auto& interest : state_->values.interests) {
        interests.push_back({interest.topic, interest.score, interest.confidence});
    }
    return interests;
}

std::vector<std::string> Profile::recent_items() const {
    std::vector<std::string> items;
    for (const auto& item : state_->values.behaviour.recent_items) items.push_back(item.item_id);
    return items;
}

std::vector<std::string> Profile::user_ids() const { return state_->values.identities.user_ids; }
std::vector<std::string> Profile::anonymous_ids() const {
    return state_->values.identities.anonymous_ids;
}

std::optional<std::string> Profile::preference(std::string_view key) const {
    const auto* found = state_->values.preferences.find(key);
    if (found == nullptr) return std::nullopt;
    return std::string(found->value.text());
}

std::optional<bool> Profile::consent(std::string_view purpose) const {
    const auto* found = state_->values.consent.find(purpose);
    if (found == nullptr) return std::nullopt;
    return found->granted;
}

}  // namespace attune
