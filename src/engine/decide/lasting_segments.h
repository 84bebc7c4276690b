// LastingSegments: the segments that somebody is in for as long as their profile stays what it is, kept with what is known
// of them: worked out when they are first asked for, and again when the tenant's segments change.
//
// Thread-safe.
#pragma once

#include "base/mutex.h"
#include "engine/segment/segment_set.h"

#include <memory>
#include <vector>

namespace attune::engine {

class LastingSegments {
public:
    using Places = std::shared_ptr<const std::vector<SegmentSet::Place>>;

    // `facts` are always the same person's, at the same version of their profile.
    [[nodiscard]] Places of(const SegmentSet& segments, const SegmentFacts& facts) const;

private:
    mutable base::Mutex mutex_;
    // Not the set itself: people who are asked about seldom would keep old ones.
    mutable base::Id128 fingerprint_ ATTUNE_GUARDED_BY(mutex_);
    mutable Places kept_ ATTUNE_GUARDED_BY(mutex_);
};

}  // namespace attune::engine
