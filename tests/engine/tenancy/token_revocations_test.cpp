#include "engine/tenancy/token_revocations.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

const base::Time kNow{std::chrono::seconds(1'700'000'000)};

base::Id128 person(std::uint32_t number) {
    base::Id128 id;
    std::memcpy(id.bytes.data(), &number, sizeof number);
    return id;
}

TEST(TokenRevocations, NothingIsRevokedWhereNoTokenCanBeAlive) {
    TokenRevocations revocations;
    const base::Id128 ann = person(1);
    EXPECT_FALSE(revocations.revoke({&ann, 1}, kNow));
    revocations.signs_until(kNow + 1h);
    EXPECT_FALSE(revocations.revoke({&ann, 1}, kNow + 1h));
    EXPECT_FALSE(revocations.revoke({}, kNow));
    EXPECT_EQ(revocations.count(), 0u);
    EXPECT_TRUE(revocations.revoke({&ann, 1}, kNow));
    EXPECT_EQ(revocations.count(), 1u);
}

// However many are revoked: what was, stays so; what is signed afterwards holds; and no more is kept than may be.
TEST(TokenRevocations, KnowsWhatItCannotHaveSigned) {
    const base::Time end(std::chrono::hours(1));
    TokenRevocations revocations;
    EXPECT_FALSE(revocations.may_have_signed(0, end));
    revocations.signs_until(end);
    EXPECT_TRUE(revocations.may_have_signed(0, end));
    EXPECT_FALSE(revocations.may_have_signed(0, end + base::Duration(1)));
    EXPECT_FALSE(revocations.may_have_signed(1, end));
}

TEST(TokenRevocations, WhatWasRevokedStaysSoBeyondTheBound) {
    for (std::uint32_t seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        TokenRevocations revocations;
        revocations.signs_until(kNow + 1h);
        struct Token {
            base::Id128 who;
            std::uint32_t signed_after;
        };
        std::vector<Token> revoked;
        for (int step = 0; step < 6'000; ++step) {
            const base::Id128 who = person(static_cast<std::uint32_t>(random() % 5'000));
            revoked.push_back({who, revocations.count()});
            ASSERT_TRUE(revocations.revoke({&who, 1}, kNow));
            ASSERT_FALSE(revocations.is_revoked(who, revocations.count()));
            ASSERT_LE(revocations.people().size(), TokenRevocations::kPeopleMax);
        }
        for (const Token& token : revoked)
            ASSERT_TRUE(revocations.is_revoked(token.who, token.signed_after));
        EXPECT_FALSE(revocations.is_revoked(person(9'999), revocations.count()));
        EXPECT_FALSE(revocations.is_revoked(person(9'999), revocations.everybody_before()));
    }
}

TEST(TokenRevocations, MoreAtOnceThanMayBeKeptIsEverybodys) {
    std::vector<base::Id128> whom;
    for (std::uint32_t i = 0; i <= TokenRevocations::kPeopleMax; ++i) whom.push_back(person(i));
    TokenRevocations revocations;
    revocations.signs_until(kNow + 1h);
    ASSERT_TRUE(revocations.revoke(whom, kNow));
    EXPECT_TRUE(revocations.people().empty());
    EXPECT_TRUE(revocations.is_revoked(person(9'999), 0));
    EXPECT_FALSE(revocations.is_revoked(person(0), revocations.count()));
}

TEST(TokenRevocations, ARevocationIsForgottenWhenNoTokenOfBeforeIsAlive) {
    TokenRevocations revocations;
    const base::Id128 ann = person(1);
    const base::Id128 bob = person(2);
    revocations.signs_until(kNow + 1h);
    ASSERT_TRUE(revocations.revoke({&ann, 1}, kNow));
    revocations.signs_until(kNow + 2h);
    ASSERT_TRUE(revocations.revoke({&bob, 1}, kNow));
    EXPECT_FALSE(revocations.forget(kNow + 59min));
    EXPECT_TRUE(revocations.forget(kNow + 1h));
    EXPECT_FALSE(revocations.people().contains(ann));
    EXPECT_TRUE(revocations.people().contains(bob));
}

}  // namespace
}  // namespace attune::engine
