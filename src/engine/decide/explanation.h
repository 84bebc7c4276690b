// Explanation: which rule decided what, kept while rules are applied, weakest first.
#pragma once

#include "engine/rules/rule_set.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class Explanation {
public:
    void apply(const CompiledRule& rule);
    // "rules":[{"rule_id","name","priority","outcome","problem"?}],"paths":[{"path","rules":[…],"lost":[…]}]
    void write_members(std::string& out, const RuleSet::Matches& matches) const;

private:
    struct Path {
        std::string path;
        std::vector<std::string_view> rules;  // whose word holds
        std::vector<std::string_view> lost;   // whose was overruled
    };
    Path& at(const std::string& path);
    void take(const std::string& path, std::string_view rule);
    void add(const std::string& path, std::string_view rule);

    std::vector<Path> paths_;
};

}  // namespace attune::engine
