// What a bandit knows of who asks: the values at a few paths of what conditions see, logged with the draw and learned from
// as a few numbers. Both are made from the same values, so that what was learned from the log is what was known then.
//
//     KnownFeatures known;
//     known.add(paths, around.data());                       // of every bandit of the decision
//     decision.features = known.json();                      // {"context":{"device":"mobile"}}
//     const std::vector<double> x = feature_numbers(paths, LogicValue(logged.root()));
//
// A number becomes asinh(x)/5, which is of the size of 1 from cents to millions; words, truths and short lists of words
// count by being there. They are hashed into 32 places, frozen, with a constant 1 before them: what is learned from a
// log does not depend on when it was read. Values longer than 200 bytes are left out. Pure but for KnownFeatures.
#pragma once

#include "base/json_text.h"
#include "engine/logic/logic_value.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace attune::engine {

inline constexpr std::size_t kFeatureNumbers = 33;

// The value at a path as {"var": path} finds it among objects; absent when there is none.
[[nodiscard]] LogicValue value_at(LogicValue root, std::string_view path);

[[nodiscard]] std::vector<double> feature_numbers(std::span<const std::string> paths,
                                                  LogicValue root);

class KnownFeatures {
public:
    void add(std::span<const std::string> paths, LogicValue root);
    // Nested as the paths are; null when nothing was known.
    [[nodiscard]] base::JsonText json() const;

private:
    std::map<std::string, std::string, std::less<>> values_;  // JSON by path
};

}  // namespace attune::engine
