#include "learn/evaluate/weigh.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace attune::learn {
namespace {

constexpr ItemIndex kItems = 40;

// Knows what people of one parity want, and nothing of the others.
class HalfKnowing final : public Recommender {
public:
    explicit HalfKnowing(ItemIndex parity) : parity_(parity) {}
    [[nodiscard]] std::string_view name() const override { return "half"; }
    [[nodiscard]] ItemIndex items() const override { return kItems; }
    void score(const Query& query, std::span<float> scores) const override {
        for (ItemIndex item = 0; item < kItems; ++item)
            scores[item] = static_cast<float>((item * 7 + parity_ * 11) % kItems) / 100;
        // Sure of those it knows: their history's item says what comes next.
        const ItemIndex last = query.history.back().item;
        if (last % 2 == parity_) scores[(last + 2) % kItems] = 5;
    }
    void save(ModelWriter&) const override {}
    [[nodiscard]] std::size_t bytes() const override { return 0; }

private:
    ItemIndex parity_;
};

Exam exam_of_both_kinds() {
    std::vector<Deed> deeds;
    std::vector<Examinee> people;
    for (PersonIndex person = 0; person < 80; ++person) {
        const ItemIndex item = person % kItems;
        deeds.push_back({person, {.item = item}});
        people.push_back({.person = person, .wanted = {(item + 2) % kItems}});
    }
    auto train = Interactions::of(std::move(deeds), 80, kItems);
    EXPECT_TRUE(train);
    return {.train = *std::move(train), .people = std::move(people)};
}

std::vector<BlendMember> both_halves() {
    return {{.model = std::make_shared<HalfKnowing>(0)},
            {.model = std::make_shared<HalfKnowing>(1)}};
}

TEST(Weigh, MembersWhoAreRightAboutDifferentPeopleShareTheWeight) {
    const Exam exam = exam_of_both_kinds();
    const auto members = both_halves();
    const auto weighed = weigh(members, exam, {.at = 5, .depth = 20}, {});
    ASSERT_TRUE(weighed);
    EXPECT_GT(weighed->ndcg, std::ranges::max(weighed->alone) * 1.1);
    EXPECT_NEAR(weighed->weights[0] + weighed->weights[1], 1, 1e-12);
    EXPECT_GT(std::ranges::min(weighed->weights), 0.1);
}

TEST(Weigh, ATwinAddsNothingAndIsLeftOut) {
    const Exam exam = exam_of_both_kinds();
    const auto one = std::make_shared<HalfKnowing>(0);
    const std::vector<BlendMember> members{{.model = one}, {.model = one}, {.model = one}};
    const auto weighed = weigh(members, exam, {.at = 5, .depth = 20}, {});
    ASSERT_TRUE(weighed);
    EXPECT_EQ(std::ranges::count(weighed->weights, 1.0), 1);
    EXPECT_EQ(std::ranges::count(weighed->weights, 0.0), 2);
}

TEST(Weigh, IsTheSameForAnyNumberOfThreads) {
    const Exam exam = exam_of_both_kinds();
    const auto members = both_halves();
    const auto one = weigh(members, exam, {}, {.threads = 1});
    const auto three = weigh(members, exam, {}, {.threads = 3});
    ASSERT_TRUE(one && three);
    EXPECT_EQ(one->weights, three->weights);
    EXPECT_EQ(one->ndcg, three->ndcg);
}

TEST(Weigh, AmongCandidatesWhatIsWantedIsLookedForAmongThem) {
    Exam exam = exam_of_both_kinds();
    for (Examinee& one : exam.people)
        one.candidates = {(one.wanted[0] + 5) % kItems, (one.wanted[0] + 9) % kItems};
    const auto members = both_halves();
    const auto weighed = weigh(members, exam, {.at = 1}, {});
    ASSERT_TRUE(weighed);
    EXPECT_GT(weighed->ndcg, 0.9);
}

}  // namespace
}  // namespace attune::learn
