#include "engine/decide/explanation.h"

#include "base/json_write.h"

#include <algorithm>

namespace attune::engine {
namespace {

bool is_within(std::string_view path, std::string_view whole) {
    return path.starts_with(whole) && (path.size() == whole.size() || path[whole.size()] == '.');
}

void append_names(std::string& out, const std::vector<std::string_view>& names) {
    out += '[';
    for (const std::string_view& name : names) {
        if (&name != &names.front()) out += ',';
        base::append_json(out, name);
    }
    out += ']';
}

void append_rules(std::string& out, const RuleSet::Matches& matches) {
    std::size_t undecided = matches.undecided.size();
    out += R"("rules":[)";
    for (std::size_t i = matches.rules.size(); i-- > 0;) {
        const RuleSet::Match& match = matches.rules[i];
        if (i + 1 < matches.rules.size()) out += ',';
        out += R"({"rule_id":)";
        base::append_json(out, std::string_view(match.rule->id));
        out += R"(,"name":)";
        base::append_json(out, std::string_view(match.rule->rule.name));
        out += R"(,"priority":)" + std::to_string(match.rule->rule.priority) + R"(,"outcome":")";
        out.append(name_of(match.outcome)).append("\"");
        if (!match.is_decided()) {
            out += R"(,"problem":)";
            base::append_json(out, std::string_view(matches.undecided[--undecided]));
        }
        out += '}';
    }
    out += ']';
}

}  // namespace

Explanation::Path& Explanation::at(const std::string& path) {
    const auto found = std::ranges::find(paths_, path, &Path::path);
    return found != paths_.end() ? *found : paths_.emplace_back(Path{path, {}, {}});
}

// The rule has the only word on the path and all below it.
void Explanation::take(const std::string& path, std::string_view rule) {
    (void)at(path);
    for (Path& one : paths_) {
        if (!is_within(one.path, path)) continue;
        one.lost.insert(one.lost.end(), one.rules.begin(), one.rules.end());
        std::erase(one.lost, rule);
        one.rules = {rule};
    }
}

void Explanation::add(const std::string& path, std::string_view rule) {
    Path& one = at(path);
    if (std::ranges::find(one.rules, rule) == one.rules.end()) one.rules.push_back(rule);
}

void Explanation::apply(const CompiledRule& rule) {
    for (const CompiledRule::Action& action : rule.actions) {
        const bool whole = action.op == domain::RuleOp::set ||
                           (action.op == domain::RuleOp::remove && !action.value);
        whole ? take(action.path_text, rule.id) : add(action.path_text, rule.id);
    }
}

void Explanation::write_members(std::string& out, const RuleSet::Matches& matches) const {
    append_rules(out, matches);
    out += R"(,"paths":[)";
    for (const Path& path : paths_) {
        if (&path != &paths_.front()) out += ',';
        out += R"({"path":)";
        base::append_json(out, std::string_view(path.path));
        out += R"(,"rules":)";
        append_names(out, path.rules);
        out += R"(,"lost":)";
        append_names(out, path.lost);
        out += '}';
    }
    out += ']';
}

}  // namespace attune::engine
