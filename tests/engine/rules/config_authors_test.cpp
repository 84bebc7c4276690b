// Whose word holds where in a configuration, against a model that remembers who wrote each leaf.
#include "engine/rules/config_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace attune::engine {
namespace {

using base::JsonDocument;
using domain::RuleOp;
using Authors = std::set<ConfigAuthor>;

struct Step {
    RuleOp op = RuleOp::set;
    std::vector<std::string> path;
    std::string value;  // empty: none
    ConfigAuthor author = 0;
};

// A document with steps applied to it; keeps the values that the tree borrows.
class Applied {
public:
    Applied(std::string_view document, const std::vector<Step>& steps)
        : document_(*JsonDocument::parse(document)), tree_(document_.root(), &authors_) {
        ConfigTree untold(document_.root());
        for (const Step& step : steps) {
            std::optional<base::JsonView> value;
            if (!step.value.empty())
                value = values_.emplace_back(*JsonDocument::parse(step.value)).root();
            tree_.apply({step.op, step.path, value, step.author});
            untold.apply({step.op, step.path, value});
        }
        tree_.write(json);
        untold.write(json_untold);
    }
    [[nodiscard]] std::vector<ConfigWord> words() const { return tree_.words(); }

    std::string json;
    std::string json_untold;

private:
    JsonDocument document_;
    std::deque<JsonDocument> values_;
    ConfigAuthors authors_;
    ConfigTree tree_;
};

std::string list(const std::vector<ConfigAuthor>& authors) {
    std::string text;
    for (const ConfigAuthor one : authors) text += std::to_string(one);
    return text;
}

// "ui.theme:1>0" is a path that 1 decided, and 0 lost; "-" before it: it was removed.
std::string told(std::string_view document, const std::vector<Step>& steps) {
    std::string text;
    for (const ConfigWord& word : Applied(document, steps).words())
        text += (text.empty() ? "" : " ") + std::string(word.is_removed ? "-" : "") + word.path +
                ":" + list(word.authors) + (word.lost.empty() ? "" : ">" + list(word.lost));
    return text;
}

constexpr std::string_view kLearned =
    R"({"ui":{"theme":"auto","layout":"compact","order":["a","b"]}})";

TEST(ConfigAuthors, WhatNobodyChangedIsNotTold) { EXPECT_EQ(told(kLearned, {}), ""); }

TEST(ConfigAuthors, TheStrongerOfTwoHasAPath) {
    EXPECT_EQ(told(kLearned, {{RuleOp::set, {"ui", "theme"}, R"("dark")", 0},
                              {RuleOp::set, {"ui", "theme"}, R"("light")", 1}}),
              "ui.theme:1>0");
}

TEST(ConfigAuthors, AnObjectOfWhichAPartWasReplacedIsToldByParts) {
    EXPECT_EQ(told(kLearned, {{RuleOp::set, {"ui"}, R"({"theme":"dark","layout":"wide"})", 0},
                              {RuleOp::set, {"ui", "theme"}, R"("light")", 1}}),
              "ui.theme:1>0 ui.layout:0");
}

TEST(ConfigAuthors, AnObjectThatReplacesPartsIsToldAsAWhole) {
    EXPECT_EQ(told(kLearned, {{RuleOp::set, {"ui", "theme"}, R"("light")", 0},
                              {RuleOp::set, {"ui", "banner", "text"}, R"("hi")", 1},
                              {RuleOp::set, {"ui"}, R"({"theme":"dark"})", 2}}),
              "ui:2>01");
}

TEST(ConfigAuthors, AMergeHasWhatItNames) {
    EXPECT_EQ(told(kLearned, {{RuleOp::merge, {"ui"}, R"({"theme":"dark","new":{"a":1}})", 0},
                              {RuleOp::merge, {}, R"({"ui":{"new":{"b":2},"layout":"wide"}})", 1}}),
              "ui.theme:0 ui.layout:1 ui.new.a:0 ui.new.b:1");
}

TEST(ConfigAuthors, WhatWasRemovedIsToldAsRemovedAndNothingWithinIt) {
    EXPECT_EQ(told(kLearned, {{RuleOp::set, {"ui", "theme"}, R"("dark")", 0},
                              {RuleOp::set, {"x", "y"}, "1", 0},
                              {RuleOp::remove, {"ui"}, "", 1},
                              {RuleOp::remove, {"x", "nothing"}, "", 1}}),
              "-ui:1>0 x.y:0");
    EXPECT_EQ(told(kLearned, {{RuleOp::remove, {"ui", "theme"}, "", 0},
                              {RuleOp::set, {"ui", "theme"}, R"("dark")", 1}}),
              "ui.theme:1>0")
        << "taking away is a word too";
    EXPECT_EQ(told(kLearned, {{RuleOp::remove, {"ui", "theme"}, "", 0},
                              {RuleOp::set, {"ui", "theme"}, R"("dark")", 1},
                              {RuleOp::remove, {"ui", "theme"}, "", 2}}),
              "-ui.theme:2>01");
    EXPECT_EQ(told("{}", {{RuleOp::set, {"box"}, R"({"b":1})", 0},
                          {RuleOp::remove, {"box", "b"}, "", 1}}),
              "-box.b:1>0")
        << "what is left of the box is nobody's";
}

TEST(ConfigAuthors, AListIsWhoseEntriesAreInItAndWhoTookSomeOut) {
    const Step appends{RuleOp::append, {"ui", "order"}, R"("c")", 0};
    EXPECT_EQ(told(kLearned, {appends, {RuleOp::append, {"ui", "order"}, R"("d")", 1}}),
              "ui.order:01");
    EXPECT_EQ(told(kLearned, {appends, {RuleOp::remove, {"ui", "order"}, R"("c")", 1}}),
              "ui.order:1>0");
    EXPECT_EQ(told(kLearned, {appends, {RuleOp::remove, {"ui", "order"}, R"("z")", 1}}),
              "ui.order:0")
        << "there was no such entry";
    EXPECT_EQ(told(kLearned, {appends, {RuleOp::set, {"ui", "order"}, "[]", 1}}), "ui.order:1>0");
}

TEST(ConfigAuthors, WhatStandsInTheWayLoses) {
    EXPECT_EQ(told("{}", {{RuleOp::set, {"a"}, "5", 0}, {RuleOp::set, {"a", "b"}, "1", 1}}),
              "a.b:1>0");
}

TEST(ConfigAuthors, NamesWithDotsAreNoPaths) {
    EXPECT_EQ(told("{}", {{RuleOp::set, {"a"}, R"({"b.c":1,"b":{"c":2}})", 0},
                          {RuleOp::set, {"a", "b", "c"}, "3", 1}}),
              "a.b.c:0 a.b.c:1>0");
}

TEST(ConfigAuthors, OfVeryManyTheFirstPathsAndTheLastAuthorsAreTold) {
    std::vector<Step> steps;
    for (ConfigAuthor i = 0; i < 1'200; ++i) {
        steps.push_back({RuleOp::set, {"p" + std::to_string(i)}, "1", i});
        steps.push_back({RuleOp::set, {"a"}, "1", i});
    }
    const std::vector<ConfigWord> words = Applied("{}", steps).words();
    EXPECT_EQ(words.size(), ConfigWord::kMax);
    EXPECT_EQ(words[1].path, "a");
    EXPECT_EQ(words[1].authors, std::vector<ConfigAuthor>{1'199});
    EXPECT_EQ(words[1].lost.size(), ConfigWord::kAuthorsMax - 1) << "its own is among those kept";
    EXPECT_EQ(words[1].lost.back(), 1'198u);
}

// Values are looked into no further than all of them together may have parts.
TEST(ConfigAuthors, LongValuesOfManyAreToldAsWholes) {
    std::string value = "{";
    for (int i = 0; i < 4'000; ++i)
        value += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + R"(":{"v":0})";
    value += '}';
    std::vector<Step> steps;
    for (ConfigAuthor i = 0; i < 5; ++i) steps.push_back({RuleOp::set, {"big"}, value, i});
    const std::vector<ConfigWord> words = Applied("{}", steps).words();
    ASSERT_EQ(words.size(), 1u);
    EXPECT_EQ(words[0].path, "big");
    EXPECT_EQ(words[0].authors, std::vector<ConfigAuthor>{4});
    EXPECT_EQ(words[0].lost, (std::vector<ConfigAuthor>{0, 1, 2, 3}));
}

// Every leaf by its path, with who wrote it; what a configuration is, by hand.
class Model {
public:
    explicit Model(std::string_view document) {
        const auto parsed = *JsonDocument::parse(document);
        each_leaf({}, parsed.root(), [&](const std::string& path, base::JsonView value) {
            leaves[path] = leaf_of(value, {});
        });
    }

    void apply(const Step& step) {
        std::string path;
        for (const std::string& key : step.path) path += "/" + key;
        if (step.op == RuleOp::remove) return remove(path, step);
        const auto parsed = *JsonDocument::parse(step.value);
        if (step.op == RuleOp::append) return append(path, parsed.root(), step.author);
        if (step.op == RuleOp::set) clear(path);
        each_leaf(path, parsed.root(), [&](const std::string& at, base::JsonView value) {
            clear(at);
            leaves[at] = leaf_of(value, {step.author});
            said[at].insert(step.author);
        });
    }

    struct Leaf {
        Authors whole;  // who set it
        std::vector<std::pair<std::string, Authors>> entries;
        Authors removers;
        bool is_list = false;
        bool is_emptied = false;  // an object that has nothing left

        [[nodiscard]] Authors authors() const {
            Authors all = whole;
            all.insert(removers.begin(), removers.end());
            for (const auto& [text, authors] : entries) all.insert(authors.begin(), authors.end());
            return all;
        }
    };
    static bool is_within(const std::string& path, const std::string& whole) {
        return path == whole || path.starts_with(whole + "/");
    }

    std::map<std::string, Leaf> leaves;
    std::map<std::string, Authors> said;
    std::map<std::string, ConfigAuthor> removed;

private:
    template <class Do>
    static void each_leaf(const std::string& path, base::JsonView value, Do act) {
        if (!value.is_object()) return act(path, value);
        for (const auto& [key, member] : value.members())
            each_leaf(path + "/" + std::string(key), member, act);
    }
    static Leaf leaf_of(base::JsonView value, const Authors& authors) {
        Leaf leaf{.whole = authors, .entries = {}, .removers = {}};
        leaf.is_list = value.is_array();
        if (leaf.is_list)
            for (const base::JsonView one : value.elements())
                leaf.entries.emplace_back(one.text().text(), authors);
        return leaf;
    }
    // Makes room for what will stand at the path.
    void clear(const std::string& path) {
        const auto touches = [&](const auto& one) {
            return is_within(one.first, path) || is_within(path, one.first);
        };
        std::erase_if(leaves, touches);
        std::erase_if(removed, touches);
    }
    void append(const std::string& path, base::JsonView value, ConfigAuthor author) {
        said[path].insert(author);
        const auto found = leaves.find(path);
        if (found == leaves.end() || !found->second.is_list) {
            clear(path);
            leaves[path] = {.whole = {author}, .entries = {}, .removers = {}, .is_list = true};
        }
        leaves[path].entries.emplace_back(value.text().text(), Authors{author});
    }
    void remove(const std::string& path, const Step& step) {
        const auto found = leaves.find(path);
        if (!step.value.empty()) {
            if (found == leaves.end() || !found->second.is_list) return;
            const auto is_it = [&](const auto& entry) { return entry.first == step.value; };
            if (std::erase_if(found->second.entries, is_it) == 0) return;
            found->second.removers.insert(step.author);
            said[path].insert(step.author);
            return;
        }
        const auto is_in = [&](const auto& one) { return is_within(one.first, path); };
        if (std::erase_if(leaves, is_in) == 0) return;
        std::erase_if(removed, is_in);
        removed[path] = step.author;
        said[path].insert(step.author);
        const std::string above = path.substr(0, path.rfind('/'));
        const auto is_beside = [&](const auto& one) { return is_within(one.first, above); };
        if (!above.empty() && std::ranges::none_of(leaves, is_beside))
            leaves[above] = {.whole = {}, .entries = {}, .removers = {}, .is_emptied = true};
    }
};

Authors as_set(const std::vector<ConfigAuthor>& authors) {
    return {authors.begin(), authors.end()};
}

std::string model_path(std::string path) {
    std::ranges::replace(path, '.', '/');
    return "/" + path;
}

void expect_as_the_model(const Model& model, const std::vector<ConfigWord>& words) {
    std::map<std::string, const ConfigWord*> standing;
    std::map<std::string, ConfigAuthor> removed;
    for (const ConfigWord& word : words) {
        const std::string path = model_path(word.path);
        if (word.is_removed)
            removed[path] = word.authors.front();
        else
            standing[path] = &word;
        Authors lost;
        for (const auto& [at, authors] : model.said)
            if (Model::is_within(at, path) || Model::is_within(path, at))
                lost.insert(authors.begin(), authors.end());
        for (const ConfigAuthor one : word.authors) lost.erase(one);
        RC_ASSERT(as_set(word.lost) == lost);
    }
    RC_ASSERT(removed == model.removed);
    std::set<std::string> needed;
    for (const auto& [path, leaf] : model.leaves) {
        const auto found = std::ranges::find_if(
            standing, [&](const auto& one) { return Model::is_within(path, one.first); });
        if (leaf.is_emptied) {
            if (found != standing.end()) needed.insert(found->first);
            continue;
        }
        const Authors authors = leaf.authors();
        RC_ASSERT(authors.empty() == (found == standing.end()));
        if (authors.empty()) continue;
        needed.insert(found->first);
        RC_ASSERT(as_set(found->second->authors) == authors);
    }
    RC_ASSERT(needed.size() == standing.size());
}

RC_GTEST_PROP(ConfigAuthorsProperty, TellsWhatRememberingEveryLeafTells, ()) {
    const auto key = rc::gen::element<std::string>("a", "b", "c");
    const auto path =
        rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(key)));
    const auto text = rc::gen::element<std::string>("1", "2", R"(["x","y"])");
    const auto object = rc::gen::element<std::string>(R"({"a":1})", R"({"a":{"b":2},"c":["x"]})",
                                                      R"({"b":{"a":{"c":3}},"c":{"a":4}})");
    auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::exec([&] {
        const int kind = *rc::gen::inRange(0, 6);
        Step step{.path = *path};
        if (kind == 0) step.value = *text;
        if (kind == 1) step.value = *object;
        if (kind == 2) step.op = RuleOp::merge, step.value = *object;
        if (kind == 3) step.op = RuleOp::append, step.value = R"("x")";
        if (kind == 4) step.op = RuleOp::remove;
        if (kind == 5) step.op = RuleOp::remove, step.value = R"("x")";
        return step;
    }));
    // Two steps each, numbered in the order in which they are applied.
    for (std::size_t i = 0; i < steps.size(); ++i)
        steps[i].author = static_cast<ConfigAuthor>(i / 2);
    constexpr std::string_view kDocument = R"({"a":{"a":1,"b":["x"]},"b":{"c":{"a":5}},"c":6})";
    Model model(kDocument);
    for (const Step& step : steps) model.apply(step);
    const Applied applied(kDocument, steps);
    RC_ASSERT(applied.json == applied.json_untold);
    expect_as_the_model(model, applied.words());
}

}  // namespace
}  // namespace attune::engine
