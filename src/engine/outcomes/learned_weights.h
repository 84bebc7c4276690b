// LearnedWeights: how much each source of a placement should count, learned from what people chose of what stood before them.
// Every event that answers a list moves the weights (learn/ranking/blend.h): what it chose is held against what stood above it
// and was passed over, and against what stood next below it (Joachims and others, 2005). What stood further down may never have
// been looked at, and says nothing; nor does a list that nobody answered, nor a slot that is pinned.
// What was tried out by chance teaches best: nobody chose it because it was expected.
//
// One set of weights for each way in which a placement was written, from the written weights on: who changes them begins anew.
// The same log gives the same weights. Holds nothing of single people. Not thread-safe; WeightsInForce is, being immutable.
#pragma once

#include "engine/outcomes/open_lists.h"
#include "learn/ranking/blend.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct SourceWeights {
    std::uint64_t version = 0;  // of the placement, that was answered last
    std::vector<std::string> sources;
    std::vector<double> written;
    std::vector<double> weights;  // sum to 1
    std::uint64_t answers = 0;    // learned from
    base::Time since;             // the first list
    base::Time last;              // the last answer; `since` before the first
};

// Of a tenant's placements, as far as the log was read.
class WeightsInForce {
public:
    using ByPlacement = std::map<std::string, std::vector<SourceWeights>, std::less<>>;

    WeightsInForce() = default;
    explicit WeightsInForce(ByPlacement all) : all_(std::move(all)) {}

    // Null where nothing was learned of these sources and written weights.
    [[nodiscard]] const SourceWeights* find(std::string_view placement,
                                            std::span<const std::string_view> sources,
                                            std::span<const double> written) const;
    // Those asked last stand last.
    [[nodiscard]] std::span<const SourceWeights> of(std::string_view placement) const;

private:
    ByPlacement all_;
};

class LearnedWeights {
public:
    static constexpr std::size_t kPlacementsMax = 2'000;
    static constexpr std::size_t kWaysMax = 8;  // of one placement; the one asked longest ago goes

    void shown(const OpenList& list);
    void answered(const OpenList& list, const ListAnswer& answer);

    // Told anew only after something changed.
    [[nodiscard]] std::shared_ptr<const WeightsInForce> in_force();

private:
    friend class OutcomeSaver;
    friend class OutcomeLoader;

    struct Way {
        learn::SourceBlend blend;
        SourceWeights told;
    };
    [[nodiscard]] Way* way_of(const OpenList& list, bool makes);

    std::map<std::string, std::vector<Way>, std::less<>> ways_;
    std::shared_ptr<const WeightsInForce> in_force_;
};

}  // namespace attune::engine
