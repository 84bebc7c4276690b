// Poisoning: what accounts that somebody made can do to what others are recommended, without bounds on influence and with them
// (learn/recommend/influence.h). Accounts are added to honest interactions to push an item that hardly anybody touched; then a
// learner learns from all of it, and honest people are asked.
//
//     ATTUNE_TRY(const PoisoningReport report, run_poisoning(honest, {.learner = &kItemKnn, .attack = Attack::bandwagon}, training));
//     report.defended.hit_rate    →  .004: of the honest people, how many have the item among their ten best
//
// All draws come from the seed, so a run can be repeated.
#pragma once

#include "learn/evaluate/exam.h"
#include "learn/recommend/influence.h"

namespace attune::learn {

// What fake accounts do beside touching the target. Each has as many touches as an honest person drawn at random.
enum class Attack : std::uint8_t {
    random,     // items drawn without regard
    average,    // items drawn as often as they are touched
    bandwagon,  // what is most popular
    segment,    // what goes with one popular item, to reach those who like it
    copied,     // all that one honest person did
    sleeper,    // as average, from long before; the target is touched when the account is old
    burst,      // one machine: all within an hour, the target again and again
    adaptive,  // knows the bounds: old accounts, copied lives, the target once each, no more in a window than is let through
};
inline constexpr Attack kAttacks[] = {Attack::random,  Attack::average, Attack::bandwagon,
                                      Attack::segment, Attack::copied,  Attack::sleeper,
                                      Attack::burst,   Attack::adaptive};
[[nodiscard]] std::string_view name_of(Attack attack);

struct PoisoningOptions {
    const Learner* learner = nullptr;
    Settings::Given settings{};
    Attack attack = Attack::random;
    double share = 0.01;  // fake accounts, as a part of the honest ones
    InfluenceBounds bounds{};
    // Within the bounds, what fewer people touched is not learned from. It bounds what is told of single people, not what accounts can
    // push, and is apart for that: a server has 2.
    std::uint32_t people_min = 1;
    std::size_t asked = 500;  // honest people
};

struct Poisoned {
    double hit_rate = 0;  // the target among the ten best of honest people who do not have it
    double ndcg = 0;      // of honest people's held-out last touch, at 10
    double people_of_target = 0;  // that a model learns from
    std::vector<float>
        of_each{};  // the same NDCG of each who was asked; the same people in the same order in every model
};

// What a part of NDCG is lost between two models that the same people were asked for, with what chance leaves open (95 %, by the
// normal approximation of paired differences). Below zero: gained.
struct Loss {
    double mean = 0;
    double low = 0;
    double high = 0;
};

// Sums of paired differences, which add up over runs.
struct Paired {
    double lost = 0;
    double squares = 0;
    double before = 0;
    double people = 0;

    [[nodiscard]] static Paired of(const Poisoned& before, const Poisoned& after);
    Paired& operator+=(const Paired& other);
    [[nodiscard]] Loss loss() const;
};

enum class Verdict : std::uint8_t { yes, no, open };

struct PoisoningReport {
    ItemIndex target = 0;
    std::size_t fakes = 0;
    Poisoned clean;  // no attack, no bounds
    Poisoned clean_bounded;
    Poisoned undefended;
    Poisoned defended;  // bounds, suspects left out, and then what hardly anybody touched
    // As many accounts more as there are fakes, each with all that an honest person did, no attack and no bounds: what any such
    // number of accounts does to NDCG.
    Poisoned crowded;
    // Of NDCG, from `clean` on.
    Paired lost_bounded;  // by the bounds where nobody attacks
    Paired lost_undefended;
    Paired lost_defended;
    Paired lost_crowded;
    double fakes_suspected = 0;   // share
    double honest_suspected = 0;  // share
    // As published for such defences: at most twice the clean hit rate or half a point more up to 1 % of fakes and five points more
    // up to 5 %, at most 1 % of the honest NDCG lost (`lost_defended`), at most 0.1 % of honest people suspected.
    // Where the interval of what is lost has 1 % in it, nobody can tell: ask more people, or run more often.
    [[nodiscard]] Verdict verdict(double share) const;
};

// invalid_argument where nobody can be asked or nothing pushed.
[[nodiscard]] Result<PoisoningReport> run_poisoning(const Interactions& honest,
                                                    const PoisoningOptions& options,
                                                    const Training& training);

// Of runs of one attack: means, with the first one's target. At least one.
[[nodiscard]] PoisoningReport mean_of(std::span<const PoisoningReport> runs);

// People with two of twenty tastes each, who come one after the other over ninety days and stay; half are there on the first.
[[nodiscard]] Interactions made_up_people(PersonIndex people, ItemIndex items, std::uint64_t seed);

// The fakes alone, as people from `honest.people()` on.
[[nodiscard]] std::vector<Deed> fakes_of(const Interactions& honest, ItemIndex target,
                                         const PoisoningOptions& options, std::uint64_t seed);

}  // namespace attune::learn
