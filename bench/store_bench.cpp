// What durability costs: the store's rate with fsync acknowledgement beside a bare program that puts the same rows into
// RocksDB with the same batches and syncs.
//
//     store_bench [directory [batches]]      the directory must not exist; default: one under /var/tmp
#include "bench/bare_store.h"
#include "store/rocksdb/rocksdb_store.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <thread>

namespace {

using namespace attune;
using bench::kBatchEvents;
using bench::Rate;
using bench::stop;
using bench::Stopwatch;

std::unique_ptr<store::Store> open(const std::string& directory) {
    auto store = store::open_rocksdb({.directory = directory});
    if (!store) stop(store.error().message);
    return *std::move(store);
}

store::Append append_of(bench::SampleEvent sample) {
    return {.tenant = {1}, .person = sample.who, .events = {std::move(sample.event)}};
}

Rate ours(const std::string& directory, std::size_t batches) {
    auto store = open(directory);
    std::mt19937_64 random(1);
    std::vector<bench::SampleEvent> events;
    std::vector<base::Ticket> tickets;
    Stopwatch watch;
    for (std::size_t i = 0; i < batches; ++i) {
        tickets.clear();
        watch.aside([&] {
            events.clear();
            for (std::size_t k = 0; k < kBatchEvents; ++k)
                events.push_back(bench::sample_event(random));
        });
        for (bench::SampleEvent& event : events) {
            auto ticket = store->append(append_of(std::move(event)));
            if (!ticket) stop(ticket.error().message);
            tickets.push_back(*ticket);
        }
        for (auto& ticket : tickets)
            if (auto durable = ticket.wait(); !durable) stop(durable.error().message);
    }
    return watch.rate(batches * kBatchEvents);
}

void concurrent(const std::string& directory) {
    auto store = open(directory);
    constexpr std::size_t kThreads = 16, kInFlight = 16, kEach = 2'000;
    const Stopwatch watch;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            std::mt19937_64 random(100 + t);
            std::deque<base::Ticket> waiting;
            for (std::size_t i = 0; i < kEach; ++i) {
                waiting.push_back(*store->append(append_of(bench::sample_event(random))));
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
        kThreads * kInFlight, static_cast<double>(kThreads * kEach) / watch.seconds(),
        static_cast<unsigned long long>(stats.events),
        static_cast<unsigned long long>(stats.commits),
        static_cast<unsigned long long>(stats.syncs));
}

void reopen_and_read(const std::string& directory) {
    const Stopwatch opening;
    auto store = open(directory);
    std::printf("opened in %.0f ms: %llu events\n", opening.seconds() * 1e3,
                static_cast<unsigned long long>(store->stats().events));
    std::vector<double> micros;
    std::mt19937_64 random(9);
    for (int i = 0; i < 2'000; ++i) {
        const store::PersonId who = bench::sample_person(random() % bench::kPeople);
        const Stopwatch reading;
        (void)store->get_checkpoint({1}, who);
        (void)store->scan_user({1}, who, {}, [](const store::LoggedEvent&) { return true; });
        micros.push_back(reading.seconds() * 1e6);
    }
    std::ranges::sort(micros);
    std::printf("cold read of a person (checkpoint and log): p50 %.0f us, p99 %.0f us\n",
                micros[micros.size() / 2], micros[micros.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string directory =
        argc > 1 ? argv[1] : "/var/tmp/attune-store-bench-" + std::to_string(::getpid());
    const std::size_t batches = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'200;
    std::filesystem::create_directories(directory);
    const Rate floor = bench::bare_commits(directory + "/bare", batches);
    std::printf("bare RocksDB, batches of %zu, synced: %.0f events/s, %.2f us CPU an event\n",
                kBatchEvents, floor.events_per_second, floor.cpu_us_per_event);
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
