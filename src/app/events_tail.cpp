#include "app/commands.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "domain/describe.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <thread>

namespace attune::app {

namespace {

// The last `count` events of the log; the log is walked once and only so many are held.
Result<void> tail_directory(const Invocation& invocation, Console& console, std::uint64_t count) {
    if (invocation.has("follow")) {
        return fail(Code::invalid_argument,
                    "--follow needs a server: while this command has the data directory, nobody "
                    "else can write to it. Add --url and --user");
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    if (const auto user = invocation.text("user")) {
        ATTUNE_TRY(auto page, place->engine().people().interactions(
                                  tenant, *user, {.limit = std::min<std::size_t>(count, 500)}));
        for (auto event = page.items.rbegin(); event != page.items.rend(); ++event) {
            console.write_line(base::to_json(*event));
        }
        return {};
    }
    std::deque<std::string> last;
    ATTUNE_TRY_VOID(
        place->engine().store().scan_all(tenant, {}, [&](const store::LoggedEvent& event) {
            last.push_back(event.payload);
            if (last.size() > count) last.pop_front();
            return true;
        }));
    for (const auto& line : last) console.write_line(line);
    return {};
}

struct PageReply {
    std::vector<domain::Event> items;
};
BOOST_DESCRIBE_STRUCT(PageReply, (), (items))

// Asks the server for the person's newest events, and again every second.
Result<void> tail_server(const Invocation& invocation, Console& console, std::uint64_t count) {
    const auto user = invocation.text("user");
    if (!user)
        return fail(Code::invalid_argument,
                    "--url needs --user: a server shows the events of one person at a time");
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    std::set<std::string> seen;
    const std::string path =
        "/api/v1/personalization/interactions/" + path_segment(*user) + "?limit=";
    const base::JsonOptions lenient{.limits = {.bytes_max = 64u << 20},
                                    .unknown = base::Unknown::ignore,
                                    .require_members = false};
    for (bool first = true;; first = false) {
        auto body =
            remote->get(path + std::to_string(first ? std::min<std::uint64_t>(count, 500) : 100));
        if (!body && !(body.error().code == Code::not_found && invocation.has("follow")))
            return std::unexpected(body.error());
        if (body) {
            ATTUNE_TRY(const auto page, base::from_json<PageReply>(*body, lenient));
            std::set<std::string> now;
            for (auto event = page.items.rbegin(); event != page.items.rend(); ++event) {
                if (!seen.contains(event->id)) console.write_line(base::to_json(*event));
                now.insert(event->id);
            }
            seen = std::move(now);  // what left the page never comes back to it
        }
        if (!console.flush() || !invocation.has("follow")) return {};
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

int run_tail(const Invocation& invocation, Console& console) {
    const auto done = [&]() -> Result<void> {
        ATTUNE_TRY(const auto count, invocation.number_or("count", 10, 1, 1'000'000));
        return invocation.has("url") ? tail_server(invocation, console, count)
                                     : tail_directory(invocation, console, count);
    }();
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
                {.name = "count", .value = "N", .doc = "How many.", .fallback = "10"},
                {.name = "follow",
                 .doc =
                     "Go on printing what comes in, until interrupted. Needs --url and --user."}},
    .settings = TakesSettings::engine,
    .run = &run_tail};

}  // namespace attune::app
