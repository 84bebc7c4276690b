#include "api/merge_patch.h"

#include "api/object_text.h"

namespace attune::api {
namespace {

// A null within a patch never stays, also where there was nothing to take away.
base::JsonText without_nulls(base::JsonView patch) {
    if (!patch.is_object()) return patch.text();
    ObjectText object;
    for (const auto& [key, value] : patch.members())
        if (!value.is_null()) object.add(key, without_nulls(value));
    return std::move(object).finish();
}

}  // namespace

base::JsonText merge_patch(base::JsonView target, base::JsonView patch) {
    if (!patch.is_object() || !target.is_object()) return without_nulls(patch);
    ObjectText object;
    for (const auto& [key, value] : target.members()) {
        const auto change = patch.find(key);
        if (!change)
            object.add(key, value);
        else if (!change->is_null())
            object.add(key, merge_patch(value, *change));
    }
    for (const auto& [key, value] : patch.members())
        if (!value.is_null() && !target.find(key)) object.add(key, without_nulls(value));
    return std::move(object).finish();
}

}  // namespace attune::api
