#include "engine/logic/logic_scratch.h"

#include <algorithm>

namespace attune::engine {

// Each block is twice the last one, so that their number stays small.
std::byte* LogicScratch::bytes_of_new_block(std::size_t size) {
    if (size > left_) return nullptr;
    const std::size_t usual = std::size_t{4096} << std::min<std::size_t>(blocks_.size(), 8);
    const std::size_t block = std::min(left_, std::max(usual, size));
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block));
    left_ -= block;
    std::byte* const taken = blocks_.back().get();
    at_ = taken + size;
    end_ = taken + block;
    return taken;
}

}  // namespace attune::engine
