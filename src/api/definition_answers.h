// What routes about definitions (rules, flags, experiments) share: how one is shown, who changed it, and which version a
// change is meant for.
#pragma once

#include "api/answers.h"
#include "api/call.h"
#include "api/etag.h"
#include "api/wire_rules.h"
#include "engine/definitions/definition_store.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace attune::api {

// The names that an answer adds to a definition's own members. A body that was read may be sent back with them: they are
// left out of what is saved, and what they say must be so.
struct DefinitionNames {
    std::string_view id;  // "rule_id": in the body, and in the path of the routes about one
    // What the path names, as far as it is there.
    Result<engine::Definition> (*there)(const Call&) = nullptr;
};

[[nodiscard]] std::string definition_json(const DefinitionNames& names,
                                          const engine::Definition& definition,
                                          std::span<const std::string> warnings = {});
// `warnings` are what comes to nothing of what it says; they are shown where there are any.
[[nodiscard]] http::Answer definition_answer(unsigned status, const DefinitionNames& names,
                                             const engine::Definition& definition,
                                             std::span<const std::string> warnings = {});
// What the routes that show one answer: not_found for one that was removed. `noun`: "rule".
[[nodiscard]] Result<engine::Definition> still_there(Result<engine::Definition> found,
                                                     std::string_view noun);
// 201 for the first version, else 200.
[[nodiscard]] unsigned saved_status(const engine::Definition& saved);
// A new definition's answer, with its Location below `path`.
[[nodiscard]] http::Answer created_answer(const DefinitionNames& names,
                                          const engine::Definition& saved, std::string_view path,
                                          std::span<const std::string> warnings = {});
// The page of those that pass, by id, each as `show` writes it.
[[nodiscard]] Result<http::Answer> page_answer(
    const Call& call, std::span<const engine::Definition> all,
    const std::function<bool(const engine::Definition&)>& passes,
    const std::function<std::string(const engine::Definition&)>& show);
// The schema of a definition with the names that answers add; `own` is that of its own members, `more` are properties that only
// answers about this kind have.
[[nodiscard]] std::string definition_schema(const DefinitionNames& names, std::string_view own,
                                            std::string_view more = {});
// {"items": [revisions, newest first], "cursor": null}
[[nodiscard]] http::Answer history_answer(const engine::Definition& definition);

// The request's body without the names that answers add. invalid_argument where its id is not that of the path, or is there
// when the path has none (new ones get theirs here), and where its version is none that there was.
[[nodiscard]] Result<base::JsonText> definition_body(const Call& call,
                                                     const DefinitionNames& names);
// The same of what is not to be saved: what they say is nobody's business.
[[nodiscard]] Result<base::JsonText> trial_body(const Call& call, const DefinitionNames& names);
// Who is calling, what If-Match asks for, and why it is done, where that was said.
[[nodiscard]] Result<engine::DefinitionChange> change_of(
    const Call& call, const std::optional<std::string>& note = {});
// The same for what must be new, and an id for it.
// Whose doing something is, as it is kept: "root" or "key:" and its id; "cli" or "library" without a key.
[[nodiscard]] std::string author_of(const Call& call);
[[nodiscard]] Result<engine::DefinitionChange> change_of_new(const Call& call);
[[nodiscard]] std::string new_definition_id(const Call& call);

}  // namespace attune::api
