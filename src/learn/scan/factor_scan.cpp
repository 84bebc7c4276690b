#include "learn/scan/factor_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <thread>

namespace attune::learn {

namespace {

// A run of blocks whose sums stay in the fastest cache between the two loops that make and read them.
constexpr std::size_t kRunBlocks = 32;
constexpr std::size_t kHeadLines = 2;  // scales, biases
constexpr double kRounding = 0x1p-24;  // of one float operation, relative
// Bounds are worked out in floats themselves: this covers the rounding of the bound.
constexpr double kMargin = 1.0001;
// More than what a float that is too small to be exact can be off by, summed over all dimensions.
constexpr float kUnderflow = 1e-36F;
// Where products and sums stay below this, floats do not overflow.
constexpr double kSafe = 1e37;

double norm(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += double{value} * value;
    return std::sqrt(sum);
}

// A scale by which the largest number becomes 127. Never zero or denormal, so that dividing by it is safe.
float scale_of(std::span<const float> values) {
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::abs(value));
    return std::max(largest / 127, std::numeric_limits<float>::min());
}

int code_of(float value, float scale) {
    return static_cast<int>(std::clamp(std::round(value / scale), -127.0F, 127.0F));
}

bool are_finite(std::span<const float> values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

}  // namespace

// A query in codes, and the doubt that it adds.
struct FactorScan::Question {
    Question(std::span<const float> query, std::size_t quads, std::size_t limit_,
             const ItemMask& allowed_, const DotLoops& loops_)
        : codes(quads * 4),
          scale(scale_of(query)),
          allowed(allowed_),
          loops(loops_),
          limit(limit_) {
        double lost = 0;
        for (std::size_t i = 0; i < query.size(); ++i) {
            const int code = code_of(query[i], scale);
            codes[i] = static_cast<std::int8_t>(code);
            const double rest = query[i] - double{scale} * code;
            lost += rest * rest;
        }
        lost_norm = std::sqrt(lost);
        query_norm = norm(query);
        // Rounding of the exact score and of the estimate, both within the product of the norms.
        rounding = (static_cast<double>(query.size()) + 32) * kRounding * (query_norm + lost_norm);
    }

    std::vector<std::int8_t> codes;
    float scale;
    double lost_norm = 0;
    double query_norm = 0;
    double rounding = 0;
    const ItemMask& allowed;
    const DotLoops& loops;
    std::size_t limit;
};

// Who may still be among the best. At any time `limit` of those seen have at least the score threshold(), so whoever cannot
// reach it is out.
class FactorScan::Finalists {
public:
    struct One {
        float low = 0;
        float high = 0;
        ItemIndex item = 0;
    };

    explicit Finalists(std::size_t limit) : limit_(limit), room_(limit * 2 + 256) {}

    [[nodiscard]] float threshold() const { return threshold_; }
    [[nodiscard]] std::span<const One> all() const { return all_; }

    void add(const One& one) {
        if (one.high < threshold_) return;
        all_.push_back(one);
        if (all_.size() >= room_) settle();
    }
    void add(const Finalists& others) {
        all_.insert(all_.end(), others.all_.begin(), others.all_.end());
    }

    // Raises the threshold and drops who cannot reach it. Where many tie, room doubles, so adding stays cheap.
    void settle() {
        if (all_.size() < limit_) return;
        const auto last = all_.begin() + static_cast<std::ptrdiff_t>(limit_ - 1);
        std::ranges::nth_element(all_, last, std::greater{}, &One::low);
        threshold_ = std::max(threshold_, last->low);
        std::erase_if(all_, [&](const One& one) { return one.high < threshold_; });
        room_ = std::max(room_, all_.size() * 2);
    }

private:
    std::size_t limit_;
    std::size_t room_;
    float threshold_ = -std::numeric_limits<float>::infinity();
    std::vector<One> all_;
};

Result<FactorScan> FactorScan::of(std::vector<float> factors, std::size_t dimensions,
                                  std::vector<float> bias) {
    if (dimensions == 0 || dimensions > kScanDimensionsMax)
        return fail(Code::invalid_argument, "an item has 1 to " +
                                                std::to_string(kScanDimensionsMax) +
                                                " factors, not " + std::to_string(dimensions));
    const std::size_t items = factors.size() / dimensions;
    if (items * dimensions != factors.size() || (!bias.empty() && bias.size() != items) ||
        items >= std::numeric_limits<ItemIndex>::max())
        return fail(Code::invalid_argument, std::to_string(factors.size()) + " factors and " +
                                                std::to_string(bias.size()) +
                                                " biases are not those of items with " +
                                                std::to_string(dimensions) + " factors each");
    if (!are_finite(factors) || !are_finite(bias))
        return fail(Code::invalid_argument, "a factor or a bias is not finite");
    FactorScan scan;
    scan.factors_ = std::move(factors);
    scan.bias_ = std::move(bias);
    scan.dimensions_ = dimensions;
    scan.items_ = static_cast<ItemIndex>(items);
    scan.quads_ = (dimensions + 3) / 4;
    const std::size_t blocks = (items + kBlockItems - 1) / kBlockItems;
    scan.lines_.resize(blocks * (kHeadLines + scan.quads_));
    scan.bounds_.resize(blocks);
    for (std::size_t block = 0; block < blocks; ++block) scan.encode(block);
    return scan;
}

void FactorScan::encode(std::size_t block) {
    ScanLine* lines = lines_.data() + block * (kHeadLines + quads_);
    std::array<float, kBlockItems> scales{};
    std::array<float, kBlockItems> biases{};
    for (std::size_t quad = 0; quad < quads_; ++quad)
        std::memset(lines[kHeadLines + quad].bytes, 128, sizeof(ScanLine));
    BlockBound& bound = bounds_[block];
    double code_norm = 0;
    double lost_norm = 0;
    for (std::size_t i = 0; i < kBlockItems; ++i) {
        const std::size_t item = block * kBlockItems + i;
        if (item >= items_) break;
        const auto values = row(static_cast<ItemIndex>(item));
        const float scale = scale_of(values);
        double code_sum = 0;
        double lost_sum = 0;
        for (std::size_t d = 0; d < dimensions_; ++d) {
            const int code = code_of(values[d], scale);
            lines[kHeadLines + d / 4].bytes[i * 4 + d % 4] = static_cast<std::uint8_t>(code + 128);
            const double lost = values[d] / double{scale} - code;
            code_sum += static_cast<double>(code * code);
            lost_sum += lost * lost;
        }
        code_norm = std::max(code_norm, std::sqrt(code_sum));
        lost_norm = std::max(lost_norm, std::sqrt(lost_sum));
        scales[i] = scale;
        norm_max_ = std::max(norm_max_, norm(values));
        if (!bias_.empty()) {
            biases[i] = bias_[item];
            bound.bias = std::max(bound.bias, std::abs(biases[i]));
        }
    }
    bias_max_ = std::max(bias_max_, double{bound.bias});
    bound.code_norm = static_cast<float>(code_norm * kMargin);
    bound.lost_norm = static_cast<float>(lost_norm * kMargin);
    std::memcpy(lines, scales.data(), sizeof scales);
    std::memcpy(lines + 1, biases.data(), sizeof biases);
}

float FactorScan::score_of(const DotLoops& loops, std::span<const float> query,
                           ItemIndex item) const {
    const float dot = loops.floats(row(item).data(), query.data(), dimensions_);
    return bias_.empty() ? dot : dot + bias_[item];
}

void FactorScan::score(std::span<const float> query, std::span<float> scores) const {
    ATTUNE_CHECK(query.size() == dimensions_ && scores.size() == items_);
    const DotLoops& loops = best_dot_loops();
    for (ItemIndex item = 0; item < items_; ++item) scores[item] = score_of(loops, query, item);
}

void FactorScan::score_some(std::span<const float> query, std::span<const ItemIndex> some,
                            std::span<float> scores) const {
    ATTUNE_CHECK(query.size() == dimensions_ && scores.size() == some.size());
    const DotLoops& loops = best_dot_loops();
    for (std::size_t i = 0; i < some.size(); ++i) scores[i] = score_of(loops, query, some[i]);
}

std::vector<Scored> FactorScan::best_by_all(std::span<const float> query, std::size_t limit,
                                            const ItemMask& allowed) const {
    std::vector<float> scores(items_);
    if (norm(query) > 0)
        score(query, scores);
    else
        std::ranges::copy(bias_, scores.begin());  // as score() gives them, without reading a row
    return best_of_scores(scores, limit, allowed);
}

std::vector<Scored> FactorScan::best(std::span<const float> query, std::size_t limit,
                                     const ItemMask& allowed, const ScanOptions& options) const {
    ATTUNE_CHECK(query.size() == dimensions_ && allowed.items() == items_);
    if (limit == 0 || items_ == 0) return {};
    limit = std::min<std::size_t>(limit, items_);
    const DotLoops& loops = options.loops != nullptr ? *options.loops : best_dot_loops();
    const Question question(query, quads_, limit, allowed, loops);
    // Somebody new is at zero, where all would tie; and the bound does not hold where floats overflow.
    if (question.query_norm == 0 || question.query_norm * norm_max_ + bias_max_ > kSafe)
        return best_by_all(query, limit, allowed);

    Finalists finalists(limit);
    const std::size_t blocks = bounds_.size();
    const std::size_t parts = std::clamp<std::size_t>(options.threads, 1, blocks);
    std::vector<Finalists> others(parts - 1, Finalists(limit));
    {
        std::vector<std::jthread> threads;
        for (std::size_t part = 1; part < parts; ++part)
            threads.emplace_back([&, part] {
                scan(question, blocks * part / parts, blocks * (part + 1) / parts,
                     others[part - 1]);
            });
        scan(question, 0, blocks / parts, finalists);
    }
    for (const Finalists& other : others) finalists.add(other);
    finalists.settle();

    std::vector<Scored> exact;
    exact.reserve(finalists.all().size());
    for (const auto& one : finalists.all())
        exact.push_back({one.item, score_of(loops, query, one.item)});
    return best_of_list(std::move(exact), limit);
}

// Blocks with nobody allowed are passed over; the others are scanned in runs.
void FactorScan::scan(const Question& question, std::size_t begin, std::size_t end,
                      Finalists& finalists) const {
    const auto words = question.allowed.words();
    const auto is_open = [&](std::size_t block) {
        return (words[block / 4] >> (block % 4 * kBlockItems) & 0xffff) != 0;
    };
    for (std::size_t block = begin; block < end; ++block) {
        if (!is_open(block)) continue;
        const std::size_t last = std::min(end, block + kRunBlocks);
        std::size_t next = block + 1;
        while (next < last && is_open(next)) ++next;
        scan_run(question, block, next - block, finalists);
        block = next - 1;
    }
}

void FactorScan::scan_run(const Question& question, std::size_t begin, std::size_t count,
                          Finalists& finalists) const {
    std::array<std::int32_t, kRunBlocks * kBlockItems> sums;
    std::array<float, kRunBlocks> widths;
    std::array<float, kRunBlocks> pads;
    const std::size_t stride = kHeadLines + quads_;
    const ScanLine* lines = lines_.data() + begin * stride;
    question.loops.codes({.codes = lines + kHeadLines, .stride = stride, .quads = quads_},
                         question.codes.data(), count, sums.data());
    const auto lost = static_cast<float>((question.lost_norm + question.rounding) * kMargin);
    const auto whole = static_cast<float>((question.query_norm + question.rounding) * kMargin);
    for (std::size_t i = 0; i < count; ++i) {
        const BlockBound& bound = bounds_[begin + i];
        widths[i] = bound.code_norm * lost + bound.lost_norm * whole;
        pads[i] = bound.bias * static_cast<float>(8 * kRounding) + kUnderflow;
    }
    const Estimates estimates{.lines = lines,
                              .stride = stride,
                              .sums = sums.data(),
                              .widths = widths.data(),
                              .pads = pads.data(),
                              .scale = question.scale};
    Interval interval;
    for (std::size_t block = 0;; ++block) {
        block =
            question.loops.next_reaching(estimates, block, count, finalists.threshold(), interval);
        if (block == count) return;
        for (std::size_t i = 0; i < kBlockItems; ++i) {
            const auto item = static_cast<ItemIndex>((begin + block) * kBlockItems + i);
            if (item < items_ && interval.high[i] >= finalists.threshold() &&
                question.allowed.allows(item))
                finalists.add({interval.low[i], interval.high[i], item});
        }
    }
}

std::size_t FactorScan::bytes() const {
    return (factors_.capacity() + bias_.capacity()) * sizeof(float) +
           lines_.capacity() * sizeof(ScanLine) + bounds_.capacity() * sizeof(BlockBound);
}

}  // namespace attune::learn
