#include "engine/bandit/known_features.h"

#include "base/json_write.h"
#include "base/keyed_hash.h"

#include <cmath>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::size_t kValueBytesMax = 200;
constexpr std::size_t kWordsMax = 16;  // of one list

std::string_view first_step(std::string_view path) { return path.substr(0, path.find('.')); }

void count_word(std::string_view path, std::string_view word, std::vector<double>& numbers) {
    std::string token(path);
    token.append(1, '\x1f').append(word);
    const std::uint64_t hash = base::hash128(base::HashKey{}, token).low();
    const std::size_t place = 1 + hash % (kFeatureNumbers - 1);
    // The sign keeps words that share a place from adding up.
    numbers[place] += (hash >> 63) == 0 ? 1 : -1;
}

void count_number(std::string_view path, double value, std::vector<double>& numbers) {
    if (!std::isfinite(value)) return;
    const std::uint64_t hash = base::hash128(base::HashKey{}, path).low();
    const std::size_t place = 1 + hash % (kFeatureNumbers - 1);
    numbers[place] += ((hash >> 63) == 0 ? 1 : -1) * std::asinh(value) / 5;
}

void count(std::string_view path, LogicValue value, std::vector<double>& numbers) {
    if (value.is_number()) return count_number(path, value.number(), numbers);
    if (value.is_string()) return count_word(path, value.string(), numbers);
    if (value.kind() == LogicValue::Kind::boolean)
        return count_word(path, value.boolean() ? "true" : "false", numbers);
    std::size_t words = 0;
    value.each([&](LogicValue item) {
        if (item.is_string()) count_word(path, item.string(), numbers);
        return ++words < kWordsMax;
    });
}

bool is_worth_logging(LogicValue value) {
    return !value.is_nothing() && !value.is_object() && value.size() <= kWordsMax;
}

std::string short_json(LogicValue value) {
    std::string json;
    if (is_worth_logging(value)) value.append_json(json);
    return json.size() <= kValueBytesMax ? json : std::string();
}

}  // namespace

LogicValue value_at(LogicValue root, std::string_view path) {
    while (!path.empty() && root.is_object()) {
        const std::string_view step = first_step(path);
        root = root.find(step);
        if (step.size() == path.size()) return root;
        path.remove_prefix(step.size() + 1);
    }
    return {};
}

std::vector<double> feature_numbers(std::span<const std::string> paths, LogicValue root) {
    std::vector<double> numbers(kFeatureNumbers);
    numbers[0] = 1;
    for (const std::string& path : paths) {
        const LogicValue value = value_at(root, path);
        if (!short_json(value).empty()) count(path, value, numbers);
    }
    return numbers;
}

void KnownFeatures::add(std::span<const std::string> paths, LogicValue root) {
    for (const std::string& path : paths) {
        if (values_.contains(path)) continue;
        if (auto json = short_json(value_at(root, path)); !json.empty())
            values_.emplace(path, std::move(json));
    }
}

// The paths are sorted, so those that share their first steps stand together: what is open is closed as far as the next
// one leaves it. A value is no object, so no path leads through another one's end.
base::JsonText KnownFeatures::json() const {
    if (values_.empty()) return {};
    std::string out = "{";
    std::vector<std::string_view> open;
    bool first = true;
    for (const auto& [path, value] : values_) {
        std::vector<std::string_view> steps;
        for (std::string_view rest = path;;) {
            steps.push_back(first_step(rest));
            if (steps.back().size() == rest.size()) break;
            rest.remove_prefix(steps.back().size() + 1);
        }
        std::size_t shared = 0;
        while (shared < open.size() && shared + 1 < steps.size() && open[shared] == steps[shared])
            ++shared;
        for (; open.size() > shared; open.pop_back()) out += '}';
        if (!first) out += ',';
        first = false;
        for (std::size_t i = shared; i < steps.size(); ++i) {
            base::append_json(out, steps[i]);
            out += ':';
            if (i + 1 == steps.size()) break;
            out += '{';
            open.push_back(steps[i]);
        }
        out += value;
    }
    out.append(open.size() + 1, '}');
    return base::JsonText::trusted(std::move(out));
}

}  // namespace attune::engine
