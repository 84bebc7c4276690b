#include "engine/logic/logic_run.h"

#include "base/json_locate.h"
#include "engine/logic/utf16.h"

#include <algorithm>

namespace attune::engine {
namespace {

// Lists within lists, made by folding a list into itself again and again; writing them recurses.
constexpr std::uint32_t kDepthMax = 128;
// Of one trace.
constexpr std::size_t kStepsTraced = 10'000;
constexpr std::size_t kBytesTraced = 1u << 20;

constexpr base::JsonKey kCurrent("current");
constexpr base::JsonKey kAccumulator("accumulator");

}  // namespace

inline LogicValue LogicRun::walk(const LogicNode& node, LogicValue data) {
    if (node.slot != kNoSlot && (slots_known_ >> node.slot & 1) != 0) return slots_[node.slot];
    const LogicSegment* const end = node.steps + node.steps_count;
    for (const LogicSegment* segment = node.steps; segment != end; ++segment) {
        data = data.is_object() ? data.find(segment->key) : step(data, *segment);
        if (data.is_absent()) [[unlikely]]
            return {};
    }
    if (node.slot != kNoSlot) {
        slots_[node.slot] = data;
        slots_known_ |= static_cast<std::uint8_t>(1u << node.slot);
    }
    return data;
}

LogicValue LogicRun::path(const LogicNode& node, LogicValue data) {
    const LogicValue found = walk(node, data);
    return found.is_absent() ? fallback(node, data) : found;
}

// Most conditions are these: the value at a path, compared with what stands in the rule.
inline bool LogicRun::test(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    work_ -= 2;
    if (node.tests_shared && input_.memo != nullptr) return decide_otherwise(node, data);
    const LogicValue found = walk(node, data);
    const LogicValue left = found.is_absent() ? LogicValue::null() : found;
    const LogicValue right = node.constant;
    switch (node.op) {
        case loosely_equal:
            return is_loosely_equal(left, right, work_);
        case loosely_unequal:
            return !is_loosely_equal(left, right, work_);
        case strictly_equal:
            return is_strictly_equal(left, right, work_);
        case strictly_unequal:
            return !is_strictly_equal(left, right, work_);
        case less:
            return is_less(left, right, work_);
        case at_most:
            return is_at_most(left, right, work_);
        case greater:
            return is_less(right, left, work_);
        default:
            return is_at_most(right, left, work_);
    }
}

LogicValue LogicRun::computed(const LogicNode& node, LogicValue data) {
    if (--work_ < 0) return {};
    if (is_watched(node)) [[unlikely]]
        return watched(node, data);
    if (node.op == LogicOp::path) return path(node, data);
    return node.is_boolean ? decided(node, data) : operation(node, data);
}

LogicValue LogicRun::decided(const LogicNode& node, LogicValue data) {
    return LogicValue(decide(node, data));
}

bool LogicRun::holds_otherwise(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    if (is_watched(node)) return is_truthy(this->node(number_of(node), data));
    if (--work_ < 0) return false;
    switch (node.op) {
        case constant:
            return is_truthy(node.constant);
        case path:
            return is_truthy(this->path(node, data));
        case all_of:
            return node.count > 0 && !is_one(false, node, data);
        case any_of:
            return is_one(true, node, data);
        default:
            return is_truthy(operation(node, data));
    }
}

bool LogicRun::decide(const LogicNode& node, LogicValue data) {
    return node.is_test ? test(node, data) : decide_otherwise(node, data);
}

bool LogicRun::decide_otherwise(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    switch (node.op) {
        case negate:
            return !holds(node, 0, data);
        case truthy:
            return holds(node, 0, data);
        case in:
            return is_in(node, data);
        case all_of:
            return !is_one(false, node, data);
        case any_of:
            return is_one(true, node, data);
        case loosely_equal:
        case loosely_unequal: {
            const LogicValue left = argument(node, 0, data);
            const bool equal = is_loosely_equal(left, argument(node, 1, data), work_);
            return equal == (node.op == loosely_equal);
        }
        case strictly_equal:
        case strictly_unequal: {
            const LogicValue left = argument(node, 0, data);
            const bool equal = is_strictly_equal(left, argument(node, 1, data), work_);
            return equal == (node.op == strictly_equal);
        }
        default:
            return between(node, data);
    }
}

LogicValue LogicRun::watched(const LogicNode& node, LogicValue data) {
    LogicMemo* const memo = node.share != kNotShared ? input_.memo : nullptr;
    if (trace_ == nullptr && memo->knows(node.share)) return memo->value(node.share);
    // A trace tells of the path that is tested, too.
    const bool is_whole = trace_ != nullptr && node.is_test;
    const LogicValue value = node.op == LogicOp::path ? path(node, data)
                             : is_whole               ? LogicValue(decide_otherwise(node, data))
                             : node.is_boolean        ? LogicValue(decide(node, data))
                                                      : operation(node, data);
    if (trace_ != nullptr)
        record_step(node, value);
    else if (failure_ == Failure::none && work_ >= 0 && !(value.is_string() && made_unit_))
        memo->keep(node.share, value);
    return value;
}

// A new array each time: the dialect compares them by identity.
LogicValue LogicRun::fresh(LogicValue constant) {
    LogicList* const head = scratch_.take<LogicList>(1);
    if (head != nullptr) return LogicValue(*std::construct_at(head, constant.items(), 1u));
    fail_with(Failure::memory);
    return {};
}

LogicValue LogicRun::operation(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    switch (node.op) {
        case choose:
        case ternary:
            return conditional(node, data);
        case all_of:
            return first_that_is(false, node, data);
        case any_of:
            return first_that_is(true, node, data);
        case add:
            return sum(node, data);
        case cat:
            return joined(node, data);
        case map:
        case filter:
        case reduce:
        case all:
        case none:
        case some:
        case count_of:
            return iterate(node, data);
        default:
            return plain(node, data);
    }
}

LogicValue LogicRun::plain(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    switch (node.op) {
        case array:
            return list(arguments(node, data));
        case matches:
            return this->matches(node, data);
        case log:
            return argument(node, 0, data);
        case unknown:
            failed_at_ = &node;
            fail_with(Failure::unknown_operator);
            return {};
        case max:
        case min:
        case subtract:
        case multiply:
        case divide:
        case remainder:
            return apply_arithmetic(node.op, arguments(node, data), *this);
        case substr:
        case starts_with:
        case ends_with:
        case sem_ver:
            return apply_text(node.op, arguments(node, data), *this);
        default:
            return apply_lookup(node.op, arguments(node, data), data, *this);
    }
}

LogicArguments LogicRun::arguments(const LogicNode& node, LogicValue data) {
    LogicValue* const values = scratch_.take<LogicValue>(node.count);
    if (values == nullptr) {
        fail_with(Failure::memory);
        return {};
    }
    const std::uint32_t* const numbers = arguments_ + node.first;
    for (std::uint32_t i = 0; i < node.count; ++i)
        std::construct_at(values + i, this->node(numbers[i], data));
    return {values, node.count};
}

LogicValue LogicRun::fallback(const LogicNode& node, LogicValue data) {
    if (node.count == 0) return {};  // there is no data at all
    if (node.extra == LogicNode::kNone) return LogicValue::null();
    const LogicValue value = this->node(node.extra, data);
    return value.is_absent() ? LogicValue::null() : value;
}

LogicValue LogicRun::follow(std::string_view path, LogicValue data) {
    for (std::size_t at = 0;;) {
        const std::size_t end = std::min(path.find('.', at), path.size());
        const std::string_view key = path.substr(at, end - at);
        if (--work_ < 0) return {};
        data = step(data, {base::JsonKey(key), entry_index(key)});
        if (data.is_absent() || end == path.size()) return data;
        at = end + 1;
    }
}

LogicValue LogicRun::step(LogicValue data, const LogicSegment& segment) {
    if (data.is_object()) return data.find(segment.key);
    if (data.is_string()) return step_into_text(data.string(), segment);
    if (!data.is_array()) return {};
    if (segment.key.text() == "length") return LogicValue(static_cast<double>(data.size()));
    if (segment.index == LogicNode::kNone) return {};
    work_ -= segment.index / 16;
    return data.at(segment.index);
}

LogicValue LogicRun::step_into_text(std::string_view text, const LogicSegment& segment) {
    work_ -= static_cast<Work>(text.size() / 16);
    const std::size_t length = utf16_length(text);
    if (segment.key.text() == "length") return LogicValue(static_cast<double>(length));
    if (segment.index >= length) return {};
    std::string unit;
    utf16_slice(unit, text, segment.index, 1);
    made_unit_ = true;
    return this->text(unit);
}

LogicValue LogicRun::text(std::string_view text) {
    const std::span<char> bytes = text_room(text.size());
    if (bytes.size() != text.size()) return {};
    std::ranges::copy(text, bytes.begin());
    return LogicValue(std::string_view(bytes.data(), bytes.size()));
}

std::span<char> LogicRun::text_room(std::size_t bytes) {
    work_ -= static_cast<Work>(bytes / 16);
    char* const room = scratch_.take<char>(bytes);
    if (room != nullptr) return {room, bytes};
    fail_with(Failure::memory);
    return {};
}

std::span<LogicValue> LogicRun::room(std::size_t count) {
    LogicValue* const values = scratch_.take<LogicValue>(count);
    if (values == nullptr) {
        fail_with(Failure::memory);
        return {};
    }
    std::uninitialized_default_construct_n(values, count);
    return {values, count};
}

LogicValue LogicRun::list(std::span<const LogicValue> items) {
    std::uint32_t depth = 0;
    for (const LogicValue& item : items) depth = std::max(depth, item.depth());
    LogicList* const head = scratch_.take<LogicList>(1);
    if (head == nullptr || depth >= kDepthMax) {
        fail_with(head == nullptr ? Failure::memory : Failure::depth);
        return {};
    }
    return LogicValue(*std::construct_at(head, items, depth + 1));
}

LogicValue LogicRun::reduce(const LogicNode& node, LogicValue entries, LogicValue data) {
    struct Scope {
        LogicMember members[2];
        LogicRecord record;
    };
    LogicValue accumulator = node.count > 2 ? argument(node, 2, data) : LogicValue::null();
    Scope* scope = nullptr;
    LogicScratch::Mark behind_scope{};
    entries.each([&](LogicValue entry) {
        const std::uint32_t depth = std::max(entry.depth(), accumulator.depth()) + 1;
        if (depth > kDepthMax) {
            fail_with(Failure::depth);
            return false;
        }
        if (scope == nullptr) {
            scope = scratch_.take<Scope>(1);
            behind_scope = scratch_.mark();
        }
        if (scope == nullptr) {
            fail_with(Failure::memory);
            return false;
        }
        std::construct_at(&scope->members[0], kCurrent, entry);
        std::construct_at(&scope->members[1], kAccumulator, accumulator);
        std::construct_at(&scope->record, scope->members, LogicValue(), depth);
        accumulator = argument(node, 1, LogicValue(scope->record));
        // A number borrows from nothing, so that adding up a long list takes the room of one entry.
        if (accumulator.depth() == 0 && !accumulator.is_string())
            scratch_.release(behind_scope);
        else
            scope = nullptr;
        return work_ >= 0;
    });
    return accumulator;
}

void LogicRun::fail_with(Failure failure) {
    if (failure_ == Failure::none) {
        failure_ = failure;
        left_when_failed_ = work_;
    }
    work_ = -1;  // nothing goes on
}

Result<LogicValue> LogicRun::failed() const { return std::unexpected(error()); }

Error LogicRun::unknown_operator() const {
    const std::string_view name = failed_at_->constant.string();
    std::string pointer = program_.pointer(number_of(*failed_at_));
    base::append_pointer(pointer, name);
    std::string detail = "\"" + std::string(name) + "\" is no operator";
    Error error{Code::invalid_argument, detail, "unknown_operator", {}};
    error.fields.push_back({std::move(pointer), std::move(detail)});
    return error;
}

Error LogicRun::error() const {
    switch (failure_) {
        case Failure::unknown_operator:
            return unknown_operator();
        case Failure::memory:
            return Error{Code::resource_exhausted,
                         "the expression makes more than " +
                             std::to_string(LogicScratch::kBytesMax >> 20) + " MB of values",
                         "too_large",
                         {}};
        case Failure::depth:
            return Error{Code::resource_exhausted,
                         "the expression makes lists that are nested deeper than " +
                             std::to_string(kDepthMax),
                         "too_deep",
                         {}};
        case Failure::none:
            break;
    }
    return Error{Code::resource_exhausted,
                 "the expression takes more than " + std::to_string(input_.steps_max) + " steps",
                 "too_long",
                 {}};
}

void LogicRun::record_step(const LogicNode& node, LogicValue value) {
    if (work_ < 0) return;
    if (trace_->steps.size() >= kStepsTraced || traced_bytes_ > kBytesTraced) {
        trace_->is_complete = false;
        return;
    }
    trace_->steps.push_back({program_.pointer(number_of(node)), value.json()});
    traced_bytes_ += trace_->steps.back().value.text().size();
}

}  // namespace attune::engine
