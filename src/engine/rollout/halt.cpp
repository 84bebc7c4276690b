#include "engine/rollout/halt.h"

#include "base/json.h"
#include "domain/describe_flag.h"

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {
namespace {

// The object with this member in the place of the one that it had; without it when there is none.
std::string with_member(base::JsonView object, std::string_view name,
                        const std::optional<std::string>& value) {
    std::string text = "{";
    const auto add = [&](std::string_view key, std::string_view json) {
        if (text.size() > 1) text += ',';
        base::append_json(text, key);
        text.append(":").append(json);
    };
    for (const base::JsonView::Member member : object.members())
        if (member.key != name) add(member.key, member.value.text().text());
    if (value) add(name, *value);
    return text + "}";
}

Result<base::JsonText> with_halt(const base::JsonText& flag,
                                 const std::optional<std::string>& halt) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(flag.text()));
    const auto rollout = document.root().find("rollout");
    if (!rollout || !rollout->is_object())
        return fail(Code::failed_precondition, "This flag has no rollout.", "no_rollout");
    const auto now = rollout->find("halted");
    const bool is_halted = now && !now->is_null();
    if (is_halted == halt.has_value())
        return fail(Code::failed_precondition,
                    is_halted ? "The rollout is halted already." : "The rollout is not halted.",
                    is_halted ? "halted" : "not_halted");
    return base::JsonText::parse(
        with_member(document.root(), "rollout", with_member(*rollout, "halted", halt)));
}

}  // namespace

Result<base::JsonText> halted(const base::JsonText& flag, const domain::RolloutHalt& halt) {
    return with_halt(flag, base::to_json(halt));
}

Result<base::JsonText> resumed(const base::JsonText& flag) { return with_halt(flag, std::nullopt); }

}  // namespace attune::engine
