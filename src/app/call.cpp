// Any request of the API: what no command has a name for.
#include "app/commands.h"
#include "app/reach.h"
#include "app/route_command.h"
#include "base/disk.h"

#include <utility>

namespace attune::app {
namespace {

constexpr std::uint64_t kFileBytesMax = 64u << 20;
constexpr std::pair<std::string_view, http::Method> kMethods[] = {{"GET", http::Method::get},
                                                                  {"POST", http::Method::post},
                                                                  {"PUT", http::Method::put},
                                                                  {"PATCH", http::Method::patch},
                                                                  {"DELETE", http::Method::del}};

Result<http::Method> method_in(const Invocation& invocation) {
    const auto word = *invocation.text("METHOD");
    for (const auto& [name, method] : kMethods)
        if (name == word) return method;
    return fail_field("METHOD", "must be GET, POST, PUT, PATCH or DELETE");
}

Result<std::string> body_in(const Invocation& invocation) {
    if (const auto body = invocation.text("body")) {
        if (invocation.has("file"))
            return fail(Code::invalid_argument, "give either --body or --file");
        return *body;
    }
    const auto file = invocation.text("file");
    if (!file) return {};
    base::PosixDisk disk;
    return base::read_file(disk, *file, kFileBytesMax);
}

Result<void> call(const Invocation& invocation, Console& console) {
    ATTUNE_TRY(const auto method, method_in(invocation));
    ATTUNE_TRY(const auto body, body_in(invocation));
    const std::string path = *invocation.text("PATH");
    if (!path.starts_with('/')) return fail_field("PATH", "must begin with a slash");
    ATTUNE_TRY(const auto reach,
               Reach::open(invocation, {.whole_log = invocation.has("whole-log")}));
    if (method == http::Method::get) {
        bool ends_line = true;
        ATTUNE_TRY_VOID(reach->read(path, [&](std::string_view piece) {
            if (!piece.empty()) ends_line = piece.ends_with('\n');
            return console.write(piece);
        }));
        if (!ends_line) (void)console.write("\n");
    } else {
        ATTUNE_TRY(const auto answer, reach->ask(method, path, body));
        if (!answer.empty()) (void)console.write_line(answer);
    }
    return reach->close();
}

int run_call(const Invocation& invocation, Console& console) {
    const auto done = call(invocation, console);
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

}  // namespace

const Command kCall = with_reach(
    {.name = "call",
     .summary = "Makes any request of the API, and prints the answer.",
     .manual = "In a data directory as through a server, by the same handlers: what the API can "
               "do can be done without one. Every path is in the API's documentation.",
     .arguments = {{.name = "METHOD", .doc = "GET, POST, PUT, PATCH or DELETE."},
                   {.name = "PATH", .doc = "As in /api/v1/segments?limit=3."}},
     .options = {{.name = "body", .value = "JSON", .doc = "What is sent."},
                 {.name = "file", .value = "FILE", .doc = "Send what is in this file instead."},
                 {.name = "whole-log",
                  .value = {},
                  .doc = "In a data directory, first count all of the log, as a server has done "
                         "after a while."}},
     .run = &run_call});

}  // namespace attune::app
