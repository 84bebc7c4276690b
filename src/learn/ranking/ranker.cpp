#include "learn/ranking/ranker.h"

#include "learn/recommend/model_file.h"

#include <algorithm>

namespace attune::learn {

Result<Ranker> Ranker::of(std::vector<std::string> names, Trees trees) {
    if (names.size() != trees.features())
        return fail(Code::invalid_argument, "a ranker of " + std::to_string(trees.features()) +
                                                " features has " + std::to_string(names.size()) +
                                                " names for them");
    for (const std::string& name : names)
        if (name.empty() || name.contains('\n'))
            return fail(Code::invalid_argument,
                        "a feature has a name of one line, not '" + name + "'");
    return Ranker(std::move(names), std::move(trees));
}

void Ranker::save(ModelWriter& writer) const {
    std::string lines;
    for (const std::string& name : names_) lines += name + '\n';
    writer.put("names", std::string_view(lines));
    trees_.save(writer);
}

Result<Ranker> Ranker::load(const ModelReader& reader) {
    ATTUNE_TRY(std::string_view lines, reader.text("names"));
    ATTUNE_TRY(auto trees, Trees::load(reader));
    std::vector<std::string> names;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        if (end == std::string_view::npos) return reader.damaged("names");
        names.emplace_back(lines.substr(0, end));
        lines.remove_prefix(end + 1);
    }
    auto ranker = of(std::move(names), std::move(trees));
    if (!ranker) return reader.damaged("names");
    return ranker;
}

}  // namespace attune::learn
