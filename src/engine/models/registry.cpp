#include "engine/models/registry.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kUselessMax = 20;  // failed and cancelled ones, for whoever wonders why

}  // namespace

std::shared_ptr<const ServedModel> ModelRegistry::published(TenantId tenant) const {
    const ByTenant& all = published_.of_this_thread();
    const auto found = all.find(tenant);
    return found == all.end() ? nullptr : found->second.recommender;
}

std::shared_ptr<const ServedRanker> ModelRegistry::ranker(TenantId tenant) const {
    const ByTenant& all = published_.of_this_thread();
    const auto found = all.find(tenant);
    return found == all.end() ? nullptr : found->second.ranker;
}

void ModelRegistry::serve(TenantId tenant, Servable model) {
    auto next = std::make_shared<ByTenant>(*published_.get());
    Servable& serving = (*next)[tenant];
    if (model.recommender) serving.recommender = std::move(model.recommender);
    if (model.ranker) serving.ranker = std::move(model.ranker);
    published_.set(std::move(next));
}

Result<ModelRegistry::Servable> ModelRegistry::loaded(TenantId tenant, const ModelEntry& entry) {
    ATTUNE_TRY(const std::string bytes, shelf_.bytes(tenant, entry));
    Servable model;
    if (entry.kind == ModelKind::ranker) {
        ATTUNE_TRY(model.ranker, ServedRanker::load(entry.id, bytes));
    } else {
        ATTUNE_TRY(model.recommender, ServedModel::load(entry.id, bytes, *numbers_.of(tenant)));
    }
    return model;
}

Result<void> ModelRegistry::open(TenantId tenant) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(const auto all, shelf_.all(tenant));
    for (ModelEntry entry : all) {
        std::optional<std::string> problem;
        if (entry.state == ModelState::published) {
            auto model = loaded(tenant, entry);
            if (model)
                serve(tenant, *std::move(model));
            else if (model.error().code == Code::data_loss || model.error().code == Code::not_found)
                problem = model.error().message;
            else
                return std::unexpected(model.error());
        } else if (is_under_way(entry.state)) {
            problem = "the server stopped before it was done";
            ATTUNE_TRY_VOID(shelf_.drop_bytes(tenant, entry.id));
        }
        if (!problem) continue;
        entry.state = ModelState::failed;
        entry.reason = std::move(problem);
        ATTUNE_TRY_VOID(shelf_.put(tenant, entry));
    }
    return {};
}

Result<ModelEntry> ModelRegistry::switch_to(TenantId tenant, ModelEntry entry,
                                            const std::vector<ModelEntry>& all, bool is_new) {
    if (entry.state == ModelState::published) return entry;
    ATTUNE_TRY(auto model, loaded(tenant, entry));
    std::vector<ModelEntry> changed;
    for (const ModelEntry& one : all) {
        if (one.state != ModelState::published || one.kind != entry.kind) continue;
        changed.push_back(one);
        changed.back().state = ModelState::retired;
    }
    entry.state = ModelState::published;
    if (is_new) entry.published_at = clock_.now();
    changed.push_back(entry);
    ATTUNE_TRY_VOID(shelf_.put(tenant, changed));
    serve(tenant, std::move(model));
    return entry;
}

Result<ModelEntry> ModelRegistry::publish(TenantId tenant, std::string_view id) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(const ModelEntry entry, shelf_.get(tenant, id));
    if (!has_model(entry.state))
        return fail(Code::failed_precondition, "This model was not trained to its end.",
                    "not_ready");
    ATTUNE_TRY(const auto all, shelf_.all(tenant));
    return switch_to(tenant, entry, all, true);
}

Result<ModelEntry> ModelRegistry::roll_back(TenantId tenant, ModelKind kind) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(auto all, shelf_.all(tenant));
    std::erase_if(all, [&](const ModelEntry& one) { return one.kind != kind; });
    const auto now = std::ranges::find(all, ModelState::published, &ModelEntry::state);
    const ModelEntry* before = nullptr;
    for (const ModelEntry& one : all) {
        if (one.state != ModelState::retired || !one.published_at) continue;
        if (now != all.end() && !(*one.published_at < *now->published_at)) continue;
        if (before == nullptr || *before->published_at < *one.published_at) before = &one;
    }
    if (before == nullptr)
        return fail(Code::failed_precondition, "No model was published before this one.",
                    "nothing_before");
    return switch_to(tenant, *before, all, false);
}

Result<void> ModelRegistry::remove(TenantId tenant, std::string_view id) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(const ModelEntry entry, shelf_.get(tenant, id));
    if (entry.state == ModelState::published || is_under_way(entry.state))
        return fail(
            Code::failed_precondition,
            "This model answers or is being trained; publish another one or cancel it first.",
            "in_use");
    return shelf_.remove(tenant, entry);
}

Result<void> ModelRegistry::add(TenantId tenant, ModelEntry entry, Servable model,
                                bool is_published, std::size_t keep) {
    const ModelKind kind = entry.kind;
    {
        const std::string bytes = kind == ModelKind::ranker
                                      ? model.ranker->save()
                                      : model.recommender->save(*numbers_.of(tenant));
        entry.bytes = bytes.size();
        auto chunks = shelf_.put_bytes(tenant, entry.id, bytes);
        if (!chunks) {
            (void)shelf_.drop_bytes(tenant, entry.id);
            return std::unexpected(chunks.error());
        }
        entry.chunks = *chunks;
    }
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY(const auto all, shelf_.all(tenant));
    std::vector<ModelEntry> changed;
    entry.state = ModelState::ready;
    if (is_published) {
        for (const ModelEntry& one : all) {
            if (one.state != ModelState::published || one.kind != kind) continue;
            changed.push_back(one);
            changed.back().state = ModelState::retired;
        }
        entry.state = ModelState::published;
        entry.published_at = clock_.now();
    }
    changed.push_back(std::move(entry));
    ATTUNE_TRY_VOID(shelf_.put(tenant, changed));
    if (is_published) serve(tenant, std::move(model));
    return tidy(tenant, kind, keep);
}

// The published one is never among those that go.
Result<void> ModelRegistry::tidy(TenantId tenant, ModelKind kind, std::size_t keep) {
    ATTUNE_TRY(const auto all, shelf_.all(tenant));
    std::size_t useful = 0;
    std::size_t useless = 0;
    for (const ModelEntry& one : std::views::reverse(all)) {
        if (one.kind != kind || one.state == ModelState::published || is_under_way(one.state))
            continue;
        const bool is_kept = has_model(one.state) ? ++useful < std::max<std::size_t>(2, keep)
                                                  : ++useless <= kUselessMax;
        if (!is_kept) ATTUNE_TRY_VOID(shelf_.remove(tenant, one));
    }
    return {};
}

Result<void> ModelRegistry::save(TenantId tenant, const ModelEntry& entry) {
    const base::MutexLock lock(mutex_);
    ATTUNE_TRY_VOID(shelf_.put(tenant, entry));
    if (is_under_way(entry.state)) return {};
    return tidy(tenant, entry.kind, kUselessMax);
}

}  // namespace attune::engine
