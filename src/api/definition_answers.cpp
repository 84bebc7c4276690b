#include "api/definition_answers.h"

#include "api/query.h"
#include "base/json.h"
#include "http/text.h"

#include <algorithm>
#include <array>

namespace attune::api {
namespace {

std::string etag_of(const engine::Definition& definition) {
    return "\"" + std::to_string(definition.now().version) + "\"";
}

// What answers add beside the id.
constexpr std::array<std::string_view, 5> kAdded{"version", "updated_at", "updated_by", "refused",
                                                 "warnings"};

bool is_added(std::string_view key, const DefinitionNames& names) {
    return key == names.id || std::ranges::find(kAdded, key) != kAdded.end();
}

}  // namespace

std::string author_of(const Call& call) {
    if (!call.author.empty()) return std::string(call.author);
    return call.caller.role == Role::root ? "root" : "key:" + call.caller.key_id;
}

std::string definition_json(const DefinitionNames& names, const engine::Definition& definition,
                            std::span<const std::string> warnings) {
    const engine::Revision& now = definition.now();
    ObjectText object;
    object.add_string(names.id, definition.id);
    // What came in a file may have members by the names that are added here: those are not theirs to say.
    if (const auto body = base::JsonDocument::parse(now.body.text(), {.bytes_max = 64u << 20}))
        for (const auto& [key, value] : body->root().members())
            if (!is_added(key, names)) object.add(key, value);
    object.add("version", std::to_string(now.version));
    object.add_string("updated_at", base::format_time(now.at));
    object.add_string("updated_by", now.by);
    if (!definition.refused.empty()) object.add_string("refused", definition.refused);
    if (!warnings.empty())
        object.add("warnings",
                   base::to_json(std::vector<std::string>(warnings.begin(), warnings.end())));
    return std::string(std::move(object).finish().text());
}

http::Answer definition_answer(unsigned status, const DefinitionNames& names,
                               const engine::Definition& definition,
                               std::span<const std::string> warnings) {
    return http::Response::json(status, definition_json(names, definition, warnings))
        .with("ETag", etag_of(definition));
}

Result<engine::Definition> still_there(Result<engine::Definition> found, std::string_view noun) {
    if (found && found->is_removed())
        return fail(Code::not_found, "There is no such " + std::string(noun) + ".");
    return found;
}

unsigned saved_status(const engine::Definition& saved) {
    return saved.history.size() == 1 ? 201 : 200;
}

http::Answer created_answer(const DefinitionNames& names, const engine::Definition& saved,
                            std::string_view path, std::span<const std::string> warnings) {
    http::Answer answer = definition_answer(201, names, saved, warnings);
    answer.response.with("Location", std::string(path) + "/" + saved.id);
    return answer;
}

Result<http::Answer> page_answer(
    const Call& call, std::span<const engine::Definition> all,
    const std::function<bool(const engine::Definition&)>& passes,
    const std::function<std::string(const engine::Definition&)>& show) {
    ATTUNE_TRY(const auto page, page_of(call));
    std::string items = "[";
    std::size_t count = 0;
    std::string_view last;
    bool is_more = false;
    for (const engine::Definition& one : all) {
        if ((page.after && one.id <= *page.after) || !passes(one)) continue;
        is_more = count == page.limit;
        if (is_more) break;
        if (count++ > 0) items += ',';
        items += show(one);
        last = one.id;
    }
    ObjectText answer;
    answer.add("items", items + "]");
    if (is_more)
        answer.add_string("cursor", cursor_after(call, last));
    else
        answer.add("cursor", "null");
    return json_answer(200, std::string(std::move(answer).finish().text()));
}

std::string definition_schema(const DefinitionNames& names, std::string_view own,
                              std::string_view more) {
    return R"({"allOf":[)" + std::string(own) + R"(,{"type":"object","properties":{")" +
           std::string(names.id) +
           R"(":{"type":"string"},"version":{"type":"integer"},)"
           R"("updated_at":{"type":"string","format":"date-time"},"updated_by":{"type":"string"},)"
           R"("refused":{"type":"string","description":"Why it is not in force: it was saved before what it says was refused."})" +
           (more.empty() ? "" : ",") + std::string(more) + "}}]}";
}

http::Answer history_answer(const engine::Definition& definition) {
    wire::List<wire::Revision> answer;
    for (auto one = definition.history.rbegin(); one != definition.history.rend(); ++one) {
        answer.items.push_back({one->version, one->at, one->by,
                                one->note.empty() ? std::nullopt : std::optional(one->note),
                                one->body});
    }
    return json_answer(200, list_json(answer));
}

namespace {

// Versions are counted here: one that is sent says what was read, and asks for nothing (If-Match does).
Result<void> check_sent_version(const Call& call, const DefinitionNames& names,
                                base::JsonView version, bool is_new) {
    if (is_new) return fail_field("/version", "versions are counted by the server: leave it out");
    std::uint64_t last = 0;
    if (const auto found = names.there(call))
        last = found->now().version;
    else if (found.error().code != Code::not_found)
        return std::unexpected(found.error());
    const auto sent = version.as_uint64();
    if (sent && *sent > 0 && *sent <= last) return {};
    return fail_field(
        "/version",
        (last == 0 ? "there is no version yet" : "the last version is " + std::to_string(last)) +
            "; versions are counted by the server: leave it out, or say with "
            "If-Match which one you are changing");
}

Result<void> check_sent_names(const Call& call, const DefinitionNames& names) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(call.request.body));
    const std::string_view asked = call.request.param(names.id);
    const bool is_new = call.route.method == http::Method::post;
    const std::string pointer = "/" + std::string(names.id);
    if (const auto sent = document.root().find(names.id)) {
        if (is_new)
            return fail_field(pointer, "a new one gets its id from the server; PUT " +
                                           std::string(call.route.pattern) + "/{" +
                                           std::string(names.id) +
                                           "} saves under an id of your own");
        if (sent->as_string() != asked)
            return fail_field(pointer, "must be the one in the address, or left out");
    }
    const auto version = document.root().find("version");
    return version ? check_sent_version(call, names, *version, is_new) : Result<void>();
}

}  // namespace

Result<base::JsonText> trial_body(const Call& call, const DefinitionNames& names) {
    std::vector<std::string_view> added(kAdded.begin(), kAdded.end());
    added.push_back(names.id);
    return without(call.request.body, added);
}

Result<base::JsonText> definition_body(const Call& call, const DefinitionNames& names) {
    ATTUNE_TRY_VOID(check_sent_names(call, names));
    return trial_body(call, names);
}

namespace {

// A tag is its version in quotes. What is none of ours (a weak one, for an edit asks for the very same) names no version.
engine::SeenVersions versions_of(std::string_view tags) {
    std::vector<std::uint64_t> versions;
    while (auto tag = http::next_element(tags)) {
        if (*tag == "*") return engine::SeenVersions::existing();
        if (tag->size() > 2 && tag->front() == '"' && tag->back() == '"')
            tag = tag->substr(1, tag->size() - 2);
        if (const auto version = http::parse_decimal(*tag); version && *version > 0)
            versions.push_back(*version);
    }
    return engine::SeenVersions::any_of(std::move(versions));
}

}  // namespace

Result<engine::DefinitionChange> change_of(const Call& call,
                                           const std::optional<std::string>& note) {
    engine::DefinitionChange change{
        .by = author_of(call), .note = note.value_or(""), .expected = {}};
    if (call.request.header("if-none-match") == "*") {
        change.expected = 0;
        return change;
    }
    if (const auto condition = call.request.header("if-match"))
        change.expected = versions_of(*condition);
    return change;
}

Result<engine::DefinitionChange> change_of_new(const Call& call) {
    ATTUNE_TRY(auto change, change_of(call));
    change.expected = 0;
    return change;
}

std::string new_definition_id(const Call& call) {
    return call.services.engine.random().id().to_text().substr(0, 16);
}

}  // namespace attune::api
