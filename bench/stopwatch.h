// What a stretch of work took: events a second, and processor time of all threads, which a busy
// machine does not stretch as it does the wall clock.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstddef>

namespace attune::bench {

struct Rate {
    double events_per_second = 0;
    double cpu_us_per_event = 0;
};

class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(Steady::now() - began_).count();
    }
    [[nodiscard]] Rate rate(std::size_t events) const {
        const auto count = static_cast<double>(events);
        return {count / seconds(), (cpu_seconds() - cpu_) * 1e6 / count};
    }

private:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] static double cpu_seconds() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        auto of = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        };
        return of(usage.ru_utime) + of(usage.ru_stime);
    }

    Steady::time_point began_ = Steady::now();
    double cpu_ = cpu_seconds();
};

}  // namespace attune::bench
