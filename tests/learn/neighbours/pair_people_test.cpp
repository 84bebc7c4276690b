// What models of pairs tell to others: nothing that rests on a single person, where two are asked for.
#include "learn/recommend/pair_people.h"

#include "base/random.h"
#include "learn/neighbours/covisits.h"
#include "learn/neighbours/item_knn.h"
#include "learn/neighbours/rp3beta.h"
#include "learn/neighbours/transitions.h"
#include "tests/learn/recommend/recommender_contract.h"

#include <set>
#include <string>

namespace attune::learn {
namespace {

constexpr PersonIndex kPeople = 40;
constexpr ItemIndex kItems = 60;

struct Case {
    const Learner* learner;
    Settings::Given settings;
};

std::vector<Case> cases() {
    return {{&kItemKnn, {{"similarity", 0}}},
            {&kItemKnn, {{"similarity", 1}}},
            {&kItemKnn, {{"similarity", 2}, {"weighting", 1}}},
            {&kItemKnn, {{"similarity", 3}, {"weighting", 1}}},
            {&kRp3Beta, {}},
            {&kCovisits, {{"gap_minutes", 0}}},
            {&kCovisits, {{"gap_minutes", 60}}},
            {&kTransitions, {}}};
}

// Little in common by chance: most pairs are of one person, many of none, some of two. People come again and again.
std::vector<Deed> sparse_life(std::uint64_t seed) {
    base::SeededRandom random(seed);
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < kPeople; ++person)
        for (int i = 0; i < 10; ++i) {
            const auto item = static_cast<ItemIndex>(random.below(kItems));
            const auto time = static_cast<std::int64_t>(random.below(20) * 3'600);
            for (int again = 0; again < 3; ++again)
                deeds.push_back({person,
                                 {.item = item,
                                  .weight = static_cast<float>(1 + random.below(5)),
                                  .time = time + again * 50'000}});
        }
    return deeds;
}

std::size_t people_of_both(std::span<const Deed> deeds, ItemIndex a, ItemIndex b) {
    std::set<PersonIndex> first;
    std::set<PersonIndex> both;
    for (const Deed& deed : deeds)
        if (deed.touch.item == a) first.insert(deed.person);
    for (const Deed& deed : deeds)
        if (deed.touch.item == b && first.contains(deed.person)) both.insert(deed.person);
    return both.size();
}

TEST(PairPeople, NothingIsToldThatOnlyOnePersonDidWhateverTheLearner) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const std::vector<Deed> deeds = sparse_life(seed);
        const auto made = Interactions::of(deeds, kPeople, kItems);
        ASSERT_TRUE(made);
        for (const Case& one : cases()) {
            Settings::Given two = one.settings;
            two[std::string(kPairPeople.name)] = 2;
            const auto with_one = learned(*one.learner, {*made}, one.settings);
            const auto with_two = learned(*one.learner, {*made}, two);
            std::size_t told = 0;
            std::size_t left_out = 0;
            for (ItemIndex from = 0; from < kItems; ++from) {
                const std::vector<Touch> history{{.item = from}};
                const auto before = scores_of(*with_one, {.history = history});
                const auto after = scores_of(*with_two, {.history = history});
                for (ItemIndex item = 0; item < kItems; ++item) {
                    if (item == from) continue;
                    if (after[item] > 0) {
                        ++told;
                        EXPECT_GE(people_of_both(deeds, from, item), 2U) << one.learner->name;
                    } else if (before[item] > 0) {
                        ++left_out;
                    }
                }
            }
            EXPECT_GT(told, 0U) << one.learner->name;
            // Of one person there is no correlation, whatever is asked for.
            if (one.settings != Settings::Given{{"similarity", 2}, {"weighting", 1}})
                EXPECT_GT(left_out, 0U) << one.learner->name;
        }
    }
}

TEST(PairPeople, APairOfTwoPeopleIsToldAsBefore) {
    // Persons 0 and 1 go from 0 to 1, person 2 alone from 2 to 3.
    const auto made = Interactions::of({{0, {.item = 0, .time = 1}},
                                        {0, {.item = 1, .time = 2}},
                                        {1, {.item = 0, .time = 1}},
                                        {1, {.item = 1, .time = 2}},
                                        {2, {.item = 2, .time = 1}},
                                        {2, {.item = 3, .time = 2}}},
                                       3, 4);
    ASSERT_TRUE(made);
    const std::vector<Touch> zero{{.item = 0}};
    const std::vector<Touch> two_touched{{.item = 2}};
    for (const Learner* learner : {&kItemKnn, &kRp3Beta, &kCovisits, &kTransitions}) {
        const auto one = learned(*learner, {*made}, {});
        const auto two = learned(*learner, {*made}, {{"pair_people", 2}});
        EXPECT_EQ(scores_of(*one, {.history = zero}), scores_of(*two, {.history = zero}))
            << learner->name;
        EXPECT_GT(scores_of(*one, {.history = two_touched})[3], 0) << learner->name;
        EXPECT_EQ(scores_of(*two, {.history = two_touched})[3], 0) << learner->name;
    }
}

}  // namespace
}  // namespace attune::learn
