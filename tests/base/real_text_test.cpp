#include "base/real_text.h"

#include <gtest/gtest.h>

namespace attune::base {
namespace {

TEST(RealText, IsAFiniteNumberThatIsAllOfTheText) {
    EXPECT_EQ(real_of("0"), 0.0);
    EXPECT_EQ(real_of("-2.5"), -2.5);
    EXPECT_EQ(real_of("1e3"), 1000.0);
    for (const char* other :
         {"", " 1", "1 ", "+1", "1,5", "0x10", "12 kg", "nan", "inf", "-inf", "1e999", "one"})
        EXPECT_EQ(real_of(other), std::nullopt) << other;
}

}  // namespace
}  // namespace attune::base
