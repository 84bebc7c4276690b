#include "engine/tenancy/stream_token.h"

#include "engine/tenancy/person_token.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

const base::Time kExpiry{std::chrono::seconds(1'800'000'000)};
const StreamToken kToken{{7}, 3, kExpiry};

bool holds(std::string_view text, const HmacKey& key) {
    const auto token = ClaimedStreamToken::parse(text);
    return token && token->verify(key);
}

TEST(StreamTokenTest, ComesBackAsItWasSigned) {
    const HmacKey key("k");
    const std::string text = sign_stream_token(kToken, key);
    const auto token = ClaimedStreamToken::parse(text);
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->verify(key));
    EXPECT_EQ(token->claims.tenant, domain::TenantId{7});
    EXPECT_EQ(token->claims.epoch, 3u);
    EXPECT_EQ(token->claims.expires_at, kExpiry);
}

TEST(StreamTokenTest, IsRefusedChangedCutShortOrUnderAnotherKey) {
    const HmacKey key("k");
    const std::string text = sign_stream_token(kToken, key);
    EXPECT_FALSE(holds(text, HmacKey("other")));
    for (std::size_t i = 0; i < text.size(); ++i) {
        EXPECT_FALSE(holds(std::string_view(text).substr(0, i), key)) << i;
        for (const char c : {'A', 'b', '-', '.', '\0'}) {
            std::string changed = text;
            changed[i] = c;
            if (changed != text) EXPECT_FALSE(holds(changed, key)) << i << ' ' << changed;
        }
    }
}

TEST(StreamTokenTest, StandsForNoPersonsTokenNorTheOtherWayRound) {
    const HmacKey key("k");
    std::string text = sign_stream_token(kToken, key);
    EXPECT_FALSE(parse_token(text));
    text.replace(0, kStreamTokenPrefix.size(), kTokenPrefix);
    const auto as_person = parse_token(text);
    EXPECT_FALSE(as_person && verify_token(*as_person, key));
    std::string persons =
        sign_token({.tenant = {7}, .epoch = 3, .expires_at = kExpiry, .user_id = "u"}, key);
    EXPECT_FALSE(holds(persons, key));
    persons.replace(0, kTokenPrefix.size(), kStreamTokenPrefix);
    EXPECT_FALSE(holds(persons, key));
}

}  // namespace
}  // namespace attune::engine
