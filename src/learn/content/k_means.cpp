#include "learn/content/k_means.h"

#include "base/random.h"
#include "learn/recommend/parallel.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace attune::learn {

namespace {

constexpr std::size_t kChunk = 256;

struct Rows {
    std::span<const float> values;
    std::size_t dimensions;

    [[nodiscard]] std::size_t size() const { return values.size() / dimensions; }
    [[nodiscard]] std::span<const float> operator[](std::size_t row) const {
        return values.subspan(row * dimensions, dimensions);
    }
};

float square_distance(std::span<const float> a, std::span<const float> b) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

class Rounds {
public:
    Rounds(const Rows& rows, const Training& training)
        : rows_(rows),
          training_(training),
          distances_(rows.size(), std::numeric_limits<float>::infinity()) {
        out_.of.assign(rows.size(), kNoCluster);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto values = rows[row];
            if (std::ranges::any_of(values, [](float value) { return value != 0; }))
                known_.push_back(row);
        }
    }

    // Each next centre is a row, drawn by its squared distance from those there are.
    Result<void> start(std::uint32_t clusters) {
        base::SeededRandom random(training_.seed);
        for (std::uint32_t cluster = 0; cluster < clusters && !known_.empty(); ++cluster) {
            const std::size_t row =
                cluster == 0 ? known_[random.below(known_.size())] : drawn(random.unit());
            if (row == rows_.size()) break;  // every row is a centre already
            const auto values = rows_[row];
            out_.centres.insert(out_.centres.end(), values.begin(), values.end());
            out_.clusters = cluster + 1;
            ATTUNE_TRY_VOID(assign(cluster));
        }
        return {};
    }

    Result<void> run(std::uint32_t rounds) {
        for (std::uint32_t round = 0; round < rounds; ++round) {
            const std::vector<std::uint32_t> before = out_.of;
            move_centres();
            std::ranges::fill(distances_, std::numeric_limits<float>::infinity());
            ATTUNE_TRY_VOID(assign(0));
            if (out_.of == before) break;
        }
        for (const std::size_t row : known_) out_.spread += distances_[row];
        return {};
    }

    [[nodiscard]] Clustering result() && { return std::move(out_); }

private:
    // The row at which the squared distances, added up, pass the share; the number of rows where all are 0.
    [[nodiscard]] std::size_t drawn(double share) const {
        double whole = 0;
        for (const std::size_t row : known_) whole += distances_[row];
        double left = share * whole;
        std::size_t last = rows_.size();
        for (const std::size_t row : known_) {
            if (distances_[row] <= 0) continue;
            last = row;
            left -= distances_[row];
            if (left < 0) break;
        }
        return last;
    }

    // Rows go to a centre from `first` on where that is nearer than their own.
    Result<void> assign(std::uint32_t first) {
        return for_chunks(
            known_.size(), kChunk, training_, [&](std::size_t begin, std::size_t end, unsigned) {
                for (std::size_t i = begin; i < end; ++i) {
                    const std::size_t row = known_[i];
                    for (std::uint32_t cluster = first; cluster < out_.clusters; ++cluster) {
                        const float distance = square_distance(rows_[row], centre(cluster));
                        if (!(distance < distances_[row])) continue;
                        distances_[row] = distance;
                        out_.of[row] = cluster;
                    }
                }
            });
    }

    void move_centres() {
        const std::size_t dimensions = rows_.dimensions;
        std::vector<double> sums(out_.clusters * dimensions);
        std::vector<std::size_t> sizes(out_.clusters);
        for (const std::size_t row : known_) {
            const std::uint32_t cluster = out_.of[row];
            ++sizes[cluster];
            const auto values = rows_[row];
            for (std::size_t i = 0; i < dimensions; ++i)
                sums[cluster * dimensions + i] += values[i];
        }
        for (std::uint32_t cluster = 0; cluster < out_.clusters; ++cluster) {
            if (sizes[cluster] == 0) {
                restart(cluster);
                continue;
            }
            for (std::size_t i = 0; i < dimensions; ++i)
                out_.centres[cluster * dimensions + i] = static_cast<float>(
                    sums[cluster * dimensions + i] / static_cast<double>(sizes[cluster]));
        }
    }

    // A centre that everybody left goes to the row that is farthest from its own.
    void restart(std::uint32_t cluster) {
        const auto farthest =
            *std::ranges::max_element(known_, {}, [&](std::size_t row) { return distances_[row]; });
        std::ranges::copy(rows_[farthest], out_.centres.begin() + static_cast<std::ptrdiff_t>(
                                                                      cluster * rows_.dimensions));
        distances_[farthest] = 0;
    }

    [[nodiscard]] std::span<const float> centre(std::uint32_t cluster) const {
        return std::span(out_.centres).subspan(cluster * rows_.dimensions, rows_.dimensions);
    }

    Rows rows_;
    const Training& training_;
    std::vector<std::size_t> known_;  // rows that are not zero
    std::vector<float> distances_;    // of each row from its centre, squared
    Clustering out_;
};

}  // namespace

Result<Clustering> k_means(std::span<const float> rows, std::size_t dimensions,
                           const ClusteringShape& shape, const Training& training) {
    ATTUNE_CHECK(dimensions > 0 && rows.size() % dimensions == 0);
    Rounds rounds({rows, dimensions}, training);
    ATTUNE_TRY_VOID(rounds.start(shape.clusters));
    ATTUNE_TRY_VOID(rounds.run(shape.rounds));
    return std::move(rounds).result();
}

}  // namespace attune::learn
