#include "learn/policy/context_features.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::learn {

void ContextFeatures::add(const base::JsonView* context) {
    std::string path;
    if (context != nullptr) walk(*context, path, 0);
    row_ends_.push_back(tokens_.size());
}

void ContextFeatures::walk(base::JsonView value, std::string& path, std::size_t depth) {
    const std::size_t length = path.size();
    if (const auto number = value.as_double()) {
        note(path, *number);
    } else if (const auto text = value.as_string()) {
        path += '=';
        path += *text;
        note(path, 1);
    } else if (const auto truth = value.as_bool()) {
        note(path, *truth ? 1 : 0);
    } else if (depth < kDepthMax) {
        for (const auto member : value.members()) {
            path += '/';
            path += member.key;
            walk(member.value, path, depth + 1);
            path.resize(length);
        }
        std::size_t index = 0;
        for (const auto element : value.elements()) {
            path += '/';
            path += std::to_string(index++);
            walk(element, path, depth + 1);
            path.resize(length);
            if (index == kTokensMax) break;
        }
    }
    path.resize(length);
}

void ContextFeatures::note(std::string_view word, double value) {
    const std::uint64_t begin = row_ends_.empty() ? 0 : row_ends_.back();
    if (tokens_.size() - begin == kTokensMax || !std::isfinite(value)) return;
    auto at = vocabulary_.find(word);
    if (at == vocabulary_.end()) {
        if (words_.size() == kVocabularyMax) return;
        at =
            vocabulary_.emplace(std::string(word), static_cast<std::uint32_t>(words_.size())).first;
        words_.emplace_back();
    }
    constexpr double kLargest = std::numeric_limits<float>::max();
    const auto kept = static_cast<float>(std::clamp(value, -kLargest, kLargest));
    Word& known = words_[at->second];
    ++known.rows;
    known.sum += kept;
    known.squares += static_cast<double>(kept) * kept;
    tokens_.push_back({at->second, kept});
}

void ContextFeatures::choose() {
    const auto rows = static_cast<double>(row_ends_.size());
    // A row without the word counts as one where it is 0.
    const auto scale_of = [&](const Word& word) {
        const double mean = word.sum / rows;
        return Scale{mean, std::sqrt(std::max(0.0, word.squares / rows - mean * mean))};
    };
    std::vector<std::uint32_t> order;
    for (std::uint32_t id = 0; id < words_.size(); ++id) {
        words_[id].feature = 0;
        const Scale scale = scale_of(words_[id]);
        if (scale.deviation > 1e-6 * std::abs(scale.mean)) order.push_back(id);
    }
    // Common first; a word that nearly all rows have tells as little as one that nearly none has.
    std::ranges::sort(order, {}, [&](std::uint32_t id) {
        return std::pair(-static_cast<double>(words_[id].rows), id);
    });
    if (order.size() > kFeaturesMax) order.resize(kFeaturesMax);
    chosen_.clear();
    for (const std::uint32_t id : order) {
        chosen_.push_back(scale_of(words_[id]));
        words_[id].feature = static_cast<std::uint32_t>(chosen_.size());
    }
}

void ContextFeatures::row(std::size_t row, std::span<double> out) const {
    out[0] = 1;
    for (std::size_t i = 0; i < chosen_.size(); ++i)
        out[i + 1] = -chosen_[i].mean / chosen_[i].deviation;
    const std::uint64_t begin = row == 0 ? 0 : row_ends_[row - 1];
    for (std::uint64_t t = begin; t < row_ends_[row]; ++t) {
        const std::uint32_t feature = words_[tokens_[t].id].feature;
        if (feature > 0) out[feature] += tokens_[t].value / chosen_[feature - 1].deviation;
    }
}

}  // namespace attune::learn
