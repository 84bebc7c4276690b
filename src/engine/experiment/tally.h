// Tally: what came of one experiment so far: who was exposed to what first, and what each metric adds up to in each arm.
// Everything that results say can be recomputed from what this counts.
//
//     Tally tally(definition);
//     tally.expose(unit, *tally.arm_of("blue"), version, at);
//     tally.observe(unit, {.event = "purchase", .time = later, .value = 12.5});
//     tally.sums(arm, metric)
//
// An arm is a variant, or the holdout, which stands last. A unit counts in the arm that it was exposed to first; what it
// does counts from then on, as long as the metric's window lasts. Units whose windows are not over count with what they did
// so far, in all arms alike. What events add to a unit is added up and can be taken back: of a group, when two of its people
// turn out to be one. All is also added up by the segments that the unit was in at that exposure, for the first
// kSegmentsMax of them that appear. Some 80 bytes a unit, when one in ten does something. Not thread-safe.
#pragma once

#include "base/id128.h"
#include "base/time.h"
#include "domain/experiment.h"
#include "engine/experiment/age_buckets.h"
#include "engine/experiment/quantile_sketch.h"
#include "learn/stats/sample_sums.h"

#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::engine {

using UnitKey = base::Id128;

// The kinds of attribution that an event counts for.
class AttributionSet {
public:
    constexpr AttributionSet() = default;
    constexpr AttributionSet(std::initializer_list<domain::MetricAttribution> kinds) {
        for (const domain::MetricAttribution kind : kinds) insert(kind);
    }
    constexpr void insert(domain::MetricAttribution kind) {
        bits_ |= 1U << std::to_underlying(kind);
    }
    [[nodiscard]] constexpr bool has(domain::MetricAttribution kind) const {
        return (bits_ >> std::to_underlying(kind) & 1U) != 0;
    }
    constexpr AttributionSet operator&(AttributionSet other) const {
        other.bits_ &= bits_;
        return other;
    }
    [[nodiscard]] constexpr bool is_empty() const { return bits_ == 0; }

private:
    unsigned bits_ = 0;
};

struct Observed {
    std::string_view event;
    base::Time time;
    std::optional<double> value;
    AttributionSet counts_for{domain::MetricAttribution::after_exposure};
};

class Tally {
public:
    explicit Tally(domain::Experiment definition);

    // Empty: nobody is shown this (any more).
    [[nodiscard]] std::optional<std::size_t> arm_of(std::string_view chosen) const;

    // Whether the unit was new. An exposure earlier than the one known is for the caller to recount: forget, then tell all
    // again.
    bool expose(UnitKey unit, std::size_t arm, std::uint64_t version, base::Time at,
                std::span<const std::string> segments = {});
    // What events added to a unit: of each metric, or of none.
    struct Value {
        double value = 0;  // of a metric of yes or no, how often
        double denominator = 0;
        double covariate = 0;
        std::uint32_t events = 0;
        Value& operator+=(const Value& other);
        Value& operator-=(const Value& other);
    };
    using Share = std::vector<Value>;
    // Of a unit that was not exposed: nothing. What it adds is added to `share` as well.
    void observe(UnitKey unit, const Observed& event, Share* share = nullptr);
    // What was added is gone again. Of a unit that was not exposed: nothing.
    void take_back(UnitKey unit, const Share& share);
    // As if it had never been. False: it was not there.
    bool forget(UnitKey unit);

    [[nodiscard]] std::optional<base::Time> exposed_at(UnitKey unit) const;
    [[nodiscard]] bool looks_at(std::string_view event) const;
    // How long before an exposure events matter.
    [[nodiscard]] base::Duration covariate_span() const { return covariate_span_; }

    [[nodiscard]] const domain::Experiment& definition() const { return definition_; }
    [[nodiscard]] std::size_t arms() const { return definition_.variants.size() + 1; }
    [[nodiscard]] std::string_view arm_name(std::size_t arm) const;
    [[nodiscard]] std::uint64_t units(std::size_t arm) const;
    [[nodiscard]] const learn::SampleSums& sums(std::size_t arm, std::size_t metric) const;
    [[nodiscard]] const QuantileSketch& sketch(std::size_t arm, std::size_t metric) const;
    // In the order in which they appeared.
    static constexpr std::size_t kSegmentsMax = 32;
    [[nodiscard]] const std::vector<std::string>& segments() const { return segments_; }
    [[nodiscard]] std::uint64_t units(std::size_t arm, std::size_t segment) const;
    [[nodiscard]] const learn::SampleSums& sums(std::size_t arm, std::size_t metric,
                                                std::size_t segment) const;
    [[nodiscard]] const QuantileSketch& sketch(std::size_t arm, std::size_t metric,
                                               std::size_t segment) const;

    // The primary metric by when its units were exposed; nothing where there is no such metric.
    [[nodiscard]] const std::optional<AgeBuckets>& ages() const { return ages_; }
    [[nodiscard]] std::optional<std::size_t> aged_metric() const { return aged_metric_; }

    // Units by the version of the definition that they were drawn by, and by arm.
    [[nodiscard]] const std::map<std::uint64_t, std::vector<std::uint64_t>>& drawn() const {
        return drawn_;
    }

private:
    friend class TallySaver;
    friend class TallyLoader;

    static constexpr std::uint32_t kNothing = UINT32_MAX;
    struct Unit {
        std::int64_t exposed_us = 0;
        std::uint32_t values = kNothing;  // where, of a unit that did something
        std::uint32_t segments = 0;       // a bit for each
        std::uint16_t version = 0;        // place in versions_
        std::uint8_t arm = 0;
    };

    [[nodiscard]] learn::Observation observation(std::size_t metric, const Value& value) const;
    [[nodiscard]] std::size_t cell(std::size_t arm, std::size_t metric) const {
        return (arm * definition_.metrics.size()) + metric;
    }
    // What one unit adds to a metric, to all that it belongs to; taken away when it is not there.
    void count(const Unit& unit, std::size_t metric, const Value& value, bool is_there);
    [[nodiscard]] static std::optional<Value> added(const domain::ExperimentMetric& metric,
                                                    const Observed& event, base::Duration after);
    [[nodiscard]] std::size_t take_values();
    [[nodiscard]] std::uint16_t place_of(std::uint64_t version);
    [[nodiscard]] std::uint32_t places_of(std::span<const std::string> segments);

    // Of all units, or of those in one segment.
    struct Counts {
        Counts(std::size_t arms, std::size_t metrics);
        std::vector<std::uint64_t> units;      // by arm
        std::vector<learn::SampleSums> sums;   // by arm and metric
        std::vector<QuantileSketch> sketches;  // the same
    };
    // Calls `change` with the counts of everybody, and of each segment that a unit is in.
    template <class Change>
    void each_of(const Unit& unit, Change change) {
        change(all_);
        for (std::uint32_t left = unit.segments; left != 0; left &= left - 1)
            change(of_segments_[static_cast<std::size_t>(std::countr_zero(left))]);
    }

    const domain::Experiment definition_;
    base::Duration covariate_span_{};
    boost::unordered_flat_map<UnitKey, Unit, base::Id128Hash> units_;
    std::vector<Value> values_;         // a row for each unit that did something
    std::vector<std::uint32_t> spare_;  // rows that are not used any more
    std::vector<std::uint64_t> versions_;
    std::map<std::uint64_t, std::vector<std::uint64_t>> drawn_;
    Counts all_;
    std::optional<std::size_t> aged_metric_;
    std::optional<AgeBuckets> ages_;
    std::vector<std::string> segments_;
    std::vector<Counts> of_segments_;  // by their places
};

}  // namespace attune::engine
