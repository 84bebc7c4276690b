// Whose word holds where: what a tree knows when it was changed with authors.
#include "engine/rules/config_tree.h"

#include <algorithm>

namespace attune::engine {

// Whoever set the list decided it, together with those whose entries are in it and those who took some out.
std::vector<ConfigAuthor> ConfigTree::authors_of(Index node) const {
    std::vector<ConfigAuthor> authors{nodes_[node].author};
    if (nodes_[node].kind == Kind::array)
        for (Index at = nodes_[node].first; at != kNone; at = nodes_[at].next)
            authors.push_back(nodes_[at].author);
    std::ranges::sort(authors);
    const auto repeated = std::ranges::unique(authors);
    authors.erase(repeated.begin(), repeated.end());
    if (authors.back() == kNoAuthor) authors.pop_back();
    return authors;
}

void ConfigTree::tell_members(Index node, const std::string& path,
                              std::vector<ConfigWord>& words) const {
    for (Index at = nodes_[node].first; at != kNone; at = nodes_[at].next) {
        const Node& one = nodes_[at];
        // Made anew since: then that is what is there. Removed twice: the last one did it.
        const auto is_same = [&](Index other) { return nodes_[other].key == one.key; };
        bool is_past = false;
        if (one.kind == Kind::removed)
            for (Index after = one.next; after != kNone && !is_past; after = nodes_[after].next)
                is_past = is_same(after);
        if (!is_past) tell(at, ConfigAuthors::below(path, one.key), words);
    }
}

void ConfigTree::tell(Index node, const std::string& path, std::vector<ConfigWord>& words) const {
    const Node& one = nodes_[node];
    const std::size_t told = words.size();
    if (one.kind == Kind::object) tell_members(node, path, words);
    const auto is_there = [&](Index at) { return nodes_[at].kind != Kind::removed; };
    bool has_members = words.size() > told;  // a member that is no more was told, too
    if (one.kind == Kind::object)
        for (Index at = one.first; at != kNone && !has_members; at = nodes_[at].next)
            has_members = is_there(at);
    if (has_members || words.size() >= ConfigWord::kMax) return;
    ConfigWord word{.path = path, .authors = authors_of(node), .lost = {}};
    if (word.authors.empty()) return;
    word.lost = authors_->others(path, word.authors);
    word.is_removed = one.kind == Kind::removed;
    if (word.authors.size() > ConfigWord::kAuthorsMax)
        word.authors.erase(word.authors.begin(), word.authors.end() - ConfigWord::kAuthorsMax);
    word.path = ConfigAuthors::in_words(std::move(word.path));
    words.push_back(std::move(word));
}

std::vector<ConfigWord> ConfigTree::words() const {
    std::vector<ConfigWord> words;
    if (authors_ != nullptr) tell_members(0, {}, words);
    return words;
}

}  // namespace attune::engine
