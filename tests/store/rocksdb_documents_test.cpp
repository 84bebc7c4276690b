// Many documents in one commit, when the process dies in the middle of it or the ground gives way.
#include "store/rocksdb/files.h"
#include "store/rocksdb/open_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <atomic>
#include <cerrno>
#include <filesystem>

namespace attune::store {
namespace {

namespace fs = std::filesystem;

constexpr TenantId kTenant{1};
constexpr std::size_t kDocuments = 300;

RocksOptions options_of(const std::string& directory) {
    return {.directory = directory, .disk_reserve_bytes = 16u << 20, .memory_bytes = 16u << 20};
}

// The documents 0 to 299, one of them deleted where `generation` is odd.
Result<std::vector<std::uint64_t>> write_all(Store& store, int generation) {
    std::vector<std::string> names(kDocuments);
    for (std::size_t i = 0; i < kDocuments; ++i) names[i] = std::to_string(i);
    const std::string value = std::to_string(generation) + std::string(700, 'x');
    std::vector<DocumentWrite> writes;
    for (const std::string& name : names) writes.push_back({"c", name, value});
    if (generation % 2 == 1) writes[7].value.reset();
    return store.put_documents(kTenant, writes);
}

// The generation that all documents are of; -1: they are of several.
int generation_of(Store& store) {
    const auto listing = store.list_documents(kTenant, "c", {.limit = kPageLimitMax});
    if (!listing || listing->items.empty()) return listing ? 0 : -1;
    const int generation = listing->items.front().value.front() - '0';
    const std::size_t expected = generation % 2 == 1 ? kDocuments - 1 : kDocuments;
    for (const Document& one : listing->items)
        if (one.value.front() - '0' != generation) return -1;
    return listing->items.size() == expected ? generation : -1;
}

std::string log_in(const std::string& directory) {
    std::string log;
    for (const auto& entry : fs::recursive_directory_iterator(directory))
        if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
    return log;
}

void copy(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
}

TEST(ManyDocuments, AreAllThereOrNoneWhereverAKillCutTheLog) {
    const TemporaryDirectory directory;
    const std::string live = directory.path() + "/live";
    const std::string before = directory.path() + "/before";
    const std::string killed = directory.path() + "/killed";
    const std::string cut = directory.path() + "/cut";
    {
        auto store = open_rocksdb(options_of(live));
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE(write_all(**store, 2));
        copy(live, before);
        ASSERT_TRUE(write_all(**store, 3));
        copy(live, killed);
    }
    // The mark is of before: the second write was never acknowledged.
    fs::copy_file(before + "/MARK", killed + "/MARK", fs::copy_options::overwrite_existing);
    const std::uint64_t first = fs::file_size(log_in(before));
    const std::uint64_t last = fs::file_size(log_in(killed));
    ASSERT_GT(last, first + kDocuments * 700);
    const std::uint64_t step = (last - first) / 24;
    for (std::uint64_t size = first; size <= last; size += step) {
        copy(killed, cut);
        fs::resize_file(log_in(cut), size);
        auto store = open_rocksdb(options_of(cut));
        ASSERT_TRUE(store) << store.error().message << " when cut at " << size;
        EXPECT_EQ(generation_of(**store), size < last ? 2 : 3) << "when cut at " << size;
        EXPECT_EQ((*store)->verify()->problems, std::vector<std::string>{});
    }
}

TEST(ManyDocuments, AreAllThereOrNoneWhenTheirAcknowledgementFailed) {
    const TemporaryDirectory directory;
    std::atomic<bool> fails = false;
    {
        rocks::Injected injected;
        injected.mark_sync = [&](int) {
            if (!fails) return 0;
            errno = EIO;
            return -1;
        };
        RocksOptions options = options_of(directory.path());
        options.on_fatal = [](const Error&) {};
        auto store = rocks::open_store(std::move(options), injected);
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE(write_all(**store, 2));
        fails = true;
        const auto failed = write_all(**store, 3);
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().reason, "outcome_unknown");
        EXPECT_TRUE(failed.error().fields.empty()) << "it is no one document's fault";
        EXPECT_EQ(write_all(**store, 4).error().code, Code::unavailable);
    }
    auto again = open_rocksdb(options_of(directory.path()));
    ASSERT_TRUE(again) << again.error().message;
    const int generation = generation_of(**again);
    EXPECT_TRUE(generation == 2 || generation == 3) << generation;
    EXPECT_EQ((*again)->verify()->problems, std::vector<std::string>{});
}

// A usual commit fits between the reserve and nothing; this one would eat into what memory has to put down.
TEST(ManyDocuments, AskForRoomByTheirSize) {
    const TemporaryDirectory directory;
    RocksOptions options = options_of(directory.path());
    std::atomic<std::uint64_t> free_bytes = 20u << 20;
    options.free_bytes = [&] { return free_bytes.load(); };
    auto store = open_rocksdb(std::move(options));
    ASSERT_TRUE(store) << store.error().message;
    const std::string value(1u << 20, 'x');
    const std::vector<DocumentWrite> writes = {
        {"c", "a", value}, {"c", "b", value}, {"c", "d", value}};
    EXPECT_EQ((*store)->put_documents(kTenant, writes).error().reason, "disk_full");
    EXPECT_TRUE((*store)->put_document(kTenant, "c", "small", "1", 0));
    EXPECT_FALSE((*store)->stats().read_only) << "there is room for what is smaller";
    free_bytes = 1u << 30;
    EXPECT_TRUE((*store)->put_documents(kTenant, writes));
}

}  // namespace
}  // namespace attune::store
