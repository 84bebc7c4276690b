#include "engine/catalogue/item_json.h"

#include "base/json.h"
#include "domain/describe.h"

#include <array>
#include <charconv>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kVersion = "version";

// The members that an item has itself, under the id that it is to have.
std::string own_members(base::JsonView value, std::optional<std::string_view> id) {
    std::string json = "{";
    const auto add = [&json](std::string_view key, std::string_view member) {
        if (json.size() > 1) json += ',';
        base::append_json(json, key);
        json += ':';
        json += member;
    };
    if (id) {
        std::string quoted;
        base::append_json(quoted, *id);
        add("id", quoted);
    }
    for (const auto& [key, member] : value.members())
        if (key != kVersion && !(id && key == "id")) add(key, member.text().text());
    return json + "}";
}

// Each number as the shortest text that is the same float again: as the double that it equals, 0.1 would have seventeen digits.
void append_vector(std::string& out, const std::vector<float>& vector) {
    std::array<char, 32> digits{};
    out += '[';
    for (std::size_t i = 0; i < vector.size(); ++i) {
        if (i > 0) out += ',';
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), vector[i]);
        out.append(digits.data(), end.ptr);
    }
    out += ']';
}

void append_embeddings(std::string& out, const domain::Embeddings& embeddings) {
    out += '{';
    for (const auto& [name, vector] : embeddings) {
        if (out.back() != '{') out += ',';
        base::append_json(out, name);
        out += ':';
        append_vector(out, vector);
    }
    out += '}';
}

}  // namespace

Result<domain::Item> read_item(base::JsonView value, std::optional<std::string_view> id) {
    if (!value.is_object()) return fail_field("", "must be an object");
    if (const auto said = value.find("id"); id && said && said->as_string() != *id)
        return fail_field("/id", "must be the one in the address, or left out");
    if (!id && !value.find(kVersion)) return base::from_json<domain::Item>(value);
    return base::from_json<domain::Item>(own_members(value, id));
}

std::string item_json(const CatalogueItem& item, ItemParts parts) {
    std::string json(item.json.text());
    json.pop_back();
    if (parts == ItemParts::all && !item.embeddings.empty()) {
        json += R"(,"embeddings":)";
        append_embeddings(json, item.embeddings);
    }
    json += R"(,"updated_at":")";
    base::append_time(json, item.updated_at);
    json += R"(","version":)" + std::to_string(item.version) + "}";
    return json;
}

bool is_of_one_item(const Error& error) {
    return error.code == Code::invalid_argument || error.reason == "version_mismatch" ||
           error.reason == "too_many_items" || error.reason == "too_many_labels";
}

}  // namespace attune::engine
