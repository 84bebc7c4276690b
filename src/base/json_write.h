// to_json and append_json: described types into JSON. Included by base/json.h, which is the manual.
//
// The text is canonical: no spaces, members in the order of their description (then `extra`),
// numbers as short as reads back to the same bits, times in RFC 3339, only what must be escaped is.
// Empty optionals and null JsonTexts in structs are left out. A double that is no number is written
// as null, for JSON has no word for it.
#pragma once

#include "base/describe.h"
#include "base/json_document.h"

#include <charconv>
#include <string>

namespace attune::base {

void append_json(std::string& out, std::string_view text);  // quoted and escaped
void append_json(std::string& out, double value);
void append_json(std::string& out, JsonView view);

namespace detail {

void append_time_json(std::string& out, Time time);

inline void append_integer(std::string& out, auto value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

template <class T>
void write_any(std::string& out, const T& value);

constexpr std::size_t length_of(const char* text) { return std::string_view(text).size(); }

// `,"name":` as one literal, made when compiling.
template <class D>
inline constexpr auto kMemberLabel = [] {
    std::array<char, length_of(D::name) + 4> label{};
    std::size_t at = 0;
    label[at++] = ',';
    label[at++] = '"';
    for (char c : std::string_view(D::name)) label[at++] = c;
    label[at++] = '"';
    label[at++] = ':';
    return label;
}();

// A member that says nothing is not written.
template <class M>
bool is_left_out(const M& member) {
    if constexpr (Optional<M>) {
        return !member.has_value();
    } else if constexpr (std::same_as<M, JsonText>) {
        return member.is_null();
    } else {
        return false;
    }
}

template <class T>
bool is_member(std::string_view name) {
    if (is_extra<T>(name)) return false;
    bool known = false;
    boost::mp11::mp_for_each<MembersOf<T>>(
        [&](auto d) { known = known || name == decltype(d)::name; });
    return known;
}

template <DescribedStruct T>
void write_struct(std::string& out, const T& value) {
    // The first member's comma becomes the brace.
    const std::size_t start = out.size();
    boost::mp11::mp_for_each<MembersOf<T>>([&]<class D>(D) {
        if constexpr (!is_extra<T>(D::name)) {
            const auto& member = value.*D::pointer;
            if (is_left_out(member)) return;
            out.append(kMemberLabel<D>.data(), kMemberLabel<D>.size());
            write_any(out, member);
        }
    });
    if constexpr (HasExtra<T>) {
        for (const auto& [key, text] : value.extra) {
            if (is_member<T>(key)) continue;  // it would be there twice
            out += ',';
            append_json(out, std::string_view(key));
            out += ':';
            out += text.text();
        }
    }
    if (out.size() == start) {
        out += '{';
    } else {
        out[start] = '{';
    }
    out += '}';
}

template <class T>
void write_any(std::string& out, const T& value) {
    if constexpr (std::same_as<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        append_json(out, std::string_view(value));
    } else if constexpr (Integer<T>) {
        append_integer(out, value);
    } else if constexpr (std::same_as<T, double>) {
        append_json(out, value);
    } else if constexpr (std::same_as<T, float>) {
        append_json(out, static_cast<double>(value));
    } else if constexpr (std::same_as<T, Time>) {
        append_time_json(out, value);
    } else if constexpr (std::same_as<T, std::chrono::microseconds>) {
        append_integer(out, value.count());
    } else if constexpr (std::same_as<T, JsonText>) {
        out += value.text();
    } else if constexpr (std::same_as<T, JsonView>) {
        append_json(out, value);
    } else if constexpr (Optional<T>) {
        if (value) {
            write_any(out, *value);
        } else {
            out += "null";
        }
    } else if constexpr (List<T> || FixedList<T>) {
        out += '[';
        bool first = true;
        for (const auto& element : value) {
            if (!std::exchange(first, false)) out += ',';
            write_any<typename T::value_type>(out, element);
        }
        out += ']';
    } else if constexpr (Dictionary<T>) {
        out += '{';
        bool first = true;
        for (const auto& [key, element] : value) {
            if (!std::exchange(first, false)) out += ',';
            append_json(out, std::string_view(key));
            out += ':';
            write_any(out, element);
        }
        out += '}';
    } else if constexpr (DescribedEnum<T>) {
        out += '"';
        out += enum_name(value);
        out += '"';
    } else if constexpr (TextValue<T>) {
        append_json(out, std::string_view(value.to_text()));
    } else if constexpr (DescribedStruct<T>) {
        write_struct(out, value);
    } else {
        static_assert(kNotSupported<T>, "describe this type, or give it to_text and from_text");
    }
}

}  // namespace detail

// Appends `value` to `out`, for building larger texts without a copy.
template <class T>
    requires(!std::convertible_to<const T&, std::string_view> && !std::same_as<T, double> &&
             !std::same_as<T, JsonView>)
void append_json(std::string& out, const T& value) {
    detail::write_any(out, value);
}

template <class T>
[[nodiscard]] std::string to_json(const T& value) {
    std::string out;
    detail::write_any(out, value);
    return out;
}

// The same as JsonText, ready to stand inside another value.
template <class T>
[[nodiscard]] JsonText to_json_text(const T& value) {
    return JsonText::trusted(to_json(value));
}

}  // namespace attune::base
