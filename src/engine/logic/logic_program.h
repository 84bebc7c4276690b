// LogicProgram: an expression as the evaluator walks it. A node for each operation in one flat array, the root last;
// arguments are the numbers of nodes, paths are split, constants are made, patterns are compiled. Inside of engine/logic;
// Logic is what others use. Immutable once compiled, so that any thread may evaluate it.
#pragma once

#include "base/result.h"
#include "engine/logic/logic_sharing.h"
#include "engine/logic/logic_value.h"
#include "engine/logic/operators.h"

#include <re2/re2.h>

#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace attune::engine {

// The number of an entry, as JavaScript names it: of "0" and "12"; LogicNode::kNone for "-1", "01" and all else.
[[nodiscard]] std::uint32_t entry_index(std::string_view key);

// A step of a path; `index` when it may also name an entry of an array.
struct LogicSegment {
    base::JsonKey key;
    std::uint32_t index;
};

// Where a run keeps what lies at a path that the expression asks for more than once.
using LogicSlot = std::uint8_t;
inline constexpr LogicSlot kLogicSlotsMax = 8;
inline constexpr LogicSlot kNoSlot = 0xFF;

struct LogicNode {
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    LogicValue constant{};  // of LogicOp::constant; what a test compares with
    LogicOp op = LogicOp::constant;
    bool is_bare : 1 = false;     // its one argument stands without an array: {"var": "a"}
    bool is_boolean : 1 = false;  // it comes to true or false, whatever the data
    bool is_test : 1 =
        false;  // and is a comparison of a path, which has no default, with a constant
    bool tests_shared : 1 = false;  // of such a path that is shared
    LogicShare share = kNotShared;
    LogicSlot slot = kNoSlot;  // of a path
    std::uint32_t first = 0;   // of its arguments in `arguments`; of a path's steps in `segments`
    std::uint32_t count = 0;   // how many of these
    std::uint32_t extra = kNone;  // the node of a path's default; the number of a pattern
    // Of a path, and of a test of one, so that it need not be asked where they are.
    std::uint32_t steps_count = 0;
    const LogicSegment* steps = nullptr;
};

// Where in the expression a node stands: a member or entry of its parent.
struct LogicPlace {
    std::uint32_t parent = LogicNode::kNone;
    std::uint32_t argument = 0;
};

struct LogicProgram {
    std::vector<LogicNode> nodes;
    std::vector<LogicPlace> places;  // of each node
    std::vector<std::uint32_t> arguments;
    std::vector<LogicSegment> segments;
    std::vector<std::unique_ptr<const re2::RE2>> patterns;

    // What constants and segments borrow from; a deque, for its entries do not move.
    std::deque<std::string> texts;
    std::deque<std::vector<LogicValue>> lists;
    std::deque<LogicList> list_heads;
    std::deque<std::vector<LogicMember>> members;
    std::deque<LogicRecord> records;

    std::uint32_t root_number = 0;  // the last one, once compiled
    [[nodiscard]] std::uint32_t root() const { return root_number; }
    // The JSON pointer of a node within the expression.
    [[nodiscard]] std::string pointer(std::uint32_t node) const;
};

}  // namespace attune::engine
