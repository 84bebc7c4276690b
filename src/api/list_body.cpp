#include "api/list_body.h"

#include <utility>

namespace attune::api {

namespace {

std::optional<base::LiftedArray> lift(std::string_view bytes, std::string_view member,
                                      std::size_t elements_max) {
    if (!member.empty()) {
        if (auto lifted = base::lift_json_array(bytes, member, elements_max)) return lifted;
    }
    return base::lift_json_array(bytes, {}, elements_max);
}

}  // namespace

ListBody::ListBody(base::JsonDocument document, std::optional<base::LiftedArray> lifted,
                   const base::JsonLimits& limits)
    : document_(std::move(document)), lifted_(std::move(lifted)), limits_(limits) {}

Result<ListBody> ListBody::parse(std::string_view bytes, std::string_view member,
                                 std::size_t elements_max, const base::JsonLimits& limits) {
    auto whole = base::JsonDocument::parse(bytes, limits);
    if (whole) return ListBody(std::move(*whole), std::nullopt, limits);
    if (whole.error().reason == "too_large") return std::unexpected(std::move(whole).error());
    auto lifted = lift(bytes, member, elements_max);
    if (!lifted) return std::unexpected(std::move(whole).error());
    auto rest = base::JsonDocument::parse(lifted->rest, limits);
    if (!rest) return std::unexpected(std::move(whole).error());
    return ListBody(std::move(*rest), std::move(lifted), limits);
}

void ListBody::visit(base::JsonView list, const Visit& visit) const {
    if (!lifted_) {
        for (base::JsonView element : list.elements()) visit(element);
        return;
    }
    for (std::string_view element : lifted_->elements) {
        auto document = base::JsonDocument::parse(element, limits_);
        if (document) {
            visit(document->root());
        } else {
            visit(std::unexpected(std::move(document).error()));
        }
    }
}

}  // namespace attune::api
