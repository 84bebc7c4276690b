#include "learn/evaluate/poisoning.h"

#include "learn/neighbours/transitions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace attune::learn {
namespace {

const Interactions& honest() {
    static const Interactions people = made_up_people(900, 1200, 1);
    return people;
}

// As long as seven of the ninety days.
constexpr InfluenceBounds kWeeks{};

PoisoningOptions pushing(Attack attack, double share) {
    return {
        .learner = &kTransitions, .attack = attack, .share = share, .bounds = kWeeks, .asked = 900};
}

TEST(Poisoning, WithoutFakesBoundsCostHonestPeopleNothing) {
    const auto report = run_poisoning(honest(), pushing(Attack::random, 0), {.seed = 1});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->fakes, 0U);
    EXPECT_EQ(report->honest_suspected, 0);
    EXPECT_GE(report->defended.ndcg, 0.99 * report->clean.ndcg);
    EXPECT_EQ(report->undefended.hit_rate, report->clean.hit_rate);
}

TEST(Poisoning, BoundsHoldAgainstEveryAttack) {
    for (const double share : {0.01, 0.05})
        for (const Attack attack : kAttacks) {
            std::vector<PoisoningReport> runs;
            for (std::uint64_t seed = 1; seed <= (share < 0.02 ? 2U : 1U); ++seed) {
                const auto run = run_poisoning(honest(), pushing(attack, share), {.seed = seed});
                ASSERT_TRUE(run) << run.error().message;
                runs.push_back(*run);
            }
            const PoisoningReport mean = mean_of(runs);
            const double allowed =
                share <= 0.01 ? std::max(2 * mean.clean.hit_rate, mean.clean.hit_rate + 0.005)
                              : mean.clean.hit_rate + 0.05;
            EXPECT_LE(mean.defended.hit_rate, allowed) << name_of(attack) << " " << share;
            EXPECT_LE(mean.honest_suspected, 0.001) << name_of(attack) << " " << share;
            EXPECT_GE(mean.defended.ndcg, 0.95 * mean.clean.ndcg) << name_of(attack);
            EXPECT_LE(mean.defended.people_of_target, mean.undefended.people_of_target);
        }
}

TEST(Poisoning, WithoutBoundsFakesWithPopularItemsGetThrough) {
    const auto report = run_poisoning(honest(), pushing(Attack::bandwagon, 0.05), {.seed = 1});
    ASSERT_TRUE(report);
    EXPECT_GT(report->undefended.hit_rate, report->clean.hit_rate + 0.05);
}

// What can be proven, of people and of weight: whatever the accounts do, each adds at most one person, and `weight_max`, to an item.
// So they lift an item over another of n more people only when there are n of them, and over one of w more weight only
// when there are w / weight_max.
TEST(Poisoning, PassingAnItemTakesAsManyAccountsAsItHasMorePeople) {
    const auto weight_of = [](const Interactions& all) {
        std::vector<double> sums(all.items());
        for (PersonIndex person = 0; person < all.people(); ++person)
            for (const Touch& touch : all.of_person(person)) sums[touch.item] += touch.weight;
        return sums;
    };
    const auto people_of = [](const Interactions& all) {
        std::vector<double> counts(all.items());
        const SparseRows rows = all.matrix();
        for (const ItemIndex item : rows.columns) ++counts[item];
        return counts;
    };
    const auto before = people_of(honest());
    const ItemIndex target = static_cast<ItemIndex>(
        std::ranges::find_if(before, [](double count) { return count >= 3 && count <= 10; }) -
        before.begin());
    for (const Attack attack : kAttacks) {
        const auto fakes = fakes_of(honest(), target, pushing(attack, 0.05), 7);
        std::vector<Deed> deeds(fakes);
        std::set<PersonIndex> accounts;
        for (const Deed& deed : fakes) accounts.insert(deed.person);
        for (PersonIndex person = 0; person < honest().people(); ++person)
            for (const Touch& touch : honest().of_person(person)) deeds.push_back({person, touch});
        const auto all = Interactions::of(
            std::move(deeds), honest().people() + static_cast<PersonIndex>(accounts.size()),
            honest().items());
        ASSERT_TRUE(all);
        const Interactions bounded = within_influence(*all, kWeeks).interactions;
        const Interactions bounded_honest = within_influence(honest(), kWeeks).interactions;
        const auto after = people_of(bounded);
        const auto honest_after = people_of(bounded_honest);
        const auto weight = weight_of(bounded);
        const auto honest_weight = weight_of(bounded_honest);
        const double weight_added = kWeeks.weight_max * static_cast<double>(accounts.size());
        EXPECT_LE(weight[target], honest_weight[target] + weight_added) << name_of(attack);
        EXPECT_LE(after[target], honest_after[target] + static_cast<double>(accounts.size()))
            << name_of(attack);
        for (ItemIndex item = 0; item < honest().items(); ++item)
            if (honest_after[item] > honest_after[target] + static_cast<double>(accounts.size())) {
                EXPECT_LT(after[target], honest_after[item]) << name_of(attack);
                // Nor does it help to crowd the other one out.
                EXPECT_LT(after[target], after[item]) << name_of(attack);
            }
    }
}

TEST(Poisoning, TheSameSeedGivesTheSameFakes) {
    const auto first = fakes_of(honest(), 5, pushing(Attack::adaptive, 0.02), 3);
    const auto again = fakes_of(honest(), 5, pushing(Attack::adaptive, 0.02), 3);
    ASSERT_EQ(first.size(), again.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].person, again[i].person);
        EXPECT_EQ(first[i].touch.item, again[i].touch.item);
        EXPECT_EQ(first[i].touch.time, again[i].touch.time);
    }
}

}  // namespace
}  // namespace attune::learn
