// ObjectText: a JSON object put together member by member, for the few places where an answer or an event's properties
// have a shape that no struct describes. Keys must differ; values are canonical JSON.
//
//     ObjectText object;
//     object.add("name", JsonText…);  object.add_string("source", "web");
//     base::JsonText text = std::move(object).finish();
#pragma once

#include "base/json.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace attune::api {

class ObjectText {
public:
    void add(std::string_view key, std::string_view json) {
        text_ += text_.size() > 1 ? "," : "";
        base::append_json(text_, key);
        text_ += ':';
        text_ += json;
    }
    void add(std::string_view key, const base::JsonText& value) { add(key, value.text()); }
    void add(std::string_view key, base::JsonView value) { add(key, value.text()); }
    void add_string(std::string_view key, std::string_view value) {
        std::string json;
        base::append_json(json, value);
        add(key, json);
    }

    [[nodiscard]] bool empty() const { return text_.size() == 1; }
    [[nodiscard]] base::JsonText finish() && {
        text_ += '}';
        return base::JsonText::trusted(std::move(text_));
    }

private:
    std::string text_ = "{";
};

// An object of a request without the members of these names: those that an answer adds to what was saved, so that what was
// read can be sent back changed.
[[nodiscard]] inline Result<base::JsonText> without(std::string_view json,
                                                    std::span<const std::string_view> names) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(json));
    if (!document.root().is_object()) return fail_field("", "must be an object");
    ObjectText object;
    for (const auto& [key, value] : document.root().members())
        if (std::ranges::find(names, key) == names.end()) object.add(key, value);
    return std::move(object).finish();
}

}  // namespace attune::api
