#include "learn/evaluate/search.h"

#include "learn/evaluate/learners.h"
#include "learn/evaluate/protocols.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace attune::learn {
namespace {

// As good as its settings are near what is best; told by how many people's wanted items it puts first.
class Aimed final : public Recommender {
public:
    Aimed(ItemIndex items, double miss) : items_(items), miss_(miss) {}
    [[nodiscard]] std::string_view name() const override { return "aimed"; }
    [[nodiscard]] ItemIndex items() const override { return items_; }
    void score(const Query& query, std::span<float> scores) const override {
        // Person p wants item p + 1 after p; one in so many is told wrong.
        const ItemIndex last = query.history.back().item;
        const bool is_right = last % 100 >= 100 * std::min(1.0, miss_);
        for (ItemIndex item = 0; item < items_; ++item) scores[item] = 0;
        scores[(last + (is_right ? 1 : 2)) % items_] = 1;
    }
    void save(ModelWriter&) const override {}
    [[nodiscard]] std::size_t bytes() const override { return 0; }

private:
    ItemIndex items_;
    double miss_;
};

constexpr std::array kAimedSettings{
    Setting{.name = "rate",
            .doc = "Best at 0.02.",
            .fallback = 1,
            .min = 1e-4,
            .max = 10,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 1e-3,
            .search_high = 1},
    Setting{.name = "size",
            .doc = "Best at 7; cannot be above 12.",
            .fallback = 1,
            .min = 1,
            .max = 20,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 1,
            .search_high = 20},
    Setting{.name = "other", .doc = "Not searched.", .fallback = 3, .min = 0, .max = 5},
};

const Learner kAimed{.name = "aimed",
                     .summary = "A target.",
                     .settings = kAimedSettings,
                     .learn = [](const Lesson& lesson, const Settings& settings,
                                 const Training& training) -> Result<std::unique_ptr<Recommender>> {
                         if (training.progress) training.progress(0.5);
                         if (training.stop.stop_requested())
                             return fail(Code::cancelled, "stopped");
                         if (settings["size"] > 12)
                             return fail(Code::resource_exhausted, "too large");
                         const double miss = std::abs(std::log10(settings["rate"] / 0.02)) / 3 +
                                             std::abs(settings["size"] - 7) / 20;
                         return std::make_unique<Aimed>(lesson.interactions.items(), miss);
                     },
                     .load = nullptr};

Exam exam_of_steps() {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < 200; ++person)
        for (ItemIndex step = 0; step < 2; ++step)
            deeds.push_back({person, {.item = (person + step) % 200, .time = step}});
    const auto all = Interactions::of(std::move(deeds), 200, 200);
    EXPECT_TRUE(all);
    auto exam = leave_one_out(*all);
    EXPECT_TRUE(exam);
    return *std::move(exam);
}

TEST(Search, FindsWhatIsGoodAndPassesOverWhatDoesNotFit) {
    const auto found = search(kAimed, {}, exam_of_steps(), nullptr, {.tries_max = 80}, {});
    ASSERT_TRUE(found);
    EXPECT_GT(found->ndcg, 0.85);
    EXPECT_NEAR(std::log10(found->given.at("rate")), std::log10(0.02), 0.3);
    EXPECT_NEAR(found->given.at("size"), 7, 2);
    EXPECT_EQ(found->given.at("other"), 3);
    EXPECT_LT(found->tries, 81U);  // those that are too large do not count
}

TEST(Search, IsTheSameForTheSameSeed) {
    const Exam exam = exam_of_steps();
    const auto once = search(kAimed, {}, exam, nullptr, {.tries_max = 20}, {.seed = 3});
    const auto again =
        search(kAimed, {}, exam, nullptr, {.tries_max = 20}, {.seed = 3, .threads = 2});
    const auto other = search(kAimed, {}, exam, nullptr, {.tries_max = 20}, {.seed = 4});
    ASSERT_TRUE(once && again && other);
    EXPECT_EQ(once->given, again->given);
    EXPECT_NE(once->given, other->given);
}

TEST(Search, LeavesAloneWhatIsGiven) {
    const auto found =
        search(kAimed, {{"size", 2}}, exam_of_steps(), nullptr, {.tries_max = 20}, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->given.at("size"), 2);
}

TEST(Search, BeginsWithWhatWasGoodBeforeAndStaysBelowABound) {
    const Exam exam = exam_of_steps();
    std::vector<Settings::Given> tried;
    const auto found =
        search(kAimed, {}, exam, nullptr,
               {.tries_max = 30,
                .also = {{{"rate", 0.02}, {"size", 7}, {"other", 5}}},
                .at_most = {{"size", 7}},
                .on_try = [&](const Settings::Given& given, double) { tried.push_back(given); }},
               {});
    ASSERT_TRUE(found);
    ASSERT_EQ(tried.size(), 31U);
    EXPECT_EQ(tried[1], (Settings::Given{{"rate", 0.02}, {"size", 7}, {"other", 3}}));
    EXPECT_EQ(found->given, tried[1]);  // nothing is better
    for (const Settings::Given& one : tried) EXPECT_LE(one.at("size"), 7);
    EXPECT_TRUE(has_searched_settings(kAimed, {{"size", 2}}));
    EXPECT_FALSE(has_searched_settings(kAimed, {{"size", 2}, {"rate", 1}}));
}

TEST(Search, EndsWhenTimeIsUpAlsoInTheMiddleOfATry) {
    const Exam exam = exam_of_steps();
    unsigned asked = 0;
    const SearchOptions few{.is_over = [&] { return ++asked > 9; }};
    const auto found = search(kAimed, {}, exam, nullptr, few, {});
    ASSERT_TRUE(found);
    EXPECT_LT(found->tries, 10U);
    // Not one try in time: what was given stands.
    const SearchOptions none{.is_over = [] { return true; }};
    const auto nothing = search(kAimed, {{"size", 2}}, exam, nullptr, none, {});
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->tries, 0U);
    EXPECT_EQ(nothing->given.at("size"), 2);
    EXPECT_EQ(nothing->given.at("rate"), 1);
}

TEST(Search, SaysWhyNothingCouldBeLearned) {
    const auto found =
        search(kAimed, {{"size", 15}}, exam_of_steps(), nullptr, {.tries_max = 5}, {});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::resource_exhausted);
}

// A learner that takes only the whole part of a number says so, and a search tells what was used.
TEST(Settings, ThatCountSomethingAreWholeNumbers) {
    for (const Learner* learner : all_learners())
        for (const Setting& setting : learner->settings)
            if (setting.name == "neighbours" || setting.name == "factors" ||
                setting.name == "epochs" || setting.name == "last" || setting.name == "window") {
                EXPECT_EQ(setting.scale, Scale::whole) << learner->name << " " << setting.name;
            }
}

}  // namespace
}  // namespace attune::learn
