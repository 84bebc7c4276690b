#include "app/commands.h"
#include "app/line_pages.h"
#include "app/reach.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"
#include "engine/profile/people.h"
#include "http/text.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

namespace attune::app {

namespace {

constexpr std::uint64_t kOfOneMax = 500;
constexpr std::uint64_t kLookedAt = 100;  // of one person, to see what is new
constexpr std::uint64_t kOfAllMax = 10'000;
constexpr auto kBetween = std::chrono::seconds(1);

const base::JsonOptions kLenient{.limits = {.bytes_max = 64u << 20, .string_bytes_max = 16u << 20},
                                 .unknown = base::Unknown::ignore,
                                 .require_members = false};

struct PageReply {
    std::vector<domain::Event> items;
};
BOOST_DESCRIBE_STRUCT(PageReply, (), (items))

// Somebody's newest events; when it goes on, what was not shown yet.
class OfOne {
public:
    OfOne(Reach& reach, std::string_view user, bool goes_on)
        : reach_(reach),
          path_("/api/v1/personalization/interactions/" + http::percent_encoded(user) + "?limit="),
          goes_on_(goes_on) {}

    // The newest `count` of what was not shown yet.
    Result<void> show(std::uint64_t count, Console& console) {
        // What is looked at next is known already: otherwise what lies before the first `count` would seem to be new.
        const std::uint64_t limit = goes_on_ ? std::max(count, kLookedAt) : count;
        const auto body = reach_.ask(http::Method::get, path_ + std::to_string(limit));
        // They may come yet.
        if (!body && goes_on_ && body.error().code == Code::not_found) return {};
        ATTUNE_TRY_VOID(body);
        ATTUNE_TRY(const auto page, base::from_json<PageReply>(*body, kLenient));
        std::set<std::string> now;
        std::size_t older = page.items.size();
        for (auto event = page.items.rbegin(); event != page.items.rend(); ++event) {
            if (older-- <= count && !seen_.contains(event->id))
                console.write_line(base::to_json(*event));
            now.insert(event->id);
        }
        seen_ = std::move(now);  // what left the page never comes back to it
        return {};
    }

private:
    Reach& reach_;
    const std::string path_;
    const bool goes_on_;
    std::set<std::string> seen_;
};

const std::string kOfAllPath = "/api/v1/events:export?complete=true";

// Everybody's, from where the page before ended.
class OfAll {
public:
    explicit OfAll(Reach& reach) : reach_(reach) {}

    Result<void> show(std::uint64_t count, Console& console) {
        std::string target = kOfAllPath + (upto_ ? "&cursor=" + http::percent_encoded(*upto_)
                                                 : "&newest=" + std::to_string(count));
        while (true) {
            ATTUNE_TRY(std::string lines, reach_.ask(http::Method::get, target));
            ATTUNE_TRY(const PageEnd end, take_end(lines));
            if (!console.write(lines)) return {};
            upto_ = end.upto;
            if (!end.cursor) return {};
            target = kOfAllPath + "&cursor=" + http::percent_encoded(*end.cursor);
        }
    }

private:
    Reach& reach_;
    std::optional<std::string> upto_;
};

Result<void> tail(const Invocation& invocation, Console& console) {
    const bool goes_on = invocation.has("follow");
    if (goes_on && !invocation.has("url"))
        return fail(Code::invalid_argument,
                    "--follow needs a server: while this command has the data directory, nobody "
                    "else can write to it. Add --url");
    const auto user = invocation.text("user");
    ATTUNE_TRY(const auto count,
               invocation.number_or("count", 10, 1, user ? kOfOneMax : kOfAllMax));
    ATTUNE_TRY(const auto reach, Reach::open(invocation, {}));
    OfOne of_one(*reach, user.value_or(""), goes_on);
    OfAll of_all(*reach);
    for (bool first = true;; first = false) {
        if (user)
            ATTUNE_TRY_VOID(of_one.show(first ? count : kLookedAt, console));
        else
            ATTUNE_TRY_VOID(of_all.show(count, console));
        if (!console.flush() || !goes_on) return reach->close();
        std::this_thread::sleep_for(kBetween);
    }
}

int run_tail(const Invocation& invocation, Console& console) {
    const auto done = tail(invocation, console);
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

}  // namespace

const Command kEventsTail{
    .name = "events tail",
    .summary = "Prints the newest events, oldest of them first, one line of JSON each.",
    .options = {tenant_option(),
                url_option(),
                {.name = "user", .value = "USER", .doc = "Only those of one person."},
                {.name = "count",
                 .value = "N",
                 .doc =
                     "How many, up to 10,000, of the last 65,536 commits; of one person up to 500, "
                     "however long ago.",
                 .fallback = "10"},
                {.name = "follow",
                 .doc = "Go on printing what comes in, until interrupted. Needs --url."}},
    .settings = TakesSettings::engine,
    .run = &run_tail};

}  // namespace attune::app
