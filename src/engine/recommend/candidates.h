// Candidates: the items that may be in an answer, from every source of a placement, with what each source makes of them on a
// scale of its own from 0 to 1.
//
//     Candidates candidates(placement.sources);
//     candidates.gather(asking, allowed);
//     for (const Candidate& one : candidates.all()) …
#pragma once

#include "engine/recommend/asking.h"
#include "learn/recommend/item_mask.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace attune::engine {

inline constexpr std::size_t kSourceKinds = 11;

// "model", "after", …
[[nodiscard]] std::string_view name_of(domain::PlacementSourceKind kind);

struct Candidate {
    ItemNumber item = 0;
    // By kind of source; 0 where it did not come from there.
    std::array<float, kSourceKinds> by_source{};
    double score = 0;
    float fatigue = 1;         // what is left of its score for having been shown in vain
    std::uint64_t boosts = 0;  // a bit for each that lifted or buried it

    [[nodiscard]] float from(domain::PlacementSourceKind kind) const {
        return by_source[static_cast<std::size_t>(kind)];
    }
};

class Candidates {
public:
    // From every source, among those allowed (a mask as wide as the catalogue). What somebody looked at within the last half hour is
    // no news to them: only the source `unfinished` brings it back so soon, unless `is_asked_for`: an application asks for the order of
    // just these.
    void gather(std::span<const domain::PlacementSource> sources, const Asking& asking,
                const learn::ItemMask& allowed, bool is_asked_for = false);
    // One more, if it is not there; without a score.
    void add(ItemNumber item);

    // May be put in another order, and shortened, once all is gathered.
    [[nodiscard]] std::vector<Candidate>& all() { return all_; }
    // Looks through all: for the few of an answer.
    [[nodiscard]] const Candidate* find(ItemNumber item) const;

private:
    Candidate& at(ItemNumber item);
    void add(domain::PlacementSourceKind kind, std::span<const learn::Scored> list);

    std::vector<Candidate> all_;
    boost::unordered_flat_map<ItemNumber, std::uint32_t> places_;
};

}  // namespace attune::engine
