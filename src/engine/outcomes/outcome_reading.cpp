#include "engine/outcomes/outcome_reading.h"

#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchEvents = 2'000;  // looked at in one go, some ten milliseconds

}  // namespace

OutcomeReading::OutcomeReading(store::Store& store, TenantId tenant,
                               std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights)
    : store_(store),
      tenant_(tenant),
      numbers_(std::move(numbers)),
      fingerprint_(weights.fingerprint()),
      lists_(store, tenant, *numbers_, *this, {}) {}

Result<bool> OutcomeReading::step(const WeightTable& weights) {
    struct Batched {
        store::Position position;
        OpenLists::Read read;
    };
    std::vector<Batched> batch;
    std::size_t looked_at = 0;
    bool is_end = true;
    const auto look_at = [&](const store::LoggedEvent& logged) {
        if (++looked_at > kBatchEvents) {
            is_end = false;
            return false;
        }
        if (auto read = OpenLists::read(logged, weights))
            batch.push_back({logged.position, *std::move(read)});
        return true;
    };
    ATTUNE_TRY(const store::Position upto, store_.scan_all(tenant_, upto_, look_at));
    // Where one fails, those before it stay taken, once.
    for (Batched& one : batch) {
        ATTUNE_TRY_VOID(lists_.take(std::move(one.read)));
        upto_ = one.position;
    }
    upto_ = upto;
    is_current_ = is_end;
    return is_end;
}

const PlacementCounts* OutcomeReading::counts(std::string_view placement) const {
    const auto found = counts_.find(placement);
    return found == counts_.end() ? nullptr : &found->second;
}

void OutcomeReading::shown(const OpenList& list) {
    learned_.shown(list);
    if (counts_.size() < kPlacementsMax || counts_.contains(list.scheme->placement))
        counts_[list.scheme->placement].shown(list);
}

void OutcomeReading::answered(const OpenList& list, const ListAnswer& answer) {
    learned_.answered(list, answer);
    if (const auto found = counts_.find(list.scheme->placement); found != counts_.end())
        found->second.answered(list, answer);
}

}  // namespace attune::engine
