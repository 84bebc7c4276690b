// ModelShelf: models as documents: an entry each, and the bytes of those that can be published in chunks. Thread-safe, as the
// store is.
//
//     shelf.put_bytes(tenant, id, bytes);        // first, so that an entry never promises what is not there
//     shelf.put(tenant, {&entry});
#pragma once

#include "base/result.h"
#include "engine/models/model_entry.h"
#include "store/store.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

using domain::TenantId;

class ModelShelf {
public:
    static constexpr std::size_t kChunkBytes = 8u << 20;
    static constexpr std::size_t kBytesMax = std::size_t{4} << 30;  // of one model

    explicit ModelShelf(store::Store& store) : store_(store) {}  // which outlives it

    // The oldest first.
    [[nodiscard]] Result<std::vector<ModelEntry>> all(TenantId tenant) const;
    [[nodiscard]] Result<ModelEntry> get(TenantId tenant, std::string_view id) const;  // not_found
    // All of them in one commit.
    [[nodiscard]] Result<void> put(TenantId tenant, std::span<const ModelEntry> entries);
    [[nodiscard]] Result<void> put(TenantId tenant, const ModelEntry& entry) {
        return put(tenant, std::span(&entry, 1));
    }
    // With its bytes.
    [[nodiscard]] Result<void> remove(TenantId tenant, const ModelEntry& entry);

    // How many chunks. resource_exhausted when it is larger than kBytesMax.
    [[nodiscard]] Result<std::uint32_t> put_bytes(TenantId tenant, std::string_view id,
                                                  std::string_view bytes);
    // Those of one that nothing came of.
    [[nodiscard]] Result<void> drop_bytes(TenantId tenant, std::string_view id);
    [[nodiscard]] Result<std::string> bytes(TenantId tenant, const ModelEntry& entry) const;

    [[nodiscard]] Result<TrainingPlan> plan(
        TenantId tenant) const;  // the default when there is none
    [[nodiscard]] Result<void> put_plan(TenantId tenant, const TrainingPlan& plan);

private:
    store::Store& store_;
};

}  // namespace attune::engine
