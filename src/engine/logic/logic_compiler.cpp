#include "engine/logic/logic_compiler.h"

#include "base/json_locate.h"
#include "engine/logic/coerce.h"

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <utility>

namespace attune::engine {
namespace {

// While it lives, the pointer leads one step further.
class PointerStep {
public:
    PointerStep(std::string& pointer, const auto& step) : pointer_(pointer), size_(pointer.size()) {
        base::append_pointer(pointer_, step);
    }
    PointerStep(const PointerStep&) = delete;
    PointerStep& operator=(const PointerStep&) = delete;
    PointerStep(PointerStep&&) = delete;
    PointerStep& operator=(PointerStep&&) = delete;
    ~PointerStep() { pointer_.resize(size_); }

private:
    std::string& pointer_;
    const std::size_t size_;
};

bool compares(LogicOp op) {
    return (op >= LogicOp::loosely_equal && op <= LogicOp::strictly_unequal) ||
           (op >= LogicOp::less && op <= LogicOp::at_least);
}

// The steps of a path lie one behind the other in one text.
std::string_view text_of(std::span<const LogicSegment> steps) {
    const char* const from = steps.front().key.text().data();
    const std::string_view last = steps.back().key.text();
    return {from, last.data() + last.size()};
}

std::string count_text(std::uint32_t count) {
    return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

}  // namespace

Result<std::shared_ptr<const LogicProgram>> LogicCompiler::compile(base::JsonView expression) {
    ATTUNE_TRY_VOID(any(expression));
    give_slots();
    link();
    return program_;
}

void LogicCompiler::give_slots() {
    std::map<std::string_view, std::vector<LogicNode*>> by_text;
    for (const std::uint32_t at : outer_paths_) {
        LogicNode& path = program_->nodes[at];
        by_text[text_of(std::span(program_->segments).subspan(path.first, path.count))].push_back(
            &path);
    }
    LogicSlot next = 0;
    for (const auto& [text, paths] : by_text) {
        if (paths.size() < 2 || next == kLogicSlotsMax) continue;
        for (LogicNode* const path : paths) path->slot = next;
        ++next;
    }
}

void LogicCompiler::link() {
    program_->root_number = static_cast<std::uint32_t>(program_->nodes.size() - 1);
    for (LogicNode& node : program_->nodes) {
        if (node.op == LogicOp::path) {
            node.steps = program_->segments.data() + node.first;
            node.steps_count = node.count;
        } else if (node.is_test) {
            // Arguments come before what they are arguments of.
            const LogicNode& path = program_->nodes[program_->arguments[node.first]];
            node.constant = program_->nodes[program_->arguments[node.first + 1]].constant;
            node.steps = path.steps;
            node.steps_count = path.steps_count;
            node.slot = path.slot;
            node.tests_shared = path.share != kNotShared;
        }
    }
}

Result<std::uint32_t> LogicCompiler::any(base::JsonView view) {
    if (++nodes_ > options_.nodes_max)
        return wrong("is more than the " + std::to_string(options_.nodes_max) +
                     " operations and values that an expression may have");
    const bool is_operation = view.is_object() && view.size() == 1;
    if (!is_operation && !view.is_array()) return constant(view);
    if (depth_ == options_.depth_max)
        return wrong("is nested deeper than " + std::to_string(options_.depth_max));
    ++depth_;
    auto made = [&] {
        if (view.is_array()) return array(view);
        const base::JsonView::Member member = *view.members().begin();
        return operation(member.key, member.value);
    }();
    --depth_;
    return made;
}

Result<std::uint32_t> LogicCompiler::array(base::JsonView view) {
    const auto first = static_cast<std::uint32_t>(program_->nodes.size());
    std::vector<std::uint32_t> entries;
    for (const base::JsonView element : view.elements()) {
        const PointerStep step(pointer_, entries.size());
        ATTUNE_TRY(const std::uint32_t entry, any(element));
        entries.push_back(entry);
    }
    if (can_fold(first, entries.size())) return fold(first);
    LogicNode node{.op = LogicOp::array,
                   .first = static_cast<std::uint32_t>(program_->arguments.size()),
                   .count = static_cast<std::uint32_t>(entries.size())};
    program_->arguments.insert(program_->arguments.end(), entries.begin(), entries.end());
    return add(node);
}

// Lists within a list stay apart, because each evaluation makes new arrays of them.
bool LogicCompiler::can_fold(std::uint32_t first, std::size_t count) const {
    const auto nodes = std::span(program_->nodes).subspan(first);
    return nodes.size() == count && std::ranges::all_of(nodes, [](const LogicNode& node) {
               return node.op == LogicOp::constant && node.constant.depth() == 0;
           });
}

std::uint32_t LogicCompiler::fold(std::uint32_t first) {
    auto& items = program_->lists.emplace_back();
    for (const LogicNode& node : std::span(program_->nodes).subspan(first))
        items.push_back(node.constant);
    program_->nodes.resize(first);
    program_->places.resize(first);
    const LogicList& head = program_->list_heads.emplace_back(items);
    return add({.constant = LogicValue(head)});
}

Result<std::uint32_t> LogicCompiler::operation(std::string_view name, base::JsonView argument) {
    const LogicOperator* known = find_operator(name);
    const PointerStep step(pointer_, name);
    static constexpr LogicOperator kUnknown{.name = "", .op = LogicOp::unknown};
    if (known == nullptr) {
        if (!options_.permissive && name != options_.tolerated_operator)
            return wrong("is no operator; docs/logic.md lists those there are");
        known = &kUnknown;
    }
    ATTUNE_TRY(LogicNode node, with_arguments(*known, argument));
    if (!options_.permissive) ATTUNE_TRY_VOID(check_literals(node));
    if (node.op == LogicOp::var) {
        ATTUNE_TRY(node, var(node));
    } else if (node.op == LogicOp::matches) {
        ATTUNE_TRY(node, matches(node));
    } else if (node.op == LogicOp::unknown) {
        node.constant = LogicValue(keep(name));
    }
    node.is_boolean = is_boolean(node);
    node.is_test = is_test(node);
    if (options_.sharing != nullptr && is_shareable(node))
        node.share = options_.sharing->number_of(
            std::string(name).append(1, ' ').append(argument.text().text()));
    const std::uint32_t at = add(node);
    if (node.op == LogicOp::path && node.count > 0 && iterations_ == 0) outer_paths_.push_back(at);
    return at;
}

bool LogicCompiler::is_boolean(const LogicNode& node) const {
    using enum LogicOp;
    if (node.op == all_of || node.op == any_of) {
        const auto arguments = std::span(program_->arguments).subspan(node.first, node.count);
        return node.count > 0 && std::ranges::all_of(arguments, [&](std::uint32_t at) {
                   return program_->nodes[at].is_boolean;
               });
    }
    return compares(node.op) || node.op == negate || node.op == truthy || node.op == in;
}

// What comes to true, false or null, or to something in the data: nothing that lives in the scratch of one evaluation.
bool LogicCompiler::is_shareable(const LogicNode& node) const {
    using enum LogicOp;
    if (iterations_ > 0) return false;
    switch (node.op) {
        case path:
            return node.count > 0 && node.extra == LogicNode::kNone;
        case loosely_equal:
        case loosely_unequal:
        case strictly_equal:
        case strictly_unequal:
        case less:
        case at_most:
        case greater:
        case at_least:
        case in:
        case negate:
        case truthy:
        case starts_with:
        case ends_with:
        case sem_ver:
        case matches:
        case within_days:
        case in_segment:
            return true;
        default:
            return false;
    }
}

Result<LogicNode> LogicCompiler::with_arguments(const LogicOperator& known,
                                                base::JsonView argument) {
    std::vector<std::uint32_t> compiled;
    if (argument.is_array()) {
        for (const base::JsonView element : argument.elements()) {
            const PointerStep step(pointer_, compiled.size());
            const bool is_about_entries = known.iterates && compiled.size() == 1;
            iterations_ += is_about_entries ? 1 : 0;
            ATTUNE_TRY(const std::uint32_t one, any(element));
            iterations_ -= is_about_entries ? 1 : 0;
            compiled.push_back(one);
        }
    } else {
        ATTUNE_TRY(const std::uint32_t one, any(argument));
        compiled.push_back(one);
    }
    LogicNode node{.op = known.op,
                   .is_bare = !argument.is_array(),
                   .first = static_cast<std::uint32_t>(program_->arguments.size()),
                   .count = static_cast<std::uint32_t>(compiled.size())};
    program_->arguments.insert(program_->arguments.end(), compiled.begin(), compiled.end());
    if (node.count < known.arguments_min)
        return wrong("needs at least " + count_text(known.arguments_min));
    if (node.count > known.arguments_max)
        return wrong("takes at most " + count_text(known.arguments_max));
    return node;
}

bool LogicCompiler::is_test(const LogicNode& node) const {
    if (!compares(node.op) || node.count != 2) return false;
    const LogicNode& left = program_->nodes[program_->arguments[node.first]];
    const LogicValue* const right = literal(node, 1);
    return left.op == LogicOp::path && left.count > 0 && left.extra == LogicNode::kNone &&
           right != nullptr && !right->is_array();
}

const LogicValue* LogicCompiler::literal(const LogicNode& node, std::uint32_t argument) const {
    if (argument >= node.count) return nullptr;
    const LogicNode& made = program_->nodes[program_->arguments[node.first + argument]];
    return made.op == LogicOp::constant ? &made.constant : nullptr;
}

// A path that is known now is split now.
Result<LogicNode> LogicCompiler::var(LogicNode node) {
    const LogicValue absent;
    const LogicValue* const key = node.count == 0 ? &absent : literal(node, 0);
    if (key == nullptr) return node;
    LogicNode path{
        .op = LogicOp::path,
        .is_bare = node.is_bare,
        .first = static_cast<std::uint32_t>(program_->segments.size()),
        .extra = node.count > 1 ? program_->arguments[node.first + 1] : LogicNode::kNone};
    Work work = std::numeric_limits<Work>::max();
    const TextOf text(*key, work);
    if (key->is_nothing() || (key->is_string() && text.view().empty())) return path;
    std::string_view rest = keep(text.view());
    for (bool more = true; more; ++path.count) {
        const std::size_t end = std::min(rest.find('.'), rest.size());
        const std::string_view step = rest.substr(0, end);
        program_->segments.push_back({base::JsonKey(step), entry_index(step)});
        more = end < rest.size();
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return path;
}

Result<LogicNode> LogicCompiler::matches(LogicNode node) {
    constexpr std::size_t kPatternBytesMax = 1000;
    constexpr std::int64_t kMachineBytesMax = 256 << 10;
    const LogicValue* const pattern = literal(node, 1);
    if (pattern == nullptr || !pattern->is_string())
        return wrong_argument(node, 1, "must be a pattern that is written here, as a text");
    const std::string_view text = pattern->string();
    if (text.size() > kPatternBytesMax)
        return wrong_argument(
            node, 1, "must not be longer than " + std::to_string(kPatternBytesMax) + " bytes");
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMachineBytesMax);
    auto compiled =
        std::make_unique<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (!compiled->ok()) return wrong_argument(node, 1, "is no pattern: " + compiled->error());
    node.extra = static_cast<std::uint32_t>(program_->patterns.size());
    program_->patterns.push_back(std::move(compiled));
    return node;
}

Result<std::uint32_t> LogicCompiler::constant(base::JsonView view) {
    return add({.constant = own(view)});
}

// A literal object is data: nothing in it is evaluated.
LogicValue LogicCompiler::own(base::JsonView view) {
    if (const auto text = view.as_string()) return LogicValue(keep(*text));
    if (view.is_array()) {
        auto& items = program_->lists.emplace_back();
        for (const base::JsonView element : view.elements()) items.push_back(own(element));
        std::uint32_t depth = 0;
        for (const LogicValue& item : items) depth = std::max(depth, item.depth());
        return LogicValue(program_->list_heads.emplace_back(items, depth + 1));
    }
    if (!view.is_object()) return LogicValue(view);
    auto& members = program_->members.emplace_back();
    std::uint32_t depth = 0;
    for (const base::JsonView::Member member : view.members()) {
        members.push_back({keep(member.key), own(member.value)});
        depth = std::max(depth, members.back().value.depth());
    }
    return LogicValue(program_->records.emplace_back(members, LogicValue(), depth + 1));
}

std::string_view LogicCompiler::keep(std::string_view text) {
    return program_->texts.emplace_back(text);
}

std::uint32_t LogicCompiler::add(const LogicNode& node) {
    const auto at = static_cast<std::uint32_t>(program_->nodes.size());
    if (node.op != LogicOp::path) {
        for (std::uint32_t i = 0; i < node.count; ++i)
            program_->places[program_->arguments[node.first + i]] = {at, i};
    } else if (node.extra != LogicNode::kNone) {
        program_->places[node.extra] = {at, 1};
    }
    program_->nodes.push_back(node);
    program_->places.emplace_back();
    return at;
}

std::unexpected<Error> LogicCompiler::wrong(std::string detail) const {
    return fail_field(pointer_, std::move(detail));
}

std::unexpected<Error> LogicCompiler::wrong_argument(const LogicNode& node, std::uint32_t argument,
                                                     std::string detail) const {
    std::string pointer = pointer_;
    if (!node.is_bare) base::append_pointer(pointer, std::size_t{argument});
    return fail_field(std::move(pointer), std::move(detail));
}

}  // namespace attune::engine
