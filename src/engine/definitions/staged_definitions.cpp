#include "engine/definitions/staged_definitions.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace attune::engine {

std::vector<Definition>::const_iterator find_definition(const std::vector<Definition>& among,
                                                        std::string_view id) {
    const auto place = std::ranges::lower_bound(among, id, {}, &Definition::id);
    return place != among.end() && place->id == id ? place : among.end();
}

Result<StagedDefinitions> StagedDefinitions::of(const DefinitionStore& store, TenantId tenant,
                                                const Before& before,
                                                std::span<const DefinitionEdit> edits,
                                                const DefinitionChange& change) {
    StagedDefinitions staged;
    staged.in_force = before.in_force;
    staged.removed_count = before.removed;
    std::vector<Definition> added;
    for (const DefinitionEdit& one : edits) {
        const auto known = find_definition(before.in_force, one.id);
        if (known != before.in_force.end()) {
            const auto place = staged.in_force.begin() + (known - before.in_force.begin());
            store.revise(*place, one.body, change);
        } else if (!one.body.is_null()) {
            ATTUNE_TRY(auto former, store.find(tenant, one.id));
            if (former) --staged.removed_count;
            Definition& next = added.emplace_back(former ? *std::move(former)
                                                         : Definition{.id = one.id, .history = {}});
            store.revise(next, one.body, change);
        }
        if (!one.body.is_null()) staged.edited.push_back(one.id);
    }
    staged.take_out_removed();
    staged.in_force.insert(staged.in_force.end(), std::make_move_iterator(added.begin()),
                           std::make_move_iterator(added.end()));
    std::ranges::sort(staged.in_force, {}, &Definition::id);
    if (!added.empty()) ATTUNE_TRY_VOID(staged.make_room(store, tenant));
    return staged;
}

void StagedDefinitions::take_out_removed() {
    const auto gone =
        std::ranges::partition(in_force, [](const Definition& one) { return !one.is_removed(); });
    removed.assign(std::make_move_iterator(gone.begin()), std::make_move_iterator(gone.end()));
    in_force.erase(gone.begin(), gone.end());
    removed_count += removed.size();
}

Result<void> StagedDefinitions::make_room(const DefinitionStore& store, TenantId tenant) {
    const DefinitionKind& kind = store.kind();
    if (in_force.size() > kind.count_max)
        return fail(Code::resource_exhausted,
                    "a tenant has at most " + std::to_string(kind.count_max) + " " +
                        kind.collection + "; remove one that is not needed any more",
                    "too_many");
    const std::size_t count = in_force.size() + removed_count;
    if (count <= kind.count_max) return {};

    ATTUNE_TRY(auto candidates, store.all(tenant));
    std::erase_if(candidates, [&](const Definition& one) {
        return !one.is_removed() || find_definition(in_force, one.id) != in_force.end();
    });
    // Those that go now went after all others.
    std::ranges::sort(candidates, {}, [](const Definition& one) { return one.now().at; });
    for (const Definition& one : candidates) {
        if (forgotten.size() == count - kind.count_max) break;
        forgotten.push_back({one.id, one.now().version});
    }
    while (forgotten.size() < count - kind.count_max && !removed.empty()) {
        forgotten.push_back({removed.back().id, removed.back().now().version - 1});
        removed.pop_back();
    }
    removed_count -= forgotten.size();
    return {};
}

void StagedDefinitions::add_to(DefinitionBatch& batch, std::string_view collection) {
    for (const std::string& id : edited)
        batch.put(
            collection,
            in_force[static_cast<std::size_t>(find_definition(in_force, id) - in_force.cbegin())]);
    for (Definition& one : removed) batch.put(collection, one);
    for (const Forgotten& one : forgotten) batch.forget(collection, one.id, one.version);
}

const Definition& StagedDefinitions::edited_to_be(std::string_view id) const {
    if (const auto place = find_definition(in_force, id); place != in_force.end()) return *place;
    const auto gone = std::ranges::find(removed, id, &Definition::id);
    ATTUNE_CHECK(gone != removed.end());
    return *gone;
}

}  // namespace attune::engine
