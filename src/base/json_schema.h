// json_schema: what from_json accepts and to_json writes, as a JSON Schema (2020-12). Included by
// base/json.h.
//
//     std::string text = json_schema<Point>();       //
//     {"$schema":…,"$ref":"#/$defs/Point","$defs":{"Point":{…}}}
//
//     SchemaSet schemas;                             // for OpenAPI 3.1, whose schemas are these
//     std::string body = schemas.ref<Event>();       // {"$ref":"#/components/schemas/Event"}
//     document += schemas.components();              // {"Event":{…},"Enrichment":{…}}
//
// A described struct or enum becomes a component by its own name ("Event"; "segment.Event" when
// that is taken); all other types are written in place. A struct's prose is Fields<T>::doc, when
// there is one. Not thread-safe.
#pragma once

#include "base/describe.h"
#include "base/id128.h"
#include "base/json_write.h"

#include <map>

namespace attune::base {
namespace detail {

// "attune::domain::Event", taken from the compiler.
template <class T>
constexpr std::string_view type_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find("T = ") + 4);
    return text.substr(0, text.find_last_of(']'));
}

}  // namespace detail

class SchemaSet {
public:
    explicit SchemaSet(std::string prefix = "#/components/schemas/",
                       Unknown unknown = Unknown::reject)
        : prefix_(std::move(prefix)), unknown_(unknown) {}

    // The schema of T as it stands where it is used: a reference for described types.
    template <class T>
    [[nodiscard]] std::string ref() {
        return schema<T, FieldRule>(FieldRule{});
    }

    // All that was referred to so far, by name.
    [[nodiscard]] std::string components() const;

private:
    template <class T, class Rule>
    std::string schema(const Rule& rule);
    template <class T>
    std::string reference();
    template <class T>
    std::string struct_schema();
    template <class T>
    static std::string enum_schema();

    std::string name_for(std::string_view type);

    std::string prefix_;
    Unknown unknown_;
    std::map<std::string, std::string, std::less<>> names_;  // full type name to component name
    std::map<std::string, std::string, std::less<>> components_;  // component name to its schema
};

// The object whose inside is `keywords`, with what the rule adds to it. Used by SchemaSet alone.
[[nodiscard]] std::string finish_schema(std::string keywords, const FieldRule& rule);
[[nodiscard]] std::string number_schema(std::string_view type, double minimum, double maximum,
                                        const FieldRule& rule);
[[nodiscard]] std::string sized_schema(std::string keywords, std::string_view unit,
                                       const FieldRule& rule);

template <class T, class Rule>
std::string SchemaSet::schema(const Rule& rule) {
    using namespace detail;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if constexpr (std::same_as<T, bool>) {
        return finish_schema(R"("type":"boolean")", rule);
    } else if constexpr (Integer<T>) {
        return number_schema("integer", static_cast<double>(std::numeric_limits<T>::min()),
                             static_cast<double>(std::numeric_limits<T>::max()), rule);
    } else if constexpr (std::same_as<T, std::chrono::microseconds>) {
        return number_schema("integer", -kInfinity, kInfinity, rule);
    } else if constexpr (std::floating_point<T>) {
        return number_schema("number", -kInfinity, kInfinity, rule);
    } else if constexpr (std::same_as<T, std::string>) {
        return sized_schema(R"("type":"string")", "Length", rule);
    } else if constexpr (std::same_as<T, Time>) {
        return finish_schema(R"("type":"string","format":"date-time")", rule);
    } else if constexpr (std::same_as<T, Id128>) {
        return finish_schema(R"("type":"string","pattern":"^[0-9a-f]{32}$")", rule);
    } else if constexpr (std::same_as<T, JsonText>) {
        return finish_schema(rule.object ? R"("type":"object")" : "", rule);
    } else if constexpr (Optional<T>) {
        return schema<typename T::value_type, Rule>(rule);
    } else if constexpr (FixedList<T>) {
        const std::string count = std::to_string(std::tuple_size_v<T>);
        return finish_schema(R"("type":"array","items":)" + ref<typename T::value_type>() +
                                 ",\"minItems\":" + count + ",\"maxItems\":" + count,
                             rule);
    } else if constexpr (List<T>) {
        return sized_schema(R"("type":"array","items":)" + ref<typename T::value_type>(), "Items",
                            rule);
    } else if constexpr (Dictionary<T>) {
        return sized_schema(R"("type":"object","additionalProperties":)" +
                                ref<typename T::value_type::second_type>(),
                            "Properties", rule);
    } else if constexpr (DescribedEnum<T> || (DescribedStruct<T> && !TextValue<T>)) {
        return finish_schema("\"$ref\":" + to_json(prefix_ + reference<T>()), rule);
    } else {
        static_assert(TextValue<T>, "describe this type, or give it to_text and from_text");
        return sized_schema(R"("type":"string")", "Length", rule);
    }
}

template <class T>
std::string SchemaSet::reference() {
    const std::string_view type = detail::type_name<T>();
    if (const auto at = names_.find(type); at != names_.end()) return at->second;
    // Named before its members are looked at, so that a type may hold lists of itself.
    const std::string name = name_for(type);
    std::string text;
    if constexpr (detail::DescribedEnum<T>) {
        text = enum_schema<T>();
    } else {
        text = struct_schema<T>();
    }
    components_[name] = std::move(text);
    return name;
}

template <class T>
std::string SchemaSet::enum_schema() {
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
        names += names.empty() ? "" : ",";
        append_json(names, std::string_view(d.name));
    });
    return R"({"type":"string","enum":[)" + names + "]}";
}

template <class T>
std::string SchemaSet::struct_schema() {
    std::string properties;
    std::string required;
    boost::mp11::mp_for_each<detail::MembersOf<T>>([&]<class D>(D) {
        if constexpr (!detail::is_extra<T>(D::name)) {
            properties += properties.empty() ? "" : ",";
            append_json(properties, std::string_view(D::name));
            properties += ':';
            properties += schema<detail::MemberType<T, D>, FieldRule>(detail::kRule<T, D>);
            if constexpr (!detail::kMayBeMissing<T, D>) {
                required += required.empty() ? "" : ",";
                append_json(required, std::string_view(D::name));
            }
        }
    });
    std::string out = R"({"type":"object")";
    if constexpr (requires { Fields<T>::doc; }) {
        out += ",\"description\":";
        append_json(out, std::string_view(Fields<T>::doc));
    }
    out += ",\"properties\":{" + properties + "}";
    if (!required.empty()) out += ",\"required\":[" + required + "]";
    if (!detail::HasExtra<T> && unknown_ == Unknown::reject)
        out += ",\"additionalProperties\":false";
    return out + "}";
}

template <class T>
[[nodiscard]] std::string json_schema(Unknown unknown = Unknown::reject) {
    SchemaSet schemas("#/$defs/", unknown);
    std::string root = schemas.ref<T>();
    root.pop_back();
    return R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)" + root.substr(1) +
           (root.size() > 1 ? "," : "") + "\"$defs\":" + schemas.components() + "}";
}

}  // namespace attune::base
