#include "app/route_command.h"

#include "app/reach.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/disk.h"
#include "base/json.h"
#include "http/text.h"

#include <optional>
#include <set>
#include <span>
#include <utility>

namespace attune::app {
namespace {

constexpr std::uint64_t kNumberMax = 1ull << 53;  // as JSON has them exactly
constexpr std::uint64_t kFileBytesMax = 64u << 20;
const base::JsonLimits kAnswer{.bytes_max = 64u << 20, .string_bytes_max = 16u << 20};

Result<std::string> file_of(const Invocation& invocation, std::string_view argument) {
    base::PosixDisk disk;
    return base::read_file(disk, *invocation.text(argument), kFileBytesMax);
}

Result<std::string> checked(std::string_view from, std::string_view json) {
    auto text = base::JsonText::parse(json);
    if (text) return std::string(text->text());
    Error error = std::move(text).error();
    error.message = std::string(from) + ": " + error.message;
    return std::unexpected(std::move(error));
}

std::string quoted(std::string_view text) {
    std::string json;
    base::append_json(json, text);
    return json;
}

std::string_view name_of(const RoutePart& part) {
    return part.name.empty() ? part.from : part.name;
}

Result<std::string> json_of(const Invocation& invocation, const RoutePart& part) {
    switch (part.as) {
        case RouteValue::number: {
            ATTUNE_TRY(const auto number, invocation.number(part.from, 0, kNumberMax));
            return std::to_string(*number);
        }
        case RouteValue::json:
            return checked("--" + std::string(part.from), *invocation.text(part.from));
        case RouteValue::file: {
            ATTUNE_TRY(const auto file, file_of(invocation, part.from));
            return checked(*invocation.text(part.from), file);
        }
        case RouteValue::list:
            return base::to_json(invocation.list(part.from));
        case RouteValue::yes:
            return "true";
        case RouteValue::text:
            break;
    }
    return quoted(*invocation.text(part.from));
}

Result<std::string> body_for(const RouteFace& face, const Invocation& invocation) {
    if (face.body_of != nullptr) return face.body_of(invocation);
    if (!face.file.empty()) return file_of(invocation, face.file);
    std::string body;
    std::set<std::string_view> names;
    for (const RoutePart& part : face.body) {
        if (part.from.empty() || !invocation.has(part.from)) continue;
        ATTUNE_TRY(const auto value, json_of(invocation, part));
        if (!names.insert(name_of(part)).second)
            return fail(Code::invalid_argument, "--" + std::string(part.from) + " says what --" +
                                                    std::string(name_of(part)) +
                                                    " says already: give one of them");
        body += body.empty() ? "{" : ",";
        body += quoted(name_of(part)) + ":" + value;
    }
    if (!body.empty()) body += '}';
    return body;
}

// An id that is empty would make another path.
Result<std::string> filled(std::string_view pattern, const Invocation& invocation) {
    std::string path;
    while (true) {
        const auto open = pattern.find('{');
        path += pattern.substr(0, open);
        if (open == std::string_view::npos) return path;
        const auto close = pattern.find('}', open);
        const auto name = pattern.substr(open + 1, close - open - 1);
        const std::string text = invocation.text(name).value_or("");
        if (text.empty()) return fail_field(std::string(name), "must not be empty");
        path += http::percent_encoded(text);
        pattern.remove_prefix(close + 1);
    }
}

bool is_about_all(const RouteFace& face, const Invocation& invocation) {
    if (face.path_of_all.empty()) return false;
    const auto open = face.path.find('{');
    return !invocation.has(face.path.substr(open + 1, face.path.find('}') - open - 1));
}

Result<std::string> target_of(const RouteFace& face, const Invocation& invocation) {
    ATTUNE_TRY(std::string target,
               filled(is_about_all(face, invocation) ? face.path_of_all : face.path, invocation));
    char mark = '?';
    for (const RoutePart& part : face.query) {
        if (part.from.empty() || !invocation.has(part.from)) continue;
        target += std::exchange(mark, '&');
        target += std::string(name_of(part)) + "=";
        target += part.as == RouteValue::yes ? "true"
                                             : http::percent_encoded(*invocation.text(part.from));
    }
    return target;
}

// Every page, a line for each item.
Result<void> write_list(Reach& reach, const std::string& target, Console& console) {
    const char mark = target.find('?') == std::string::npos ? '?' : '&';
    std::string page = target;
    while (true) {
        ATTUNE_TRY(const auto answer, reach.ask(http::Method::get, page));
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(answer, kAnswer));
        const auto items = document.root().find("items");
        if (!items) return fail(Code::data_loss, "the answer is no list");
        for (const base::JsonView item : items->elements())
            if (!console.write_line(item.text().text())) return {};
        const auto cursor = document.root().find("cursor");
        const auto next = cursor ? cursor->as_string() : std::nullopt;
        if (!next) return {};
        page = target + mark + "cursor=" + http::percent_encoded(*next);
    }
}

Result<void> run(const RouteFace& face, const Invocation& invocation, Console& console) {
    // Before anything is opened: what is wrong with the command line is so wherever it goes.
    ATTUNE_TRY(const auto target, target_of(face, invocation));
    ATTUNE_TRY(const auto body, body_for(face, invocation));
    ATTUNE_TRY(const auto reach,
               Reach::open(invocation, {.whole_log = face.whole_log, .may_begin = face.may_begin}));
    if (face.lists || is_about_all(face, invocation)) {
        ATTUNE_TRY_VOID(write_list(*reach, target, console));
    } else {
        ATTUNE_TRY(const auto answer, reach->ask(face.method, target, body));
        if (!answer.empty()) (void)console.write_line(answer);
    }
    ATTUNE_TRY_VOID(reach->close());
    if (!face.done.empty()) console.say(face.done);
    return {};
}

}  // namespace

int run_route(const RouteFace& face, const Invocation& invocation, Console& console) {
    const auto done = run(face, invocation, console);
    if (done) return kExitDone;
    console.fail_with(done.error());
    return exit_code_of(done.error());
}

Option version_option() {
    return {.name = "version",
            .value = "N",
            .doc = "Which of its versions, as its history numbers them.",
            .required = true};
}

Option note_option() {
    return {.name = "note", .value = "TEXT", .doc = "Why; kept in the history."};
}

Command with_reach(Command command, bool of_root) {
    if (!of_root) command.options.push_back(tenant_option());
    command.options.push_back(url_option());
    command.settings = TakesSettings::engine;
    return command;
}

}  // namespace attune::app
