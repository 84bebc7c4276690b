// Explanation: which rule, and which variant of an experiment, decided what; kept while they are applied, weakest first.
//
//     Explanation explanation(question.reasons);
//     ConfigTree tree(defaults.root(), explanation.authors());
//     explanation.apply(rule, tree);
//     explanation.write_members(out, matches, tree);
#pragma once

#include "engine/rules/config_tree.h"
#include "engine/rules/rule_set.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class Explanation {
public:
    explicit Explanation(bool is_wanted) : is_wanted_(is_wanted) {}

    // Null: nobody wants to know.
    [[nodiscard]] ConfigAuthors* authors() { return is_wanted_ ? &authors_ : nullptr; }

    void apply(const CompiledRule& rule, ConfigTree& tree);
    // The number that a variant of the experiment changes the tree under. The id outlives this.
    [[nodiscard]] ConfigAuthor author_of_experiment(std::string_view id);

    // "rules":[{"rule_id","name","priority","outcome","problem"?}],
    // "paths":[{"path","rules":[…],"lost":[…],"experiments":[…]?,"removed":true?}]
    void write_members(std::string& out, const RuleSet::Matches& matches,
                       const ConfigTree& tree) const;

private:
    struct Author {
        std::string_view id;
        bool is_experiment = false;
    };
    [[nodiscard]] ConfigAuthor add(Author author);
    void append_path(std::string& out, const ConfigWord& word) const;
    // Of those that are experiments, or of those that are none.
    void append_ids(std::string& out, const std::vector<ConfigAuthor>& authors,
                    bool experiments) const;

    const bool is_wanted_;
    std::vector<Author> names_;
    ConfigAuthors authors_;
};

}  // namespace attune::engine
