// Learner: a way to learn from interactions, with the settings it takes. One constant each, beside its code; the table of all
// of them is in learn/evaluate/learners.h, and everything that names learners (the command line, the search for settings, the
// trainer, the documentation) reads it.
//
//     ATTUNE_TRY(const auto settings, Settings::of(kIals, {{"factors", 128}}));
//     ATTUNE_TRY(const auto model, kIals.learn({interactions}, settings, {.seed = 7, .threads = 2}));
#pragma once

#include "learn/recommend/item_facts.h"
#include "learn/recommend/recommender.h"

#include <functional>
#include <map>
#include <stop_token>
#include <string>

namespace attune::learn {

class ModelReader;

enum class Scale : std::uint8_t { linear, logarithmic, whole };

struct Setting {
    std::string_view name;
    std::string_view doc;  // one sentence
    double fallback = 0;
    double min = 0;
    double max = 0;
    Scale scale = Scale::linear;
    // Whether a search for good settings varies it, within [low, high].
    bool is_searched = false;
    double search_low = 0;
    double search_high = 0;
};

struct Lesson {
    const Interactions& interactions;
    const ItemFacts* facts = nullptr;
};

struct Training {
    std::uint64_t seed = 1;
    unsigned threads = 1;
    std::stop_token stop{};  // asked between steps; learning then ends with `cancelled`
    std::function<void(double done)> progress{};  // 0 to 1; from one thread at a time
};

class Settings;

struct Learner {
    std::string_view name;     // "ials"
    std::string_view summary;  // one sentence
    std::span<const Setting> settings;
    bool needs_facts = false;
    // Whether its models hold what single people did, so that somebody who is erased could not be taken out of them.
    bool keeps_people = false;
    // The same interactions, settings and seed give the same bytes, whatever the threads. invalid_argument where
    // there is nothing to learn from, cancelled, resource_exhausted (before anything is taken) where it would not fit.
    Result<std::unique_ptr<Recommender>> (*learn)(const Lesson&, const Settings&,
                                                  const Training&) = nullptr;
    Result<std::unique_ptr<Recommender>> (*load)(ModelReader&) = nullptr;
};

// The settings of one learner: each has a value, within its bounds.
class Settings {
public:
    using Given = std::map<std::string, double, std::less<>>;
    // Fallbacks for what is not given. invalid_argument names a setting that is unknown or out of bounds.
    [[nodiscard]] static Result<Settings> of(const Learner& learner, const Given& given = {});

    [[nodiscard]] double operator[](std::string_view name) const;  // one of the learner's
    [[nodiscard]] std::uint32_t whole(std::string_view name) const;
    [[nodiscard]] const Given& all() const { return values_; }

private:
    Given values_;
};

}  // namespace attune::learn
