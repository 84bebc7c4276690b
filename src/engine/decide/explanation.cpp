#include "engine/decide/explanation.h"

#include "base/json_write.h"

#include <algorithm>

namespace attune::engine {
namespace {

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

ConfigAuthor Explanation::add(Author author) {
    if (!is_wanted_) return kNoAuthor;
    names_.push_back(author);
    return static_cast<ConfigAuthor>(names_.size() - 1);
}

void Explanation::apply(const CompiledRule& rule, ConfigTree& tree) {
    const ConfigAuthor author = add({rule.id, false});
    for (const CompiledRule::Action& action : rule.actions) {
        ConfigTree::Action step = action.step();
        step.author = author;
        tree.apply(step);
    }
}

ConfigAuthor Explanation::author_of_experiment(std::string_view id) { return add({id, true}); }

void Explanation::append_ids(std::string& out, const std::vector<ConfigAuthor>& authors,
                             bool experiments) const {
    out += '[';
    bool is_first = true;
    for (const ConfigAuthor one : authors) {
        if (names_[one].is_experiment != experiments) continue;
        if (!is_first) out += ',';
        is_first = false;
        base::append_json(out, names_[one].id);
    }
    out += ']';
}

void Explanation::append_path(std::string& out, const ConfigWord& word) const {
    out += R"({"path":)";
    base::append_json(out, std::string_view(word.path));
    out += R"(,"rules":)";
    append_ids(out, word.authors, false);
    out += R"(,"lost":)";
    append_ids(out, word.lost, false);
    if (std::ranges::any_of(word.authors, [&](auto one) { return names_[one].is_experiment; })) {
        out += R"(,"experiments":)";
        append_ids(out, word.authors, true);
    }
    out += word.is_removed ? R"(,"removed":true})" : "}";
}

void Explanation::write_members(std::string& out, const RuleSet::Matches& matches,
                                const ConfigTree& tree) const {
    append_rules(out, matches);
    out += R"(,"paths":[)";
    bool is_first = true;
    for (const ConfigWord& word : tree.words()) {
        if (!is_first) out += ',';
        is_first = false;
        append_path(out, word);
    }
    out += ']';
}

}  // namespace attune::engine
