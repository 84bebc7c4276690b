// What durability costs: the store's rate with fsync acknowledgement beside a bare RocksDB program that writes the same
// records (an event row for each person and batch, an id row for each event) with the same batches and syncs.
//
//     store_bench [directory [batches]]      the directory must not exist; default: one under /var/tmp
#include "store/rocksdb/rocksdb_store.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <random>
#include <thread>

namespace {

using namespace attune;
using Steady = std::chrono::steady_clock;
constexpr std::size_t kBatch = 1'000;
constexpr std::uint64_t kPeople = 100'000;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}
double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

base::Id128 random_id(std::mt19937_64& random) {
    base::Id128 id;
    for (std::size_t i = 0; i < 16; i += 8) {
        const std::uint64_t word = random();
        std::memcpy(id.bytes.data() + i, &word, 8);
    }
    return id;
}
base::Id128 person(std::uint64_t number) {
    std::mt19937_64 random(number);
    return random_id(random);
}
// 200 to 300 bytes that compress about as JSON does.
std::string payload(std::mt19937_64& random) {
    std::string text = R"({"event":"view","item_id":"item-)" + std::to_string(random() % 50'000) +
                       R"(","properties":{"screen":"home","position":)" +
                       std::to_string(random() % 40) + R"(},"session":")" +
                       random_id(random).to_text() + R"(","time":"2026-03-01T12:30:00Z","pad":")";
    text.append(200 + random() % 100 - std::min<std::size_t>(text.size(), 190), 'x');
    return text + "\"}";
}

struct Rate {
    double events_per_second = 0;
    double cpu_us_per_event = 0;
};
Rate rate_of(std::size_t events, Steady::time_point start, double cpu) {
    return {static_cast<double>(events) / seconds_since(start),
            (cpu_seconds() - cpu) * 1e6 / static_cast<double>(events)};
}

[[noreturn]] void stop(const std::string& what) {
    std::fprintf(stderr, "store_bench: %s\n", what.c_str());
    std::exit(1);
}

Rate bare(const std::string& directory, std::size_t batches) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.compression = rocksdb::kLZ4Compression;
    rocksdb::BlockBasedTableOptions table;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    std::vector<rocksdb::ColumnFamilyDescriptor> families{{"default", options}, {"ids", options}};
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    if (!rocksdb::DB::Open(options, directory, families, &handles, &db).ok())
        stop("cannot open the bare database");
    std::mt19937_64 random(1);
    rocksdb::WriteOptions sync;
    sync.sync = true;
    const auto start = Steady::now();
    const double cpu = cpu_seconds();
    for (std::size_t i = 0; i < batches; ++i) {
        rocksdb::WriteBatch batch;
        std::string sequence(8, '\0');
        for (int shift = 0; shift < 8; ++shift)
            sequence[7 - shift] = static_cast<char>(i >> (8 * shift));
        for (std::size_t k = 0; k < kBatch; ++k) {
            const std::string key =
                std::string(4, '\0') + std::string(person(random() % kPeople).view()) + sequence;
            batch.Put(handles[0], key, payload(random));
            batch.Put(handles[1], std::string(4, '\0') + std::string(random_id(random).view()),
                      sequence);
        }
        if (!db->Write(sync, &batch).ok()) stop("cannot write");
    }
    const Rate rate = rate_of(batches * kBatch, start, cpu);
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
    return rate;
}

std::unique_ptr<store::Store> open(const std::string& directory) {
    auto store = store::open_rocksdb({.directory = directory});
    if (!store) stop(store.error().message);
    return *std::move(store);
}

Rate ours(const std::string& directory, std::size_t batches) {
    auto store = open(directory);
    std::mt19937_64 random(1);
    const auto start = Steady::now();
    const double cpu = cpu_seconds();
    std::vector<base::Ticket> tickets;
    for (std::size_t i = 0; i < batches; ++i) {
        tickets.clear();
        for (std::size_t k = 0; k < kBatch; ++k) {
            const store::PersonId who = person(random() % kPeople);
            std::string event = payload(random);
            auto ticket = store->append(
                {.tenant = {1}, .person = who, .events = {{random_id(random), std::move(event)}}});
            if (!ticket) stop(ticket.error().message);
            tickets.push_back(*ticket);
        }
        for (auto& ticket : tickets)
            if (auto durable = ticket.wait(); !durable) stop(durable.error().message);
    }
    return rate_of(batches * kBatch, start, cpu);
}

void concurrent(const std::string& directory) {
    auto store = open(directory);
    constexpr std::size_t kThreads = 16, kInFlight = 16, kEach = 2'000;
    const auto start = Steady::now();
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            std::mt19937_64 random(100 + t);
            std::deque<base::Ticket> waiting;
            for (std::size_t i = 0; i < kEach; ++i) {
                waiting.push_back(
                    *store->append({.tenant = {1},
                                    .person = person(random() % kPeople),
                                    .events = {{random_id(random), payload(random)}}}));
                if (waiting.size() < kInFlight) continue;
                (void)waiting.front().wait();
                waiting.pop_front();
            }
            for (auto& ticket : waiting) (void)ticket.wait();
        });
    for (auto& thread : threads) thread.join();
    const store::Stats stats = store->stats();
    std::printf(
        "single events, %zu in flight: %.0f events/s; %llu events in %llu commits, %llu syncs (log "
        "and mark)\n",
        kThreads * kInFlight, static_cast<double>(kThreads * kEach) / seconds_since(start),
        static_cast<unsigned long long>(stats.events),
        static_cast<unsigned long long>(stats.commits),
        static_cast<unsigned long long>(stats.syncs));
}

void reopen_and_read(const std::string& directory) {
    auto start = Steady::now();
    auto store = open(directory);
    std::printf("opened in %.0f ms: %llu events\n", seconds_since(start) * 1e3,
                static_cast<unsigned long long>(store->stats().events));
    std::vector<double> micros;
    std::mt19937_64 random(9);
    for (int i = 0; i < 2'000; ++i) {
        const store::PersonId who = person(random() % kPeople);
        start = Steady::now();
        (void)store->get_checkpoint({1}, who);
        (void)store->scan_user({1}, who, {}, [](const store::LoggedEvent&) { return true; });
        micros.push_back(seconds_since(start) * 1e6);
    }
    std::ranges::sort(micros);
    std::printf("cold read of a person (checkpoint and log): p50 %.0f us, p99 %.0f us\n",
                micros[micros.size() / 2], micros[micros.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string directory =
        argc > 1 ? argv[1] : "/var/tmp/attune-store-bench-" + std::to_string(::getpid());
    const std::size_t batches = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200;
    std::filesystem::create_directories(directory);
    const Rate floor = bare(directory + "/bare", batches);
    std::printf("bare RocksDB, batches of %zu, synced: %.0f events/s, %.2f us CPU an event\n",
                kBatch, floor.events_per_second, floor.cpu_us_per_event);
    const Rate rate = ours(directory + "/ours", batches);
    std::printf("the store, fsync acknowledgement:      %.0f events/s, %.2f us CPU an event\n",
                rate.events_per_second, rate.cpu_us_per_event);
    std::printf("ratio: %.2f by rate, %.2f by CPU (at least 0.8 wanted)\n",
                rate.events_per_second / floor.events_per_second,
                floor.cpu_us_per_event / rate.cpu_us_per_event);
    reopen_and_read(directory + "/ours");
    concurrent(directory + "/single");
    std::filesystem::remove_all(directory);
}
