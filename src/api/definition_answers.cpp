#include "api/definition_answers.h"

#include "base/json.h"
#include "http/text.h"

namespace attune::api {
namespace {

std::string etag_of(const engine::Definition& definition) {
    return "\"" + std::to_string(definition.now().version) + "\"";
}

std::string author_of(const engine::Caller& caller) {
    return caller.role == Role::root ? "root" : "key:" + caller.key_id;
}

}  // namespace

std::string definition_json(const DefinitionNames& names, const engine::Definition& definition) {
    const engine::Revision& now = definition.now();
    ObjectText object;
    object.add_string(names.id, definition.id);
    if (const auto body = base::JsonDocument::parse(now.body.text(), {.bytes_max = 64u << 20}))
        for (const auto& [key, value] : body->root().members()) object.add(key, value);
    object.add("version", std::to_string(now.version));
    object.add_string("updated_at", base::format_time(now.at));
    object.add_string("updated_by", now.by);
    return std::string(std::move(object).finish().text());
}

http::Answer definition_answer(unsigned status, const DefinitionNames& names,
                               const engine::Definition& definition) {
    return http::Response::json(status, definition_json(names, definition))
        .with("ETag", etag_of(definition));
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

Result<base::JsonText> definition_body(const Call& call, const DefinitionNames& names) {
    return without(call.request.body, {names.id, "version", "updated_at", "updated_by"});
}

Result<engine::DefinitionChange> change_of(const Call& call) {
    engine::DefinitionChange change{.by = author_of(call.caller), .note = {}, .expected = {}};
    const auto condition = call.request.header("if-match");
    if (!condition || *condition == "*") return change;
    std::string_view tag = *condition;
    if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"')
        tag = tag.substr(1, tag.size() - 2);
    const auto version = http::parse_decimal(tag);
    if (!version)
        return fail(Code::failed_precondition, "It is not at this version any more.",
                    "version_mismatch");
    change.expected = version;
    return change;
}

}  // namespace attune::api
