#include "engine/rules/config_authors.h"

#include <algorithm>
#include <iterator>

namespace attune::engine {
namespace {

// Less than what any name begins with, so that all that is below a path follows it.
constexpr char kBetween = '\x01';

}  // namespace

std::string ConfigAuthors::below(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + kBetween + std::string(key);
}

std::string ConfigAuthors::in_words(std::string path) {
    std::ranges::replace(path, kBetween, '.');
    return path;
}

void ConfigAuthors::said(const std::string& path, ConfigAuthor author) {
    if (author == kNoAuthor || by_path_.size() >= kPathsMax) return;
    std::vector<ConfigAuthor>& authors = by_path_[path];
    if (!authors.empty() && authors.back() == author) return;
    if (authors.size() == ConfigWord::kAuthorsMax) authors.erase(authors.begin());
    authors.push_back(author);
}

void ConfigAuthors::said(const std::string& path, base::JsonView value, ConfigAuthor author) {
    bool is_leaf = true;
    if (value.is_object()) {
        for (const auto& [key, member] : value.members()) {
            is_leaf = parts_left_ == 0;
            if (is_leaf) break;
            --parts_left_;
            said(below(path, key), member, author);
        }
    }
    if (is_leaf) said(path, author);
}

std::vector<ConfigAuthor> ConfigAuthors::others(const std::string& path,
                                                const std::vector<ConfigAuthor>& but) const {
    std::vector<ConfigAuthor> found;
    const auto add = [&](const std::vector<ConfigAuthor>& authors) {
        found.insert(found.end(), authors.begin(), authors.end());
    };
    for (std::size_t end = path.find(kBetween); end != std::string::npos;
         end = path.find(kBetween, end + 1))
        if (const auto at = by_path_.find(std::string_view(path).substr(0, end));
            at != by_path_.end())
            add(at->second);
    if (const auto at = by_path_.find(path); at != by_path_.end()) add(at->second);
    const std::string within = path + kBetween;
    for (auto at = by_path_.lower_bound(within);
         at != by_path_.end() && at->first.starts_with(within); ++at)
        add(at->second);
    std::ranges::sort(found);
    const auto repeated = std::ranges::unique(found);
    found.erase(repeated.begin(), repeated.end());
    std::vector<ConfigAuthor> lost;
    std::ranges::set_difference(found, but, std::back_inserter(lost));
    if (lost.size() > ConfigWord::kAuthorsMax)
        lost.erase(lost.begin(), lost.end() - ConfigWord::kAuthorsMax);
    return lost;
}

}  // namespace attune::engine
