// What is counted of touches, and that it can be taken back exactly.
#include "engine/activity/touch_book.h"

#include "engine/activity/what_followed.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace attune::engine {
namespace {

constexpr std::uint32_t kNow = 1'740'000'000;
constexpr std::uint32_t kDay = 86'400;

store::PersonId id(std::uint8_t number) {
    store::PersonId made;
    made.bytes[0] = made.bytes[8] = number;
    return made;
}

// All that can be asked of a book, for items below `items`.
struct Told {
    std::vector<std::uint32_t> people, recent, shown, clicked;
    std::vector<std::multiset<std::uint32_t>> times;
    std::uint64_t touches = 0;
    std::size_t known = 0;
    bool operator==(const Told&) const = default;
};

Told told_by(const TouchBook& book, ItemNumber items) {
    Told told;
    for (ItemNumber item = 0; item < items; ++item) {
        told.people.push_back(book.item_people().counts()[item]);
        told.recent.push_back(book.recent().recent(item));
        told.shown.push_back(book.shown(item));
        told.clicked.push_back(book.clicked(item));
        told.times.emplace_back();
        for (const PersonIndex person : book.item_people().of(item))
            for (const KeptTouch& one : book.touches_of(person))
                if (one.item == item) told.times.back().insert(one.time);
    }
    told.touches = book.touches();
    told.known = book.known_people();
    return told;
}

TEST(TouchBook, APersonCountsOnceAnItemHoweverOftenTheyTouchIt) {
    TouchBook book;
    const PersonIndex ann = book.person(id(1));
    for (std::uint32_t i = 0; i < 1'000; ++i)
        book.touch(ann, {.item = 3, .weight = 1, .time = kNow + i});
    EXPECT_EQ(book.item_people().counts()[3], 1U);
    EXPECT_EQ(book.recent().recent(3), 1U);
    EXPECT_EQ(book.touches_of(ann).size(), TouchBook::kTouchesMax);
}

TEST(TouchBook, ADislikeIsKeptAndCountsNowhere) {
    TouchBook book;
    const PersonIndex ann = book.person(id(1));
    book.touch(ann, {.item = 3, .weight = -4, .time = kNow});
    EXPECT_EQ(book.item_people().counts()[3], 0U);
    EXPECT_EQ(book.recent().recent(3), 0U);
    EXPECT_EQ(book.touches_of(ann).size(), 1U);
}

TEST(TouchBook, WhoBringsMoreTouchesThanAreKeptLosesTheOldest) {
    TouchBook book;
    const PersonIndex ann = book.person(id(1));
    for (std::uint32_t i = 0; i < TouchBook::kTouchesMax + 10; ++i)
        book.touch(ann, {.item = i, .weight = 1, .time = kNow + i});
    for (ItemNumber item = 0; item < 10; ++item)
        EXPECT_EQ(book.item_people().counts()[item], 0U) << item;
    EXPECT_EQ(book.item_people().counts()[10], 1U);
    book.touch(ann, {.item = 0, .weight = 1, .time = kNow - 1});  // comes late, and is older
    EXPECT_EQ(book.item_people().counts()[0], 0U);
    EXPECT_EQ(book.item_people().counts()[10], 1U);
}

// Lifting an item over another needs as many accounts as the other one has people more.
TEST(TouchBook, OneAccountMovesAnItemByOneAndAllItemsByNoMoreThanItsTouchesKept) {
    TouchBook book;
    for (std::uint8_t honest = 0; honest < 30; ++honest)
        book.touch(book.person(id(honest)), {.item = 1, .weight = 1, .time = kNow});
    for (std::uint8_t fake = 100; fake < 129; ++fake)
        for (int often = 0; often < 100; ++often)
            book.touch(book.person(id(fake)), {.item = 2, .weight = 100, .time = kNow});
    const learn::ItemMask all(10'000);
    const auto best = book.item_people().counts().best(1, all, 1, [&](ItemNumber item) {
        return static_cast<float>(book.item_people().counts()[item]);
    });
    ASSERT_EQ(best.size(), 1U);
    EXPECT_EQ(best[0].item, 1U);

    const PersonIndex flood = book.person(id(200));
    for (std::uint32_t i = 0; i < 5'000; ++i)
        book.touch(flood, {.item = 10 + i, .weight = 1, .time = kNow + i});
    std::uint64_t sum = 0;
    for (ItemNumber item = 10; item < 5'010; ++item) sum += book.item_people().counts()[item];
    EXPECT_EQ(sum, TouchBook::kTouchesMax);
}

TEST(TouchBook, AnItemThatMoreComeToThanUsualIsTrendingAndOneThatIsAlwaysPopularIsNot) {
    TouchBook book;
    const auto touch = [&](std::uint8_t person, ItemNumber item, std::uint32_t days_ago) {
        book.touch(book.person(id(person)), {item, 1, kNow - days_ago * kDay});
    };
    for (std::uint32_t day = 1; day < 14; ++day)
        for (std::uint8_t person = 0; person < 10; ++person) touch(person, 1, day);
    for (std::uint8_t person = 0; person < 10; ++person) touch(person, 1, 0);
    for (std::uint8_t person = 20; person < 26; ++person) touch(person, 2, 0);
    const learn::ItemMask all(3);
    const auto trending = book.recent().trending(5, all, 2, kNow);
    ASSERT_FALSE(trending.empty());
    EXPECT_EQ(trending[0].item, 2U);
    EXPECT_TRUE(book.recent().trending(5, all, 2, kNow + 2 * kDay).empty());
}

TEST(TouchBook, WhatFollowsIsWhatPeopleWentOnToAndNotWhatTheyCameFrom) {
    TouchBook book;
    for (std::uint8_t person = 0; person < 5; ++person) {
        const PersonIndex one = book.person(id(person));
        book.touch(one, {.item = 1, .weight = 1, .time = kNow});
        book.touch(one, {.item = 2, .weight = 1, .time = kNow + 1});
        book.touch(one, {.item = 3, .weight = 1, .time = kNow + 2});
    }
    const learn::ItemMask all(10);
    const std::vector<learn::Touch> history{{.item = 2, .weight = 1, .time = kNow}};
    const auto next = what_followed(book, history, 10, all, kNow);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].item, 3U);
    learn::ItemMask without(10);
    without.forbid(3);
    EXPECT_TRUE(what_followed(book, history, 10, without, kNow).empty());
}

TEST(TouchBook, WhatFollowsIsTheSameToTheLastDigitInWhateverOrderPeopleCame) {
    const auto scores = [](bool is_reversed) {
        TouchBook book;
        for (std::uint8_t i = 0; i < 100; ++i) {
            const auto number = static_cast<std::uint8_t>(is_reversed ? 99 - i : i);
            const PersonIndex one = book.person(id(number));
            const std::uint32_t day = 86'400U * (number % 40U);
            book.touch(one, {.item = 1, .weight = 1, .time = kNow - 50 * 86'400 + day});
            book.touch(one, {.item = 2U + number % 3, .weight = 1, .time = kNow - day});
        }
        const std::vector<learn::Touch> history{{.item = 1, .weight = 1, .time = kNow}};
        std::vector<float> out;
        for (const learn::Scored& one : what_followed(book, history, 10, learn::ItemMask(10), kNow))
            out.push_back(one.score);
        return out;
    };
    EXPECT_FALSE(scores(false).empty());
    EXPECT_EQ(scores(false), scores(true));
}

TEST(TouchBook, AClickAnswersTheDecisionItNamesOrWhatWasShownWithinTheHour) {
    TouchBook book;
    const PersonIndex ann = book.person(id(1));
    book.show(ann, {.item = 1, .time = kNow, .decision = 77});
    book.show(ann, {.item = 2, .time = kNow});
    book.show(ann, {.item = 3, .time = kNow});
    book.touch(ann, {.item = 1, .weight = 1, .time = kNow + 5}, 78);
    EXPECT_EQ(book.clicked(1), 0U);
    book.touch(ann, {.item = 1, .weight = 1, .time = kNow + 6}, 77);
    book.touch(ann, {.item = 2, .weight = 1, .time = kNow + 60});
    book.touch(ann, {.item = 3, .weight = 1, .time = kNow + 2 * TouchBook::kClickSeconds});
    EXPECT_EQ(book.clicked(1), 1U);
    EXPECT_EQ(book.clicked(2), 1U);
    EXPECT_EQ(book.clicked(3), 0U);
    for (int again = 0; again < 10; ++again) book.show(ann, {.item = 2, .time = kNow + 100});
    EXPECT_EQ(book.shown(2), 1U);
}

struct Deed {
    std::uint8_t person = 0;
    ItemNumber item = 0;
    std::uint32_t time = 0;
    int kind = 0;  // 0 and 1 touch, 2 dislike, 3 showing
};

std::vector<Deed> any_deeds() {
    const auto deed = rc::gen::build<Deed>(
        rc::gen::set(&Deed::person, rc::gen::inRange<std::uint8_t>(0, 6)),
        rc::gen::set(&Deed::item, rc::gen::inRange<ItemNumber>(0, 8)),
        rc::gen::set(&Deed::time, rc::gen::inRange<std::uint32_t>(kNow - 20 * kDay, kNow)),
        rc::gen::set(&Deed::kind, rc::gen::inRange(0, 4)));
    return *rc::gen::container<std::vector<Deed>>(deed);
}

void write(TouchBook& book, const Deed& deed, std::uint8_t as) {
    const PersonIndex person = book.person(id(as));
    if (deed.kind == 3)
        book.show(person, {.item = deed.item, .time = deed.time});
    else
        book.touch(person, {deed.item, deed.kind == 2 ? -1.0F : 1.0F, deed.time});
}

// Somebody whose time is the window's end, so that it is the same without those who are erased.
void write_witness(TouchBook& book) {
    book.touch(book.person(id(250)), {.item = 0, .weight = 1, .time = kNow});
}

RC_GTEST_PROP(TouchBookLaws, WhoIsForgottenHasNeverBeenThere, ()) {
    const auto deeds = any_deeds();
    const auto gone = *rc::gen::inRange<std::uint8_t>(0, 6);
    TouchBook with;
    TouchBook without;
    write_witness(with);
    write_witness(without);
    for (const Deed& deed : deeds) {
        write(with, deed, deed.person);
        if (deed.person != gone) write(without, deed, deed.person);
    }
    with.forget(id(gone));
    RC_ASSERT(told_by(with, 8) == told_by(without, 8));
    RC_ASSERT(!with.find(id(gone)));
}

RC_GTEST_PROP(TouchBookLaws, TwoWhoAreOneCountAsIfTheyHadBeenOneAllAlong, ()) {
    auto deeds = any_deeds();
    // What a click answers is settled when it comes, so that showings of two are not those of one.
    std::erase_if(deeds, [](const Deed& one) { return one.kind == 3; });
    const auto from = *rc::gen::inRange<std::uint8_t>(0, 3);
    const auto into = *rc::gen::inRange<std::uint8_t>(3, 6);
    TouchBook merged;
    TouchBook one;
    write_witness(merged);
    write_witness(one);
    (void)merged.person(id(into));
    (void)one.person(id(into));
    for (const Deed& deed : deeds) {
        write(merged, deed, deed.person);
        write(one, deed, deed.person == from ? into : deed.person);
    }
    merged.merge(id(from), id(into));
    RC_ASSERT(told_by(merged, 8) == told_by(one, 8));
    RC_ASSERT(merged.find(id(from)) == merged.find(id(into)));
    merged.forget(id(from));
    RC_ASSERT(!merged.find(id(into)));
}

RC_GTEST_PROP(TouchBookLaws, TheBestAreThoseOfLookingAtAll, ()) {
    const auto steps = *rc::gen::container<std::vector<std::pair<ItemNumber, bool>>>(
        rc::gen::pair(rc::gen::inRange<ItemNumber>(0, 300), rc::gen::arbitrary<bool>()));
    ItemCounts counts;
    std::map<ItemNumber, std::uint32_t> naive;
    for (const auto& [item, is_more] : steps) {
        if (is_more) {
            counts.add(item);
            ++naive[item];
        } else if (naive[item] > 0) {
            counts.take(item);
            --naive[item];
        }
    }
    learn::ItemMask mask(250);
    for (ItemNumber item = 0; item < 250; item += 7) mask.forbid(item);
    std::vector<learn::Scored> expected;
    for (const auto& [item, count] : naive)
        if (count > 0 && item < 250 && mask.allows(item))
            expected.push_back({item, static_cast<float>(count)});
    RC_ASSERT(counts.best(5, mask, 1, [&](ItemNumber item) {
        return static_cast<float>(counts[item]);
    }) == learn::best_of_list(expected, 5));
}

}  // namespace
}  // namespace attune::engine
