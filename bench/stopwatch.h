// What a stretch of work took: events a second, and processor time of all threads, which a busy
// machine does not stretch as it does the wall clock.
//
//     bench::Stopwatch watch;
//     for (…) { watch.aside([&] { prepare(); });  work(); }
//     watch.rate(events)
//
// One thread uses it.
#pragma once

#include <chrono>
#include <cstddef>
#include <ctime>

namespace attune::bench {

struct Rate {
    double events_per_second = 0;
    double cpu_us_per_event = 0;
};

class Stopwatch {
public:
    // Does what is not to be counted. Other threads go on meanwhile, and what they do counts.
    template <class Work>
    void aside(Work work) {
        const auto began = Steady::now();
        const double cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
        work();
        cpu_ += cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
        began_ += Steady::now() - began;
    }

    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(Steady::now() - began_).count();
    }
    [[nodiscard]] Rate rate(std::size_t events) const {
        const auto count = static_cast<double>(events);
        return {count / seconds(), (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_) * 1e6 / count};
    }

private:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] static double cpu_seconds(clockid_t clock) {
        timespec now{};
        clock_gettime(clock, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
    }

    Steady::time_point began_ = Steady::now();
    double cpu_ = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
};

}  // namespace attune::bench
