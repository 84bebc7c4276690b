// A model asked in the tenant's numbers answers as it does in its rows, also after it was saved and loaded where items have other
// numbers.
#include "engine/models/served_model.h"

#include "learn/neighbours/transitions.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

class ServedModelTest : public ::testing::Test {
protected:
    ServedModelTest() {
        for (int i = 0; i < 10; ++i) {
            ids_.push_back("i" + std::to_string(i));
            (void)numbers_.number_for(ids_.back());
        }
        // Rows 0, 1, 2 are the items i3, i5, i9; from i3 people go on to i9.
        std::vector<learn::Deed> deeds;
        for (learn::PersonIndex person = 0; person < 4; ++person) {
            deeds.push_back({person, {.item = 0, .time = 1}});
            deeds.push_back({person, {.item = 2, .time = 2}});
            if (person == 0) deeds.push_back({person, {.item = 1, .time = 3}});
        }
        auto interactions = learn::Interactions::of(deeds, 4, 3);
        auto settings = learn::Settings::of(learn::kTransitions);
        auto model = learn::kTransitions.learn({.interactions = *interactions}, *settings, {});
        model_ =
            std::make_unique<ServedModel>("m", *std::move(model), std::vector<ItemNumber>{3, 5, 9});
    }
    static std::vector<std::string> names(const ItemNumbers& numbers,
                                          const std::vector<learn::Scored>& list) {
        std::vector<std::string> out;
        for (const learn::Scored& one : list) out.emplace_back(numbers.id_of(one.item));
        return out;
    }

    ItemNumbers numbers_;
    std::vector<std::string> ids_;
    std::unique_ptr<ServedModel> model_;
    const std::vector<learn::Touch> history_{{.item = 0}, {.item = 3}};  // i0 is not known to it
};

TEST_F(ServedModelTest, AnswersInNumbersWhatItKnowsInRows) {
    const learn::ItemMask all(10);
    EXPECT_EQ(names(numbers_, model_->best(history_, 9, 5, all)),
              (std::vector<std::string>{"i9", "i5"}));
    EXPECT_EQ(model_->row_of(5), 1U);
    EXPECT_EQ(model_->row_of(4), std::nullopt);
    EXPECT_EQ(model_->row_of(4'000), std::nullopt);
    EXPECT_TRUE(model_->like(4, 5, all).empty());
    EXPECT_EQ(names(numbers_, model_->like(3, 1, all)), (std::vector<std::string>{"i9"}));
}

TEST_F(ServedModelTest, AnswersNothingThatTheMaskForbidsOrDoesNotReach) {
    learn::ItemMask without(10);
    without.forbid(9);
    EXPECT_EQ(names(numbers_, model_->best(history_, 9, 5, without)),
              (std::vector<std::string>{"i5"}));
    EXPECT_EQ(names(numbers_, model_->best(history_, 9, 5, learn::ItemMask(6))),
              (std::vector<std::string>{"i5"}));
}

TEST_F(ServedModelTest, ScoresWhatItDoesNotKnowNothing) {
    const std::vector<ItemNumber> some{9, 4, 5};
    std::vector<float> scores(3, -1);
    model_->score_some(history_, 9, some, scores);
    EXPECT_GT(scores[0], scores[2]);
    EXPECT_EQ(scores[1], 0);
}

TEST_F(ServedModelTest, AnswersAlikeWhereItemsHaveOtherNumbers) {
    const std::string bytes = model_->save(numbers_);
    ItemNumbers others;
    for (auto id = ids_.rbegin(); id != ids_.rend() - 5; ++id) (void)others.number_for(*id);
    const auto loaded = ServedModel::load("m", bytes, others);
    ASSERT_TRUE(loaded) << loaded.error().message;
    const std::vector<learn::Touch> history{{.item = *others.find("i3")}};
    EXPECT_EQ(names(others, (*loaded)->best(history, 9, 5, learn::ItemMask(others.count()))),
              (std::vector<std::string>{"i9", "i5"}));
}

TEST_F(ServedModelTest, DamageIsNoticed) {
    std::string bytes = model_->save(numbers_);
    for (std::size_t at = 0; at < bytes.size(); at += 17) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        EXPECT_FALSE(ServedModel::load("m", damaged, numbers_)) << at;
    }
    EXPECT_FALSE(ServedModel::load("m", bytes.substr(0, bytes.size() / 2), numbers_));
}

}  // namespace
}  // namespace attune::engine
