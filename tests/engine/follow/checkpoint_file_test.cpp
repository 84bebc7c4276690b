// Checkpoints as files: what comes back is what was put, or it is said that it is not.
#include "engine/follow/checkpoint_file.h"

#include "tests/base/memory_disk.h"

#include <gtest/gtest.h>
#include <numeric>

namespace attune::engine {
namespace {

constexpr CheckpointFormat kFormat{.kind = "test", .version = 3};
const std::string kPath = "dir/one";

class CheckpointFileTest : public testing::Test {
protected:
    // Several blocks of it.
    Result<void> write(std::uint64_t first) {
        std::vector<std::uint32_t> numbers(200'000);
        std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(first));
        ATTUNE_TRY(auto writer, CheckpointWriter::create(disk_, kPath, kFormat));
        ATTUNE_TRY_VOID(writer.put(first));
        ATTUNE_TRY_VOID(writer.put(std::string_view("name")));
        ATTUNE_TRY_VOID(writer.put(std::span<const std::uint32_t>(numbers)));
        return writer.finish();
    }
    Result<std::uint64_t> read(const CheckpointFormat& format = kFormat) {
        ATTUNE_TRY(auto reader, CheckpointReader::open(disk_, kPath, format));
        ATTUNE_TRY(const auto first, reader.get<std::uint64_t>());
        ATTUNE_TRY(const std::string name, reader.text(10));
        ATTUNE_TRY(const auto numbers, reader.array<std::uint32_t>(200'000));
        if (name != "name" || numbers[199'999] != first + 199'999) return reader.damaged();
        ATTUNE_TRY_VOID(reader.finish());
        return first;
    }
    std::optional<Code> code_of(const Result<std::uint64_t>& result) {
        return result ? std::nullopt : std::optional(result.error().code);
    }
    std::string bytes() {
        auto file = *disk_.open(kPath, base::OpenMode::read);
        std::string all(*file->size(), '\0');
        EXPECT_TRUE(file->read_at(0, all));
        return all;
    }
    void overwrite(std::string_view bytes) {
        auto file = *disk_.open(kPath, base::OpenMode::read_write);
        ASSERT_TRUE(file->truncate(0));
        ASSERT_TRUE(file->write_at(0, bytes));
    }
    base::MemoryDisk disk_;
};

TEST_F(CheckpointFileTest, WhatIsReadIsWhatWasWritten) {
    ASSERT_TRUE(write(7));
    EXPECT_EQ(*read(), 7U);
    ASSERT_TRUE(write(8));
    EXPECT_EQ(*read(), 8U);
    ASSERT_TRUE(remove_checkpoint(disk_, kPath));
    EXPECT_EQ(code_of(read()), Code::not_found);
    EXPECT_TRUE(remove_checkpoint(disk_, kPath));
}

TEST_F(CheckpointFileTest, OfAnotherKindOrVersionItIsNone) {
    ASSERT_TRUE(write(7));
    EXPECT_EQ(code_of(read({.kind = "test", .version = 4})), Code::failed_precondition);
    EXPECT_EQ(code_of(read({.kind = "tent", .version = 3})), Code::failed_precondition);
    overwrite("");
    EXPECT_EQ(code_of(read()), Code::data_loss);
    overwrite("what somebody put there");
    EXPECT_EQ(code_of(read()), Code::data_loss);
}

TEST_F(CheckpointFileTest, EveryFlippedBitAndEveryCutIsFound) {
    ASSERT_TRUE(write(7));
    const std::string whole = bytes();
    for (std::size_t at = 0; at < whole.size(); at += at < 100 ? 1 : 60'013) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
        overwrite(changed);
        EXPECT_EQ(code_of(read()), Code::data_loss) << at;
        overwrite(whole.substr(0, at));
        EXPECT_EQ(code_of(read()), Code::data_loss) << at;
    }
    overwrite(whole + whole);
    EXPECT_EQ(*read(), 7U);  // what is behind the end is nothing
}

TEST_F(CheckpointFileTest, PowerLostAtAnyMomentLeavesTheOldOneOrTheNew) {
    ASSERT_TRUE(write(7));
    const std::size_t before = disk_.operations();
    ASSERT_TRUE(write(7));
    const std::size_t operations = disk_.operations() - before;
    for (std::size_t at = 1; at <= operations; ++at) {
        disk_.fail_from(at, Code::internal, "io_error", /*sticky=*/true);
        const bool is_written = write(8).has_value();
        disk_.heal();
        disk_.lose_power();
        const auto there = read();
        ASSERT_TRUE(there) << at;
        EXPECT_TRUE(*there == 7 || is_written || at == operations) << at;
        ASSERT_TRUE(write(7));
    }
}

TEST_F(CheckpointFileTest, AnUnfinishedOneLeavesNothing) {
    ASSERT_TRUE(write(7));
    {
        auto writer = CheckpointWriter::create(disk_, kPath, kFormat);
        ASSERT_TRUE(writer);
        ASSERT_TRUE(writer->put(std::uint64_t{8}));
    }
    EXPECT_EQ(*read(), 7U);
    EXPECT_EQ(disk_.list("dir")->size(), 1U);
    // What a process that died leaves goes when the checkpoint is removed.
    ASSERT_TRUE(disk_.open(kPath + ".new", base::OpenMode::create));
    ASSERT_TRUE(remove_checkpoint(disk_, kPath));
    EXPECT_TRUE(disk_.list("dir")->empty());
}

}  // namespace
}  // namespace attune::engine
