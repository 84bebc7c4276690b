// JsonText: one JSON value of any shape, kept as its own canonical text (no spaces, valid UTF-8, no
// duplicate keys, shortest round-trip numbers). Properties and contexts are carried this way:
// validated once when they come in, then copied, stored and answered as bytes. Only from_json and
// parse() make one from text that came from outside.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace attune::base {

class JsonText {
public:
    JsonText() = default;  // null

    // Checks and canonicalises `text`; the error names the place.
    [[nodiscard]] static Result<JsonText> parse(std::string_view text);
    // For text that the writer or the reader just made.
    [[nodiscard]] static JsonText trusted(std::string canonical) {
        JsonText json;
        json.text_ = std::move(canonical);
        return json;
    }

    [[nodiscard]] std::string_view text() const {
        return text_.empty() ? std::string_view("null") : std::string_view(text_);
    }
    [[nodiscard]] bool is_null() const { return text_.empty() || text_ == "null"; }
    [[nodiscard]] bool is_object() const { return !text_.empty() && text_.front() == '{'; }

    bool operator==(const JsonText& other) const { return text() == other.text(); }

private:
    std::string text_;
};

}  // namespace attune::base
