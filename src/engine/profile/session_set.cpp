#include "engine/profile/session_set.h"

#include <algorithm>

namespace attune::engine {

void SessionSet::add(const Session& piece) {
    // The first session that the piece could touch: those before ended more than the gap before it
    // began.
    auto first = std::ranges::lower_bound(kept_, piece.start - kGapUs, {}, &Session::end);
    auto last = first;
    Session joined = piece;
    while (last != kept_.end() && last->start <= piece.end + kGapUs) {
        joined.start = std::min(joined.start, last->start);
        joined.end = std::max(joined.end, last->end);
        joined.events += last->events;
        ++last;
    }
    if (first != last) {
        *first = joined;
        kept_.erase(first + 1, last);
        return;
    }
    if (archived_.count > 0 && first == kept_.begin()) return archive(joined);
    kept_.insert(first, joined);
    if (kept_.size() > kKeptMax) {
        archive(kept_.front());
        kept_.erase(kept_.begin());
    }
}

void SessionSet::merge(const SessionSet& other) {
    archived_.count += other.archived_.count;
    archived_.duration_us += other.archived_.duration_us;
    archived_.events += other.archived_.events;
    for (const Session& session : other.kept_) add(session);
}

std::uint64_t SessionSet::duration_us() const {
    std::uint64_t sum = archived_.duration_us;
    for (const Session& s : kept_) sum += static_cast<std::uint64_t>(s.end - s.start);
    return sum;
}

std::uint64_t SessionSet::events() const {
    std::uint64_t sum = archived_.events;
    for (const Session& s : kept_) sum += s.events;
    return sum;
}

void SessionSet::archive(const Session& session) {
    ++archived_.count;
    archived_.duration_us += static_cast<std::uint64_t>(session.end - session.start);
    archived_.events += session.events;
}

}  // namespace attune::engine
