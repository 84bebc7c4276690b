#include "learn/evaluate/metrics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

namespace attune::learn {
namespace {

double mark(const ListMarks& marks, ListMark which) {
    return marks[static_cast<std::size_t>(which)];
}

TEST(Metrics, AgreeWithSumsDoneByHand) {
    // Places 2 and 5 of the list; three are wanted.
    const bool hits[] = {false, true, false, false, true, false};
    const ListMarks at_five = marks_of(hits, 3, 5);
    EXPECT_DOUBLE_EQ(mark(at_five, ListMark::precision), 2.0 / 5);
    EXPECT_DOUBLE_EQ(mark(at_five, ListMark::recall), 2.0 / 3);
    EXPECT_DOUBLE_EQ(mark(at_five, ListMark::f1), 0.5);
    EXPECT_DOUBLE_EQ(mark(at_five, ListMark::hr), 1);
    // 1/log2(3) + 1/log2(6) over 1 + 1/log2(3) + 1/2.
    EXPECT_NEAR(mark(at_five, ListMark::ndcg), (0.6309298 + 0.3868528) / 2.1309298, 1e-6);
    EXPECT_NEAR(mark(at_five, ListMark::map), (1.0 / 2 + 2.0 / 5) / 3, 1e-12);
    EXPECT_DOUBLE_EQ(mark(at_five, ListMark::mrr), 0.5);
}

TEST(Metrics, OfTheFirstPlaceAloneAreAllOrNothing) {
    const bool hit[] = {true};
    for (const double value : marks_of(hit, 1, 1)) EXPECT_DOUBLE_EQ(value, 1);
    const bool miss[] = {false};
    for (const double value : marks_of(miss, 1, 1)) EXPECT_DOUBLE_EQ(value, 0);
}

TEST(Metrics, CountAShortListAsOneWithMissesBehindIt) {
    const bool hits[] = {true, false, true};
    const bool longer[] = {true, false, true, false, false, false, false, false, false, false};
    EXPECT_EQ(marks_of(hits, 4, 10), marks_of(longer, 4, 10));
    EXPECT_EQ(marks_of({}, 4, 10), ListMarks{});
}

TEST(Metrics, OfOneWantedThingAreThoseOfTheNcfProtocol) {
    // NDCG is ln 2 / ln(pos + 2) with pos from 0.
    for (std::size_t pos = 0; pos < 10; ++pos) {
        const auto hits = std::make_unique<bool[]>(10);
        hits[pos] = true;
        const ListMarks marks = marks_of({hits.get(), 10}, 1, 10);
        EXPECT_NEAR(mark(marks, ListMark::ndcg),
                    std::log(2.0) / std::log(static_cast<double>(pos) + 2), 1e-12);
        EXPECT_DOUBLE_EQ(mark(marks, ListMark::hr), mark(marks, ListMark::recall));
    }
}

RC_GTEST_PROP(Metrics, LieBetweenNothingAndThePerfectList, (std::vector<bool> places)) {
    const auto extra = *rc::gen::inRange<std::size_t>(0, 5);
    const auto k = *rc::gen::inRange<std::size_t>(1, 30);
    const auto hits = std::make_unique<bool[]>(places.size());
    std::size_t found = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        hits[i] = places[i];
        found += places[i] ? 1 : 0;
    }
    const std::size_t wanted = std::max<std::size_t>(1, found + extra);
    for (const double value : marks_of({hits.get(), places.size()}, wanted, k)) {
        RC_ASSERT(value >= 0);
        RC_ASSERT(value <= 1 + 1e-12);
    }
    const auto best = std::make_unique<bool[]>(k);
    for (std::size_t i = 0; i < std::min(k, wanted); ++i) best[i] = true;
    const ListMarks perfect = marks_of({best.get(), k}, wanted, k);
    RC_ASSERT(std::abs(mark(perfect, ListMark::ndcg) - 1) < 1e-12);
    RC_ASSERT(std::abs(mark(perfect, ListMark::map) - 1) < 1e-12);
}

// Said once more, from the definitions alone: sets, and a list that is walked again for every number.
ListMarks naive_marks(const std::vector<int>& list, const std::set<int>& wanted, std::size_t k) {
    const std::vector<int> top(
        list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(k, list.size())));
    const auto relevant_in = [&](std::size_t places) {
        return static_cast<double>(std::count_if(top.begin(),
                                                 top.begin() + static_cast<std::ptrdiff_t>(places),
                                                 [&](int item) { return wanted.contains(item); }));
    };
    const double found = relevant_in(top.size());
    const auto n = static_cast<double>(wanted.size());
    double dcg = 0;
    double ideal = 0;
    double precisions = 0;
    double reciprocal = 0;
    for (std::size_t place = 1; place <= top.size(); ++place) {
        if (!wanted.contains(top[place - 1])) continue;
        dcg += std::log(2) / std::log(static_cast<double>(place) + 1);
        precisions += relevant_in(place) / static_cast<double>(place);
        reciprocal = std::max(reciprocal, 1 / static_cast<double>(place));
    }
    for (std::size_t place = 1; place <= k && place <= wanted.size(); ++place)
        ideal += std::log(2) / std::log(static_cast<double>(place) + 1);
    // The harmonic mean of precision and recall is twice what was found over what was looked at and what was wanted.
    return {found / static_cast<double>(k),
            found / n,
            2 * found / (static_cast<double>(k) + n),
            found > 0 ? 1.0 : 0.0,
            dcg / ideal,
            precisions / std::min(static_cast<double>(k), n),
            reciprocal};
}

RC_GTEST_PROP(Metrics, AgreeWithTheirDefinitionsSaidOnceMore, ()) {
    const auto list = *rc::gen::unique<std::vector<int>>(rc::gen::inRange(0, 60));
    auto wanted = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 60));
    wanted.insert(7);
    const auto k = *rc::gen::inRange<std::size_t>(1, 30);
    const auto hits = std::make_unique<bool[]>(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) hits[i] = wanted.contains(list[i]);
    const ListMarks marks = marks_of({hits.get(), list.size()}, wanted.size(), k);
    const ListMarks naive = naive_marks(list, wanted, k);
    for (std::size_t i = 0; i < marks.size(); ++i) RC_ASSERT(std::abs(marks[i] - naive[i]) < 1e-12);
}

}  // namespace
}  // namespace attune::learn
