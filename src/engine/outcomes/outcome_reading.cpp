#include "engine/outcomes/outcome_reading.h"

#include "engine/follow/log_batch.h"
#include "engine/outcomes/outcome_image.h"

#include <algorithm>
#include <utility>

namespace attune::engine {

OutcomeReading::OutcomeReading(store::Store& store, TenantId tenant,
                               std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights,
                               Checkpoints* checkpoints)
    : store_(store),
      tenant_(tenant),
      numbers_(std::move(numbers)),
      fingerprint_(weights.fingerprint()),
      whole_(store, tenant),
      lists_(store, tenant, *numbers_, *this, {}),
      keeper_(*this, store, checkpoints,
              {.format = kOutcomesFormat, .tenant = tenant, .settings = fingerprint_}) {}

// A little more than it takes.
std::uint64_t OutcomeReading::bytes() const {
    constexpr std::uint64_t kListBytes = 512;
    constexpr std::uint64_t kGivenBytes = 56;
    constexpr std::uint64_t kBlockBytes = 4'096;
    return (kListBytes * lists_.open()) + (kGivenBytes * ratings_.count()) +
           (kBlockBytes * (tried_.blocks() + ratings_.blocks()));
}
std::unique_ptr<KnowledgeSaver> OutcomeReading::save() {
    return std::make_unique<OutcomeSaver>(*this);
}
std::unique_ptr<KnowledgeLoader> OutcomeReading::load() {
    return std::make_unique<OutcomeLoader>(*this);
}

Result<bool> OutcomeReading::step(const WeightTable& weights) {
    if (keeper_.work()) return false;
    ATTUNE_TRY(const bool is_end, read_log(weights));
    return is_end && !keeper_.begin_saving_if_due();
}

Result<bool> OutcomeReading::read_log(const WeightTable& weights) {
    struct Batched {
        LogMark mark;
        OpenLists::Read read;
    };
    std::vector<Batched> reads;
    LogMark mark = mark_;
    const auto take = [&](const store::LoggedEvent& logged) {
        mark.pass(logged);
        if (auto read = OpenLists::read(logged, weights)) reads.push_back({mark, *std::move(read)});
    };
    ATTUNE_TRY(const LogBatch batch, read_batch(store_, tenant_, {upto_}, take));
    // Where one fails, those before it stay taken, once.
    for (Batched& one : reads) {
        if (one.read.event) ATTUNE_TRY_VOID(rate(one.read.person, *one.read.event));
        ATTUNE_TRY_VOID(lists_.take(std::move(one.read)));
        upto_ = one.mark.last;
        mark_ = one.mark;
    }
    upto_ = batch.upto;
    mark_ = mark;
    return batch.is_end;
}

void OutcomeReading::forget(const store::PersonId& person) {
    keeper_.leave();
    keeper_.become_stale();
    lists_.forget(person);
    ratings_.forget(person);
    if (const auto whole = whole_.known(person)) ratings_.forget(*whole);
    whole_.forget_all();
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
