// ListBody: a JSON body with a list in it, whose elements are read one by one. What is wrong with an element costs the
// others nothing, whether it is wrong as an event or no JSON at all.
//
//     ATTUNE_TRY(auto body, ListBody::parse(bytes, "batch", 2'500, limits));
//     const JsonView list = *body.root().find("batch");     // everything around the elements is there
//     if (body.size(list) > 2'500) return too_many();
//     body.visit(list, [](Result<JsonView> element) { … });  // in their order
//
// The whole body is parsed first, which is fastest. Only when that fails is the list cut into its elements and each of them
// parsed alone. Belongs to one thread.
#pragma once

#include "base/json.h"
#include "base/json_lift.h"
#include "base/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace attune::api {

class ListBody {
public:
    // The list is the body itself or, where the body is an object, its member `member`. Of a list that has a flaw, the first
    // `elements_max` elements can be visited. Fails with the first flaw of the body when it is no JSON even without that
    // list's elements, or when nobody can say where they end. The bytes outlive the result.
    [[nodiscard]] static Result<ListBody> parse(std::string_view bytes, std::string_view member,
                                                std::size_t elements_max,
                                                const base::JsonLimits& limits);

    // The body; of a list with a flaw, it holds no elements.
    [[nodiscard]] base::JsonView root() const { return document_.root(); }
    // Of the list, which is the root or its member. An element that is no JSON counts.
    [[nodiscard]] std::size_t size(base::JsonView list) const {
        return lifted_ ? lifted_->count : list.size();
    }
    // Each element, or why it is no JSON. Valid during the visit.
    using Visit = std::function<void(Result<base::JsonView>)>;
    void visit(base::JsonView list, const Visit& visit) const;

private:
    ListBody(base::JsonDocument document, std::optional<base::LiftedArray> lifted,
             const base::JsonLimits& limits);

    base::JsonDocument document_;
    std::optional<base::LiftedArray> lifted_;  // of a list with a flaw
    base::JsonLimits limits_;
};

}  // namespace attune::api
