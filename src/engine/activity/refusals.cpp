#include "engine/activity/refusals.h"

#include <array>
#include <span>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::size_t kRefusalsMax = 1u << 26;

struct SavedRefusal {
    store::PersonId person;
    std::array<std::uint8_t, 4> purposes{};
};
static_assert(sizeof(SavedRefusal) == 20);

}  // namespace

bool Refusals::hear(const store::PersonId& person, const ItemEvent& event) {
    if (event.refused == 0 && event.allowed == 0) return false;
    const auto before = purposes_.find(person);
    const std::uint8_t known = before == purposes_.end() ? 0 : before->second;
    const auto now = static_cast<std::uint8_t>((known & ~event.allowed) | event.refused);
    if (now == 0) {
        purposes_.erase(person);
        return false;
    }
    purposes_[person] = now;
    return true;
}

bool Refusals::merge(const store::PersonId& from, const store::PersonId& into) {
    if (from == into) return false;
    const auto refusal = purposes_.find(from);
    if (refusal == purposes_.end()) return false;
    const std::uint8_t purposes = refusal->second;
    // Kept under the old id it would come back with the next link of the two, whatever was allowed since.
    purposes_.erase(refusal);
    purposes_[into] |= purposes;
    return true;
}

Result<void> Refusals::write(CheckpointWriter& to) const {
    std::vector<SavedRefusal> all;
    all.reserve(purposes_.size());
    for (const auto& [person, purposes] : purposes_) all.push_back({person, {purposes}});
    return to.put(std::span<const SavedRefusal>(all));
}

Result<Refusals> Refusals::read(CheckpointReader& from) {
    ATTUNE_TRY(const auto all, from.array<SavedRefusal>(kRefusalsMax));
    Refusals refusals;
    refusals.purposes_.reserve(all.size());
    for (const SavedRefusal& one : all) refusals.purposes_[one.person] = one.purposes[0];
    return refusals;
}

}  // namespace attune::engine
