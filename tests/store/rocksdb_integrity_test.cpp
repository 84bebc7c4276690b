// What RocksDB's recovery would pass over in silence, the store must not: damage of every kind to every file either
// makes the store refuse, or shows when the damaged thing is read, or takes nothing that was acknowledged.
// ATTUNE_MUTATIONS sets how many random ones are tried, ATTUNE_SEED which.
#include "store/rocksdb/files.h"
#include "store/rocksdb/mark_file.h"
#include "store/rocksdb/open_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "tests/contract/store_contract.h"
#include "tests/store/temporary_directory.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

namespace attune::store {
namespace {

namespace fs = std::filesystem;
using testing_contract::id_of;

constexpr TenantId kTenant{1};
constexpr std::uint64_t kPeople = 10;

Result<std::unique_ptr<Store>> open(const std::string& directory) {
    return open_rocksdb(
        {.directory = directory, .disk_reserve_bytes = 16u << 20, .memory_bytes = 16u << 20});
}

std::string payload_of(std::uint64_t key) {
    return "payload-" + std::to_string(key) + std::string(80, 'x');
}

void append(Store& store, std::uint64_t key) {
    auto ticket = store.append({.tenant = kTenant,
                                .person = id_of(1 + key % kPeople),
                                .events = {{id_of(1'000 + key), payload_of(key)}},
                                .aliases = {id_of(50 + key % kPeople)}});
    ASSERT_TRUE(ticket) << ticket.error().message;
    ASSERT_TRUE(ticket->wait());
}

void copy(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
}

enum class Verdict { whole, refuses, shows, silent_loss };

const char* name_of(Verdict verdict) {
    constexpr const char* kNames[] = {"opens whole", "refuses", "shows on reading", "SILENT LOSS"};
    return kNames[static_cast<int>(verdict)];
}

// Opens and looks for all of `events` acknowledged ones, their aliases and the document.
Verdict judge(const std::string& directory, std::uint64_t events, std::string* why = nullptr) {
    auto store = open(directory);
    if (!store) {
        if (why) *why = store.error().message;
        return store.error().code == Code::data_loss ? Verdict::refuses : Verdict::shows;
    }
    std::vector<std::uint64_t> missing;
    std::uint64_t seen = 0;
    bool is_wrong = false;
    auto visit = [&](const LoggedEvent& event) {
        is_wrong =
            is_wrong || event.payload != payload_of(seen) || event.key != id_of(1'000 + seen);
        return ++seen < events;
    };
    if (!(*store)->scan_all(kTenant, {}, visit)) return Verdict::shows;
    if (seen < events || is_wrong) return Verdict::silent_loss;
    for (std::uint64_t i = 0; i < kPeople; ++i) {
        std::uint64_t of_person = 0;
        auto count = [&](const LoggedEvent&) { return ++of_person, true; };
        if (!(*store)->scan_user(kTenant, id_of(1 + i), {}, count)) return Verdict::shows;
        auto person = (*store)->find_person(kTenant, id_of(50 + i));
        if (!person) return Verdict::shows;
        if (of_person < events / kPeople || !*person || **person != id_of(1 + i))
            return Verdict::silent_loss;
    }
    for (std::uint64_t key = 0; key < events; ++key) {
        auto known = (*store)->has_event(kTenant, id_of(1'000 + key));
        if (!known) return Verdict::shows;
        if (!*known) return Verdict::silent_loss;
    }
    auto document = (*store)->get_document(kTenant, "c", "n");
    if (!document) return Verdict::shows;
    return *document && (*document)->value == "value" ? Verdict::whole : Verdict::silent_loss;
}

std::string bytes_of(const std::string& path) { return *rocks::read_file(path); }
void put_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<std::string> files_in(const std::string& directory) {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory))
        if (entry.is_regular_file()) files.push_back(entry.path().string());
    std::ranges::sort(files);
    return files;
}

// The file of a kind with the most bytes in it.
std::string file_of(const std::string& directory, std::string_view part) {
    std::string largest;
    for (const std::string& path : files_in(directory))
        if (path.find(part) != path.npos &&
            (largest.empty() || fs::file_size(path) > fs::file_size(largest)))
            largest = path;
    return largest;
}

// A store that was killed: the files as they are while it runs, 200 acknowledged commits in its log.
class KilledStore : public testing::Test {
protected:
    static constexpr std::uint64_t kEvents = 200;

    static void SetUpTestSuite() {
        directory_ = new TemporaryDirectory;
        auto store = open(path("live"));
        ASSERT_TRUE(store);
        ASSERT_TRUE((*store)->put_document(kTenant, "c", "n", "value", 0));
        for (std::uint64_t key = 0; key < kEvents; ++key) {
            append(**store, key);
            if (key == kEvents / 2) copy(path("live"), path("older"));
        }
        copy(path("live"), path("killed"));
        // The same after a restart: what was in the log is in tables now.
        store->reset();
        ASSERT_TRUE(open(path("live")));
        copy(path("live"), path("rested"));
    }
    static void TearDownTestSuite() { delete directory_; }

    static std::string path(const std::string& name) { return directory_->path() + "/" + name; }
    std::string damaged(const std::string& of = "killed") {
        copy(path(of), path("damaged"));
        return path("damaged");
    }
    static Verdict judge_damaged(std::string* why = nullptr) {
        return judge(path("damaged"), kEvents, why);
    }

    static TemporaryDirectory* directory_;
};
TemporaryDirectory* KilledStore::directory_ = nullptr;

TEST_F(KilledStore, OpensWhole) {
    damaged();
    EXPECT_EQ(name_of(judge_damaged()), std::string("opens whole"));
    EXPECT_EQ(name_of(judge(damaged("rested"), kEvents)), std::string("opens whole"));
    auto store = open(path("damaged"));
    auto report = (*store)->verify();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<std::string>{});
    EXPECT_EQ(report->events_checked, kEvents);
}

struct LogDamage {
    const char* name;
    void (*apply)(const std::string& path);
};
const LogDamage kLogDamages[] = {
    {"the tail torn", [](const std::string& p) { fs::resize_file(p, fs::file_size(p) - 7); }},
    {"a bit flipped in the last record",
     [](const std::string& p) {
         std::string bytes = bytes_of(p);
         bytes[bytes.size() - 20] ^= 1;
         put_bytes(p, bytes);
     }},
    {"a bit flipped in the middle",
     [](const std::string& p) {
         std::string bytes = bytes_of(p);
         bytes[bytes.size() / 2] ^= 1;
         put_bytes(p, bytes);
     }},
    {"4 KiB zeroed in the middle",
     [](const std::string& p) {
         std::string bytes = bytes_of(p);
         std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), 4096, '\0');
         put_bytes(p, bytes);
     }},
    {"cut at three quarters",
     [](const std::string& p) { fs::resize_file(p, fs::file_size(p) * 3 / 4); }},
    {"emptied", [](const std::string& p) { fs::resize_file(p, 0); }},
    {"deleted", [](const std::string& p) { fs::remove(p); }},
};

TEST_F(KilledStore, RefusesWhereverTheLogLostWhatWasAcknowledged) {
    for (const LogDamage& damage : kLogDamages) {
        const std::string directory = damaged();
        damage.apply(file_of(directory, ".log"));
        std::string why;
        EXPECT_EQ(name_of(judge_damaged(&why)), std::string("refuses")) << damage.name;
        EXPECT_NE(why.find("attune restore"), why.npos) << why;
    }
}

TEST_F(KilledStore, ARefusalChangesNothingAndRepeats) {
    const std::string directory = damaged();
    const std::string log = file_of(directory, ".log");
    fs::resize_file(log, fs::file_size(log) * 3 / 4);
    const std::string before = bytes_of(log);
    EXPECT_EQ(judge_damaged(), Verdict::refuses);
    EXPECT_EQ(bytes_of(log), before);
    EXPECT_EQ(judge_damaged(), Verdict::refuses);
    auto report = verify_directory(directory);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->problems.empty());
}

TEST_F(KilledStore, SaysExactlyWhatIsMissing) {
    const std::string directory = damaged();
    fs::remove(file_of(directory, ".log"));
    std::string why;
    ASSERT_EQ(judge_damaged(&why), Verdict::refuses);
    // The document and 200 appends.
    EXPECT_NE(why.find("commits 1 to 201 were acknowledged and are missing"), why.npos) << why;
}

TEST_F(KilledStore, OpensWhenOnlyAnUnacknowledgedTailIsTorn) {
    // The log of 200 commits with the mark of half of them: the rest was never acknowledged.
    const std::string directory = damaged();
    fs::copy_file(path("older") + "/MARK", directory + "/MARK",
                  fs::copy_options::overwrite_existing);
    const std::string log = file_of(directory, ".log");
    fs::resize_file(log, fs::file_size(log) * 3 / 4);
    EXPECT_EQ(name_of(judge(directory, kEvents / 2)), std::string("opens whole"));
    auto report = verify_directory(directory);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<std::string>{});
}

TEST_F(KilledStore, AMissingMarkMeansRefusal) {
    fs::remove(damaged() + "/MARK");
    EXPECT_EQ(judge_damaged(), Verdict::refuses);
    put_bytes(damaged() + "/MARK", std::string(8'192, '\0'));
    EXPECT_EQ(judge_damaged(), Verdict::refuses);
}

TEST_F(KilledStore, OneTornMarkSlotIsSurvived) {
    for (std::size_t slot : {0u, 1u}) {
        const std::string mark = damaged() + "/MARK";
        std::string bytes = bytes_of(mark);
        bytes[slot * 4'096 + 30] ^= 0x40;
        put_bytes(mark, bytes);
        EXPECT_EQ(name_of(judge_damaged()), std::string("opens whole"));
    }
}

TEST_F(KilledStore, AMissingDatabaseIsNotANewStore) {
    fs::remove_all(damaged() + "/db");
    EXPECT_EQ(judge_damaged(), Verdict::refuses);
    EXPECT_FALSE(fs::exists(path("damaged") + "/db/CURRENT")) << "nothing is made in its place";
    fs::remove(damaged() + "/db/CURRENT");
    EXPECT_EQ(judge_damaged(), Verdict::refuses);
}

TEST_F(KilledStore, AJournalOfTablesToldTwiceMeansRefusal) {
    const std::string manifest = file_of(damaged("rested"), "MANIFEST-");
    put_bytes(manifest, bytes_of(manifest) + bytes_of(manifest));
    std::string why;
    EXPECT_EQ(name_of(judge_damaged(&why)), std::string("refuses"));
    EXPECT_NE(why.find("goes back in time"), why.npos) << why;
}

// A table that the journal does not list, as a process leaves that dies while it flushes or compacts.
void leave_a_table(const std::string& directory) {
    const std::string table = file_of(directory, ".sst");
    fs::copy_file(table, fs::path(table).replace_filename("999999.sst"));
}

// How often opening had to read everything.
int delays(const std::string& directory) {
    int delays = 0;
    auto store = open_rocksdb({.directory = directory,
                               .disk_reserve_bytes = 16u << 20,
                               .memory_bytes = 16u << 20,
                               .on_delay = [&](std::string_view) { ++delays; }});
    EXPECT_TRUE(store) << store.error().message;
    return delays;
}

TEST_F(KilledStore, TablesLeftByADyingProcessDoNotDelayOpening) {
    leave_a_table(damaged("rested"));
    EXPECT_EQ(delays(path("damaged")), 0);
}

TEST_F(KilledStore, WithoutTheMarksWordOnTheJournalEverythingIsRead) {
    leave_a_table(damaged("rested"));
    const std::string mark = path("damaged") + "/MARK";
    rocks::Mark without = *rocks::MarkFile::read(mark);
    EXPECT_NE(without.manifest.number, 0u);
    without.manifest = {};
    fs::remove(mark);
    ASSERT_TRUE(rocks::MarkFile::create(mark, without));
    EXPECT_EQ(delays(path("damaged")), 1);
    EXPECT_EQ(delays(path("damaged")), 0) << "now the mark has noted it";
}

TEST_F(KilledStore, AFlushIsNotedWithoutAnotherWrite) {
    const std::string directory = damaged("rested");
    auto store = open(directory);
    append(**store, kEvents);
    const auto before = rocks::MarkFile::read(directory + "/MARK")->manifest;
    ASSERT_TRUE((*store)->flush());
    store->reset();
    const auto after = rocks::MarkFile::read(directory + "/MARK")->manifest;
    EXPECT_EQ(after.number, before.number);
    EXPECT_EQ(after, *rocks::manifest_state(directory + "/db"));
}

TEST_F(KilledStore, AFilesOlderVersionIsNoticedOrHarmless) {
    for (const std::string& from : files_in(path("older"))) {
        const std::string directory = damaged();
        fs::copy_file(from, directory + from.substr(path("older").size()),
                      fs::copy_options::overwrite_existing);
        EXPECT_NE(judge_damaged(), Verdict::silent_loss) << from;
    }
}

void mutate(const std::string& path, std::mt19937_64& random) {
    std::string bytes = bytes_of(path);
    if (bytes.empty()) return;
    const std::size_t at = random() % bytes.size();
    switch (random() % 6) {
        case 0:
            bytes.resize(at);
            break;
        case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
            break;
        case 2:
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        std::min<std::size_t>(4'096, bytes.size() - at), '\0');
            break;
        case 3:
            fs::remove(path);
            return;
        case 4:
            bytes += bytes;
            break;
        default: {
            const std::size_t block = std::min<std::size_t>(4'096, bytes.size() / 2);
            std::swap_ranges(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(block),
                             bytes.end() - static_cast<std::ptrdiff_t>(block));
        }
    }
    put_bytes(path, bytes);
}

TEST_F(KilledStore, RandomDamageToAnyFileIsNeverASilentLoss) {
    const char* size = std::getenv("ATTUNE_MUTATIONS");
    const char* given = std::getenv("ATTUNE_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : 7;
    const int mutations = size ? std::atoi(size) : 24;
    std::mt19937_64 random(seed);
    std::array<int, 4> verdicts{};
    for (int i = 0; i < mutations; ++i) {
        const std::string directory = damaged(i % 2 == 0 ? "killed" : "rested");
        const auto files = files_in(directory);
        const std::string& file = files[random() % files.size()];
        mutate(file, random);
        const Verdict verdict = judge_damaged();
        ++verdicts[static_cast<std::size_t>(verdict)];
        EXPECT_NE(verdict, Verdict::silent_loss)
            << "ATTUNE_SEED=" << seed << " mutation " << i << " of " << file;
    }
    std::printf("%d mutations: %d opened whole, %d refused, %d showed on reading\n", mutations,
                verdicts[0], verdicts[1], verdicts[2]);
}

// One that cannot be written would end the process (Debian's RocksDB asserts then).
TEST(RocksDirectory, HoldsNoLogOfRocksDBsOwn) {
    const TemporaryDirectory directory;
    ASSERT_TRUE(open(directory.path()));
    EXPECT_FALSE(fs::exists(directory.path() + "/db/LOG"));
}

TEST(RocksDirectory, IsForOneStoreAtATime) {
    const TemporaryDirectory directory;
    auto first = open(directory.path());
    ASSERT_TRUE(first);
    auto second = open(directory.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::failed_precondition);
    EXPECT_NE(second.error().message.find("in use"), std::string::npos);
    EXPECT_EQ(verify_directory(directory.path()).error().code, Code::failed_precondition);
    first->reset();
    EXPECT_TRUE(open(directory.path()));
}

TEST(RocksDirectory, OfANewerFormatIsRefusedAndLeftAlone) {
    const TemporaryDirectory directory;
    ASSERT_TRUE(open(directory.path()));
    const std::string path = rocks::mark_path(directory.path());
    rocks::Mark mark = *rocks::MarkFile::read(path);
    mark.format = rocks::kFormat + 1;
    ASSERT_TRUE(rocks::MarkFile::create(path, mark));
    auto store = open(directory.path());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Code::failed_precondition);
    EXPECT_NE(store.error().message.find("newer version"), std::string::npos);
}

// Copies taken while the store works are what a power cut would leave (a file system's reordering aside). Each must
// hold what its own mark says.
TEST(RocksDirectory, CopiedWhileItWorksHoldsWhatItsMarkSays) {
    const TemporaryDirectory directory;
    auto store = open(directory.path() + "/live");
    ASSERT_TRUE(store);
    std::vector<base::Ticket> tickets;
    for (std::uint64_t key = 0; key < 2'000; ++key) {
        tickets.push_back(*(*store)->append({.tenant = kTenant,
                                             .person = id_of(key % kPeople),
                                             .events = {{id_of(key), std::string(200, 'x')}}}));
        if (key % 500 != 250) continue;
        // The mark first: a copy of it from later than the log would state what the copied log lacks.
        const std::string to = directory.path() + "/copy" + std::to_string(key);
        fs::create_directories(to);
        const Sequence durable = (*store)->stats().last_durable;
        fs::copy_file(directory.path() + "/live/MARK", to + "/MARK");
        fs::copy(directory.path() + "/live/db", to + "/db", fs::copy_options::recursive);
        auto copied = open(to);
        ASSERT_TRUE(copied) << copied.error().message;
        EXPECT_GE((*copied)->stats().last_committed, durable);
        auto report = (*copied)->verify();
        ASSERT_TRUE(report);
        EXPECT_EQ(report->problems, std::vector<std::string>{});
    }
    for (auto& ticket : tickets) EXPECT_TRUE(ticket.wait());
}

}  // namespace
}  // namespace attune::store
