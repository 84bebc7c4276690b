#include "engine/flags/flag_references.h"

#include "base/json_locate.h"
#include "base/json_write.h"

namespace attune::engine {
namespace {

using base::JsonView;

constexpr std::size_t kBytesMax = 1u << 20;

// The one member of an object, when it has that name.
std::optional<JsonView> only_member(JsonView view, std::string_view name) {
    if (!view.is_object() || view.size() != 1) return std::nullopt;
    return view.find(name);
}

// Documents are at most so deep as their parser lets them be, which bounds the recursion here and below.
template <class Found>
bool walk(JsonView view, std::string& pointer, Found found) {
    if (found(view)) return true;
    const std::size_t size = pointer.size();
    std::size_t index = 0;
    for (const JsonView element : view.elements()) {
        base::append_pointer(pointer, index++);
        if (walk(element, pointer, found)) return true;
        pointer.resize(size);
    }
    for (const JsonView::Member member : view.members()) {
        base::append_pointer(pointer, member.key);
        if (walk(member.value, pointer, found)) return true;
        pointer.resize(size);
    }
    return false;
}

void append_resolved(std::string& out, JsonView view, JsonView evaluators) {
    if (out.size() > kBytesMax) return;
    if (const auto reference = only_member(view, "$ref")) {
        const auto name = reference->as_string();
        if (const auto evaluator = name ? evaluators.find(*name) : std::nullopt) {
            base::append_json(out, *evaluator);
            return;
        }
    }
    if (view.is_array()) {
        out += '[';
        for (const JsonView element : view.elements()) {
            if (out.back() != '[') out += ',';
            append_resolved(out, element, evaluators);
        }
        out += ']';
    } else if (view.is_object()) {
        out += '{';
        for (const JsonView::Member member : view.members()) {
            if (out.back() != '{') out += ',';
            base::append_json(out, member.key);
            out += ':';
            append_resolved(out, member.value, evaluators);
        }
        out += '}';
    } else {
        base::append_json(out, view);
    }
}

}  // namespace

std::optional<std::string> find_reference(JsonView rule, std::string pointer) {
    const bool found = walk(rule, pointer, [](JsonView view) {
        const auto reference = only_member(view, "$ref");
        return reference && reference->as_string();
    });
    if (found) return pointer;
    return std::nullopt;
}

Result<std::string> with_evaluators(JsonView rule, JsonView evaluators, std::string_view pointer) {
    std::string resolved;
    append_resolved(resolved, rule, evaluators);
    if (resolved.size() <= kBytesMax) return resolved;
    return fail_field(std::string(pointer), "is longer than 1 MB with its evaluators in place");
}

Result<void> check_flagd_members(JsonView rule, std::string pointer) {
    const bool found = walk(rule, pointer, [](JsonView view) {
        const auto path = only_member(view, "var");
        const auto text = path ? path->as_string() : std::nullopt;
        return text && text->starts_with("$flagd.") && *text != "$flagd.flagKey" &&
               *text != "$flagd.timestamp";
    });
    if (!found) return {};
    base::append_pointer(pointer, "var");
    return fail_field(std::move(pointer), "must be $flagd.flagKey or $flagd.timestamp");
}

}  // namespace attune::engine
