// The one description of every domain noun: members for Boost.Describe, limits and prose in
// base::Fields. Readers, validation, writers, stored forms and the OpenAPI schemas all come from
// here.
//
//     auto event = base::from_json<domain::IncomingEvent>(body, {.unknown = base::Unknown::keep});
//     std::string stored = base::to_json(profile);
//
// Heavy to compile: include it in .cpp files only.
#pragma once

#include "base/json.h"
#include "domain/decision.h"
#include "domain/event.h"
#include "domain/experiment.h"
#include "domain/incoming_event.h"
#include "domain/item.h"
#include "domain/profile.h"
#include "domain/rule.h"
#include "domain/segment.h"
#include "domain/tenant.h"

namespace attune::domain {

BOOST_DESCRIBE_STRUCT(Enrichment, (),
                      (device, os, browser, app_version, locale, country, ip, time_zone, local_hour,
                       local_weekday, page, referrer, campaign, source))
BOOST_DESCRIBE_STRUCT(Event, (),
                      (id, user_id, anonymous_id, event, item_id, value, decision_id, properties,
                       context, time, received_at, enriched))
BOOST_DESCRIBE_STRUCT(IncomingEvent, (),
                      (id, user_id, anonymous_id, event, item_id, value, decision_id, properties,
                       context, time, sent_at, extra))
BOOST_DESCRIBE_STRUCT(GeoPoint, (), (latitude, longitude))
BOOST_DESCRIBE_STRUCT(Item, (),
                      (id, title, description, categories, tags, brand, price, currency, image_url,
                       url, location, hidden, available_from, available_until, attributes,
                       embeddings, created_at, updated_at))

BOOST_DESCRIBE_STRUCT(Demographics, (),
                      (name, email, phone, age, gender, birthday, country, language, time_zone,
                       company, traits))
BOOST_DESCRIBE_STRUCT(Sessions, (),
                      (count, mean_duration_seconds, mean_events, current_started_at,
                       last_event_at))
BOOST_DESCRIBE_STRUCT(EventCount, (), (count, recent, value_sum, first_at, last_at))
BOOST_DESCRIBE_STRUCT(DeviceUse, (), (device, os, browser, count, last_at))
BOOST_DESCRIBE_STRUCT(RecentItem, (), (item_id, event, at))
BOOST_DESCRIBE_STRUCT(RecentSearch, (), (query, at))
BOOST_DESCRIBE_STRUCT(Purchase, (), (item_id, value, at))
BOOST_DESCRIBE_STRUCT(PageUse, (), (page, count, last_at))
BOOST_DESCRIBE_STRUCT(ItemFeedback, (), (item_id, kind, value, text, at))
BOOST_DESCRIBE_STRUCT(Behaviour, (),
                      (events, first_seen_at, last_seen_at, sessions, counts, activity, devices,
                       recent_items, recent_searches, purchases, navigation, feature_use, feedback))
BOOST_DESCRIBE_STRUCT(Preference, (), (value, confidence, source, category, updated_at))
BOOST_DESCRIBE_STRUCT(Interest, (), (topic, score, share, confidence, updated_at))
BOOST_DESCRIBE_STRUCT(Consent, (), (granted, at, source, text_version))
BOOST_DESCRIBE_STRUCT(Identities, (), (user_ids, anonymous_ids))
BOOST_DESCRIBE_STRUCT(GroupMembership, (), (group_id, traits, updated_at))
BOOST_DESCRIBE_STRUCT(Profile, (),
                      (user_id, version, as_of, demographics, behaviour, preferences, interests,
                       consent, groups, identities))

BOOST_DESCRIBE_STRUCT(EventWeight, (), (weight, half_life_days))
BOOST_DESCRIBE_STRUCT(TenantLimits, (),
                      (events_per_second_max, events_burst_max, people_max, batch_events_max))
BOOST_DESCRIBE_STRUCT(Tenant, (), (id, name, limits, event_weights, ip_policy, created_at))
BOOST_DESCRIBE_ENUM(Role, root, admin, service, ingest, analyst, person)
BOOST_DESCRIBE_STRUCT(ApiKey, (), (id, name, role, prefix, created_at, expires_at, last_used_at))

BOOST_DESCRIBE_STRUCT(Choice, (), (of, chosen, probability, version, among, unit))
BOOST_DESCRIBE_STRUCT(Decision, (), (kind, subject, choices, features, segments))
BOOST_DESCRIBE_STRUCT(Schedule, (), (from, until, cron, duration_seconds, time_zone))
BOOST_DESCRIBE_ENUM(RuleStatus, active, paused, draft)
BOOST_DESCRIBE_ENUM(RuleOp, set, append, remove, merge)
BOOST_DESCRIBE_STRUCT(RuleAction, (), (op, path, value))
BOOST_DESCRIBE_STRUCT(Rule, (),
                      (name, contexts, condition, actions, priority, status, schedule, rollout,
                       goal, goal_window_seconds, owner, tags))

BOOST_DESCRIBE_ENUM(SegmentStatus, active, paused, draft)
BOOST_DESCRIBE_STRUCT(Segment, (), (name, description, condition, status, owner, tags))

BOOST_DESCRIBE_ENUM(ExperimentUnit, person, session, group)
BOOST_DESCRIBE_ENUM(ExperimentStatus, draft, running, paused, concluded)
BOOST_DESCRIBE_ENUM(MetricKind, conversion, count, sum, ratio, retention, quantile)
BOOST_DESCRIBE_ENUM(MetricRole, primary, secondary, guardrail)
BOOST_DESCRIBE_ENUM(MetricAttribution, after_exposure, decision, same_session)
BOOST_DESCRIBE_STRUCT(ExperimentVariant, (), (name, weight, config))
BOOST_DESCRIBE_STRUCT(ExperimentMetric, (),
                      (name, role, kind, event, window_seconds, after_seconds, denominator,
                       quantile, cap, covariate_seconds, lower_is_better, attribution))
BOOST_DESCRIBE_STRUCT(ExperimentPlan, (),
                      (baseline_mean, baseline_deviation, alpha, power, units_needed))
BOOST_DESCRIBE_ENUM(BanditStrategy, thompson, epsilon_greedy, ucb, lin_ucb, linear_thompson)
BOOST_DESCRIBE_STRUCT(ExperimentBandit, (),
                      (strategy, epsilon, floor, begin_units, half_life_seconds, delay_seconds,
                       features))
BOOST_DESCRIBE_STRUCT(LayerRoom, (), (from, until))
BOOST_DESCRIBE_STRUCT(Experiment, (),
                      (name, hypothesis, unit, audience, contexts, layer, traffic, holdout,
                       variants, metrics, minimum_effect, plan, bandit, overrides, owner, tags,
                       status, room, started_at, concluded_at, winner))

// Bytes that a name from outside may have. Profiles cut what is longer, so it is refused at the
// door.
namespace limits {
inline constexpr std::size_t kIdBytesMax = 256;
inline constexpr std::size_t kEventIdBytesMax = 256;
inline constexpr std::size_t kEventNameBytesMax = 200;
}  // namespace limits

}  // namespace attune::domain

namespace attune::base {

template <>
struct Fields<domain::IncomingEvent> {
    static constexpr std::string_view doc =
        "One thing that somebody did, said or was shown, as a client sends it. Members that are "
        "not listed become properties.";
    static constexpr FieldRule rules[] = {
        {.name = "id",
         .doc = "The client's own id of this event; sent again it counts once. Made by the server "
                "when left out.",
         .length_min = 1,
         .length_max = domain::limits::kEventIdBytesMax},
        {.name = "user_id",
         .doc = "Who, as the application knows them. This or anonymous_id is needed.",
         .length_min = 1,
         .length_max = domain::limits::kIdBytesMax},
        {.name = "anonymous_id",
         .doc = "Who, before they are known: a device or browser id.",
         .length_min = 1,
         .length_max = domain::limits::kIdBytesMax},
        {.name = "event",
         .doc = "What happened: \"view\", \"purchase\", \"rating\" or any name of your own.",
         .length_min = 1,
         .length_max = domain::limits::kEventNameBytesMax},
        {.name = "item_id",
         .doc = "What it was about.",
         .length_min = 1,
         .length_max = domain::limits::kIdBytesMax},
        {.name = "value",
         .doc = "A rating, a price paid, a dwell time in seconds, a scroll depth from 0 to 1."},
        {.name = "decision_id",
         .doc = "The decision that this event answers.",
         .length_min = 1,
         .length_max = domain::limits::kIdBytesMax},
        {.name = "properties", .doc = "Anything else about the event.", .object = true},
        {.name = "context",
         .doc = "Where it happened: user_agent, ip, locale, timezone, page, app, device, os.",
         .object = true},
        {.name = "time", .doc = "When it happened; when the server heard of it, if left out."},
        {.name = "sent_at", .doc = "The client's clock when it sent this, to correct its skew."},
    };
};

template <>
struct Fields<domain::Enrichment> {
    static constexpr std::string_view doc =
        "What the server found out about an event as it came in.";
    static constexpr FieldRule rules[] = {
        {.name = "device", .doc = "desktop, mobile, tablet, tv, bot or other"},
        {.name = "country", .doc = "ISO 3166-1 alpha-2"},
        {.name = "ip", .doc = "Truncated: the last octet, or the last 80 bits, are zero."},
        {.name = "time_zone", .doc = "IANA name"},
        {.name = "local_hour", .minimum = 0, .maximum = 23},
        {.name = "local_weekday", .doc = "0 Monday to 6 Sunday", .minimum = 0, .maximum = 6},
    };
};

template <>
struct Fields<domain::Event> {
    static constexpr std::string_view doc = "An event as it is kept: complete in itself.";
    static constexpr FieldRule rules[] = {
        {.name = "properties", .object = true},
        {.name = "context", .object = true},
        {.name = "time", .doc = "When it happened, with the client's clock skew corrected."},
        {.name = "received_at", .doc = "When the server heard of it."},
        {.name = "enriched", .optional = true},
    };
};

template <>
struct Fields<domain::GeoPoint> {
    static constexpr std::string_view doc = "A place on earth, in degrees.";
    static constexpr FieldRule rules[] = {
        {.name = "latitude", .minimum = -90, .maximum = 90},
        {.name = "longitude", .minimum = -180, .maximum = 180},
    };
};

template <>
struct Fields<domain::Item> {
    static constexpr std::string_view doc = "Something that can be shown, bought, read or played.";
    static constexpr FieldRule rules[] = {
        {.name = "id", .length_min = 1, .length_max = domain::limits::kIdBytesMax},
        {.name = "title", .length_max = 1'024},
        {.name = "description", .length_max = 16'384},
        {.name = "categories", .doc = "The most telling one first.", .length_max = 32},
        {.name = "tags", .length_max = 128},
        {.name = "brand", .length_min = 1, .length_max = 256},
        {.name = "price", .minimum = 0},
        {.name = "currency", .doc = "ISO 4217: EUR.", .length_min = 3, .length_max = 3},
        {.name = "image_url", .length_max = 2'048},
        {.name = "url", .length_max = 2'048},
        {.name = "location", .doc = "Where it is, for what is near somebody."},
        {.name = "hidden", .doc = "In no answer.", .optional = true},
        {.name = "available_from", .doc = "In no answer before."},
        {.name = "available_until", .doc = "In no answer from this time on."},
        {.name = "attributes",
         .doc = "Anything else that rules and learners may look at.",
         .length_max = 16'384,
         .object = true},
        {.name = "embeddings",
         .doc = "Vectors by the name of what they were made from: image, text. All of one name "
                "have one length.",
         .length_max = 8},
        {.name = "created_at", .doc = "What counts for being new; the first save if left out."},
        {.name = "updated_at", .doc = "When it was saved; ignored when sent."},
    };
};

template <>
struct Fields<domain::Schedule> {
    static constexpr std::string_view doc = "When something is in force.";
    static constexpr FieldRule rules[] = {
        {.name = "from", .doc = "Not before."},
        {.name = "until", .doc = "Not at this time any more."},
        {.name = "cron", .doc = "On for duration_seconds after each time that this cron fires."},
        {.name = "duration_seconds", .doc = "Whole minutes, up to 31 days.", .minimum = 60},
        {.name = "time_zone", .doc = "Of the cron; UTC when left out."},
    };
};

template <>
struct Fields<domain::RuleAction> {
    static constexpr FieldRule rules[] = {
        {.name = "op", .doc = "set when left out.", .optional = true},
        {.name = "path",
         .doc = "Names with dots between them: ui.theme.",
         .length_min = 1,
         .length_max = 512},
        {.name = "value", .doc = "Any JSON; may be left out to remove.", .optional = true},
    };
};

template <>
struct Fields<domain::Segment> {
    static constexpr std::string_view doc = "A name for the people whom a condition holds for.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_min = 1, .length_max = 200},
        {.name = "description", .length_max = 2'000},
        {.name = "condition",
         .doc =
             "JSONLogic over profile, interests, session and time; other segments by in_segment."},
        {.name = "status",
         .doc = "active when left out. Nobody is in one that is not.",
         .optional = true},
        {.name = "owner", .length_min = 1, .length_max = 200},
        {.name = "tags", .optional = true, .length_max = 50},
    };
};

template <>
struct Fields<domain::Rule> {
    static constexpr std::string_view doc = "Who is shown what, where and when.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_min = 1, .length_max = 200},
        {.name = "contexts",
         .doc = "Where: dashboard, login, any name; none is everywhere.",
         .optional = true,
         .length_max = 50},
        {.name = "condition", .doc = "JSONLogic; everybody when left out.", .optional = true},
        {.name = "actions", .length_min = 1, .length_max = 100},
        {.name = "priority",
         .doc = "The higher wins.",
         .optional = true,
         .minimum = -1'000'000,
         .maximum = 1'000'000},
        {.name = "status", .doc = "active when left out.", .optional = true},
        {.name = "rollout", .doc = "The share of people it is for.", .minimum = 0, .maximum = 1},
        {.name = "goal",
         .doc = "An event that it should make more of. 5 % of those who match are left without the "
                "actions, so that the difference shows.",
         .length_min = 1,
         .length_max = domain::limits::kEventNameBytesMax},
        {.name = "goal_window_seconds",
         .doc = "For how long events count after somebody first matched; a week when left out.",
         .minimum = 1,
         .maximum = 366 * 86'400.0},
        {.name = "owner", .length_min = 1, .length_max = 200},
        {.name = "tags", .optional = true, .length_max = 50},
    };
};

template <>
struct Fields<domain::ExperimentVariant> {
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_min = 1, .length_max = 100},
        {.name = "weight", .doc = "All of them sum to 1.", .minimum = 0, .maximum = 1},
        {.name = "config",
         .doc = "Merged into the configuration of who is given it.",
         .optional = true},
    };
};

template <>
struct Fields<domain::ExperimentMetric> {
    static constexpr std::string_view doc = "What is measured, of every unit, after its exposure.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_min = 1, .length_max = 100},
        {.name = "role", .doc = "secondary when left out.", .optional = true},
        {.name = "event", .length_min = 1, .length_max = domain::limits::kEventNameBytesMax},
        {.name = "window_seconds",
         .doc = "For how long events count; a week when left out.",
         .optional = true,
         .minimum = 1,
         .maximum = 366 * 86'400.0},
        {.name = "after_seconds",
         .doc = "Of a retention: how long after the exposure the window begins.",
         .minimum = 1,
         .maximum = 366 * 86'400.0},
        {.name = "denominator",
         .doc = "Of a ratio: the event that it is divided by.",
         .length_min = 1,
         .length_max = domain::limits::kEventNameBytesMax},
        {.name = "quantile", .doc = "Of a quantile: 0.9 is the 90th percentile."},
        {.name = "cap", .doc = "A unit's sum counts up to this much."},
        {.name = "covariate_seconds",
         .doc = "Adjusts by the same metric over so long before the exposure (CUPED).",
         .minimum = 1,
         .maximum = 366 * 86'400.0},
        {.name = "lower_is_better", .optional = true},
        {.name = "attribution",
         .doc = "Which events answer an exposure: after_exposure (all, when left out), those that "
                "name its decision, or those of the same_session.",
         .optional = true},
    };
};

template <>
struct Fields<domain::ExperimentPlan> {
    static constexpr std::string_view doc = "What the people that are needed are computed from.";
    static constexpr FieldRule rules[] = {
        {.name = "baseline_mean", .doc = "Of the primary metric, as it is today."},
        {.name = "alpha", .optional = true},
        {.name = "power", .optional = true},
        {.name = "units_needed", .doc = "Of all variants; computed when the experiment starts."},
    };
};

template <>
struct Fields<domain::ExperimentBandit> {
    static constexpr std::string_view doc =
        "Lets the weights move by themselves, towards what brings more of the primary metric.";
    static constexpr FieldRule rules[] = {
        {.name = "strategy", .doc = "thompson when left out.", .optional = true},
        {.name = "epsilon",
         .doc = "Of epsilon_greedy: how often any variant is drawn; 0.1 when left out.",
         .optional = true,
         .minimum = 0,
         .maximum = 1},
        {.name = "floor",
         .doc = "No variant is less likely; 0.02 when left out.",
         .optional = true,
         .minimum = 0.001,
         .maximum = 0.5},
        {.name = "begin_units",
         .doc = "Units drawn by the weights first; 100 when left out.",
         .optional = true,
         .maximum = 1'000'000},
        {.name = "half_life_seconds",
         .doc = "What was seen so long ago counts half; left out: nothing fades.",
         .minimum = 60,
         .maximum = 10 * 366 * 86'400.0},
        {.name = "delay_seconds",
         .doc = "How long a unit says nothing, where rewards take a while; 0 when left out.",
         .optional = true,
         .maximum = 366 * 86'400.0},
        {.name = "features",
         .doc = "Paths into what conditions see, logged with each draw; the linear strategies "
                "learn from them.",
         .optional = true,
         .length_max = 16},
    };
};

template <>
struct Fields<domain::Experiment> {
    static constexpr std::string_view doc = "A question put to people, by chance and by counting.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_min = 1, .length_max = 200},
        {.name = "hypothesis",
         .doc = "What is expected, and why.",
         .optional = true,
         .length_max = 2000},
        {.name = "unit", .doc = "person when left out.", .optional = true},
        {.name = "audience", .doc = "JSONLogic; everybody when left out.", .optional = true},
        {.name = "contexts", .doc = "None is everywhere.", .optional = true, .length_max = 50},
        {.name = "layer",
         .doc = "Experiments of one layer never share a unit.",
         .length_min = 1,
         .length_max = 100},
        {.name = "traffic",
         .doc = "The share of the layer that it takes; all when left out.",
         .optional = true,
         .minimum = 0.0001,
         .maximum = 1},
        {.name = "holdout",
         .doc = "The share of its units that is kept as it is, and counted.",
         .optional = true,
         .minimum = 0,
         .maximum = 0.5},
        {.name = "variants", .doc = "The first is the control.", .length_max = 20},
        {.name = "metrics", .optional = true, .length_max = 50},
        {.name = "minimum_effect",
         .doc = "Of the primary metric, relative: what is smaller would change nothing.",
         .optional = true,
         .minimum = 0,
         .maximum = 100},
        {.name = "overrides",
         .doc = "For trying out: which variant these people are given, uncounted.",
         .optional = true,
         .length_max = 1000},
        {.name = "owner", .length_min = 1, .length_max = 200},
        {.name = "tags", .optional = true, .length_max = 50},
        {.name = "status", .doc = "Written by the server.", .optional = true},
        {.name = "room", .doc = "Written by the server.", .optional = true, .length_max = 10'000},
    };
};

template <>
struct Fields<domain::Behaviour> {
    static constexpr std::string_view doc = "What a person did, counted and dated.";
    static constexpr FieldRule rules[] = {
        {.name = "counts", .doc = "By event name."},
        {.name = "activity", .doc = "Events by weekday (0 Monday) and local hour."},
        {.name = "devices", .doc = "Most used first."},
        {.name = "recent_items", .doc = "Newest first, one entry an item."},
        {.name = "navigation", .doc = "Pages, most visited first."},
        {.name = "feedback", .doc = "The last word on each item and kind."},
    };
};

template <>
struct Fields<domain::EventCount> {
    static constexpr FieldRule rules[] = {
        {.name = "recent", .doc = "Decayed by the kind's half-life, as of the profile's as_of."},
        {.name = "value_sum", .doc = "Of value, where events had one."},
    };
};

template <>
struct Fields<domain::Preference> {
    static constexpr FieldRule rules[] = {
        {.name = "confidence",
         .doc = "1 for what a person said themselves.",
         .minimum = 0,
         .maximum = 1},
        {.name = "source", .doc = "explicit or inferred"},
    };
};

template <>
struct Fields<domain::Interest> {
    static constexpr FieldRule rules[] = {
        {.name = "topic", .doc = "\"category:games\", \"tag:puzzle\", \"brand:acme\""},
        {.name = "score", .doc = "Decayed weight; below zero is dislike."},
        {.name = "share",
         .doc = "Of all positive weight of the same family.",
         .minimum = 0,
         .maximum = 1},
        {.name = "confidence", .doc = "n / (n + 5) for n events.", .minimum = 0, .maximum = 1},
    };
};

template <>
struct Fields<domain::Profile> {
    static constexpr std::string_view doc =
        "What is known of a person, folded from their events when it is asked for.";
    static constexpr FieldRule rules[] = {
        {.name = "user_id", .doc = "The id it was asked for by."},
        {.name = "version", .doc = "The number of events folded in."},
        {.name = "as_of", .doc = "When the newest event happened; decayed numbers are as of then."},
        {.name = "interests", .doc = "Strongest first."},
        {.name = "consent", .doc = "By purpose."},
    };
};

template <>
struct Fields<domain::EventWeight> {
    static constexpr FieldRule rules[] = {
        {.name = "weight", .minimum = -1000, .maximum = 1000},
        {.name = "half_life_days",
         .doc = "After how many days half of the weight is left.",
         .minimum = 0.01,
         .maximum = 36500},
    };
};

template <>
struct Fields<domain::TenantLimits> {
    static constexpr FieldRule rules[] = {
        {.name = "events_per_second_max", .doc = "0: no limit", .optional = true},
        {.name = "events_burst_max", .doc = "0: one second's worth", .optional = true},
        {.name = "people_max", .doc = "0: no limit", .optional = true},
        {.name = "batch_events_max", .optional = true, .minimum = 1, .maximum = 100'000},
    };
};

template <>
struct Fields<domain::Tenant> {
    static constexpr FieldRule rules[] = {
        {.name = "id",
         .doc = "Lower-case letters, digits and '-', chosen when it is made.",
         .length_min = 1,
         .length_max = 63},
        {.name = "name", .optional = true, .length_max = 256},
        {.name = "limits", .optional = true},
        {.name = "event_weights",
         .doc = "By event name, over the built-in table.",
         .length_max = 1000},
        {.name = "ip_policy", .doc = "truncate or drop", .optional = true},
        {.name = "created_at", .optional = true},
    };
};

template <>
struct Fields<domain::ApiKey> {
    static constexpr std::string_view doc =
        "A key as it is listed; the key itself is shown once, when it is made.";
    static constexpr FieldRule rules[] = {
        {.name = "name", .length_max = 256},
        {.name = "prefix", .doc = "The first characters, to tell keys apart."},
    };
};

}  // namespace attune::base
