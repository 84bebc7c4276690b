#include "store/rocksdb/recent_events.h"

#include <algorithm>
#include <utility>

namespace attune::store::rocks {

using base::MutexLock;

void RecentEvents::add(Sequence sequence, std::span<Work> works,
                       std::span<const Result<void>> results) {
    auto commit = std::make_shared<Commit>();
    commit->sequence = sequence;
    commit->bytes = sizeof(Commit);
    std::uint32_t index = 0;
    for (std::size_t i = 0; i < works.size(); ++i) {
        if (works[i].kind != Work::Kind::append || !results[i]) continue;
        Append& append = works[i].append;
        for (StoredEvent& event : append.events) {
            commit->bytes += sizeof(Recent) + event.payload.capacity();
            commit->events.push_back(
                {append.tenant,
                 {append.person, {sequence, index++}, event.key, std::move(event.payload)}});
        }
    }
    // What leaves is freed without the lock.
    Commits leaving;
    MutexLock lock(mutex_);
    last_ = sequence;
    bytes_ += commit->bytes;
    commits_.push_back(std::move(commit));
    while (bytes_ > bytes_max_ && !commits_.empty()) {
        bytes_ -= commits_.front()->bytes;
        leaving.push_back(std::move(commits_.front()));
        commits_.pop_front();
    }
}

void RecentEvents::forget(TenantId tenant, std::span<const PersonId> people) {
    const auto is_theirs = [&](const Recent& one) {
        return one.tenant == tenant && std::ranges::find(people, one.event.person) != people.end();
    };
    MutexLock lock(mutex_);
    for (auto& commit : commits_) {
        if (std::ranges::none_of(commit->events, is_theirs)) continue;
        auto rest = std::make_shared<Commit>(*commit);
        std::erase_if(rest->events, is_theirs);
        commit = std::move(rest);
    }
}

std::optional<std::pair<RecentEvents::Commits, Sequence>> RecentEvents::behind(
    Position cursor) const {
    MutexLock lock(mutex_);
    const Sequence first = last_ + 1 - commits_.size();
    if (cursor < Position{first - 1, kLogEnd.index}) return std::nullopt;
    const std::size_t seen =
        cursor.sequence < first ? 0 : static_cast<std::size_t>(cursor.sequence - first);
    const auto from = static_cast<std::ptrdiff_t>(std::min(seen, commits_.size()));
    return std::pair{Commits(commits_.begin() + from, commits_.end()), last_};
}

std::optional<Position> RecentEvents::scan(TenantId tenant, Stretch stretch,
                                           const Store::Visit& visit) const {
    const auto found = behind(stretch.after);
    if (!found) return std::nullopt;
    const auto& [commits, last] = *found;
    Position seen = stretch.after;
    for (const auto& commit : commits) {
        if (commit->sequence > stretch.upto.sequence) break;
        for (const Recent& one : commit->events) {
            if (one.tenant != tenant || one.event.position <= seen) continue;
            if (one.event.position > stretch.upto) break;
            if (!visit(one.event)) return seen;
            seen = one.event.position;
        }
    }
    return std::max(seen, std::min(stretch.upto, Position{last, kLogEnd.index}));
}

}  // namespace attune::store::rocks
