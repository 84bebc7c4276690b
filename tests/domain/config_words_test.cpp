#include "domain/config_words.h"

#include <gtest/gtest.h>

#include <string>

namespace attune::domain {
namespace {

// "taken", or the place in the value.
std::string verdict(RuleOp op, std::string_view path, std::string_view value) {
    const auto document = base::JsonDocument::parse(value);
    EXPECT_TRUE(document) << value;
    const auto checked = check_config_change(op, path, document->root());
    if (checked) return "taken";
    EXPECT_EQ(checked.error().code, Code::invalid_argument);
    EXPECT_EQ(checked.error().fields.size(), 1u);
    return checked.error().fields.at(0).pointer;
}

TEST(ConfigWords, AreSetToOneOfTheirVocabulary) {
    EXPECT_EQ(verdict(RuleOp::set, "ui.theme", R"("dark")"), "taken");
    for (const char* wrong : {R"("pink")", R"("")", "null", "1", "[]", R"({"a":1})"})
        EXPECT_EQ(verdict(RuleOp::set, "ui.theme", wrong), "") << wrong;
    EXPECT_EQ(verdict(RuleOp::merge, "ui.theme", R"({"a":1})"), "");
    EXPECT_EQ(verdict(RuleOp::append, "ui.theme", R"("dark")"), "");
    EXPECT_EQ(verdict(RuleOp::set, "ui.colour", R"("pink")"), "taken");
    EXPECT_EQ(verdict(RuleOp::set, "theme", R"("pink")"), "taken");
}

TEST(ConfigWords, AreCheckedWhereverTheyStandInWhatIsSetAboveThem) {
    for (const RuleOp op : {RuleOp::set, RuleOp::merge}) {
        EXPECT_EQ(verdict(op, "ui", R"({"theme":"dark","button":1})"), "taken");
        EXPECT_EQ(verdict(op, "ui", R"({"theme":"pink"})"), "/theme");
        EXPECT_EQ(verdict(op, "ui", "null"), "");
        EXPECT_EQ(verdict(op, "", R"({"ui":{"layout":"compact"},"content":{}})"), "taken");
        EXPECT_EQ(verdict(op, "", R"({"ui":{"layout":"wide"}})"), "/ui/layout");
        EXPECT_EQ(verdict(op, "", R"({"content":{"difficulty":null}})"), "/content/difficulty");
        EXPECT_EQ(verdict(op, "", R"({"ui":null})"), "/ui");
        EXPECT_EQ(verdict(op, "", R"({"uix":null,"ui.theme":"pink"})"), "taken");
    }
    EXPECT_EQ(verdict(RuleOp::append, "ui", "1"), "");
    EXPECT_EQ(verdict(RuleOp::append, "content.filters", "1"), "taken");
}

TEST(ConfigWords, MayBeTakenAway) {
    EXPECT_EQ(verdict(RuleOp::remove, "ui.theme", R"("pink")"), "taken");
    EXPECT_EQ(verdict(RuleOp::remove, "ui", "1"), "taken");
}

TEST(ConfigWords, HaveNothingBelowThem) {
    EXPECT_FALSE(check_config_path("ui.theme.dark"));
    EXPECT_FALSE(check_config_path("content.difficulty.a.b"));
    for (const char* path : {"ui", "ui.theme", "ui.themes", "ui.themes.a", "theme.x", ""})
        EXPECT_TRUE(check_config_path(path)) << path;
}

}  // namespace
}  // namespace attune::domain
