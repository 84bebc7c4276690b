#include "engine/follow/whole_people.h"

#include "base/keyed_hash.h"

namespace attune::engine {
namespace {

constexpr std::size_t kWholeMax = 500'000;
constexpr std::size_t kLinkedMax = 200'000;

}  // namespace

Result<store::PersonId> WholePeople::of(const store::PersonId& person) {
    if (const auto known = whole_.find(person); known != whole_.end()) return known->second;
    ATTUNE_TRY(const auto today, store_.person(tenant_, person));
    const store::PersonId whole = today ? today->id : person;
    if (whole_.size() >= kWholeMax) whole_.clear();
    whole_[person] = whole;
    return whole;
}

std::optional<store::PersonId> WholePeople::known(const store::PersonId& person) const {
    const auto found = whole_.find(person);
    if (found == whole_.end()) return std::nullopt;
    return found->second;
}

Result<std::optional<store::Person>> WholePeople::link(const store::PersonId& person,
                                                       const std::string& user_id,
                                                       const std::string& anonymous_id,
                                                       bool is_alias) {
    const base::Id128 pair = base::hash128(base::HashKey{}, user_id + '\x1f' + anonymous_id);
    if (linked_.size() >= kLinkedMax) linked_.clear();
    if (!linked_.insert(pair).second && !is_alias) return std::nullopt;
    ATTUNE_TRY(auto today, store_.person(tenant_, person));
    if (!today) return std::nullopt;
    for (const store::PersonId& member : today->members) whole_[member] = today->id;
    whole_[today->id] = today->id;
    return today;
}

void WholePeople::forget_all() {
    whole_.clear();
    linked_.clear();
}

}  // namespace attune::engine
