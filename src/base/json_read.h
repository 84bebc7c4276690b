// from_json: JSON into described types. Included by base/json.h, which is the manual.
//
// What is read into what:
//   bool                    true, false
//   integers                whole numbers in range; 1.0 is 1, as JSON Schema has it
//   float, double           any number; an integer above 2^53 becomes the nearest double
//   std::string             a string
//   Time                    an RFC 3339 string
//   std::chrono::microseconds  a whole number of microseconds
//   described enums         one of their names
//   T::to_text/from_text    a string that from_text takes (Id128)
//   std::optional           the value, or null
//   std::vector, std::array lists; an array must have its length
//   FlatMap, std::map       objects with any keys
//   JsonText                anything, canonicalised
//   described structs       objects; Fields<T> has the limits
// Optionals, lists, maps, JsonTexts and members whose rule says `optional` may be left out.
//
// All that is wrong in a value is reported at once, up to twenty places, each by its pointer; what
// stood there is never repeated, since errors go into logs.
#pragma once

#include "base/describe.h"
#include "base/json_document.h"

#include <bitset>

namespace attune::base {
namespace detail {

// Where in the document we are: a list on the stack that costs nothing until an error asks for its
// text.
struct JsonPath {
    const JsonPath* parent = nullptr;
    std::string_view key{};  // data() null: `index` counts
    std::size_t index = 0;
};

class JsonReading {
public:
    static constexpr std::size_t kErrorsMax = 20;

    JsonReading(const JsonOptions& options, std::string_view prefix)
        : options_(options), prefix_(prefix) {}

    // Notes what was expected at `path`; false, so that readers can return it.
    bool wrong(const JsonPath& path, std::string expected);
    [[nodiscard]] bool full() const { return errors_.size() >= kErrorsMax; }
    [[nodiscard]] bool clean() const { return errors_.empty(); }
    [[nodiscard]] const JsonOptions& options() const { return options_; }
    [[nodiscard]] std::unexpected<Error> failure() &&;

private:
    const JsonOptions& options_;
    std::string_view prefix_;
    std::vector<FieldError> errors_;
};

bool read_value(JsonView view, bool& out, const JsonPath& path, JsonReading& reading);
bool read_value(JsonView view, double& out, const JsonPath& path, JsonReading& reading);
bool read_value(JsonView view, std::string& out, const JsonPath& path, JsonReading& reading);
bool read_value(JsonView view, Time& out, const JsonPath& path, JsonReading& reading);
bool read_value(JsonView view, JsonText& out, const JsonPath& path, JsonReading& reading);
bool read_signed(JsonView view, std::int64_t& out, std::int64_t minimum, std::int64_t maximum,
                 const JsonPath& path, JsonReading& reading);
bool read_unsigned(JsonView view, std::uint64_t& out, std::uint64_t maximum, const JsonPath& path,
                   JsonReading& reading);

bool check_range(const FieldRule& rule, double value, const JsonPath& path, JsonReading& reading);
bool check_length(const FieldRule& rule, std::size_t length, const char* unit, const JsonPath& path,
                  JsonReading& reading);
bool check_object(const JsonText& value, const JsonPath& path, JsonReading& reading);
bool wrong_enum(std::span<const std::string_view> names, const JsonPath& path,
                JsonReading& reading);

template <class T>
bool read_any(JsonView view, T& out, const JsonPath& path, JsonReading& reading);

// Holds a value that was just read against its member's rule. Rules without limits compile to
// nothing.
template <const FieldRule& Rule, class T>
bool check_rule(const T& value, const JsonPath& path, JsonReading& reading) {
    constexpr bool kHasRange =
        Rule.minimum != FieldRule{}.minimum || Rule.maximum != FieldRule{}.maximum;
    constexpr bool kHasLength = Rule.length_min != 0 || Rule.length_max != FieldRule{}.length_max;
    if constexpr (Optional<T>) {
        return !value || check_rule<Rule>(*value, path, reading);
    } else if constexpr (std::same_as<T, JsonText>) {
        if constexpr (Rule.object) {
            if (!check_object(value, path, reading)) return false;
        }
        if constexpr (kHasLength)
            return check_length(Rule, value.text().size(), "bytes", path, reading);
        return true;
    } else if constexpr (std::is_arithmetic_v<T> && kHasRange) {
        return check_range(Rule, static_cast<double>(value), path, reading);
    } else if constexpr (std::same_as<T, std::string> && kHasLength) {
        return check_length(Rule, value.size(), "bytes", path, reading);
    } else if constexpr ((List<T> || Dictionary<T>) && kHasLength) {
        return check_length(Rule, value.size(), "entries", path, reading);
    } else {
        return true;
    }
}

template <class T>
struct MemberReader {
    std::string_view name;
    bool (*read)(JsonView, T&, const JsonPath&, JsonReading&);
    bool may_be_missing;
};

template <class T, class D>
bool read_member(JsonView view, T& out, const JsonPath& path, JsonReading& reading) {
    auto& member = out.*D::pointer;
    return read_any(view, member, path, reading) && check_rule<kRule<T, D>>(member, path, reading);
}

template <class T, class... D>
consteval auto make_member_readers(boost::mp11::mp_list<D...>) {
    return std::array<MemberReader<T>, sizeof...(D)>{
        MemberReader<T>{D::name, &read_member<T, D>, kMayBeMissing<T, D>}...};
}

template <class T>
inline constexpr auto kMemberReaders =
    make_member_readers<T>(boost::mp11::mp_rename<MembersOf<T>, boost::mp11::mp_list>{});

// The number of the member called `key`, or their count. Clients write members in the same order
// again and again, so the search starts behind the last one found.
template <class T>
std::size_t member_number(std::string_view key, std::size_t start) {
    constexpr std::size_t kCount = kMemberCount<T>;
    for (std::size_t tried = 0, i = start; tried < kCount; ++tried, ++i) {
        if (i >= kCount) i = 0;
        if (kMemberReaders<T>[i].name == key) return is_extra<T>(key) ? kCount : i;
    }
    return kCount;
}

template <DescribedStruct T>
bool read_struct(JsonView view, T& out, const JsonPath& path, JsonReading& reading) {
    constexpr std::size_t kCount = kMemberCount<T>;
    if (!view.is_object()) return reading.wrong(path, "must be an object");
    std::bitset<kCount == 0 ? 1 : kCount> seen;
    std::vector<std::pair<std::string, JsonText>> extra;
    bool ok = true;
    std::size_t next = 0;
    for (const JsonView::Member member : view.members()) {
        if (reading.full()) return false;
        const JsonPath at{&path, member.key};
        const std::size_t number = member_number<T>(member.key, next);
        if (number < kCount) {
            seen.set(number);
            next = number + 1;
            ok = kMemberReaders<T>[number].read(member.value, out, at, reading) && ok;
        } else if (reading.options().unknown == Unknown::reject) {
            ok = reading.wrong(at, "is not known here");
        } else if (HasExtra<T> && reading.options().unknown == Unknown::keep) {
            extra.emplace_back(member.key, member.value.text());
        }
    }
    if constexpr (HasExtra<T>) out.extra.assign(std::move(extra));
    if (reading.options().require_members) {
        for (std::size_t i = 0; i < kCount; ++i) {
            if (seen[i] || kMemberReaders<T>[i].may_be_missing) continue;
            ok = reading.wrong(JsonPath{&path, kMemberReaders<T>[i].name}, "is required");
        }
    }
    return ok;
}

template <class Container>
bool read_list(JsonView view, Container& out, const JsonPath& path, JsonReading& reading) {
    if (!view.is_array()) return reading.wrong(path, "must be a list");
    std::size_t index = 0;
    bool ok = true;
    if constexpr (FixedList<Container>) {
        if (view.size() != out.size()) {
            return reading.wrong(path, "must have " + std::to_string(out.size()) + " entries");
        }
    } else {
        out.clear();
        out.reserve(view.size());
    }
    for (const JsonView element : view.elements()) {
        if (reading.full()) return false;
        const JsonPath at{&path, {}, index};
        if constexpr (FixedList<Container>) {
            ok = read_any(element, out[index], at, reading) && ok;
        } else {
            // By way of a local, since std::vector<bool> has no references to give.
            typename Container::value_type value{};
            ok = read_any(element, value, at, reading) && ok;
            out.push_back(std::move(value));
        }
        ++index;
    }
    return ok;
}

template <class Map>
bool read_dictionary(JsonView view, Map& out, const JsonPath& path, JsonReading& reading) {
    if (!view.is_object()) return reading.wrong(path, "must be an object");
    std::vector<std::pair<std::string, typename Map::value_type::second_type>> entries;
    entries.reserve(view.size());
    bool ok = true;
    for (const JsonView::Member member : view.members()) {
        if (reading.full()) return false;
        auto& entry =
            entries.emplace_back(std::string(member.key), typename Map::value_type::second_type{});
        ok = read_any(member.value, entry.second, JsonPath{&path, member.key}, reading) && ok;
    }
    if constexpr (kIsInstance<Map, FlatMap>) {
        out.assign(std::move(entries));
    } else {
        out = Map(std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    }
    return ok;
}

template <DescribedEnum E, class... D>
bool read_enum(JsonView view, E& out, const JsonPath& path, JsonReading& reading,
               boost::mp11::mp_list<D...>) {
    static constexpr std::array<std::string_view, sizeof...(D)> kNames{D::name...};
    static constexpr std::array<E, sizeof...(D)> kValues{D::value...};
    const auto text = view.as_string();
    for (std::size_t i = 0; text && i < kNames.size(); ++i) {
        if (kNames[i] == *text) {
            out = kValues[i];
            return true;
        }
    }
    return wrong_enum(kNames, path, reading);
}

template <Integer T>
bool read_integer(JsonView view, T& out, const JsonPath& path, JsonReading& reading) {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_signed_v<T>) {
        std::int64_t value = 0;
        if (!read_signed(view, value, Limits::min(), Limits::max(), path, reading)) return false;
        out = static_cast<T>(value);
    } else {
        std::uint64_t value = 0;
        if (!read_unsigned(view, value, Limits::max(), path, reading)) return false;
        out = static_cast<T>(value);
    }
    return true;
}

template <class T>
bool read_any(JsonView view, T& out, const JsonPath& path, JsonReading& reading) {
    if constexpr (std::same_as<T, bool> || std::same_as<T, double> ||
                  std::same_as<T, std::string> || std::same_as<T, Time> ||
                  std::same_as<T, JsonText>) {
        return read_value(view, out, path, reading);
    } else if constexpr (Integer<T>) {
        return read_integer(view, out, path, reading);
    } else if constexpr (std::same_as<T, float>) {
        double value = 0;
        if (!read_value(view, value, path, reading)) return false;
        out = static_cast<float>(value);
        return std::isfinite(out) || reading.wrong(path, "must fit into a 32-bit float");
    } else if constexpr (std::same_as<T, std::chrono::microseconds>) {
        std::int64_t value = 0;
        if (!read_integer(view, value, path, reading)) return false;
        out = T{value};
        return true;
    } else if constexpr (Optional<T>) {
        if (view.is_null()) {
            out.reset();
            return true;
        }
        return read_any(view, out.emplace(), path, reading);
    } else if constexpr (List<T> || FixedList<T>) {
        return read_list(view, out, path, reading);
    } else if constexpr (Dictionary<T>) {
        return read_dictionary(view, out, path, reading);
    } else if constexpr (DescribedEnum<T>) {
        return read_enum(view, out, path, reading,
                         boost::mp11::mp_rename<boost::describe::describe_enumerators<T>,
                                                boost::mp11::mp_list>{});
    } else if constexpr (TextValue<T>) {
        const auto text = view.as_string();
        auto value = text ? T::from_text(*text) : std::nullopt;
        if (!value) return reading.wrong(path, "is not of the right form");
        out = *std::move(value);
        return true;
    } else if constexpr (DescribedStruct<T>) {
        return read_struct(view, out, path, reading);
    } else {
        static_assert(kNotSupported<T>, "describe this type, or give it to_text and from_text");
    }
}

}  // namespace detail

// A value that lies in a document already. Pointers in errors begin with `pointer_prefix`
// ("/events/3").
template <class T>
[[nodiscard]] Result<T> from_json(JsonView view, const JsonOptions& options = {},
                                  std::string_view pointer_prefix = {}) {
    T value{};
    detail::JsonReading reading(options, pointer_prefix);
    if (!detail::read_any(view, value, detail::JsonPath{}, reading)) {
        return std::move(reading).failure();
    }
    return value;
}

// A whole text, which must hold one value and nothing else. Fails with invalid_argument only;
// reason "too_large" when it is longer than the limit.
template <class T>
[[nodiscard]] Result<T> from_json(std::string_view text, const JsonOptions& options = {}) {
    auto document = JsonDocument::parse(text, options.limits);
    if (!document) return std::unexpected(std::move(document).error());
    return from_json<T>(document->root(), options);
}

}  // namespace attune::base
