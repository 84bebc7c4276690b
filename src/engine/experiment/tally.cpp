#include "engine/experiment/tally.h"

#include "engine/experiment/compiled_experiment.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace attune::engine {
namespace {

using domain::ExperimentMetric;
using domain::MetricKind;

base::Duration seconds(std::optional<std::uint64_t> count) {
    return std::chrono::seconds(count.value_or(0));
}

// Numbers that are none, or that would drown all others, are nobody's purchase.
std::optional<double> sane(std::optional<double> value) {
    constexpr double kLargest = 1e15;
    if (value && !(std::abs(*value) <= kLargest)) return std::nullopt;
    return value;
}

// What one event adds to a metric's number.
double worth(const ExperimentMetric& metric, const Observed& event) {
    switch (metric.kind) {
        case MetricKind::sum:
        case MetricKind::quantile:
            return sane(event.value).value_or(0);
        case MetricKind::ratio:
            return sane(event.value).value_or(1);
        case MetricKind::conversion:
        case MetricKind::retention:
        case MetricKind::count:
            break;
    }
    return 1;
}

bool is_yes_or_no(const ExperimentMetric& metric) {
    return metric.kind == MetricKind::conversion || metric.kind == MetricKind::retention;
}

}  // namespace

Tally::Counts::Counts(std::size_t arms, std::size_t metrics)
    : units(arms), sums(arms * metrics), sketches(arms * metrics) {}

Tally::Tally(domain::Experiment definition)
    : definition_(std::move(definition)), all_(arms(), definition_.metrics.size()) {
    for (const ExperimentMetric& metric : definition_.metrics)
        covariate_span_ = std::max(covariate_span_, seconds(metric.covariate_seconds));
    const auto primary = std::ranges::find(definition_.metrics, domain::MetricRole::primary,
                                           &ExperimentMetric::role);
    if (primary == definition_.metrics.end() || primary->kind == MetricKind::quantile) return;
    aged_metric_ = static_cast<std::size_t>(primary - definition_.metrics.begin());
    ages_.emplace(arms(), definition_.started_at);
}

std::string_view Tally::arm_name(std::size_t arm) const {
    return arm < definition_.variants.size() ? std::string_view(definition_.variants[arm].name)
                                             : kHoldout;
}

std::optional<std::size_t> Tally::arm_of(std::string_view chosen) const {
    for (std::size_t arm = 0; arm < arms(); ++arm)
        if (arm_name(arm) == chosen) return arm;
    return std::nullopt;
}

bool Tally::looks_at(std::string_view event) const {
    return std::ranges::any_of(definition_.metrics, [&](const ExperimentMetric& metric) {
        return metric.event == event || metric.denominator == event;
    });
}

std::uint64_t Tally::units(std::size_t arm) const { return all_.units[arm]; }
std::uint64_t Tally::units(std::size_t arm, std::size_t segment) const {
    return of_segments_[segment].units[arm];
}

const learn::SampleSums& Tally::sums(std::size_t arm, std::size_t metric) const {
    return all_.sums[cell(arm, metric)];
}
const learn::SampleSums& Tally::sums(std::size_t arm, std::size_t metric,
                                     std::size_t segment) const {
    return of_segments_[segment].sums[cell(arm, metric)];
}

const QuantileSketch& Tally::sketch(std::size_t arm, std::size_t metric) const {
    return all_.sketches[cell(arm, metric)];
}
const QuantileSketch& Tally::sketch(std::size_t arm, std::size_t metric,
                                    std::size_t segment) const {
    return of_segments_[segment].sketches[cell(arm, metric)];
}

std::optional<base::Time> Tally::exposed_at(UnitKey unit) const {
    const auto found = units_.find(unit);
    if (found == units_.end()) return std::nullopt;
    return base::Time(base::Duration(found->second.exposed_us));
}

std::uint16_t Tally::place_of(std::uint64_t version) {
    const auto found = std::ranges::find(versions_, version);
    if (found != versions_.end()) return static_cast<std::uint16_t>(found - versions_.begin());
    // More versions than anybody saves: they share the last place.
    if (versions_.size() == UINT16_MAX) return UINT16_MAX - 1;
    versions_.push_back(version);
    return static_cast<std::uint16_t>(versions_.size() - 1);
}

// Bits of those that are counted; new ones while there is room.
std::uint32_t Tally::places_of(std::span<const std::string> segments) {
    std::uint32_t places = 0;
    for (const std::string& one : segments) {
        const auto found = std::ranges::find(segments_, one);
        const auto place = static_cast<std::size_t>(found - segments_.begin());
        if (found == segments_.end()) {
            if (segments_.size() == kSegmentsMax) continue;
            segments_.push_back(one);
            of_segments_.emplace_back(arms(), definition_.metrics.size());
        }
        places |= 1U << place;
    }
    return places;
}

bool Tally::expose(UnitKey unit, std::size_t arm, std::uint64_t version, base::Time at,
                   std::span<const std::string> segments) {
    if (units_.contains(unit)) return false;
    const Unit fresh{.exposed_us = at.time_since_epoch().count(),
                     .segments = places_of(segments),
                     .version = place_of(version),
                     .arm = static_cast<std::uint8_t>(arm)};
    units_.emplace(unit, fresh);
    each_of(fresh, [&](Counts& counts) { ++counts.units[arm]; });
    auto& drawn = drawn_[versions_[fresh.version]];
    drawn.resize(arms());
    ++drawn[arm];
    for (std::size_t metric = 0; metric < definition_.metrics.size(); ++metric)
        count(fresh, metric, {}, true);
    return true;
}

bool Tally::forget(UnitKey unit) {
    const auto found = units_.find(unit);
    if (found == units_.end()) return false;
    const Unit known = found->second;
    units_.erase(found);
    each_of(known, [&](Counts& counts) { --counts.units[known.arm]; });
    --drawn_[versions_[known.version]][known.arm];
    for (std::size_t metric = 0; metric < definition_.metrics.size(); ++metric) {
        count(known, metric, known.values == kNothing ? Value{} : values_[known.values + metric],
              false);
    }
    if (known.values != kNothing) spare_.push_back(known.values);
    return true;
}

std::size_t Tally::take_values() {
    const std::size_t width = definition_.metrics.size();
    if (spare_.empty()) {
        values_.resize(values_.size() + width);
        return values_.size() - width;
    }
    const std::size_t row = spare_.back();
    spare_.pop_back();
    std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(row), width, Value{});
    return row;
}

Tally::Value& Tally::Value::operator+=(const Value& other) {
    value += other.value;
    denominator += other.denominator;
    covariate += other.covariate;
    events += other.events;
    return *this;
}

Tally::Value& Tally::Value::operator-=(const Value& other) {
    value -= other.value;
    denominator -= other.denominator;
    covariate -= other.covariate;
    events -= other.events;
    return *this;
}

void Tally::observe(UnitKey unit, const Observed& event, Share* share) {
    const auto found = units_.find(unit);
    if (found == units_.end()) return;
    Unit& known = found->second;
    const base::Duration after = event.time - base::Time(base::Duration(known.exposed_us));
    for (std::size_t i = 0; i < definition_.metrics.size(); ++i) {
        const auto more = added(definition_.metrics[i], event, after);
        if (!more) continue;
        if (known.values == kNothing) known.values = static_cast<std::uint32_t>(take_values());
        Value& value = values_[known.values + i];
        count(known, i, value, false);
        count(known, i, value += *more, true);
        if (share == nullptr) continue;
        share->resize(definition_.metrics.size());
        (*share)[i] += *more;
    }
}

void Tally::take_back(UnitKey unit, const Share& share) {
    const auto found = units_.find(unit);
    if (found == units_.end() || found->second.values == kNothing) return;
    const Unit& known = found->second;
    for (std::size_t i = 0; i < share.size(); ++i) {
        Value& value = values_[known.values + i];
        count(known, i, value, false);
        count(known, i, value -= share[i], true);
    }
}

// What the event adds to a unit's value of a metric, so long after the exposure.
std::optional<Tally::Value> Tally::added(const ExperimentMetric& metric, const Observed& event,
                                         base::Duration after) {
    const bool counts = metric.event == event.event;
    const bool divides = metric.denominator == event.event;
    if (!counts && !divides) return std::nullopt;
    if (after.count() < 0) {
        if (!counts || after < -seconds(metric.covariate_seconds)) return std::nullopt;
        // Before an exposure nothing answers it, whatever the attribution.
        if (!event.counts_for.has(domain::MetricAttribution::after_exposure)) return std::nullopt;
        return Value{.covariate = worth(metric, event)};
    }
    if (!event.counts_for.has(metric.attribution)) return std::nullopt;
    const base::Duration begin = seconds(metric.after_seconds);
    if (after < begin || after >= begin + seconds(metric.window_seconds)) return std::nullopt;
    Value value;
    if (counts) {
        value.value = worth(metric, event);
        value.events = 1;
    }
    if (divides) value.denominator = worth(metric, event);
    return value;
}

learn::Observation Tally::observation(std::size_t metric, const Value& value) const {
    const std::optional<double> cap = definition_.metrics[metric].cap;
    const bool is_once = is_yes_or_no(definition_.metrics[metric]);
    const auto capped = [&](double number) {
        if (is_once) number = std::min(number, 1.0);
        return cap ? std::min(number, *cap) : number;
    };
    return {.value = capped(value.value),
            .denominator = value.denominator,
            .covariate = capped(value.covariate)};
}

void Tally::count(const Unit& unit, std::size_t metric, const Value& value, bool is_there) {
    const std::size_t at = cell(unit.arm, metric);
    if (definition_.metrics[metric].kind == MetricKind::quantile) {
        if (value.events == 0) return;
        each_of(unit, [&](Counts& counts) {
            is_there ? counts.sketches[at].add(value.value)
                     : counts.sketches[at].remove(value.value);
        });
        return;
    }
    const learn::Observation one = observation(metric, value);
    each_of(unit, [&](Counts& counts) {
        is_there ? counts.sums[at].add(one) : counts.sums[at].remove(one);
    });
    if (metric != aged_metric_) return;
    const base::Time exposed_at{base::Duration(unit.exposed_us)};
    is_there ? ages_->add(unit.arm, exposed_at, one) : ages_->remove(unit.arm, exposed_at, one);
}

}  // namespace attune::engine
