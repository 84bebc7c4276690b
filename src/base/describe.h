// What Boost.Describe knows of a type, in the shape that the JSON reader, writer and schema need.
// Part of the codec: use base/json.h.
#pragma once

#include "base/flat_map.h"
#include "base/json_options.h"
#include "base/json_text.h"
#include "base/time.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace attune::base::detail {

template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

// A type with a text form of its own, written as a JSON string.
template <class T>
concept TextValue = requires(const T& value, std::string_view text) {
    { value.to_text() } -> std::convertible_to<std::string>;
    { T::from_text(text) } -> std::same_as<std::optional<T>>;
};

template <class T, template <class...> class Template>
inline constexpr bool kIsInstance = false;
template <template <class...> class Template, class... Args>
inline constexpr bool kIsInstance<Template<Args...>, Template> = true;

template <class T>
concept Optional = kIsInstance<T, std::optional>;
template <class T>
concept List = kIsInstance<T, std::vector>;
template <class T>
inline constexpr bool kIsArray = false;
template <class T, std::size_t N>
inline constexpr bool kIsArray<std::array<T, N>> = true;
template <class T>
concept FixedList = kIsArray<T>;
template <class T>
concept Dictionary =
    (kIsInstance<T, FlatMap> || kIsInstance<T, std::map>) &&
    std::same_as<std::remove_const_t<typename T::value_type::first_type>, std::string>;
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

template <class T>
concept HasExtra = DescribedStruct<T> && requires(T& value) {
    { value.extra } -> std::same_as<FlatMap<std::string, JsonText>&>;
};

template <class>
inline constexpr bool kNotSupported = false;

// The member `extra` holds other members; it is none itself.
template <class T>
constexpr bool is_extra(std::string_view member) {
    return HasExtra<T> && member == "extra";
}

template <class T>
inline constexpr std::size_t kMemberCount = boost::mp11::mp_size<MembersOf<T>>::value;

template <class T, class D>
using MemberType = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;

template <class T>
consteval bool every_rule_names_a_member() {
    for (const FieldRule& rule : Fields<T>::rules) {
        bool known = false;
        boost::mp11::mp_for_each<MembersOf<T>>(
            [&](auto d) { known = known || rule.name == decltype(d)::name; });
        if (!known) return false;
    }
    return true;
}

template <class T>
consteval FieldRule rule_for(std::string_view member) {
    static_assert(every_rule_names_a_member<T>(), "a rule in Fields<T> names no member of T");
    for (const FieldRule& rule : Fields<T>::rules) {
        if (rule.name == member) return rule;
    }
    return FieldRule{.name = member};
}

template <class T, class D>
inline constexpr FieldRule kRule = rule_for<T>(D::name);

// Whether a member may be left out when it is read.
template <class T, class D>
inline constexpr bool kMayBeMissing =
    Optional<MemberType<T, D>> || List<MemberType<T, D>> || Dictionary<MemberType<T, D>> ||
    std::same_as<MemberType<T, D>, JsonText> || kRule<T, D>.optional || is_extra<T>(D::name);

// Enumerators as they stand in JSON: their own names.
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
    std::string_view name;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (d.value == value) name = d.name;
    });
    return name;
}

}  // namespace attune::base::detail
