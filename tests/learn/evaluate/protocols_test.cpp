#include "learn/evaluate/protocols.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace attune::learn {
namespace {

Interactions interactions_of(std::vector<Deed> deeds, PersonIndex people, ItemIndex items) {
    auto made = Interactions::of(std::move(deeds), people, items);
    EXPECT_TRUE(made);
    return *std::move(made);
}

// Person p touches items p, p + 1, … at times 0, 10, …: p + 2 of them.
Interactions ladder(PersonIndex people) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < people; ++person)
        for (ItemIndex step = 0; step < person + 2; ++step)
            deeds.push_back({person, {.item = person + step, .time = 10 * std::int64_t{step}}});
    return interactions_of(std::move(deeds), people, 2 * people + 2);
}

// Nothing wanted is in the training part, and nothing else is lost, but for what came after.
void expect_no_leak(const Interactions& all, const Exam& exam) {
    for (const Examinee& one : exam.people) {
        const History history = exam.history_of(one);
        EXPECT_FALSE(history.empty());
        for (const ItemIndex item : one.wanted)
            EXPECT_EQ(std::ranges::find(history, item, &Touch::item), history.end());
        EXPECT_LE(history.size() + one.wanted.size(), all.of_person(one.person).size());
    }
}

TEST(Protocols, LeaveOneOutTestsTheLastAndThenTheSecondLast) {
    const Interactions all = ladder(5);
    const auto exam = leave_one_out(all);
    ASSERT_TRUE(exam);
    ASSERT_EQ(exam->people.size(), 5U);
    expect_no_leak(all, *exam);
    for (const Examinee& one : exam->people) {
        EXPECT_EQ(one.wanted, std::vector{one.person + one.person + 1});
        EXPECT_EQ(one.now, 10 * (one.person + 1));
    }
    const auto validation = leave_one_out(exam->train);
    ASSERT_TRUE(validation);
    EXPECT_EQ(validation->people.size(), 4U);  // the first person has one touch left
    EXPECT_EQ(validation->people[0].wanted, std::vector<ItemIndex>{2});
}

TEST(Protocols, WhatIsDislikedIsSeenButNotWanted) {
    const Interactions all = interactions_of({{0, {.item = 0, .time = 1}},
                                              {0, {.item = 1, .weight = -1, .time = 2}},
                                              {0, {.item = 2, .time = 3}},
                                              {0, {.item = 3, .weight = -1, .time = 4}}},
                                             1, 4);
    const auto exam = leave_one_out(all);
    ASSERT_TRUE(exam);
    EXPECT_EQ(exam->people[0].wanted, std::vector<ItemIndex>{2});
    EXPECT_EQ(exam->train.size(), 2U);  // what came after the tested touch is gone
}

TEST(Protocols, ACutInTimeShowsNothingOfTheFuture) {
    const Interactions all = ladder(20);
    const auto exam = cut_in_time(all, 0.2);
    ASSERT_TRUE(exam);
    expect_no_leak(all, *exam);
    for (PersonIndex person = 0; person < 20; ++person)
        for (const Touch& touch : exam->train.of_person(person))
            EXPECT_LT(touch.time, exam->people[0].now);
    for (const Examinee& one : exam->people) EXPECT_EQ(one.now, exam->people[0].now);
    const double kept = static_cast<double>(exam->train.size()) / static_cast<double>(all.size());
    EXPECT_NEAR(kept, 0.8, 0.06);
}

TEST(Protocols, HeldOutPeopleAreUnknownToTheModelAndBringTheirPast) {
    const Interactions all = ladder(40);
    const auto exam = hold_out_people(all, 0.25, 3);
    ASSERT_TRUE(exam);
    expect_no_leak(all, *exam);
    EXPECT_NEAR(static_cast<double>(exam->people.size()), 10, 7);
    for (const Examinee& one : exam->people) {
        EXPECT_TRUE(exam->train.of_person(one.person).empty());
        EXPECT_EQ(exam->history_of(one).size() + one.wanted.size(),
                  all.of_person(one.person).size());
        EXPECT_LT(exam->history_of(one).back().item, one.wanted.front());
    }
}

TEST(Protocols, DrawnTouchesAreTheSameForTheSameSeed) {
    const Interactions all = ladder(30);
    const auto once = hold_out_touches(all, 0.2, 5);
    const auto again = hold_out_touches(all, 0.2, 5);
    const auto other = hold_out_touches(all, 0.2, 6);
    ASSERT_TRUE(once && again && other);
    expect_no_leak(all, *once);
    EXPECT_EQ(once->people.size(), 30U);  // everybody had two
    bool differs = false;
    for (std::size_t i = 0; i < once->people.size(); ++i) {
        EXPECT_EQ(once->people[i].wanted, again->people[i].wanted);
        differs = differs || once->people[i].wanted != other->people[i].wanted;
    }
    EXPECT_TRUE(differs);
}

TEST(Protocols, WhatIsTouchedOverAndOverIsCutOffAsAWhole) {
    // Came to 0, then 1, then 2, and went back to 0 in the end.
    const Interactions all = *Interactions::of({{0, {.item = 0, .time = 1}},
                                                {0, {.item = 1, .time = 2}},
                                                {0, {.item = 1, .time = 3}},
                                                {0, {.item = 2, .time = 4}},
                                                {0, {.item = 2, .time = 5}},
                                                {0, {.item = 0, .time = 6}},
                                                {1, {.item = 1, .time = 1}},
                                                {1, {.item = 1, .time = 2}}},
                                               2, 3);
    const auto last = leave_last_item_out(all);
    ASSERT_TRUE(last);
    ASSERT_EQ(last->people.size(), 1U);  // the other came to one thing alone
    EXPECT_EQ(last->people[0].wanted, std::vector<ItemIndex>{2});
    EXPECT_EQ(last->train.of_person(0).size(), 3U);
    EXPECT_EQ(last->train.of_person(1).size(), 2U);
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        const auto drawn = hold_out_touches(all, 0.4, seed);
        if (!drawn) continue;  // nobody could be asked
        for (const Examinee& one : drawn->people)
            for (const Touch& touch : drawn->train.of_person(one.person))
                EXPECT_EQ(std::ranges::find(one.wanted, touch.item), one.wanted.end());
        EXPECT_EQ(drawn->train.of_person(1).size(), 2U);
    }
}

TEST(Protocols, TwoFilesMakeAnExamOverEverythingTheyName) {
    Vocabulary vocabulary;
    const auto read = [&](std::string_view text) {
        TouchFile file(vocabulary, "f");
        EXPECT_TRUE(file.feed(text));
        auto touches = std::move(file).finish();
        EXPECT_TRUE(touches);
        return *std::move(touches);
    };
    auto train = read("user,item\na,x\na,y\nb,y\n");
    auto test = read("user,item\na,z\na,z\nb,x\n");
    auto candidates = read("user,item\na,y\na,w\na,z\nb,w\nb,w\n");
    const auto exam = exam_of_files(vocabulary, std::move(train), std::move(test), candidates);
    ASSERT_TRUE(exam);
    EXPECT_EQ(exam->train.items(), 4U);
    ASSERT_EQ(exam->people.size(), 2U);
    EXPECT_EQ(exam->people[0].wanted, std::vector<ItemIndex>{2});
    EXPECT_EQ(exam->people[0].candidates, (std::vector<ItemIndex>{1, 3}));  // not what is tested
    EXPECT_EQ(exam->people[1].candidates, std::vector<ItemIndex>{3});       // each once
    EXPECT_EQ(validation_like(*exam).cut, Cut::last);
    EXPECT_EQ(validation_like(*exam).candidates, 1U);
}

TEST(Protocols, SomebodyTestedWithoutCandidatesIsNamed) {
    Vocabulary vocabulary;
    const auto touches = [&](std::vector<std::pair<const char*, const char*>> rows) {
        Touches out;
        for (const auto& [user, item] : rows)
            out.deeds.push_back(
                {vocabulary.people.number(user),
                 {.item = vocabulary.items.number(item), .time = ++vocabulary.rows}});
        return out;
    };
    auto train = touches({{"ann", "x"}});
    auto test = touches({{"ann", "y"}});
    const auto exam = exam_of_files(vocabulary, train, test, touches({{"bob", "x"}}));
    ASSERT_FALSE(exam);
    EXPECT_EQ(exam.error().message, "the candidates have nothing for user ann, who is in the test");
}

TEST(Protocols, CandidatesOfAValidationWereNeverTouched) {
    const Interactions all = ladder(30);
    const auto exam = cut_again(all, {.candidates = 9, .people_max = 10}, 1);
    ASSERT_TRUE(exam);
    EXPECT_EQ(exam->people.size(), 10U);
    for (const Examinee& one : exam->people) {
        EXPECT_EQ(one.candidates.size(), 9U);
        EXPECT_EQ(std::set(one.candidates.begin(), one.candidates.end()).size(), 9U);
        for (const Touch& touch : all.of_person(one.person))
            EXPECT_EQ(std::ranges::count(one.candidates, touch.item), 0);
    }
}

TEST(Protocols, NobodyToAskIsSaid) {
    const Interactions nobody = interactions_of({}, 0, 0);
    EXPECT_FALSE(leave_one_out(nobody));
    EXPECT_FALSE(cut_in_time(nobody, 0.2));
    EXPECT_FALSE(hold_out_people(nobody, 0.2, 1));
    EXPECT_FALSE(hold_out_touches(nobody, 0.2, 1));
    EXPECT_FALSE(cut_in_time(ladder(3), 1));
}

}  // namespace
}  // namespace attune::learn
