// CompiledExperiment: an experiment as it is asked about: its audience is a program, its weights are ranges of buckets.
//
//     ATTUNE_TRY(const auto experiment, CompiledExperiment::compile("checkout", 3, definition));
//     const Assignment given = experiment->assign({.input = …, .person = "ann"});
//     if (given.outcome == Assignment::Outcome::assigned) use(given.variant->config);
//
// Who takes part is decided by two independent hashes of the unit: one of the layer, whose buckets no two experiments of
// it share, and one of the experiment, which draws the variant. Both are frozen (bucketing.h).
//
// Immutable and thread-safe.
#pragma once

#include "base/json_tree.h"
#include "base/result.h"
#include "domain/experiment.h"
#include "engine/experiment/bucketing.h"
#include "engine/logic/logic.h"
#include "engine/profile/people.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// What a decision calls it when somebody is kept as they are, so that this can be compared with everything else.
inline constexpr std::string_view kHoldout = "holdout";

// How choices of experiments begin: "experiment:checkout".
inline constexpr std::string_view kExperimentChoice = "experiment:";

class CompiledExperiment;
struct ExperimentSubject;

// What a bandit draws: which variant, with exactly which probability among those who are not held out.
struct BanditDraw {
    std::size_t variant = 0;
    double probability = 1;  // 1: the unit was given this before
};

// Who draws where an experiment is a bandit (engine/bandit). The same draws answer all experiments of one decision.
class BanditDraws {
public:
    virtual ~BanditDraws() = default;
    // Empty: by the experiment's weights. `bucket` is the unit's, frozen: 0 to 9,999.
    [[nodiscard]] virtual std::optional<BanditDraw> draw(const CompiledExperiment& experiment,
                                                         std::string_view unit,
                                                         std::uint32_t bucket,
                                                         const ExperimentSubject& subject) = 0;
};

// Who asks. What is left empty is not known: an experiment whose unit it is leaves them out.
struct ExperimentSubject {
    LogicInput input;         // for the audience
    std::string_view person;  // the id that they are known by
    std::string_view session;
    std::string_view group;
    std::span<const RememberedAssignment> remembered;  // of the person; by experiment
    BanditDraws* bandits = nullptr;                    // null: everybody is drawn by the weights
    bool is_stranger = false;                          // whom only an override gives anything
};

struct Assignment {
    enum class Outcome : std::uint8_t {
        assigned,
        held_out,
        not_running,
        not_you,    // not of the layer's part, or the unit is unknown
        no_match,   // not of the audience
        undecided,  // the audience's condition took too much work
    };
    enum class Reason : std::uint8_t {
        drawn,
        remembered,  // given before: weights may have changed since
        overridden,  // somebody who tries it out; not to be recorded
    };
    Outcome outcome = Outcome::not_running;
    Reason reason = Reason::drawn;
    const CompiledExperiment* experiment = nullptr;
    const domain::ExperimentVariant* variant = nullptr;  // of those who are assigned
    double probability =
        0;  // with which it was drawn, today's; a bandit's: 1 of what is remembered
    // As the session was called when it was given this. Empty: as it is called now.
    std::string_view unit;

    // Whether showing it is an exposure, to be recorded.
    [[nodiscard]] bool counts() const {
        return (outcome == Outcome::assigned || outcome == Outcome::held_out) &&
               reason != Reason::overridden;
    }
    // What the decision calls it: the variant's name, or "holdout".
    [[nodiscard]] std::string_view chosen() const {
        return variant != nullptr ? std::string_view(variant->name) : kHoldout;
    }
};

class CompiledExperiment {
public:
    // invalid_argument names the place in the definition: "/variants/1/weight", "/audience/and/0", "/metrics/2/quantile".
    [[nodiscard]] static Result<std::shared_ptr<const CompiledExperiment>> compile(
        std::string id, std::uint64_t version, domain::Experiment definition);

    [[nodiscard]] Assignment assign(const ExperimentSubject& subject) const;
    [[nodiscard]] bool is_asked_in(std::string_view context) const;

    // By name; empty when there is none.
    [[nodiscard]] const domain::ExperimentVariant* variant(std::string_view name) const;
    // The variant's configuration; an object.
    [[nodiscard]] base::JsonView config(const domain::ExperimentVariant& variant) const;
    // What its units are hashed with to find their place in the layer.
    [[nodiscard]] std::string layer() const;

    const std::string id;
    const std::uint64_t version;
    const domain::Experiment definition;

private:
    CompiledExperiment(std::string id, std::uint64_t version, domain::Experiment definition,
                       std::optional<Logic> audience, std::vector<base::JsonTree> configs);

    [[nodiscard]] std::string_view unit_of(const ExperimentSubject& subject) const;
    [[nodiscard]] bool recall(const ExperimentSubject& subject, Assignment& given) const;
    void draw(std::string_view unit, const ExperimentSubject& subject, Assignment& given) const;

    const std::optional<Logic> audience_;
    const std::vector<base::JsonTree> configs_;  // of the variants
    const std::vector<BucketRange> ranges_;
    const std::string layer_seed_;
    const std::string holdout_seed_;
    const std::string variant_seed_;
};

}  // namespace attune::engine
