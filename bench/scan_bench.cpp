// What the best ten of a factor model cost, against the time in which this machine's memory delivers the bytes that a scan
// reads, and against comparing all scores in floats.
//
// Two worlds, because what a bound can rule out depends on the data: rows at random, and rows around 2,000 centres with norms
// that differ as popularity does. A query is near some row, as a person is near what they like.
#include "learn/scan/factor_scan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

namespace attune::learn {
namespace {

using Watch = std::chrono::steady_clock;
constexpr std::size_t kDimensions = 64;
constexpr int kRepeats = 41;

double median_ms(const std::function<void(int)>& work) {
    std::vector<double> times;
    for (int i = 0; i < kRepeats; ++i) {
        const auto start = Watch::now();
        work(i);
        times.push_back(std::chrono::duration<double, std::milli>(Watch::now() - start).count());
    }
    std::ranges::sort(times);
    return times[kRepeats / 2];
}

std::vector<float> rows_of(std::size_t items, bool is_clustered, std::mt19937& engine) {
    std::normal_distribution<float> normal;
    constexpr std::size_t kCentres = 2'000;
    std::vector<float> centres(kCentres * kDimensions);
    for (float& value : centres) value = normal(engine);
    std::vector<float> rows(items * kDimensions);
    for (std::size_t item = 0; item < items; ++item) {
        const std::size_t centre = engine() % kCentres;
        const float size = is_clustered ? std::exp(0.5F * normal(engine)) : 1;
        for (std::size_t d = 0; d < kDimensions; ++d)
            rows[item * kDimensions + d] =
                is_clustered ? size * (centres[centre * kDimensions + d] + 0.4F * normal(engine))
                             : normal(engine);
    }
    return rows;
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
std::uint64_t
sum_of(const std::vector<std::uint64_t>& memory) {
    std::uint64_t sums[32] = {};
    for (std::size_t i = 0; i + 32 <= memory.size(); i += 32)
        for (std::size_t lane = 0; lane < 32; ++lane) sums[lane] += memory[i + lane];
    std::uint64_t sum = 0;
    for (const std::uint64_t one : sums) sum += one;
    return sum;
}

// Milliseconds in which one thread reads this many bytes.
double reading_ms(std::size_t bytes) {
    const std::vector<std::uint64_t> memory(bytes / 8 + 32, 1);
    std::uint64_t sink = 0;
    const double ms = median_ms([&](int) { sink += sum_of(memory); });
    if (sink == 0) std::printf("nothing was read\n");
    return ms;
}

void run(std::size_t items, bool is_clustered) {
    std::mt19937 engine(7);  // NOLINT(bugprone-random-generator-seed): replays
    const auto scan = FactorScan::of(rows_of(items, is_clustered, engine), kDimensions);
    std::normal_distribution<float> normal;
    std::vector<std::vector<float>> queries(kRepeats);
    for (auto& query : queries) {
        const auto row = scan->row(static_cast<ItemIndex>(engine() % items));
        query.assign(row.begin(), row.end());
        for (float& value : query) value += 0.5F * normal(engine);
    }
    const ItemMask all(scan->items());
    ItemMask tenth(scan->items(), false);
    for (ItemIndex item = 0; item < scan->items(); ++item)
        if (item / 256 % 10 == 3) tenth.allow(item);
    std::size_t found = 0;
    const auto search = [&](std::size_t limit, const ItemMask& allowed,
                            const ScanOptions& options) {
        return median_ms(
            [&](int i) { found += scan->best(queries[i], limit, allowed, options).size(); });
    };

    std::vector<float> scores(items);
    std::size_t same = 0;
    double floats_ms = 0;
    std::vector<std::vector<Scored>> exact;
    floats_ms = median_ms([&](int i) {
        scan->score(queries[i], scores);
        exact.push_back(best_of_scores(scores, 10, all));
    });
    for (int i = 0; i < kRepeats; ++i)
        for (const Scored& one : scan->best(queries[i], 10, all))
            same += static_cast<std::size_t>(std::ranges::count(exact[i], one.item, &Scored::item));

    const std::size_t read = scan->bytes() - items * kDimensions * sizeof(float);
    const double floor_ms = reading_ms(read);
    const double ten_ms = search(10, all, {});
    std::printf(
        "%7zu items, %s: top 10 %.3f ms (two threads %.3f), of a tenth %.3f, top 500 %.3f\n", items,
        is_clustered ? "clustered" : "random   ", ten_ms, search(10, all, {.threads = 2}),
        search(10, tenth, {}), search(500, all, {}));
    std::printf(
        "        reading its %.1f MB: %.3f ms, ratio %.2f; all scores in floats: %.3f ms; "
        "recall@10 %.4f\n",
        static_cast<double>(read) / 1e6, floor_ms, ten_ms / floor_ms, floats_ms,
        static_cast<double>(same) / (10.0 * kRepeats));
    for (const DotLoops& loops : all_dot_loops())
        if (loops.is_supported())
            std::printf("        %-12s %.3f ms\n", loops.name.data(),
                        search(10, all, {.loops = &loops}));
    if (found == 0) std::printf("nothing was found\n");
}

}  // namespace
}  // namespace attune::learn

int main() {
    for (const std::size_t items : {10'000, 100'000, 300'000, 1'000'000})
        for (const bool is_clustered : {false, true}) attune::learn::run(items, is_clustered);
}
