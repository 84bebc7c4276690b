#include "engine/tenancy/person_token.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

const base::Time kExpiry{std::chrono::seconds(1'800'000'000)};

PersonToken ann() {
    return {.tenant = {7},
            .epoch = 3,
            .expires_at = kExpiry,
            .revocations = 0x01020304,
            .issuer = {{9, 8, 7}},
            .user_id = "ann/ä\n"};
}

TEST(PersonToken, ComesBackAsItWasSigned) {
    const HmacKey key("k");
    const std::string text = sign_token(ann(), key);
    const auto token = parse_token(text);
    ASSERT_TRUE(token);
    EXPECT_TRUE(verify_token(*token, key));
    EXPECT_EQ(token->claims.tenant, domain::TenantId{7});
    EXPECT_EQ(token->claims.epoch, 3u);
    EXPECT_EQ(token->claims.expires_at, kExpiry);
    EXPECT_EQ(token->claims.revocations, 0x01020304u);
    EXPECT_EQ(token->claims.issuer, ann().issuer);
    EXPECT_EQ(token->claims.user_id, "ann/ä\n");
}

TEST(PersonToken, IsRefusedWhenAnyCharacterChanges) {
    const HmacKey key("k");
    const std::string text = sign_token(ann(), key);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : {'A', 'b', '-', '.', '=', '\0'}) {
            std::string changed = text;
            changed[i] = c;
            if (changed == text) continue;
            const auto token = parse_token(changed);
            EXPECT_FALSE(token && verify_token(*token, key)) << i << ' ' << changed;
        }
    }
}

TEST(PersonToken, IsRefusedUnderAnotherKeyOrCutShort) {
    const std::string text = sign_token(ann(), HmacKey("k"));
    EXPECT_FALSE(verify_token(*parse_token(text), HmacKey("other")));
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto token = parse_token(std::string_view(text).substr(0, length));
        EXPECT_FALSE(token && verify_token(*token, HmacKey("k"))) << length;
    }
}

}  // namespace
}  // namespace attune::engine
