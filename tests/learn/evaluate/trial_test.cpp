#include "learn/evaluate/trial.h"

#include "base/json.h"
#include "base/json_document.h"

#include <gtest/gtest.h>

namespace attune::learn {
namespace {

TEST(Trial, WritesJsonWithAStableOrderOfMembers) {
    const std::vector<TrialResult> results{{.model = "ials",
                                            .params = {{"factors", 128}, {"reg", 0.007}},
                                            .metrics = {{"hr@10", 0.7296}, {"ndcg@10", 0.452}},
                                            .train_seconds = 12.3456,
                                            .peak_mb = 100.25}};
    EXPECT_EQ(trials_json(results),
              R"({"models": [{"model": "ials", "params": {"factors": 128, "reg": 0.007}, )"
              R"("metrics": {"hr@10": 0.7296, "ndcg@10": 0.452}, )"
              R"("train_seconds": 12.346, "peak_mb": 100.2}]})");
    EXPECT_EQ(trials_json({}), R"({"models": []})");
    EXPECT_TRUE(base::JsonDocument::parse(trials_json(results)));
}

TEST(Trial, WritesATableWithAModelAColumn) {
    const std::vector<TrialResult> results{
        {.model = "a", .metrics = {{"hr@10", 0.5}}, .train_seconds = 1, .peak_mb = 10},
        {.model = "longer", .metrics = {{"hr@10", 0.25}}, .train_seconds = 2, .peak_mb = 20}};
    EXPECT_EQ(trials_table(results),
              "model         a  longer\n"
              "hr@10    0.5000  0.2500\n"
              "train s     1.0     2.0\n"
              "peak MB      10      20\n");
}

}  // namespace
}  // namespace attune::learn
