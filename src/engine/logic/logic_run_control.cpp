#include "engine/logic/logic_run.h"

#include <limits>
#include <string_view>

namespace attune::engine {
namespace {

// Byte by byte in a short text: wider reads of what was written a moment ago make the processor wait.
bool has_part(std::string_view text, std::string_view part) {
    constexpr std::size_t kShort = 64;
    if (text.size() > kShort || part.empty()) return text.contains(part);
    if (part.size() > text.size()) return false;
    const char* const last = text.data() + (text.size() - part.size());
    for (const char* at = text.data(); at <= last; ++at) {
        if (*at == part.front() && at[part.size() - 1] == part.back() &&
            base::is_same_key({at, part.size()}, part))
            return true;
    }
    return false;
}

}  // namespace
LogicValue LogicRun::conditional(const LogicNode& node, LogicValue data) {
    std::uint32_t i = 0;
    for (; i + 1 < node.count; i += 2) {
        if (holds(node, i, data)) return argument(node, i + 1, data);
        if (work_ < 0) return {};
    }
    return i < node.count ? argument(node, i, data) : LogicValue::null();
}

LogicValue LogicRun::first_that_is(bool truthy, const LogicNode& node, LogicValue data) {
    LogicValue last;
    for (std::uint32_t i = 0; i < node.count; ++i) {
        const std::uint32_t at = arguments_[node.first + i];
        const bool is_boolean = nodes_[at].is_boolean;
        last = is_boolean ? LogicValue(holds(at, data)) : this->node(at, data);
        if ((is_boolean ? last.boolean() : is_truthy(last)) == truthy) break;
    }
    return last;
}

bool LogicRun::is_one(bool truthy, const LogicNode& node, LogicValue data) {
    for (std::uint32_t i = 0; i < node.count; ++i) {
        if (holds(node, i, data) == truthy) return true;
    }
    return false;
}

// Each is added as it comes: most sums are of numbers, which need no room.
LogicValue LogicRun::sum(const LogicNode& node, LogicValue data) {
    double total = 0;
    for (std::uint32_t i = 0; i < node.count; ++i) {
        const LogicValue one = argument(node, i, data);
        total += one.is_number() ? one.number() : parse_float(one, work_);
    }
    return LogicValue(total);
}

bool LogicRun::between(const LogicNode& node, LogicValue data) {
    const LogicValue a = argument(node, 0, data);
    const LogicValue b = argument(node, 1, data);
    switch (node.op) {
        case LogicOp::greater:
            return is_less(b, a, work_);
        case LogicOp::at_least:
            return is_at_most(b, a, work_);
        default:
            break;
    }
    const bool is_less_than = node.op == LogicOp::less;
    const auto in_order = [&](LogicValue x, LogicValue y) {
        return is_less_than ? is_less(x, y, work_) : is_at_most(x, y, work_);
    };
    if (node.count < 3 || !in_order(a, b)) return node.count < 3 && in_order(a, b);
    const LogicValue c = argument(node, 2, data);
    return c.is_absent() || in_order(b, c);
}

// What stands in a rule is bounded by the rule.
bool LogicRun::is_among(std::string_view needle, LogicArguments texts) {
    work_ -= static_cast<Work>(texts.size());
    for (const LogicValue& one : texts) {
        if (one.is_string() && base::is_same_key(one.string(), needle)) return true;
    }
    return false;
}

bool LogicRun::is_in(const LogicNode& node, LogicValue data) {
    const LogicValue needle = argument(node, 0, data);
    // A constant list is searched where it lies.
    const bool is_constant =
        node.count > 1 && nodes_[arguments_[node.first + 1]].op == LogicOp::constant;
    const LogicValue hay =
        is_constant ? nodes_[arguments_[node.first + 1]].constant : argument(node, 1, data);
    if (hay.is_string()) {
        if (hay.string().empty()) return false;  // falsy, so that not even "" is in it
        work_ -= static_cast<Work>(hay.string().size() / 16);
        if (needle.is_string()) return has_part(hay.string(), needle.string());
        const TextOf text(needle, work_);
        return has_part(hay.string(), text.view());
    }
    if (is_constant && needle.is_string() && hay.kind() == LogicValue::Kind::list)
        return is_among(needle.string(), hay.items());
    bool found = false;
    hay.each([&](LogicValue entry) {
        found = is_strictly_equal(needle, entry, work_);
        return !found && --work_ >= 0;
    });
    return found;
}

LogicValue LogicRun::matches(const LogicNode& node, LogicValue data) {
    const LogicValue text = argument(node, 0, data);
    if (!text.is_string()) return LogicValue::null();
    work_ -= static_cast<Work>(text.string().size() / 4);
    if (work_ < 0) return {};
    const std::string_view view = text.string();
    return LogicValue(
        re2::RE2::PartialMatch({view.data(), view.size()}, *program_.patterns[node.extra]));
}

LogicValue LogicRun::iterate(const LogicNode& node, LogicValue data) {
    using enum LogicOp;
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
    const LogicValue entries = argument(node, 0, data);
    switch (node.op) {
        case map:
            return this->map(node, entries);
        case filter:
            return this->filter(node, entries);
        case reduce:
            return this->reduce(node, entries, data);
        case all:
            return LogicValue(entries.size() > 0 && count(node, entries, false, 1) == 0);
        case none:
            return LogicValue(count(node, entries, true, 1) == 0);
        case some:
            return LogicValue(count(node, entries, true, 1) == 1);
        default:
            return LogicValue(static_cast<double>(
                node.count == 1 ? entries.size() : count(node, entries, true, kAll)));
    }
}

LogicValue LogicRun::map(const LogicNode& node, LogicValue entries) {
    const std::span<LogicValue> mapped = room(entries.size());
    std::size_t filled = 0;
    entries.each([&](const LogicValue& entry) {
        if (filled == mapped.size()) return false;
        mapped[filled++] = argument(node, 1, entry);
        return work_ >= 0;
    });
    return list(mapped);
}

LogicValue LogicRun::filter(const LogicNode& node, LogicValue entries) {
    const std::span<LogicValue> kept = room(entries.size());
    std::size_t filled = 0;
    entries.each([&](const LogicValue& entry) {
        if (kept.size() > filled && satisfies(node, entry)) kept[filled++] = entry;
        return work_ >= 0;
    });
    return list(kept.first(filled));
}

std::size_t LogicRun::count(const LogicNode& node, LogicValue entries, bool wanted,
                            std::size_t enough) {
    std::size_t counted = 0;
    entries.each([&](const LogicValue& entry) {
        if (satisfies(node, entry) == wanted) ++counted;
        return counted < enough && work_ >= 0;
    });
    return counted;
}

// What a condition makes is of no use after it; a test makes nothing.
bool LogicRun::satisfies(const LogicNode& node, LogicValue entry) {
    if (node.count < 2) return false;
    const LogicNode& condition = nodes_[arguments_[node.first + 1]];
    if (condition.is_test && trace_ == nullptr) return --work_ >= 0 && decide(condition, entry);
    const LogicScratch::Mark mark = scratch_.mark();
    const bool satisfied = holds(node, 1, entry);
    scratch_.release(mark);
    return satisfied;
}

}  // namespace attune::engine
