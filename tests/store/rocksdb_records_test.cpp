#include "store/rocksdb/codec.h"
#include "store/rocksdb/mark_file.h"
#include "store/rocksdb/records.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <random>

namespace attune::store::rocks {
namespace {

using testing_contract::id_of;
constexpr TenantId kTenant{7};

TEST(Codec, VarintsComeBackAndOverlongOnesAreRefused) {
    for (std::uint64_t value :
         {0ull, 1ull, 127ull, 128ull, 16'383ull, 16'384ull, 1ull << 32, 1ull << 63, ~0ull}) {
        std::string bytes;
        Writer(bytes).varint(value);
        Reader reader(bytes);
        EXPECT_EQ(reader.varint(), value);
        EXPECT_TRUE(reader.at_end());
    }
    Reader overlong("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F");
    (void)overlong.varint();
    EXPECT_FALSE(overlong.ok());
    Reader cut("\x80");
    (void)cut.varint();
    EXPECT_FALSE(cut.ok());
}

TEST(Records, KeysSortAsTheirNumbersDo) {
    EXPECT_LT(commit_key(255), commit_key(256));
    EXPECT_LT(block_key(kTenant, id_of(1), 9), block_key(kTenant, id_of(1), 10));
    EXPECT_LT(block_key({1}, id_of(9), 9), block_key({256}, id_of(1), 1));
    EXPECT_EQ(sequence_in(block_key(kTenant, id_of(1), 77)), 77u);
    EXPECT_EQ(person_in(person_key(kTenant, id_of(5))), (PersonName{kTenant, id_of(5)}));
    EXPECT_EQ(person_in(tombstone_key(kTenant, id_of(5))), (PersonName{kTenant, id_of(5)}));
}

TEST(Records, ARowOpensOnlyInItsPlace) {
    const std::string row = seal_row(Family::people, "key", "body");
    EXPECT_EQ(*open_row(Family::people, "key", row), "body");
    EXPECT_EQ(open_row(Family::aliases, "key", row).error().code, Code::data_loss);
    EXPECT_EQ(open_row(Family::people, "kez", row).error().code, Code::data_loss);
    for (std::size_t size = 0; size < row.size(); ++size)
        EXPECT_FALSE(open_row(Family::people, "key", row.substr(0, size)));
}

TEST(Records, ComeBackAsTheyWent) {
    const PersonRow merged{.redirect = id_of(2), .members = {}, .merged_at = 9};
    const PersonRow root{.members = {id_of(3), id_of(4)}, .merged_at = 300};
    for (const PersonRow& person : {merged, root, PersonRow{}})
        EXPECT_EQ(*decode_person(encode_person(person)), person);
    const Checkpoint checkpoint = *decode_checkpoint(encode_checkpoint({1'000, 7}, "state"));
    EXPECT_EQ(checkpoint.upto, (Position{1'000, 7}));
    EXPECT_EQ(checkpoint.state, "state");
    const Document document = *decode_document(encode_document(300, "{}"));
    EXPECT_EQ(document.version, 300u);
    EXPECT_EQ(document.value, "{}");
    BlockBuilder block;
    block.add(3, id_of(1), "one");
    block.add(4, id_of(2), "");
    block.add(400, id_of(3), std::string(1'000, 'x'));
    const std::string body = block.body();
    const auto events = *decode_block(body);
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[2].index, 400u);
    EXPECT_EQ(events[0].sealed, "one");
    EXPECT_EQ(events[2].key, id_of(3));
}

TEST(Records, ACommitsHashCoversEverythingInIt) {
    Commit commit{.ledger = {.sequence = 5, .events = 10, .people = 3, .state = 77},
                  .previous = id_of(4),
                  .time_us = -1,
                  .entries = {{{kTenant, id_of(1)}, id_of(2), 300}}};
    const std::string row = encode_commit(commit);
    const Commit read = *decode_commit(5, row);
    EXPECT_EQ(read.ledger, commit.ledger);
    EXPECT_EQ(read.time_us, -1);
    EXPECT_EQ(read.entries[0].events, 300u);
    EXPECT_FALSE(decode_commit(6, row)) << "another number is another commit";
    for (std::size_t i = 0; i < row.size(); ++i) {
        std::string flipped = row;
        flipped[i] = static_cast<char>(flipped[i] ^ 1);
        EXPECT_FALSE(decode_commit(5, flipped));
    }
}

// The example of docs/formats/rocksdb.md.
TEST(Records, HaveTheBytesOfTheDocument) {
    BlockBuilder block;
    block.add(0, id_of(1), "{}");
    const std::string body = block.body();
    EXPECT_EQ(body.substr(0, 3), std::string("\x01\x01\x00", 3));
    EXPECT_EQ(body.substr(19), "\x02{}");
    EXPECT_EQ(collection_prefix({1}, "flags"), std::string("\0\0\0\1\5flags", 10));
}

TEST(Records, DecodersSurviveAnyBytes) {
    std::mt19937_64 random(5);
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes(random() % 64, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() : 1);
        (void)decode_block(bytes);
        (void)decode_commit(1, bytes);
        (void)decode_person(bytes);
        (void)decode_checkpoint(bytes);
        (void)decode_document(bytes);
    }
}

TEST(MarkFile, KeepsTheNewestOfItsTwoSlots) {
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/MARK";
    Mark mark{.store = id_of(1), .incarnation = id_of(2)};
    ASSERT_TRUE(MarkFile::create(path, mark));
    auto file = MarkFile::open(path, {});
    ASSERT_TRUE(file);
    for (Sequence sequence = 1; sequence < 6; ++sequence) {
        mark.sequence = sequence;
        ASSERT_TRUE((*file)->write(mark));
        EXPECT_EQ(*MarkFile::read(path), mark);
    }
    EXPECT_EQ(std::filesystem::file_size(path), 8'192u);
}

}  // namespace
}  // namespace attune::store::rocks
