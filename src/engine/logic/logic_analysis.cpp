// What can be said of an expression without data.
#include "engine/logic/coerce.h"
#include "engine/logic/js_number.h"
#include "engine/logic/logic.h"
#include "engine/logic/logic_program.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace attune::engine {
namespace {

using Equalities = std::vector<LogicEquality>;

class NecessaryEqualities {
public:
    explicit NecessaryEqualities(const LogicProgram& program) : program_(program) {}

    // What must hold for the node to be truthy.
    [[nodiscard]] Equalities of(std::uint32_t at) const {
        using enum LogicOp;
        const LogicNode& node = program_.nodes[at];
        switch (node.op) {
            case all_of:
                return of_all(node);
            case any_of:
                return of_some(node);
            case truthy:
                return node.count == 0 ? Equalities{} : of(argument(node, 0));
            case choose:
            case ternary:
                return of_condition(node);
            case loosely_equal:
            case strictly_equal:
                return of_equality(node);
            case in:
                return of_membership(node);
            default:
                return {};
        }
    }

private:
    [[nodiscard]] std::uint32_t argument(const LogicNode& node, std::uint32_t index) const {
        return program_.arguments[node.first + index];
    }

    [[nodiscard]] Equalities of_all(const LogicNode& node) const {
        Equalities all;
        for (std::uint32_t i = 0; i < node.count; ++i)
            std::ranges::move(of(argument(node, i)), std::back_inserter(all));
        return all;
    }

    // One of them: only what each says about the same path, with any of the values.
    [[nodiscard]] Equalities of_some(const LogicNode& node) const {
        if (node.count == 0) return {};
        Equalities common = of(argument(node, 0));
        for (std::uint32_t i = 1; i < node.count && !common.empty(); ++i) {
            const Equalities other = of(argument(node, i));
            std::erase_if(common, [&](LogicEquality& one) {
                const auto same = std::ranges::find(other, one.path, &LogicEquality::path);
                if (same == other.end()) return true;
                one.values.insert(one.values.end(), same->values.begin(), same->values.end());
                return false;
            });
        }
        return common;
    }

    // if [condition, then] and if [condition, then, <never true>]: both must hold.
    [[nodiscard]] Equalities of_condition(const LogicNode& node) const {
        if (node.count == 1) return of(argument(node, 0));
        if (node.count != 2 && node.count != 3) return {};
        if (node.count == 3) {
            const LogicNode& otherwise = program_.nodes[argument(node, 2)];
            if (otherwise.op != LogicOp::constant || is_truthy(otherwise.constant)) return {};
        }
        Equalities both = of(argument(node, 0));
        std::ranges::move(of(argument(node, 1)), std::back_inserter(both));
        return both;
    }

    [[nodiscard]] Equalities of_equality(const LogicNode& node) const {
        if (node.count < 2) return {};
        for (const std::uint32_t side : {0u, 1u}) {
            const auto path = path_of(argument(node, side));
            const LogicNode& other = program_.nodes[argument(node, 1 - side)];
            if (!path || other.op != LogicOp::constant || !other.constant.is_string()) continue;
            const std::string_view text = other.constant.string();
            // A text that is a number is loosely equal to that number, however it is written.
            if (node.op == LogicOp::loosely_equal && !std::isnan(js_number(text))) continue;
            return {{*path, {std::string(text)}}};
        }
        return {};
    }

    [[nodiscard]] Equalities of_membership(const LogicNode& node) const {
        if (node.count < 2) return {};
        const auto path = path_of(argument(node, 0));
        const LogicNode& list = program_.nodes[argument(node, 1)];
        if (!path || list.op != LogicOp::constant || !list.constant.is_array()) return {};
        LogicEquality equality{*path, {}};
        bool are_texts = true;
        list.constant.each([&](const LogicValue& entry) {
            are_texts = entry.is_string();
            if (are_texts) equality.values.emplace_back(entry.string());
            return are_texts;
        });
        return are_texts ? Equalities{std::move(equality)} : Equalities{};
    }

    // Of a var whose path is known and that has no default: a default may be the very text.
    [[nodiscard]] std::optional<std::string> path_of(std::uint32_t at) const {
        const LogicNode& node = program_.nodes[at];
        if (node.op != LogicOp::path || node.count == 0 || node.extra != LogicNode::kNone)
            return std::nullopt;
        std::string path;
        for (const LogicSegment& segment :
             std::span(program_.segments).subspan(node.first, node.count)) {
            if (!path.empty()) path += '.';
            path += segment.key.text();
        }
        return path;
    }

    const LogicProgram& program_;
};

void sort_and_unite(std::vector<std::string>& texts) {
    std::ranges::sort(texts);
    const auto rest = std::ranges::unique(texts);
    texts.erase(rest.begin(), rest.end());
}

LogicRead read_at(const LogicProgram& program, std::uint32_t at) {
    const LogicNode& node = program.nodes[at];
    LogicRead read{.root = {}, .member = {}, .pointer = program.pointer(at)};
    if (node.op != LogicOp::path) return read;
    if (node.count > 0) read.root = program.segments[node.first].key.text();
    if (node.count > 1) read.member = program.segments[node.first + 1].key.text();
    return read;
}

void collect_reads(const LogicProgram& program, std::uint32_t at, std::vector<LogicRead>& reads) {
    const LogicNode& node = program.nodes[at];
    const bool iterates = node.op >= LogicOp::map && node.op <= LogicOp::some;
    switch (node.op) {
        case LogicOp::path:
            reads.push_back(read_at(program, at));
            if (node.extra != LogicNode::kNone) collect_reads(program, node.extra, reads);
            return;
        case LogicOp::var:
        case LogicOp::missing:
        case LogicOp::missing_some:
            reads.push_back(read_at(program, at));
            break;
        case LogicOp::fractional:
            for (const std::string_view root : {"$flagd", "targetingKey"})
                reads.push_back({std::string(root), {}, program.pointer(at)});
            break;
        default:
            break;
    }
    for (std::uint32_t i = 0; i < node.count; ++i) {
        const bool is_scoped = (iterates || node.op == LogicOp::count_of) && i == 1;
        if (!is_scoped) collect_reads(program, program.arguments[node.first + i], reads);
    }
}

}  // namespace

std::vector<LogicEquality> Logic::necessary_equalities() const {
    Equalities equalities = NecessaryEqualities(*program_).of(program_->root());
    for (LogicEquality& one : equalities) sort_and_unite(one.values);
    return equalities;
}

std::vector<LogicRead> Logic::reads() const {
    std::vector<LogicRead> reads;
    collect_reads(*program_, program_->root(), reads);
    return reads;
}

std::vector<std::string> Logic::roots_read() const {
    std::vector<std::string> roots;
    for (LogicRead& one : reads()) roots.push_back(std::move(one.root));
    if (!segments_asked().empty()) roots.emplace_back("segments");
    sort_and_unite(roots);
    return roots;
}

std::vector<LogicRead> Logic::segments_asked() const {
    std::vector<LogicRead> asked;
    for (std::uint32_t at = 0; at < program_->nodes.size(); ++at) {
        const LogicNode& node = program_->nodes[at];
        if (node.op != LogicOp::in_segment) continue;
        LogicRead read{.root = "segments", .member = {}, .pointer = program_->pointer(at)};
        const LogicNode* name =
            node.count > 0 ? &program_->nodes[program_->arguments[node.first]] : nullptr;
        if (name != nullptr && name->op == LogicOp::constant && name->constant.is_string())
            read.member = name->constant.string();
        asked.push_back(std::move(read));
    }
    return asked;
}

bool Logic::asks_the_time() const {
    return std::ranges::any_of(
        program_->nodes, [](const LogicNode& node) { return node.op == LogicOp::within_days; });
}

}  // namespace attune::engine
