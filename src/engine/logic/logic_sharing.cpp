#include "engine/logic/logic_sharing.h"

#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kExpressionBytesMax = 1'000;
constexpr std::size_t kExpressionsMax = 100'000;  // that are looked for again

}  // namespace

LogicShare LogicSharing::number_of(std::string expression) {
    if (expression.size() > kExpressionBytesMax) return kNotShared;
    if (const auto found = numbers_.find(expression); found != numbers_.end()) {
        LogicShare& number = found->second;
        if (number == kNotShared && count_ < kLogicSharesMax)
            number = static_cast<LogicShare>(count_++);
        return number;
    }
    if (numbers_.size() < kExpressionsMax) numbers_.emplace(std::move(expression), kNotShared);
    return kNotShared;
}

}  // namespace attune::engine
