#include "engine/tenancy/hmac_key.h"

#include "base/encoding.h"
#include "base/random.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

std::string hex(const base::Digest256& digest) { return base::to_hex(base::view_of(digest)); }

// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
TEST(HmacKey, SignsAsTheStandardSays) {
    EXPECT_EQ(hex(HmacKey(std::string(20, '\x0b')).sign("Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(HmacKey("Jefe").sign("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(HmacKey(std::string(131, '\xaa'))
                      .sign("Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacKey, AgreesWithTheOneShotCallAtEveryLength) {
    base::SeededRandom random(7);
    for (std::size_t length = 0; length < 200; ++length) {
        std::string key(length, '\0');
        std::string message(200 - length, '\0');
        random.fill({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
        random.fill({reinterpret_cast<std::uint8_t*>(message.data()), message.size()});
        EXPECT_EQ(HmacKey(key).sign(message), base::hmac_sha256(key, message)) << length;
    }
}

TEST(HmacKey, SignsPartsAsOneMessage) {
    const HmacKey key("secret");
    EXPECT_EQ(key.sign({"user", std::string_view("\0", 1), "ann"}),
              key.sign(std::string_view("user\0ann", 8)));
}

TEST(HmacKey, DerivesADifferentKeyForEachPurpose) {
    const HmacKey key("secret");
    EXPECT_NE(key.derive("ids").sign("ann"), key.derive("tokens").sign("ann"));
    EXPECT_NE(key.derive("ids").sign("ann"), key.sign("ann"));
    EXPECT_EQ(key.derive("ids").sign("ann"), HmacKey("secret").derive("ids").sign("ann"));
}

}  // namespace
}  // namespace attune::engine
