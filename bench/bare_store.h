// The floor under storage: a program that puts the rows of our commits into a database with our
// settings, batches and syncs, and does nothing else. What it stores, the benchmarks of the store
// store too.
#pragma once

#include "bench/stopwatch.h"
#include "store/store.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace attune::bench {

inline constexpr std::size_t kBatchEvents = 1'000;
inline constexpr std::uint64_t kPeople = 100'000;

[[noreturn]] void stop(const std::string& why);

struct SampleEvent {
    store::PersonId who;
    store::StoredEvent event;
};
// Always the same id for the same number.
[[nodiscard]] store::PersonId sample_person(std::uint64_t number);
// A view of an app by one of kPeople, as the engine stores it.
[[nodiscard]] SampleEvent sample_event(std::mt19937_64& random);

// Commits `batches`, each durable (log and mark) before the next. Making the rows is not counted. Ends the program when
// something fails.
[[nodiscard]] Rate bare_commits(const std::string& directory, std::size_t batches,
                                std::size_t events_of_batch = kBatchEvents);

}  // namespace attune::bench
