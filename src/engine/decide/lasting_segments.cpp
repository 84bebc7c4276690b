#include "engine/decide/lasting_segments.h"

#include <utility>

namespace attune::engine {

LastingSegments::Places LastingSegments::of(const SegmentSet& segments,
                                            const SegmentFacts& facts) const {
    {
        const base::MutexLock lock(mutex_);
        if (kept_ != nullptr && fingerprint_ == segments.fingerprint()) return kept_;
    }
    // Two who ask at once both work it out, and come to the same.
    auto places = std::make_shared<const std::vector<SegmentSet::Place>>(segments.lasting(facts));
    const base::MutexLock lock(mutex_);
    fingerprint_ = segments.fingerprint();
    kept_ = places;
    return places;
}

}  // namespace attune::engine
