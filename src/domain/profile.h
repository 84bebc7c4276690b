// Profile: what we know of a person, as they or an application may read it. It is never stored and never
// authoritative: engine/profile folds events into a FoldState and renders this from it.
#pragma once

#include "base/flat_map.h"
#include "base/json_text.h"
#include "base/time.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::domain {

// Traits that have a name of their own; the rest are in `traits`.
struct Demographics {
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::optional<std::string> phone;
    std::optional<double> age;
    std::optional<std::string> gender;
    std::optional<std::string> birthday;
    std::optional<std::string> country;
    std::optional<std::string> language;
    std::optional<std::string> time_zone;
    std::optional<std::string> company;
    base::FlatMap<std::string, base::JsonText> traits;
};

struct Sessions {
    std::uint64_t count = 0;
    double mean_duration_seconds = 0;
    double mean_events = 0;
    std::optional<base::Time>
        current_started_at;  // the newest session, over when 30 minutes pass without an event
    std::optional<base::Time> last_event_at;
};

struct EventCount {
    std::uint64_t count = 0;
    double recent = 0;     // decayed by the kind's half-life, as of the profile's `as_of`
    double value_sum = 0;  // of `value`, where events had one
    base::Time first_at;
    base::Time last_at;
};

struct DeviceUse {
    std::string device;
    std::string os;
    std::string browser;
    std::uint64_t count = 0;
    base::Time last_at;
};

struct RecentItem {
    std::string item_id;
    std::string event;
    base::Time at;
};

struct RecentSearch {
    std::string query;
    base::Time at;
};

struct Purchase {
    std::string item_id;
    std::optional<double> value;
    base::Time at;
};

struct PageUse {
    std::string page;
    std::uint64_t count = 0;
    base::Time last_at;
};

struct ItemFeedback {
    std::string item_id;
    std::string kind;  // "rating", "like", "dislike", "favourite", "review", …
    std::optional<double> value;
    std::optional<std::string> text;
    base::Time at;
};

struct Behaviour {
    std::uint64_t events = 0;
    std::optional<base::Time> first_seen_at;
    std::optional<base::Time> last_seen_at;
    Sessions sessions;
    base::FlatMap<std::string, EventCount> counts;  // by event name
    std::vector<std::vector<std::uint32_t>>
        activity;                    // [weekday 0–6][local hour 0–23]; empty before the first event
    std::vector<DeviceUse> devices;  // most used first
    std::vector<RecentItem> recent_items;  // newest first, one entry an item
    std::vector<RecentSearch> recent_searches;
    std::vector<Purchase> purchases;
    std::vector<PageUse> navigation;     // most visited first
    std::vector<PageUse> feature_use;    // by properties.feature
    std::vector<ItemFeedback> feedback;  // the last word on each item and kind
};

struct Preference {
    base::JsonText value;
    double confidence = 1;  // 1 for what a person said themselves
    std::string source;     // "explicit", "inferred"
    std::optional<std::string> category;
    base::Time updated_at;
};

struct Interest {
    std::string topic;      // "category:games", "tag:puzzle", "brand:acme"
    double score = 0;       // decayed weight as of the profile's `as_of`; below zero is dislike
    double share = 0;       // of all positive weight of the same family
    double confidence = 0;  // n / (n + 5), n the number of events behind it
    base::Time updated_at;
};

struct Consent {
    bool granted = false;
    base::Time at;
    std::optional<std::string> source;
    std::optional<std::string> text_version;
};

struct Identities {
    std::vector<std::string> user_ids;
    std::vector<std::string> anonymous_ids;
};

struct GroupMembership {
    std::string group_id;
    base::JsonText traits;
    base::Time updated_at;
};

struct Profile {
    std::string user_id;        // the id it was asked for by
    std::uint64_t version = 0;  // the number of events folded in
    std::optional<base::Time>
        as_of;  // when the newest event happened; decayed numbers are as of then
    Demographics demographics;
    Behaviour behaviour;
    base::FlatMap<std::string, Preference> preferences;
    std::vector<Interest> interests;              // strongest first
    base::FlatMap<std::string, Consent> consent;  // by purpose
    std::vector<GroupMembership> groups;
    Identities identities;
};

}  // namespace attune::domain
