#include "engine/activity/refusals.h"

#include "tests/base/memory_disk.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

constexpr std::uint8_t kTrain = 1;
constexpr std::uint8_t kPersonalise = 2;

store::PersonId person(unsigned char number) {
    store::PersonId id;
    id.bytes[0] = number;
    return id;
}
ItemEvent consent(std::uint8_t refused, std::uint8_t allowed) {
    ItemEvent event;
    event.refused = refused;
    event.allowed = allowed;
    return event;
}

TEST(Refusals, HoldUntilAllOfItIsAllowed) {
    Refusals refusals;
    EXPECT_FALSE(refusals.hear(person(1), {}));
    EXPECT_FALSE(refusals.has(person(1)));
    EXPECT_TRUE(refusals.hear(person(1), consent(kTrain | kPersonalise, 0)));
    EXPECT_TRUE(refusals.hear(person(1), consent(0, kTrain)));
    EXPECT_TRUE(refusals.has(person(1)));
    EXPECT_FALSE(refusals.hear(person(1), consent(0, kPersonalise)));
    EXPECT_FALSE(refusals.has(person(1)));
}

TEST(Refusals, OfEitherHoldForTheOneTheyAreUntilThatOneAllowsIt) {
    Refusals refusals;
    (void)refusals.hear(person(1), consent(kTrain, 0));
    EXPECT_TRUE(refusals.merge(person(1), person(2)));
    EXPECT_TRUE(refusals.has(person(2)));
    (void)refusals.hear(person(2), consent(0, kTrain));
    EXPECT_FALSE(refusals.merge(person(1), person(2)));  // they are linked once more
    EXPECT_FALSE(refusals.has(person(2)));
}

TEST(Refusals, OfOneWhoIsThemselvesStay) {
    Refusals refusals;
    (void)refusals.hear(person(1), consent(kTrain, 0));
    EXPECT_FALSE(refusals.merge(person(1), person(1)));
    EXPECT_TRUE(refusals.has(person(1)));
}

TEST(Refusals, AreReadFromACheckpointAsTheyWereWritten) {
    constexpr CheckpointFormat kFormat{.kind = "refusals"};
    base::MemoryDisk disk;
    Refusals refusals;
    for (unsigned char i = 0; i < 100; ++i) (void)refusals.hear(person(i), consent(i % 3U, 0));
    auto writer = CheckpointWriter::create(disk, "r", kFormat);
    ASSERT_TRUE(writer && refusals.write(*writer) && writer->finish());
    auto reader = CheckpointReader::open(disk, "r", kFormat);
    ASSERT_TRUE(reader);
    auto read = Refusals::read(*reader);
    ASSERT_TRUE(read && reader->finish());
    for (unsigned char i = 0; i < 100; ++i) {
        EXPECT_EQ(read->has(person(i)), i % 3U != 0);
        // Which purposes: one that refused both does so still when one is allowed.
        (void)read->hear(person(i), consent(0, kTrain));
        EXPECT_EQ(read->has(person(i)), i % 3U == 2);
    }
}

}  // namespace
}  // namespace attune::engine
