#include "base/json_read.h"

#include "base/json_locate.h"
#include "base/json_write.h"

#include <algorithm>

namespace attune::base::detail {
namespace {

void append_path(std::string& pointer, const JsonPath& path) {
    if (path.parent == nullptr) return;
    append_path(pointer, *path.parent);
    if (path.key.data() != nullptr) {
        append_pointer(pointer, path.key);
    } else {
        append_pointer(pointer, path.index);
    }
}

std::string number_text(double value) {
    std::string text;
    append_json(text, value);
    return text;
}

}  // namespace

bool JsonReading::wrong(const JsonPath& path, std::string expected) {
    if (full()) return false;
    std::string pointer(prefix_);
    append_path(pointer, path);
    errors_.push_back({std::move(pointer), std::move(expected)});
    return false;
}

std::unexpected<Error> JsonReading::failure() && {
    Error error{Code::invalid_argument, {}, {}, std::move(errors_)};
    if (!error.fields.empty()) {
        const FieldError& first = error.fields.front();
        if (!first.pointer.empty()) error.message = first.pointer + ": ";
        error.message += first.detail;
        if (error.fields.size() > 1) {
            error.message += " (and " + std::to_string(error.fields.size() - 1) + " more)";
        }
    }
    return std::unexpected(std::move(error));
}

bool read_value(JsonView view, bool& out, const JsonPath& path, JsonReading& reading) {
    const auto value = view.as_bool();
    if (!value) return reading.wrong(path, "must be true or false");
    out = *value;
    return true;
}

bool read_value(JsonView view, double& out, const JsonPath& path, JsonReading& reading) {
    const auto value = view.as_double();
    if (!value) return reading.wrong(path, "must be a number");
    out = *value;
    return true;
}

bool read_value(JsonView view, std::string& out, const JsonPath& path, JsonReading& reading) {
    const auto value = view.as_string();
    if (!value) return reading.wrong(path, "must be a string");
    out.assign(*value);
    return true;
}

bool read_value(JsonView view, Time& out, const JsonPath& path, JsonReading& reading) {
    const auto text = view.as_string();
    const auto value = text ? parse_time(*text) : std::nullopt;
    if (!value) {
        return reading.wrong(path, "must be an RFC 3339 time such as \"2026-03-01T12:30:00Z\"");
    }
    out = *value;
    return true;
}

bool read_value(JsonView view, JsonText& out, const JsonPath& /*path*/, JsonReading& /*reading*/) {
    out = view.text();
    return true;
}

bool read_signed(JsonView view, std::int64_t& out, std::int64_t minimum, std::int64_t maximum,
                 const JsonPath& path, JsonReading& reading) {
    const auto value = view.as_int64();
    if (!value || *value < minimum || *value > maximum) {
        return reading.wrong(path, "must be a whole number from " + std::to_string(minimum) +
                                       " to " + std::to_string(maximum));
    }
    out = *value;
    return true;
}

bool read_unsigned(JsonView view, std::uint64_t& out, std::uint64_t maximum, const JsonPath& path,
                   JsonReading& reading) {
    const auto value = view.as_uint64();
    if (!value || *value > maximum) {
        return reading.wrong(path, "must be a whole number from 0 to " + std::to_string(maximum));
    }
    out = *value;
    return true;
}

bool check_range(const FieldRule& rule, double value, const JsonPath& path, JsonReading& reading) {
    if (value < rule.minimum)
        return reading.wrong(path, "must be at least " + number_text(rule.minimum));
    if (value > rule.maximum)
        return reading.wrong(path, "must be at most " + number_text(rule.maximum));
    return true;
}

bool check_length(const FieldRule& rule, std::size_t length, const char* unit, const JsonPath& path,
                  JsonReading& reading) {
    if (length < rule.length_min) {
        return reading.wrong(
            path, rule.length_min == 1
                      ? "must not be empty"
                      : "must have at least " + std::to_string(rule.length_min) + " " + unit);
    }
    if (length > rule.length_max) {
        return reading.wrong(
            path, "must not have more than " + std::to_string(rule.length_max) + " " + unit);
    }
    return true;
}

bool check_object(const JsonText& value, const JsonPath& path, JsonReading& reading) {
    return value.is_null() || value.is_object() || reading.wrong(path, "must be an object");
}

bool wrong_enum(std::span<const std::string_view> names, const JsonPath& path,
                JsonReading& reading) {
    std::string expected = "must be one of";
    for (std::size_t i = 0; i < names.size(); ++i) {
        expected += i == 0 ? " \"" : ", \"";
        expected += names[i];
        expected += '"';
    }
    return reading.wrong(path, std::move(expected));
}

}  // namespace attune::base::detail
