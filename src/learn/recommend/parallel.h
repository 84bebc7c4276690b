// Work on many rows by several threads. Each row is one worker's, so what is written per row is the same for any number of
// threads; sums over rows belong in per-chunk results that are added up in order.
//
//     ATTUNE_TRY_VOID(for_chunks(rows, 256, training, [&](std::size_t begin, std::size_t end, unsigned worker) { … }));
#pragma once

#include "learn/recommend/learner.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace attune::learn {

// Calls `work(begin, end, worker)` for chunks of `chunk` rows; worker is below training.threads. Fails with cancelled
// when training.stop was asked for, once the running chunks are done. `work` must not throw.
template <class Work>
Result<void> for_chunks(std::size_t rows, std::size_t chunk, const Training& training,
                        const Work& work) {
    std::atomic<std::size_t> next = 0;
    const auto run = [&](unsigned worker) {
        while (!training.stop.stop_requested()) {
            const std::size_t begin = next.fetch_add(chunk, std::memory_order_relaxed);
            if (begin >= rows) return;
            work(begin, std::min(begin + chunk, rows), worker);
        }
    };
    {
        std::vector<std::jthread> others;
        const auto useful = static_cast<unsigned>(
            std::min<std::size_t>(std::max(1U, training.threads), rows / chunk + 1));
        for (unsigned worker = 1; worker < useful; ++worker) others.emplace_back(run, worker);
        run(0);
    }
    if (training.stop.stop_requested()) return fail(Code::cancelled, "learning was stopped");
    return {};
}

}  // namespace attune::learn
