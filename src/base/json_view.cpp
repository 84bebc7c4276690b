#include "base/json_document.h"
#include "base/json_write.h"

namespace attune::base {
namespace {

// Above this doubles are more than 1 apart, so a whole one says nothing about what was meant.
constexpr double kWholeMax = 0x1p53;

bool is_whole(double value) { return std::abs(value) < kWholeMax && std::trunc(value) == value; }

}  // namespace

std::optional<std::int64_t> JsonView::as_int64() const {
    switch (kind()) {
        case JsonKind::integer:
            return node_->integer;
        case JsonKind::unsigned_integer:
            if (node_->unsigned_integer > std::numeric_limits<std::int64_t>::max())
                return std::nullopt;
            return static_cast<std::int64_t>(node_->unsigned_integer);
        case JsonKind::real:
            if (!is_whole(node_->real)) return std::nullopt;
            return static_cast<std::int64_t>(node_->real);
        default:
            return std::nullopt;
    }
}

std::optional<std::uint64_t> JsonView::as_uint64() const {
    if (kind() == JsonKind::unsigned_integer) return node_->unsigned_integer;
    const auto value = as_int64();
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

std::optional<JsonView> JsonView::find(std::string_view key) const { return find(JsonKey(key)); }

JsonText JsonView::text() const {
    // Room for the usual: strings without escapes, numbers of a few digits.
    std::size_t room = 0;
    for (const JsonNode* node = node_; node < node_ + node_->span; ++node) {
        room += static_cast<JsonKind>(node->kind) == JsonKind::string ? node->size + 4 : 8;
    }
    std::string out;
    out.reserve(room);
    append_json(out, *this);
    return JsonText::trusted(std::move(out));
}

Result<JsonText> JsonText::parse(std::string_view text) {
    ATTUNE_TRY(const JsonDocument document, JsonDocument::parse(text));
    return document.root().text();
}

}  // namespace attune::base
