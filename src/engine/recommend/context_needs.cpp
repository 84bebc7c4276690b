#include "engine/recommend/context_needs.h"

#include "base/json.h"

#include <utility>

namespace attune::engine {

ContextNeeds ContextNeeds::of(const Logic& filter) {
    ContextNeeds needs;
    for (std::string& path : filter.paths_needed()) {
        if (!path.starts_with("context.")) continue;
        std::string text = R"({"var":)";
        base::append_json(text, std::string_view(path));
        text += '}';
        const auto document = base::JsonDocument::parse(text);
        if (!document) continue;
        // As a filter reads it: steps into arrays and texts count too.
        if (auto read = Logic::compile(document->root()))
            needs.needs_.push_back({std::move(path), *std::move(read)});
    }
    return needs;
}

std::vector<std::string> ContextNeeds::missing(LogicValue surroundings) const {
    std::vector<std::string> paths;
    LogicScratch scratch;
    for (const Need& need : needs_) {
        const auto value = need.read.evaluate({.data = surroundings}, scratch);
        if (value && value->is_nothing()) paths.push_back(need.path);
    }
    return paths;
}

}  // namespace attune::engine
