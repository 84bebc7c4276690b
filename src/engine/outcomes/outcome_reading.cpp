#include "engine/outcomes/outcome_reading.h"

#include "engine/follow/log_batch.h"

#include <algorithm>
#include <utility>

namespace attune::engine {

OutcomeReading::OutcomeReading(store::Store& store, TenantId tenant,
                               std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights)
    : store_(store),
      tenant_(tenant),
      numbers_(std::move(numbers)),
      fingerprint_(weights.fingerprint()),
      whole_(store, tenant),
      lists_(store, tenant, *numbers_, *this, {}) {}

Result<bool> OutcomeReading::step(const WeightTable& weights) {
    struct Batched {
        store::Position position;
        OpenLists::Read read;
    };
    std::vector<Batched> reads;
    const auto take = [&](const store::LoggedEvent& logged) {
        if (auto read = OpenLists::read(logged, weights))
            reads.push_back({logged.position, *std::move(read)});
    };
    ATTUNE_TRY(const LogBatch batch, read_batch(store_, tenant_, upto_, take));
    // Where one fails, those before it stay taken, once.
    for (Batched& one : reads) {
        if (one.read.event) ATTUNE_TRY_VOID(rate(one.read.person, *one.read.event));
        ATTUNE_TRY_VOID(lists_.take(std::move(one.read)));
        upto_ = one.position;
    }
    upto_ = batch.upto;
    return batch.is_end;
}

Result<void> OutcomeReading::rate(const store::PersonId& person, const ItemEvent& event) {
    if (event.may_link()) {
        ATTUNE_TRY(const auto whole,
                   whole_.link(person, event.user_id, event.anonymous_id, event.is_alias));
        if (whole)
            for (const store::PersonId& member : whole->members) ratings_.merge(member, whole->id);
    }
    if (!event.rating && event.refused == 0 && event.allowed == 0) return {};
    ATTUNE_TRY(const store::PersonId who, whole_.of(person));
    return ratings_.take(who, event, *numbers_);
}

std::shared_ptr<const OutcomesInForce> OutcomeReading::view() {
    return std::make_shared<const OutcomesInForce>(learned_.in_force(), tried_.in_force(),
                                                   ratings_.told());
}

const PlacementCounts* OutcomeReading::counts(std::string_view placement) const {
    const auto found = counts_.find(placement);
    return found == counts_.end() ? nullptr : &found->second;
}

void OutcomeReading::shown(const OpenList& list) {
    learned_.shown(list);
    tried_.shown(list);
    if (counts_.size() < kPlacementsMax || counts_.contains(list.scheme->placement))
        counts_[list.scheme->placement].shown(list);
}

void OutcomeReading::answered(const OpenList& list, const ListAnswer& answer) {
    learned_.answered(list, answer);
    tried_.answered(list, answer);
    const bool is_first =
        answer.before <= 0 && list.gains[answer.slot] > 0 &&
        std::ranges::count_if(list.gains, [](float gain) { return gain > 0; }) == 1;
    if (is_first) ++answered_lists_;
    if (const auto found = counts_.find(list.scheme->placement); found != counts_.end())
        found->second.answered(list, answer);
}

}  // namespace attune::engine
