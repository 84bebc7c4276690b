#include "learn/ranking/blend.h"

#include "learn/recommend/model_file.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace attune::learn {

namespace {

constexpr float kLastFound = 0.1F;

// What a source that is silent, or does not keep to the scale, counts for.
double heard(float value) { return std::isnan(value) ? 0 : std::clamp(double{value}, 0.0, 1.0); }

// Lifts those below the floor to it, at the cost of the others in proportion, until none of these falls below it.
void keep_floor(std::span<double> weights, double floor) {
    for (std::size_t lifted = 0;;) {
        double above = 0;
        std::size_t count = 0;
        for (const double weight : weights) {
            if (weight > floor)
                above += weight;
            else
                ++count;
        }
        if (count == lifted) return;
        lifted = count;
        const double scale = (1 - floor * static_cast<double>(count)) / above;
        for (double& weight : weights) weight = weight > floor ? weight * scale : floor;
    }
}

}  // namespace

Result<SourceBlend> SourceBlend::of(std::vector<std::string> sources, const BlendOptions& options) {
    const bool is_named = std::ranges::none_of(
        sources, [](const std::string& name) { return name.empty() || name.contains('\n'); });
    const std::set<std::string_view> different(sources.begin(), sources.end());
    if (sources.empty() || sources.size() > kSourcesMax || !is_named ||
        different.size() != sources.size())
        return fail(Code::invalid_argument, "a blend has 1 to " + std::to_string(kSourcesMax) +
                                                " sources with different names of one line each");
    if (!(options.floor >= 0 && options.floor * static_cast<double>(sources.size()) < 1) ||
        !(options.rate > 0) || !(options.sharpness > 0))
        return fail(
            Code::invalid_argument,
            "a blend's floor times its sources is less than 1, its rate and sharpness more than 0");
    SourceBlend blend;
    blend.weights_.assign(sources.size(), 1 / static_cast<double>(sources.size()));
    blend.sources_ = std::move(sources);
    blend.options_ = options;
    return blend;
}

Result<SourceBlend> SourceBlend::from(std::vector<std::string> sources,
                                      std::span<const double> weights,
                                      const BlendOptions& options) {
    ATTUNE_TRY(SourceBlend blend, of(std::move(sources), options));
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    const bool is_right = std::ranges::all_of(weights, [](double one) { return one >= 0; });
    if (weights.size() != blend.weights_.size() || !is_right || !(sum > 0) || !std::isfinite(sum))
        return fail(Code::invalid_argument,
                    "a blend starts from one weight a source, none of them negative, not all 0");
    for (std::size_t k = 0; k < weights.size(); ++k) blend.weights_[k] = weights[k] / sum;
    keep_floor(blend.weights_, options.floor);
    return blend;
}

void SourceBlend::score(std::span<const float> rows, std::span<float> scores) const {
    ATTUNE_CHECK(rows.size() == scores.size() * weights_.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < weights_.size(); ++k)
            sum += weights_[k] * heard(rows[i * weights_.size() + k]);
        scores[i] = static_cast<float>(sum);
    }
}

void SourceBlend::explain(std::span<const float> row, std::span<float> contributions) const {
    ATTUNE_CHECK(row.size() == weights_.size() && contributions.size() == weights_.size());
    for (std::size_t k = 0; k < weights_.size(); ++k)
        contributions[k] = static_cast<float>(weights_[k] * heard(row[k]));
}

void SourceBlend::learn(const BlendLesson& lesson) {
    const std::size_t sources = weights_.size();
    const std::size_t count = lesson.gains.size();
    ATTUNE_CHECK(lesson.rows.size() == count * sources);
    ATTUNE_CHECK(lesson.chances.empty() || lesson.chances.size() == count);
    std::vector<float> scores(count);
    score(lesson.rows, scores);
    std::vector<double> slopes(sources);
    double pairs = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double chance = lesson.chances.empty() ? 1 : lesson.chances[i];
        for (std::size_t j = 0; j < count; ++j) {
            if (!(lesson.gains[i] > lesson.gains[j])) continue;
            const double weight = (double{lesson.gains[i]} - lesson.gains[j]) / chance;
            const double doubt =
                1 / (1 + std::exp(options_.sharpness * (double{scores[i]} - scores[j])));
            pairs += weight;
            for (std::size_t k = 0; k < sources; ++k)
                slopes[k] -=
                    weight * options_.sharpness * doubt *
                    (heard(lesson.rows[i * sources + k]) - heard(lesson.rows[j * sources + k]));
        }
    }
    if (pairs == 0) return;
    const double rate = options_.rate * std::clamp(lesson.weight, 0.0, 8.0) /
                        std::sqrt(1 + static_cast<double>(decisions_));
    ++decisions_;
    // In logarithms, and relative to the largest, so that no slope is too steep.
    for (std::size_t k = 0; k < sources; ++k)
        slopes[k] = std::log(weights_[k]) - rate * slopes[k] / pairs;
    const double largest = std::ranges::max(slopes);
    double sum = 0;
    for (std::size_t k = 0; k < sources; ++k) {
        weights_[k] = std::exp(slopes[k] - largest);
        sum += weights_[k];
    }
    for (double& weight : weights_) weight /= sum;
    keep_floor(weights_, options_.floor);
}

void SourceBlend::save(ModelWriter& writer) const {
    std::string lines;
    for (const std::string& name : sources_) lines += name + '\n';
    writer.put("sources", std::string_view(lines));
    writer.put("options", std::vector<double>{options_.rate, options_.floor, options_.sharpness});
    writer.put("weights", weights_);
    writer.put("decisions", decisions_);
}

Result<SourceBlend> SourceBlend::load(const ModelReader& reader) {
    ATTUNE_TRY(std::string_view lines, reader.text("sources"));
    ATTUNE_TRY(const auto options, reader.array<double>("options"));
    ATTUNE_TRY(auto weights, reader.array<double>("weights"));
    ATTUNE_TRY(const auto decisions, reader.number<std::uint64_t>("decisions"));
    std::vector<std::string> sources;
    for (std::size_t end = 0; !lines.empty(); lines.remove_prefix(end + 1)) {
        end = lines.find('\n');
        if (end == std::string_view::npos) return reader.damaged("sources");
        sources.emplace_back(lines.substr(0, end));
    }
    if (options.size() != 3 || weights.size() != sources.size()) return reader.damaged("options");
    auto blend =
        of(std::move(sources), {.rate = options[0], .floor = options[1], .sharpness = options[2]});
    if (!blend) return reader.damaged("sources");
    double sum = 0;
    for (const double weight : weights) {
        if (!(weight >= 0)) return reader.damaged("weights");
        sum += weight;
    }
    if (std::abs(sum - 1) > 1e-9) return reader.damaged("weights");
    blend->weights_ = std::move(weights);
    blend->decisions_ = decisions;
    return blend;
}

void to_unit(std::span<float> scores) {
    float low = 0;
    float high = 0;
    bool is_first = true;
    for (const float score : scores) {
        if (std::isnan(score)) continue;
        low = is_first ? score : std::min(low, score);
        high = is_first ? score : std::max(high, score);
        is_first = false;
    }
    const double range = double{high} - low;
    for (float& score : scores) {
        if (std::isnan(score)) continue;
        const double place = range > 0 ? (double{score} - low) / range : 1;
        score = static_cast<float>(kLastFound + (1 - double{kLastFound}) * place);
    }
}

}  // namespace attune::learn
