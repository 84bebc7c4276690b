// `best`: every learner that fits learns, and a blend of them answers. Which take part, and with what weight, is decided by an
// exam cut from the interactions themselves; then those who do learn again from everything.
//
//     ATTUNE_TRY(auto best, learn_best({interactions}, {.validation = {.cut = Cut::last}}, training));
//     best.members  →  transitions .61, item-knn .27, ials .12
//     best.model->best(query, 10, allowed)
#pragma once

#include "learn/evaluate/blend.h"
#include "learn/evaluate/protocols.h"
#include "learn/evaluate/search.h"
#include "learn/evaluate/weigh.h"

#include <set>

namespace attune::learn {

// Of one learner by name; a learner without any takes its fallbacks.
using MemberSettings = std::map<std::string, Settings::Given, std::less<>>;

struct BestOptions {
    Validation validation{.people_max = 5'000};
    WeighOptions weigh{};
    MemberSettings given{};
    // Who does not take part: ratings tells how much, not what, and BPR learns slowly what iALS learns exactly.
    std::set<std::string, std::less<>> without{"ratings", "bpr"};
    // Also learners whose models hold what single people did. The blend then holds it too, so this is for measuring.
    bool may_keep_people = false;
    // Of members that have such settings (learn/recommend/pair_people.h), where nothing was given for them.
    double pair_people = 1;
    // The settings of each are searched with so many tries first, on the same cut.
    unsigned tries = 0;
    // The budget of one member's search.
    std::function<bool()> is_over = [] { return false; };
    // Asked while a member learns for the first time; whoever is late is left out. What members take is bounded without it, so that
    // the same data give the same blend on any machine: this is for when even that is too long.
    std::function<bool()> is_late = [] { return false; };
    // What happens on the way: on_member("ease", "learns from a part"), then "weighs 0.12" or why it is left out.
    std::function<void(std::string_view learner, std::string_view what)> on_member{};
};

// What a member learns with: what was given for it, and beside that the bounds that keep the work of a blend within
// minutes (EASE inverts the 10,000 most touched items, not all).
[[nodiscard]] Settings::Given given_to_member(const MemberSettings& given, const Learner& learner,
                                              double pair_people = 1);

struct BestMember {
    std::string name;
    Settings::Given settings;
    double weight = 0;  // 0: was asked, and is not in the blend
    double alone = 0;   // its NDCG by itself, on the validation
};

struct Best {
    std::unique_ptr<Recommender> model;
    std::vector<BestMember> members;
    double ndcg = 0;  // of the blend, on the validation
};

// Where nobody has enough touches to cut any off, everybody gets what is popular.
[[nodiscard]] Result<Best> learn_best(const Lesson& lesson, const BestOptions& options,
                                      const Training& training);

// The same as a learner among others; its settings are BestOptions.
extern const Learner kBest;
[[nodiscard]] BestOptions best_options(const Settings& settings);
// Who takes part: all others that have what they need.
[[nodiscard]] std::vector<const Learner*> members_for(const BestOptions& options,
                                                      const ItemFacts* facts);

}  // namespace attune::learn
