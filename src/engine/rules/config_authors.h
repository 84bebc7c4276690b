// ConfigAuthors: who said something about which parts of a configuration, kept while actions are applied to it, so that it
// can be told whose word holds and whose was overruled. The tree itself (config_tree.h) knows whose word stands where; this
// remembers everybody who ever had a word there.
//
//     ConfigAuthors authors;
//     ConfigTree tree(defaults.root(), &authors);
//     tree.apply({.op = RuleOp::set, .path = path, .value = value, .author = 3});
//     for (const ConfigWord& word : tree.words()) …       // {"ui.theme", {3}, {1}}: 3 decided it, 1 wanted otherwise
//
// Authors are numbers in the order in which they are applied. Paths are bounded; keys within a path are held apart by a byte
// that no name of a rule's path has. Lives on the stack of one request.
#pragma once

#include "base/json_document.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

using ConfigAuthor = std::uint32_t;
inline constexpr ConfigAuthor kNoAuthor = UINT32_MAX;  // the document that the tree begins with

// One part of a configuration: no other word stands above or below it.
struct ConfigWord {
    static constexpr std::size_t kMax = 1'000;  // of one configuration; those beyond are left out
    static constexpr std::size_t kAuthorsMax = 100;  // of each list: the last of them

    std::string path;                   // "ui.theme"
    std::vector<ConfigAuthor> authors;  // whose word holds, in order
    std::vector<ConfigAuthor> lost;     // who had a word there, and has none any more; in order
    bool is_removed = false;            // there is nothing, because the author took it away
};

class ConfigAuthors {
public:
    [[nodiscard]] static std::string below(const std::string& path, std::string_view key);
    [[nodiscard]] static std::string in_words(std::string path);

    // That this is the author's word on the path itself.
    void said(const std::string& path, ConfigAuthor author);
    // The same of all that stands below it in the value; of the path as a whole where all values together have more parts
    // than are told apart.
    void said(const std::string& path, base::JsonView value, ConfigAuthor author);

    // Everybody who had a word on the path, on all that is below it, or on something above it as a whole; without those
    // of `but`, which is sorted.
    [[nodiscard]] std::vector<ConfigAuthor> others(const std::string& path,
                                                   const std::vector<ConfigAuthor>& but) const;

private:
    static constexpr std::size_t kPathsMax = 50'000;
    // Looking into the values of all rules costs what they are long, and one answer may not hold up the others.
    static constexpr std::size_t kPartsMax = 10'000;

    std::size_t parts_left_ = kPartsMax;
    std::map<std::string, std::vector<ConfigAuthor>, std::less<>> by_path_;
};

}  // namespace attune::engine
