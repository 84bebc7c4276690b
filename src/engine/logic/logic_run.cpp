#include "engine/logic/logic_run.h"

#include "engine/logic/utf16.h"

#include <algorithm>

namespace attune::engine {
namespace {

// Lists within lists, made by folding a list into itself again and again; writing them recurses.
constexpr std::uint32_t kDepthMax = 128;
// Of one trace.
constexpr std::size_t kStepsTraced = 10'000;
constexpr std::size_t kBytesTraced = 1u << 20;

}  // namespace

Result<LogicValue> LogicRun::run() {
    const LogicValue value = node(program_.root(), input_.data);
    if (failure_ == Failure::none && work_ >= 0) [[likely]]
        return value;
    return failed();
}

LogicValue LogicRun::computed(std::uint32_t at, LogicValue data) {
    if (--work_ < 0) return {};
    const LogicNode& node = nodes_[at];
    if (trace_ != nullptr) [[unlikely]]
        return traced(at, data);
    const bool is_shared = node.share != kNotShared && input_.memo != nullptr;
    return is_shared ? shared(node, data) : unshared(node, data);
}

LogicValue LogicRun::unshared(const LogicNode& node, LogicValue data) {
    if (node.op == LogicOp::path) return path(node, data);
    return node.is_test ? LogicValue(test(node, data)) : operation(node, data);
}

LogicValue LogicRun::shared(const LogicNode& node, LogicValue data) {
    LogicMemo& memo = *input_.memo;
    if (memo.knows(node.share)) return memo.value(node.share);
    const LogicValue value = unshared(node, data);
    if (failure_ == Failure::none && work_ >= 0) memo.keep(node.share, value);
    return value;
}

LogicValue LogicRun::traced(std::uint32_t at, LogicValue data) {
    const LogicNode& node = nodes_[at];
    const LogicValue value = node.op == LogicOp::path ? path(node, data) : operation(node, data);
    record_step(at, value);
    return value;
}

// Most conditions are these: the value at a path, compared with what stands in the rule.
bool LogicRun::test(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    work_ -= 2;
    const LogicNode& place = nodes_[arguments_[node.first]];
    const bool is_shared = place.share != kNotShared && input_.memo != nullptr;
    const LogicValue left = is_shared ? shared(place, data) : this->path(place, data);
    const LogicValue right = nodes_[arguments_[node.first + 1]].constant;
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
        case negate:
            return LogicValue(!is_truthy(argument(node, 0, data)));
        case truthy:
            return LogicValue(is_truthy(argument(node, 0, data)));
        case loosely_equal:
        case loosely_unequal: {
            const LogicValue left = argument(node, 0, data);
            const bool equal = is_loosely_equal(left, argument(node, 1, data), work_);
            return LogicValue(equal == (node.op == loosely_equal));
        }
        case strictly_equal:
        case strictly_unequal: {
            const LogicValue left = argument(node, 0, data);
            const bool equal = is_strictly_equal(left, argument(node, 1, data), work_);
            return LogicValue(equal == (node.op == strictly_equal));
        }
        case less:
        case at_most:
        case greater:
        case at_least:
            return between(node, data);
        case in:
            return LogicValue(is_in(node, data));
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
        case add:
        case subtract:
        case multiply:
        case divide:
        case remainder:
            return apply_arithmetic(node.op, arguments(node, data), *this);
        case cat:
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
    const std::span<LogicValue> values = room(node.count);
    for (std::uint32_t i = 0; i < values.size(); ++i) values[i] = argument(node, i, data);
    return values;
}

LogicValue LogicRun::path(const LogicNode& node, LogicValue data) {
    const LogicSegment* segment = program_.segments.data() + node.first;
    const LogicSegment* const end = segment + node.count;
    LogicValue at = data;
    for (; segment != end; ++segment) {
        at = at.is_object() ? at.find(segment->key) : step(at, *segment);
        if (at.is_absent()) [[unlikely]]
            return fallback(node, data);
    }
    return at;
}

LogicValue LogicRun::fallback(const LogicNode& node, LogicValue data) {
    if (node.extra == LogicNode::kNone) return LogicValue::null();
    const LogicValue value = this->node(node.extra, data);
    return value.is_absent() ? LogicValue::null() : value;
}

LogicValue LogicRun::follow(std::string_view path, LogicValue data) {
    for (std::size_t at = 0;;) {
        const std::size_t end = std::min(path.find('.', at), path.size());
        const std::string_view key = path.substr(at, end - at);
        if (--work_ < 0) return {};
        data = step(data, {key, entry_index(key)});
        if (data.is_absent() || end == path.size()) return data;
        at = end + 1;
    }
}

LogicValue LogicRun::step(LogicValue data, const LogicSegment& segment) {
    if (data.is_object()) return data.find(segment.key);
    if (data.is_string()) return step_into_text(data.string(), segment);
    if (!data.is_array()) return {};
    if (segment.key == "length") return LogicValue(static_cast<double>(data.size()));
    if (segment.index == LogicNode::kNone) return {};
    work_ -= segment.index / 16;
    return data.at(segment.index);
}

LogicValue LogicRun::step_into_text(std::string_view text, const LogicSegment& segment) {
    work_ -= static_cast<Work>(text.size() / 16);
    const std::size_t length = utf16_length(text);
    if (segment.key == "length") return LogicValue(static_cast<double>(length));
    if (segment.index >= length) return {};
    std::string unit;
    utf16_slice(unit, text, segment.index, 1);
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
    LogicValue accumulator = node.count > 2 ? argument(node, 2, data) : LogicValue::null();
    entries.each([&](const LogicValue& entry) {
        const LogicScratch::Mark mark = scratch_.mark();
        LogicMember* const members = scratch_.take<LogicMember>(2);
        LogicRecord* const scope = scratch_.take<LogicRecord>(1);
        const std::uint32_t depth = std::max(entry.depth(), accumulator.depth()) + 1;
        if (members == nullptr || scope == nullptr || depth > kDepthMax) {
            fail_with(depth > kDepthMax ? Failure::depth : Failure::memory);
            return false;
        }
        std::construct_at(members, "current", entry);
        std::construct_at(members + 1, "accumulator", accumulator);
        std::construct_at(scope, std::span(members, 2), LogicValue(), depth);
        accumulator = argument(node, 1, LogicValue(*scope));
        // A number borrows from nothing, so that adding up a long list takes the room of one entry.
        if (accumulator.depth() == 0 && !accumulator.is_string()) scratch_.release(mark);
        return work_ >= 0;
    });
    return accumulator;
}

void LogicRun::fail_with(Failure failure) {
    if (failure_ == Failure::none) failure_ = failure;
    work_ = -1;
}

Result<LogicValue> LogicRun::failed() const { return std::unexpected(error()); }

Error LogicRun::error() const {
    switch (failure_) {
        case Failure::unknown_operator:
            return Error{Code::invalid_argument,
                         "\"" + std::string(failed_at_->constant.string()) + "\" is no operator",
                         "unknown_operator",
                         {}};
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

void LogicRun::record_step(std::uint32_t at, LogicValue value) {
    if (work_ < 0) return;
    if (trace_->steps.size() >= kStepsTraced || traced_bytes_ > kBytesTraced) {
        trace_->is_complete = false;
        return;
    }
    trace_->steps.push_back({program_.pointer(at), value.json()});
    traced_bytes_ += trace_->steps.back().value.text().size();
}

}  // namespace attune::engine
