#include "engine/tenancy/key_text.h"

#include <gtest/gtest.h>

#include <set>

namespace attune::engine {
namespace {

using domain::Role;

TEST(KeyText, IsRecognisedWithItsRole) {
    base::SeededRandom random(1);
    for (const Role role :
         {Role::root, Role::admin, Role::service, Role::ingest, Role::analyst, Role::person}) {
        const std::string key = make_key_text(role, random);
        EXPECT_TRUE(is_key_text(key)) << key;
        EXPECT_TRUE(key.starts_with("atk_" + std::string(name_of(role)) + "_")) << key;
        EXPECT_EQ(key.size(), 4 + name_of(role).size() + 1 + 22 + 1 + 6);
        EXPECT_EQ(role_of(name_of(role)), role);
    }
}

TEST(KeyText, RefusesEveryOtherCharacterInEveryPlace) {
    base::SeededRandom random(2);
    const std::string key = make_key_text(Role::service, random);
    for (std::size_t i = 0; i < key.size(); ++i) {
        for (const char c : {'0', 'z', 'Q', '_', '-', '\0', ' '}) {
            std::string typo = key;
            typo[i] = c;
            if (typo != key) EXPECT_FALSE(is_key_text(typo)) << typo;
        }
    }
}

TEST(KeyText, RefusesSwappedNeighboursAndCutEnds) {
    base::SeededRandom random(3);
    const std::string key = make_key_text(Role::admin, random);
    for (std::size_t i = 0; i + 1 < key.size(); ++i) {
        std::string swapped = key;
        std::swap(swapped[i], swapped[i + 1]);
        if (swapped != key) EXPECT_FALSE(is_key_text(swapped)) << swapped;
        EXPECT_FALSE(is_key_text(key.substr(0, i)));
        EXPECT_FALSE(is_key_text(key.substr(i + 1)));
    }
    EXPECT_FALSE(is_key_text(key + "0"));
    EXPECT_FALSE(is_key_text(""));
    EXPECT_FALSE(is_key_text("atk_"));
    EXPECT_FALSE(is_key_text("atk_nobody_" + key.substr(10)));
}

TEST(KeyText, DrawsEveryCharacterEvenly) {
    base::SeededRandom random(4);
    const std::string text = random_base62(random, 62 * 2000);
    std::array<int, 128> counts{};
    for (const char c : text) ++counts[static_cast<std::size_t>(c)];
    int seen = 0;
    for (const int count : counts) {
        if (count == 0) continue;
        ++seen;
        // Mean 2000, deviation 44: five of them either way.
        EXPECT_NEAR(count, 2000, 225);
    }
    EXPECT_EQ(seen, 62);
}

TEST(KeyText, ShowsOnlyFourRandomCharacters) {
    base::SeededRandom random(5);
    const std::string key = make_key_text(Role::ingest, random);
    EXPECT_EQ(shown_prefix(key), key.substr(0, std::string_view("atk_ingest_").size() + 4));
}

}  // namespace
}  // namespace attune::engine
