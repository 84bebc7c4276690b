// What requests and answers of Attune's own API look like. Each struct is described once; reading, checking, writing and
// the schemas of /openapi.json follow from that. Nouns that are answered as they are (Event, Profile, Tenant, ApiKey) are
// described in domain/.
#pragma once

#include "base/flat_map.h"
#include "base/json.h"
#include "base/time.h"
#include "domain/describe.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::api::wire {

// One wrong field, as a JSON pointer and what was expected there.
struct Problem {
    std::string pointer;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (pointer, detail))

// The body of every error (RFC 9457).
struct ProblemDocument {
    std::string type;
    std::string title;
    std::int64_t status = 0;
    std::string detail;
    std::optional<std::vector<Problem>> errors;
    std::optional<std::string> request_id;
};
BOOST_DESCRIBE_STRUCT(ProblemDocument, (), (type, title, status, detail, errors, request_id))

struct RejectedEvent {
    std::uint64_t index = 0;  // in the request, from 0
    std::vector<Problem> errors;
};
BOOST_DESCRIBE_STRUCT(RejectedEvent, (), (index, errors))

struct TrackReply {
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::vector<RejectedEvent> rejected;
    std::vector<std::optional<std::string>>
        ids;  // of every event by index; null where it was rejected
};
BOOST_DESCRIBE_STRUCT(TrackReply, (), (accepted, duplicates, rejected, ids))

struct RejectedLine {
    std::uint64_t line = 0;  // from 1
    std::vector<Problem> errors;
};
BOOST_DESCRIBE_STRUCT(RejectedLine, (), (line, errors))

struct UploadReply {
    std::uint64_t lines = 0;
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t rejected_total = 0;
    std::vector<RejectedLine> rejected;  // the first of them
};
BOOST_DESCRIBE_STRUCT(UploadReply, (), (lines, accepted, duplicates, rejected_total, rejected))

// One line of an answer in NDJSON.
struct LineReply {
    std::uint64_t line = 0;
    std::string status;  // "accepted", "rejected", "blank"
    std::optional<std::vector<Problem>> errors;
};
BOOST_DESCRIBE_STRUCT(LineReply, (), (line, status, errors))

struct PreferenceEdit {
    base::JsonText value;
    std::optional<std::string> category;
};
BOOST_DESCRIBE_STRUCT(PreferenceEdit, (), (value, category))

struct ConsentEdit {
    bool granted = false;
    std::optional<std::string> source;
    std::optional<std::string> text_version;
};
BOOST_DESCRIBE_STRUCT(ConsentEdit, (), (granted, source, text_version))

// What a person or an application says about a person outright. The shape mirrors the profile; what is left out
// stays as it is, and null takes away.
struct ProfileEdit {
    base::JsonText demographics;  // {"email": …, "traits": {…}}
    base::JsonText traits;        // the same as demographics.traits
    base::FlatMap<std::string, base::JsonText>
        preferences;                                     // value, {"value":…,"category":…} or null
    base::FlatMap<std::string, base::JsonText> consent;  // true, false or {"granted":…}
};
BOOST_DESCRIBE_STRUCT(ProfileEdit, (), (demographics, traits, preferences, consent))

struct UserEdit {
    base::JsonText traits;
    std::optional<std::string> anonymous_id;  // who the user was before they were known
};
BOOST_DESCRIBE_STRUCT(UserEdit, (), (traits, anonymous_id))

struct User {
    std::string user_id;
    std::vector<std::string> user_ids;
    std::vector<std::string> anonymous_ids;
    std::uint64_t version = 0;
    std::optional<base::Time> first_seen_at;
    std::optional<base::Time> last_seen_at;
    base::JsonText traits;
};
BOOST_DESCRIBE_STRUCT(User, (),
                      (user_id, user_ids, anonymous_ids, version, first_seen_at, last_seen_at,
                       traits))

struct Recomputed {
    std::uint64_t version = 0;
    std::uint64_t events = 0;
    bool changed = false;
};
BOOST_DESCRIBE_STRUCT(Recomputed, (), (version, events, changed))

struct NewTenant {
    std::string id;
    std::string name;
    domain::TenantLimits limits;
    base::FlatMap<std::string, domain::EventWeight> event_weights;
    std::string ip_policy = "truncate";
};
BOOST_DESCRIBE_STRUCT(NewTenant, (), (id, name, limits, event_weights, ip_policy))

struct TenantEdit {
    std::string name;
    domain::TenantLimits limits;
    base::FlatMap<std::string, domain::EventWeight> event_weights;
    std::string ip_policy = "truncate";
};
BOOST_DESCRIBE_STRUCT(TenantEdit, (), (name, limits, event_weights, ip_policy))

struct Tenant {
    std::string id;
    std::string name;
    domain::TenantLimits limits;
    base::FlatMap<std::string, domain::EventWeight> event_weights;
    std::string ip_policy;
    base::Time created_at;
    std::uint64_t version = 0;
    std::uint64_t people = 0;  // as of the last commit
};
BOOST_DESCRIBE_STRUCT(Tenant, (),
                      (id, name, limits, event_weights, ip_policy, created_at, version, people))

struct NewBackup {
    std::optional<std::string> directory;
};
BOOST_DESCRIBE_STRUCT(NewBackup, (), (directory))

struct BackupBegun {
    std::string directory;
};
BOOST_DESCRIBE_STRUCT(BackupBegun, (), (directory))

struct Backup {
    std::uint64_t number = 0;
    base::Time made_at;
    std::uint64_t last_sequence = 0;
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(Backup, (), (number, made_at, last_sequence, events, bytes))

struct BackupStatus {
    bool running = false;
    std::optional<std::uint64_t> last_number;
    std::optional<std::string> last_error;
    std::vector<Backup> items;
};
BOOST_DESCRIBE_STRUCT(BackupStatus, (), (running, last_number, last_error, items))

// Of domain::Role what a tenant's key may have: root is above tenants, and persons have tokens.
enum class KeyRole : std::uint8_t { admin, service, ingest, analyst };
BOOST_DESCRIBE_ENUM(KeyRole, admin, service, ingest, analyst)

struct NewKey {
    std::string name;
    KeyRole role = KeyRole::service;
    std::optional<base::Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewKey, (), (name, role, expires_at))

struct Key {
    std::string id;
    std::string name;
    domain::Role role = domain::Role::service;
    std::string prefix;
    base::Time created_at;
    std::optional<base::Time> expires_at;
    std::optional<base::Time> last_used_at;
    std::optional<std::string> key;  // the secret, in the answer that made it and never again
};
BOOST_DESCRIBE_STRUCT(Key, (), (id, name, role, prefix, created_at, expires_at, last_used_at, key))

struct NewToken {
    std::int64_t lifetime_seconds = 3'600;
};
BOOST_DESCRIBE_STRUCT(NewToken, (), (lifetime_seconds))

struct Token {
    std::string token;
    std::string user_id;
    base::Time expires_at;
};
BOOST_DESCRIBE_STRUCT(Token, (), (token, user_id, expires_at))

struct WhoAmI {
    domain::Role role = domain::Role::service;
    std::optional<std::string> tenant;
    std::optional<std::string> key_id;
    std::optional<std::string> user_id;
};
BOOST_DESCRIBE_STRUCT(WhoAmI, (), (role, tenant, key_id, user_id))

template <class T>
struct List {
    std::vector<T> items;
    std::optional<std::string> cursor;
};

}  // namespace attune::api::wire

namespace attune::base {

template <>
struct Fields<api::wire::PreferenceEdit> {
    static constexpr FieldRule rules[] = {
        {.name = "value", .doc = "Any JSON value."},
        {.name = "category", .doc = "Groups preferences.", .length_max = 256}};
};

template <>
struct Fields<api::wire::ConsentEdit> {
    static constexpr FieldRule rules[] = {
        {.name = "granted", .doc = "Whether the purpose is consented to."},
        {.name = "source", .doc = "Where this was said: a form, a banner.", .length_max = 256},
        {.name = "text_version",
         .doc = "The version of the text that was shown.",
         .length_max = 256}};
};

template <>
struct Fields<api::wire::ProfileEdit> {
    static constexpr FieldRule rules[] = {
        {.name = "demographics",
         .doc = "Named traits; null takes one away.",
         .optional = true,
         .object = true},
        {.name = "traits",
         .doc = "Traits of the application's own.",
         .optional = true,
         .object = true},
        {.name = "preferences",
         .doc = "By key: a value, {\"value\", \"category\"}, or null to take it away.",
         .optional = true,
         .length_max = 200},
        {.name = "consent",
         .doc = "By purpose: true, false, or {\"granted\", \"source\", \"text_version\"}.",
         .optional = true,
         .length_max = 50}};
};

template <>
struct Fields<api::wire::UserEdit> {
    static constexpr FieldRule rules[] = {
        {.name = "traits", .doc = "Merged over what is known.", .optional = true, .object = true},
        {.name = "anonymous_id",
         .doc = "An id the user had before they were known; both become one person.",
         .length_min = 1,
         .length_max = 256}};
};

template <>
struct Fields<api::wire::NewTenant> {
    static constexpr FieldRule rules[] = {
        {.name = "id", .doc = "[a-z0-9][a-z0-9-]{0,62}", .length_min = 1, .length_max = 63},
        {.name = "name", .doc = "For people.", .optional = true, .length_max = 200},
        {.name = "limits", .optional = true},
        {.name = "event_weights", .doc = "Over the built-in table.", .length_max = 1000},
        {.name = "ip_policy", .doc = "truncate or drop", .optional = true, .length_max = 16}};
};

template <>
struct Fields<api::wire::TenantEdit> {
    static constexpr FieldRule rules[] = {
        {.name = "name", .doc = "For people.", .length_max = 200},
        {.name = "limits", .optional = true},
        {.name = "event_weights", .doc = "Over the built-in table.", .length_max = 1000},
        {.name = "ip_policy", .doc = "truncate or drop", .optional = true, .length_max = 16}};
};

template <>
struct Fields<api::wire::NewBackup> {
    static constexpr FieldRule rules[] = {
        {.name = "directory",
         .doc = "The configured backup_dir or below it; relative to it, or whole.",
         .length_max = 1024}};
};

template <>
struct Fields<api::wire::NewKey> {
    static constexpr FieldRule rules[] = {
        {.name = "name", .doc = "What the key is for.", .length_min = 1, .length_max = 200},
        {.name = "role", .doc = "admin, service, ingest or analyst", .optional = true},
        {.name = "expires_at", .doc = "Never, when left out."}};
};

template <>
struct Fields<api::wire::NewToken> {
    static constexpr FieldRule rules[] = {{.name = "lifetime_seconds",
                                           .doc = "From a minute to thirty days.",
                                           .optional = true,
                                           .minimum = 60,
                                           .maximum = 2'592'000}};
};

}  // namespace attune::base
