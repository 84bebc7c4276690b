// What routes about definitions (rules, flags, experiments) share: how one is shown, who changed it, and which version a
// change is meant for.
#pragma once

#include "api/answers.h"
#include "api/call.h"
#include "api/etag.h"
#include "api/wire_rules.h"
#include "engine/definitions/definition_store.h"

#include <span>
#include <string>
#include <string_view>

namespace attune::api {

// The names that an answer adds to a definition's own members. A body that was read may be sent back with them: they are
// left out of what is saved.
struct DefinitionNames {
    std::string_view id;  // "rule_id"
};

[[nodiscard]] std::string definition_json(const DefinitionNames& names,
                                          const engine::Definition& definition);
[[nodiscard]] http::Answer definition_answer(unsigned status, const DefinitionNames& names,
                                             const engine::Definition& definition);
// {"items": [revisions, newest first], "cursor": null}
[[nodiscard]] http::Answer history_answer(const engine::Definition& definition);

// The request's body without the names that answers add.
[[nodiscard]] Result<base::JsonText> definition_body(const Call& call,
                                                     const DefinitionNames& names);
// Who is calling, and what If-Match asks for.
[[nodiscard]] Result<engine::DefinitionChange> change_of(const Call& call);

}  // namespace attune::api
