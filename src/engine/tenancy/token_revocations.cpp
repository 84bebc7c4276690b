#include "engine/tenancy/token_revocations.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace attune::engine {

bool TokenRevocations::is_revoked(const base::Id128& who, std::uint32_t signed_after) const {
    if (signed_after < everybody_before_) return true;
    const auto found = people_.find(who);
    return found != people_.end() && signed_after < found->second.number;
}

void TokenRevocations::signs_until(base::Time expires_at) {
    signed_until_ = std::max(signed_until_, expires_at);
}

bool TokenRevocations::revoke(std::span<const base::Id128> whom, base::Time now) {
    if (signed_until_ <= now || whom.empty()) return false;
    ++count_;
    for (const base::Id128& who : whom) people_[who] = {count_, signed_until_};
    keep_bounded();
    return true;
}

void TokenRevocations::keep_bounded() {
    if (people_.size() <= kPeopleMax) return;
    std::vector<std::uint32_t> numbers;
    numbers.reserve(people_.size());
    for (const auto& [who, revoked] : people_) numbers.push_back(revoked.number);
    const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::ranges::nth_element(numbers, middle);
    everybody_before_ = std::max(everybody_before_, *middle);
    std::erase_if(people_,
                  [this](const auto& one) { return one.second.number <= everybody_before_; });
}

bool TokenRevocations::forget(base::Time now) {
    return std::erase_if(people_,
                         [now](const auto& one) { return one.second.forgotten_at <= now; }) > 0;
}

void TokenRevocations::restore(std::uint32_t count, std::uint32_t everybody_before,
                               base::Time signed_until, std::map<base::Id128, OfPerson> people) {
    count_ = count;
    everybody_before_ = everybody_before;
    signed_until_ = signed_until;
    people_ = std::move(people);
}

}  // namespace attune::engine
