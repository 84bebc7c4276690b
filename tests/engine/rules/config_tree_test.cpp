#include "engine/rules/config_tree.h"

#include <gtest/gtest.h>

namespace attune::engine {
namespace {

using base::JsonDocument;
using domain::RuleOp;

// The document after actions, each "op path value".
struct Step {
    RuleOp op;
    std::vector<std::string> path;
    std::string value;
};
std::string after(std::string_view document, std::vector<Step> steps) {
    const auto base = JsonDocument::parse(document);
    std::vector<JsonDocument> values;
    ConfigTree tree(base->root());
    for (const Step& step : steps) {
        std::optional<base::JsonView> value;
        if (!step.value.empty()) {
            values.push_back(*JsonDocument::parse(step.value));
            value = values.back().root();
        }
        tree.apply({step.op, step.path, value});
    }
    std::string out;
    tree.write(out);
    return out;
}

TEST(ConfigTree, IsTheDocumentUntilItIsChanged) {
    const std::string document = R"({"ui":{"theme":"auto","n":[1,{"a":null}]},"x":1.5})";
    EXPECT_EQ(after(document, {}), document);
}

TEST(ConfigTree, SetsAndMakesWhatIsMissing) {
    EXPECT_EQ(after(R"({"ui":{"theme":"auto","layout":"compact"}})",
                    {{RuleOp::set, {"ui", "theme"}, R"("dark")"}}),
              R"({"ui":{"theme":"dark","layout":"compact"}})");
    EXPECT_EQ(after("{}", {{RuleOp::set, {"a", "b", "c"}, "1"}, {RuleOp::set, {"a", "b"}, "2"}}),
              R"({"a":{"b":2}})");
    EXPECT_EQ(after(R"({"a":5})", {{RuleOp::set, {"a", "b"}, "1"}}), R"({"a":{"b":1}})")
        << "what is in the way gives way";
}

TEST(ConfigTree, AppendsToArraysAndMakesThem) {
    EXPECT_EQ(after(R"({"f":[1]})",
                    {{RuleOp::append, {"f"}, "2"}, {RuleOp::append, {"g", "h"}, R"({"x":1})"}}),
              R"({"f":[1,2],"g":{"h":[{"x":1}]}})");
}

TEST(ConfigTree, RemovesPathsAndEntries) {
    EXPECT_EQ(after(R"({"a":{"b":1,"c":2},"d":3})",
                    {{RuleOp::remove, {"a", "b"}, ""}, {RuleOp::remove, {"nothing", "here"}, ""}}),
              R"({"a":{"c":2},"d":3})");
    EXPECT_EQ(after(R"({"f":[1,{"a":1},1,2]})",
                    {{RuleOp::remove, {"f"}, "1"}, {RuleOp::remove, {"f"}, R"({"a":1})"}}),
              R"({"f":[2]})");
    EXPECT_EQ(after(R"({"f":[1]})", {{RuleOp::remove, {"f"}, "1"}, {RuleOp::append, {"f"}, "3"}}),
              R"({"f":[3]})");
}

TEST(ConfigTree, MergesObjectsMemberByMember) {
    EXPECT_EQ(
        after(R"({"ui":{"features":{"a":true},"theme":"auto"}})",
              {{RuleOp::merge, {"ui"}, R"({"features":{"b":false},"theme":"dark","n":[1]})"}}),
        R"({"ui":{"features":{"a":true,"b":false},"theme":"dark","n":[1]}})");
    EXPECT_EQ(after(R"({"ui":3})", {{RuleOp::merge, {"ui"}, R"({"a":1})"}}), R"({"ui":{"a":1}})");
}

}  // namespace
}  // namespace attune::engine
