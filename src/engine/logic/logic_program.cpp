#include "engine/logic/logic_program.h"

#include "base/json_locate.h"

#include <charconv>

namespace attune::engine {

std::uint32_t entry_index(std::string_view key) {
    std::uint32_t index = 0;
    if (key.empty() || key.size() > 9 || (key.size() > 1 && key[0] == '0')) return LogicNode::kNone;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    return error == std::errc{} && end == key.data() + key.size() ? index : LogicNode::kNone;
}

std::string LogicProgram::pointer(std::uint32_t node) const {
    std::vector<std::uint32_t> chain;
    for (; node != LogicNode::kNone; node = places[node].parent) chain.push_back(node);
    std::string pointer;
    for (std::size_t i = chain.size(); i-- > 1;) {
        const LogicNode& parent = nodes[chain[i]];
        const bool is_array = parent.op == LogicOp::array;
        if (!is_array) {
            const bool is_var = parent.op == LogicOp::path;
            base::append_pointer(pointer, is_var                          ? "var"
                                          : parent.op == LogicOp::unknown ? parent.constant.string()
                                                                          : name_of(parent.op));
        }
        if (is_array || !parent.is_bare)
            base::append_pointer(pointer, std::size_t{places[chain[i - 1]].argument});
    }
    return pointer;
}

}  // namespace attune::engine
