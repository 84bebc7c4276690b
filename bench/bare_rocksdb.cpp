// What nothing but storing would cost, as one line of JSON for bench/reach_bench.py:
//
//     bare_rocksdb [BATCHES [EVENTS]]     by default so many of 1,000 that RocksDB has to compact, as a server must that goes on
#include "bench/bare_store.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

int main(int argc, char** argv) {
    const std::size_t batches = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'200;
    const std::size_t events =
        argc > 2 ? std::strtoul(argv[2], nullptr, 10) : attune::bench::kBatchEvents;
    const std::string directory = "/var/tmp/attune-bare-" + std::to_string(::getpid());
    const attune::bench::Rate rate = attune::bench::bare_commits(directory, batches, events);
    std::filesystem::remove_all(directory);
    std::printf("{\"events_per_second\":%.0f,\"cpu_us_per_event\":%.3f}\n", rate.events_per_second,
                rate.cpu_us_per_event);
}
