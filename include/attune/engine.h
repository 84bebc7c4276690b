// Attune as a library: a personalization engine that lives in your process and keeps everything in
// one folder.
//
//     #include <attune/engine.h>
//
//     auto engine = attune::Engine::open("./shop-data");
//     if (!engine) return report(engine.error());
//
//     auto receipt = engine->track({.user_id = "ann", .event = "purchase", .item_id = "boots"});
//     if (receipt) receipt->wait();           // on the disk: survives a power cut
//
//     auto profile = engine->profile("ann");  // has the purchase, waited for or not
//     std::cout << profile->count("purchase") << '\n' << profile->json() << '\n';
//
// What is tracked is validated, enriched (device, session, local hour …), counted once by its id,
// and folded into the person's profile in memory before track() returns; the next read sees it. A
// person is known by a user id, by an anonymous id, or by both: an event that carries both, or
// identify(), says that they are one, and from then on either id reads the whole story.
//
// Threads: an Engine may be used by any number of threads at once. Moving from, closing or
// destroying it must be the last thing that happens to it. One process at a time may have a folder
// open; a second one is told so.
//
// Failures are values (attune/result.h). Nothing here throws except std::bad_alloc. The library
// starts one thread for the disk, prints nothing and never ends the process; when the disk fails,
// the write that met it and all later ones answer Code::unavailable until the folder is opened
// anew.
//
// Standard library only: link with attune::attune and nothing of it shows.
#pragma once

#include <attune/result.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

class Api;  // attune/api.h: all that the HTTP API answers

// UTC.
using Moment = std::chrono::sys_time<std::chrono::microseconds>;

enum class Durability : std::uint8_t {
    fsync,  // a receipt is complete once the events are on the disk
    batch,  // … once they are written; a power cut may cost the last 50 milliseconds
    none,   // … once they are written; the system syncs when it likes
};

struct Options {
    std::string directory;  // made when it is not there
    Durability durability = Durability::fsync;
    std::size_t cache_bytes_max = 128u << 20;  // of profiles in memory
    std::string geo_file;                      // a MaxMind database, to know countries; optional
    std::string tenant = "default";            // made when it is not there
};

// Something that somebody did. It needs an event name and at least one of the two ids.
struct Event {
    // Yours, so that sending it again counts once; made here when left out.
    std::optional<std::string> id{};
    std::optional<std::string> user_id{};
    std::optional<std::string> anonymous_id{};
    std::string event{};  // "view", "purchase", "rating", "search" … or any name of your own
    std::optional<std::string> item_id{};
    std::optional<double> value{};  // a price, a rating, seconds, a scroll depth
    std::optional<std::string> decision_id{};
    std::string properties{};  // a JSON object, or empty
    std::string context{};     // a JSON object: user_agent, ip, locale, timezone, page …; or empty
    std::optional<Moment> time{};  // now, when left out
};

// What came of a call of track(). Copies share one outcome.
class Receipt {
public:
    struct Rejection {
        std::size_t index = 0;  // in what was passed
        Error error;            // its fields are relative to the event: "/time"
    };

    [[nodiscard]] std::uint32_t accepted() const;
    [[nodiscard]] std::uint32_t duplicates() const;  // their ids had been seen before
    [[nodiscard]] const std::vector<Rejection>& rejected() const;
    // The ids of all events by their place in what was passed; empty where one was rejected.
    [[nodiscard]] const std::vector<std::string>& ids() const;

    // Blocks until the accepted events are as durable as the options say, or cannot be.
    Result<void> wait() const;
    [[nodiscard]] bool is_done() const;

private:
    friend class Engine;
    struct State;
    explicit Receipt(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

struct Interest {
    std::string topic;      // "category:games", "tag:puzzle", "brand:acme"
    double score = 0;       // below zero is dislike
    double confidence = 0;  // 0 … 1
};

// A person at one instant; it does not change when they do more. Copies are cheap.
class Profile {
public:
    // All there is, as the HTTP API answers it.
    [[nodiscard]] std::string_view json() const;

    [[nodiscard]] std::uint64_t version() const;  // grows with every event of the person
    [[nodiscard]] std::uint64_t events() const;
    [[nodiscard]] std::uint64_t count(
        std::string_view event) const;  // of one name; 0 when it never happened
    [[nodiscard]] double value_sum(
        std::string_view event) const;  // of the values of that name's events
    [[nodiscard]] std::optional<Moment> first_seen() const;
    [[nodiscard]] std::optional<Moment> last_seen() const;
    [[nodiscard]] std::uint64_t sessions() const;
    [[nodiscard]] std::vector<Interest> interests() const;        // strongest first
    [[nodiscard]] std::vector<std::string> recent_items() const;  // newest first
    [[nodiscard]] std::vector<std::string> user_ids() const;
    [[nodiscard]] std::vector<std::string> anonymous_ids() const;
    // A preference's value as JSON; empty when there is none of that name.
    [[nodiscard]] std::optional<std::string> preference(std::string_view key) const;
    // Empty when nothing was ever said about that purpose.
    [[nodiscard]] std::optional<bool> consent(std::string_view purpose) const;

private:
    friend class Engine;
    struct State;
    explicit Profile(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

struct InteractionFilter {
    std::optional<std::string> event{};
    std::optional<std::string> item_id{};
    std::optional<Moment> since{};  // inclusive
    std::optional<Moment> until{};  // exclusive
    std::optional<std::string> cursor{};
    std::size_t limit = 100;  // 1 … 500
};

struct Interactions {
    std::vector<std::string> events;    // each as JSON, those that arrived last first
    std::optional<std::string> cursor;  // pass it on to get the next page; empty at the end. With
                                        // a filter, a page may be short or empty and not the last
};

// What came of put_items().
struct SavedItems {
    struct Rejected {
        std::size_t index = 0;  // in what was passed
        Error error;            // its fields are relative to the item: "/price"
    };
    std::size_t saved = 0;
    std::size_t unchanged = 0;  // they were so already
    std::vector<Rejected> rejected;
};

// What a flag says, in OpenFeature's words.
struct FlagValue {
    std::string value;    // JSON; empty: take your own default
    std::string variant;  // its name
    std::string reason;   // "STATIC", "TARGETING_MATCH", "SPLIT", "DEFAULT", "DISABLED", "ERROR"
    std::string error;    // "FLAG_NOT_FOUND", "PARSE_ERROR", "GENERAL"; empty when there is none
    std::string detail;   // of an error, for people
};

// Whom, where and how something is recommended.
struct RecommendOptions {
    std::string user_id{};                 // empty: nobody in particular
    std::string placement{};               // of the definitions; empty: "default"
    std::string context{};                 // a JSON object that rules and filters see, or empty
    std::optional<std::uint32_t> limit{};  // 1 … 200; the placement's when left out
    std::vector<std::string> exclude{};    // item ids that are not to be shown
    std::vector<std::string> goes_with{};  // item ids that the answer is to go with
    bool reasons = false;                  // why each is there, in `json`
    bool with_items = false;               // what the catalogue says of each, in `json`
};

struct Recommended {
    std::vector<std::string> items;  // their ids, best first
    // As the HTTP API answers it: with scores, reasons, the decision's id, and what could not be
    // done as asked.
    std::string json;
};

// Lists for a page of people.
struct RecommendedPage {
    std::string lines;  // NDJSON, a line a person: {"user_id": "ann", "items": […], …}
    std::optional<std::string> cursor;  // of the next page; empty at the end
};

struct SimilarPerson {
    std::string user_id;          // a known one where there is one, else an anonymous one
    double likeness = 0;          // 0 … 1
    std::uint32_t in_common = 0;  // items that both liked
};

struct ApplyOptions {
    bool dry_run = false;  // say what would change, and change nothing
    bool prune = false;    // remove what the file does not name, of the kinds that it names
    std::string note;      // why; kept in the history
};

class Engine {
public:
    // Opens the folder, or begins a new one. failed_precondition when another process has it open;
    // data_loss when something that was acknowledged is missing or damaged: then nothing is served,
    // and the message says what is gone.
    [[nodiscard]] static Result<Engine> open(std::string directory);
    [[nodiscard]] static Result<Engine> open(Options options);

    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    ~Engine();  // close(), with nobody to tell of a failure

    // Takes one event, or many at once (up to 10,000). The call fails only when nothing could be
    // taken (resource_exhausted: the queue or the disk is full); an event that makes no sense is in
    // receipt.rejected() and costs the others nothing. For a single event, that is
    // invalid_argument.
    [[nodiscard]] Result<Receipt> track(Event event);
    [[nodiscard]] Result<Receipt> track(std::vector<Event> events);
    // The same from JSON as the HTTP API takes it: one object or an array of them.
    [[nodiscard]] Result<Receipt> track_json(std::string_view json);

    // Says that the anonymous visitor is this user, and what is known of them (`traits`: a JSON
    // object, or empty). What either did before belongs to both from now on.
    [[nodiscard]] Result<Receipt> identify(std::string_view user_id, std::string_view anonymous_id,
                                           std::string_view traits = {});

    // By a user id or an anonymous id. not_found when nobody has it.
    [[nodiscard]] Result<Profile> profile(std::string_view user_id) const;
    [[nodiscard]] Result<Interactions> interactions(std::string_view user_id,
                                                    const InteractionFilter& filter = {}) const;

    // What this person should see right now, as the HTTP API answers it: {"config": {…}, "flags": {…}, "variants": {…},
    // "decision_id": …}. `context`: a JSON object such as {"name":"dashboard","device":"mobile"}, or empty. Who is unknown
    // or has opted out gets the defaults.
    [[nodiscard]] Result<std::string> config(std::string_view user_id,
                                             std::string_view context = {},
                                             bool reasons = false) const;
    // One flag, in some hundred nanoseconds. `context`: a JSON object with "targetingKey" and whatever the targeting looks at.
    // A flag that is unknown or broken is an answer, not a failure.
    [[nodiscard]] Result<FlagValue> flag(std::string_view key, std::string_view context = {}) const;

    // What somebody should be shown in a place, computed now: what was tracked before is in it. An
    // empty `items` says why in `json`; who or what is unknown is an answer, not a failure.
    [[nodiscard]] Result<Recommended> recommend(const RecommendOptions& options = {}) const;
    // These items (up to 1,000 ids) in order for somebody, without those that may not be shown.
    // Of the options, `limit`, `exclude` and `goes_with` say nothing here.
    [[nodiscard]] Result<Recommended> rank(const std::vector<std::string>& item_ids,
                                           const RecommendOptions& options = {}) const;
    // What goes with an item, whoever asks. not_found when the catalogue does not have it.
    [[nodiscard]] Result<Recommended> similar_items(std::string_view item_id,
                                                    std::uint32_t limit = 10) const;
    // Somebody's front page in rows of up to `per_row` items: {"rows": [{"title": …, "items": […]}]}.
    [[nodiscard]] Result<std::string> homepage(std::string_view user_id,
                                               std::string_view context = {},
                                               std::uint32_t per_row = 10) const;

    // For everybody, a page of up to 500 people at a time: for mailings. As each would be answered
    // now, but nothing is recorded. Of the options, `placement`, `limit` and `reasons` count.
    [[nodiscard]] Result<RecommendedPage> recommend_to_all(
        const RecommendOptions& options = {}, const std::optional<std::string>& cursor = {},
        std::size_t people = 100) const;
    // Who is of like taste, most alike first, by the items that both liked; up to 100. It names
    // people: whoever was erased or opted out is not among them. not_found when nobody has the id.
    [[nodiscard]] Result<std::vector<SimilarPerson>> similar_people(std::string_view user_id,
                                                                    std::size_t limit = 10) const;

    // Learns a model of what everybody did, and waits for it: minutes for millions of events. It
    // answers from then on if it is better than what answers now. The model's record as the HTTP API
    // answers it, also of a failure ("state", "reason").
    Result<std::string> train_model(std::string_view learner = "ials");

    // The segments, experiments, rules, placements and flags in force, as one JSON file:
    // {"rules": {"dark": {…}}, "flags": {…}, …}.
    [[nodiscard]] Result<std::string> definitions() const;
    // Makes them what such a file says, and answers what was changed:
    // {"steps":[{"kind":"rules","id":"dark","change":"created"}],"unchanged":0,"applied":true}. A file that contradicts itself,
    // or what stays, changes nothing; the error names the place in it.
    [[nodiscard]] Result<std::string> apply_definitions(std::string_view file,
                                                        const ApplyOptions& options = {});

    // Puts items into the catalogue, from JSON as the HTTP API takes it: one object or an array of up to 10,000. Each
    // replaces the item of its id as a whole; a wrong one costs the others nothing. On the disk when this returns.
    [[nodiscard]] Result<SavedItems> put_items(std::string_view json);
    // As JSON; not_found when there is none.
    [[nodiscard]] Result<std::string> item(std::string_view id) const;
    [[nodiscard]] Result<void> remove_item(std::string_view id);

    // Forgets the person under all their ids. Gone when this returns.
    [[nodiscard]] Result<void> erase(std::string_view user_id);

    // Waits until everything tracked so far is on the disk, whatever the durability.
    [[nodiscard]] Result<void> flush();
    // flush(), then lets the folder go. Any later call is failed_precondition.
    Result<void> close();

private:
    friend class Api;
    class Impl;
    explicit Engine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune
