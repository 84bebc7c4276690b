// FoldState: all that a person's events add up to. It is a commutative monoid by construction:
// folding is adding exact integers, taking minima and maxima, uniting sets and keeping the latest
// word, so that every order of arrival, every split into parts and every merge of two histories end
// in the same state, bit for bit.
//
//     FoldState state(weights.fingerprint());
//     for (const domain::Event& event : events) fold(state, event, weights);
//     state.merge(the_same_person_before_login);       // disjoint sets of events
//     std::string stored = encode(state);              // docs/formats/fold_state.md
//
// Exceptions to "any order", all behind capacities that a person rarely reaches: once `truncated`
// is set, counts of keys that fell out and came back start again, so the state is then the fold in
// log order. People refolds from the log instead of merging truncated states, so that what is
// remembered and what a recompute finds stay equal even then. What counts as new is the caller's
// business: the same event folded twice counts twice. Not thread-safe.
#pragma once

#include "base/result.h"
#include "domain/event.h"
#include "engine/profile/decayed_sum.h"
#include "engine/profile/latest_map.h"
#include "engine/profile/session_set.h"
#include "engine/profile/small_text.h"
#include "engine/profile/tally_map.h"
#include "engine/tenancy/weights.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Of one event name.
struct EventTally {
    SmallText key;
    std::uint64_t count = 0;
    DecayedSum recent;  // each event weighs 1
    Wide value_micros;  // Σ value · 10^6
    std::int64_t first = 0;
    std::int64_t last = 0;

    void add(const EventTally& other);
    [[nodiscard]] std::size_t heap_bytes() const { return recent.heap_bytes(); }
    bool operator==(const EventTally&) const = default;
};

// How often something was used, and when last: a page, a feature, a device, a locale.
struct UseTally {
    SmallText key;
    std::int64_t last = 0;
    std::uint32_t count = 0;

    void add(const UseTally& other);
    [[nodiscard]] std::size_t heap_bytes() const { return 0; }
    bool operator==(const UseTally&) const = default;
};

// Interest in a topic: "category:games", "tag:puzzle", "brand:acme".
struct TopicTally {
    SmallText key;
    DecayedSum weight;  // below zero: dislike
    std::int64_t last = 0;
    std::uint32_t count = 0;

    void add(const TopicTally& other);
    [[nodiscard]] std::size_t heap_bytes() const { return weight.heap_bytes(); }
    bool operator==(const TopicTally&) const = default;
};

// What chance (or an experiment's weights of the day) first made of somebody. The first word stands, whatever is heard
// later and in whatever order, so that neither changed weights nor a merge of two histories moves anybody. Where sessions are
// assigned, it stands for its session: what is kept is of the one that began last.
struct AssignmentTally {
    SmallText key;          // the experiment
    std::int64_t last = 0;  // when it was last decided
    Stamp first;
    SmallText variant;
    SmallText unit;  // the session, the group; empty: the person

    void add(const AssignmentTally& other);
    [[nodiscard]] std::size_t heap_bytes() const {
        return variant.heap_bytes() + unit.heap_bytes();
    }
    bool operator==(const AssignmentTally&) const = default;
};

struct PurchaseEntry {
    Stamp at;
    SmallText item;
    std::optional<std::int64_t> value_micros;

    auto operator<=>(const PurchaseEntry&) const = default;
};

// How often a person was active in an hour of the week.
struct HourCount {
    std::uint8_t slot = 0;  // weekday · 24 + hour
    std::uint32_t count = 0;

    bool operator==(const HourCount&) const = default;
};

// What had to be left out.
enum Truncated : std::uint32_t {
    kTruncatedCounts = 1u << 0,
    kTruncatedTopics = 1u << 1,
    kTruncatedPages = 1u << 2,
    kTruncatedFeatures = 1u << 3,
    kTruncatedDevices = 1u << 4,
    kTruncatedSettings = 1u << 5,
    kTruncatedSessions = 1u << 6,
    kTruncatedAssignments = 1u << 7,
};

// How much of each there may be. Part of the stored form's meaning: changing one changes
// kFoldVersion.
namespace fold_limits {
inline constexpr std::size_t kEventNames = 256;
inline constexpr std::size_t kTopics = 1'024;
inline constexpr std::size_t kTopicsOfEvent = 64;
inline constexpr std::size_t kProductsOfEvent = 200;
inline constexpr std::size_t kPages = 512;
inline constexpr std::size_t kFeatures = 256;
inline constexpr std::size_t kDevices = 64;
inline constexpr std::size_t kSettings = 64;  // locales, countries and time zones together
inline constexpr std::size_t kRecentItems = 50;
inline constexpr std::size_t kSearches = 50;
inline constexpr std::size_t kPurchases = 200;
inline constexpr std::size_t kFeedback = 500;
inline constexpr std::size_t kTraits = 256;
inline constexpr std::size_t kPreferences = 256;
inline constexpr std::size_t kPurposes = 64;
inline constexpr std::size_t kGroups = 64;
inline constexpr std::size_t kIdentities = 256;  // of each kind
inline constexpr std::size_t kAssignments = 256;
inline constexpr std::size_t kNameBytes =
    640;  // longer keys are cut; ids that may come in (512) are not
inline constexpr std::size_t kValueBytes =
    8 * 1024;  // a longer word is remembered as taken back; the event keeps it
}  // namespace fold_limits

// Changes whenever the same events would fold into another state; stored states of other versions
// are folded again.
inline constexpr std::uint32_t kFoldVersion = 3;

// A separator inside composed keys: device␟os␟browser, item␟kind. U+001F is stripped from their
// parts.
inline constexpr char kUnitSeparator = '\x1f';

struct FoldState {
    FoldState() = default;
    explicit FoldState(std::uint64_t fingerprint) : weights_fingerprint(fingerprint) {}

    std::uint64_t weights_fingerprint = 0;
    std::uint64_t version = 0;  // events folded
    std::uint32_t truncated = 0;
    std::int64_t first_seen = 0;  // both meaningful when version > 0
    std::int64_t last_seen = 0;

    TallyMap<EventTally> counts;
    TallyMap<TopicTally> topics;
    TallyMap<UseTally> pages;
    TallyMap<UseTally> features;
    TallyMap<UseTally> devices;       // device␟os␟browser
    TallyMap<UseTally> settings;      // "locale:de-CH", "country:CH", "time_zone:Europe/Zurich"
    std::vector<HourCount> activity;  // by slot
    SessionSet sessions;

    LatestMap traits;       // key → JSON
    LatestMap preferences;  // key → the event's properties
    LatestMap consent;      // purpose → JSON: a boolean or an object
    LatestMap groups;       // group id → JSON traits
    LatestMap user_ids;     // id → "+"
    LatestMap anonymous_ids;
    LatestMap recent_items;                // item → event name
    LatestMap searches;                    // query → "+"
    LatestMap feedback;                    // item␟kind → value␟text
    std::vector<PurchaseEntry> purchases;  // oldest first
    TallyMap<AssignmentTally> assignments;

    // `other` holds other events of the same person, folded with the same weights.
    void merge(const FoldState& other);
    // Counts one more use in an hour of the week.
    void add_activity(std::uint8_t slot, std::uint32_t count);
    void add_purchase(PurchaseEntry purchase);

    // All that this state takes in memory, itself included.
    [[nodiscard]] std::size_t bytes() const;
    bool operator==(const FoldState&) const = default;
};

// Folds one event in. A pure function of the state, the event and the table; the table must be the
// state's.
void fold(FoldState& state, const domain::Event& event, const WeightTable& weights);

// The stored form: equal states have equal bytes.
[[nodiscard]] std::string encode(const FoldState& state);
// failed_precondition when it was folded by another version or with other weights: fold the log
// again. data_loss when it is damaged.
[[nodiscard]] Result<FoldState> decode_fold_state(std::string_view stored,
                                                  std::uint64_t weights_fingerprint);

}  // namespace attune::engine
