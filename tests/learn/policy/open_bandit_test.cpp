// The Open Bandit Dataset (Saito, Aihara, Matsutani and Narita 2021, "Open Bandit Dataset and
// Pipeline"; the small sample of the men's campaign), where what the other policy would have earned is
// known, because it ran too. Read where it lies, when it is there; skipped otherwise.
//
// References, computed with the Open Bandit Pipeline's formulas in NumPy from 40,000 draws:
//   logged by random: CTR .00460; as BTS IPW .00454, SNIPW .00461, effective rows 2,491; BTS earned .00690
//   logged by BTS:    CTR .00690; as random IPW .00301, SNIPW .00319, effective rows 656; random earned .00460
#include "base/csv.h"
#include "base/json.h"
#include "learn/policy/evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

namespace attune::learn {
namespace {

constexpr std::size_t kItems = 34;
constexpr std::size_t kPositions = 3;
constexpr int kDraws = 40'000;
using Policy = std::array<std::array<double, kItems>, kPositions>;

std::filesystem::path data_folder() {
    if (const char* shared = std::getenv("ATTUNE_SHARED"))
        return std::filesystem::path(shared) / "data/obd-men";
    return std::filesystem::path(ATTUNE_SOURCE_DIR) / "../shared/data/obd-men";
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

double number(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// The lists "alpha:" and "beta:" below "men:".
std::array<std::array<double, kItems>, 2> prior_of(const std::string& yaml) {
    std::array<std::array<double, kItems>, 2> prior{};
    std::size_t at = yaml.find("men:\n");
    for (auto& list : prior) {
        for (double& value : list) {
            at = yaml.find("- ", at) + 2;
            value = number(std::string_view(yaml).substr(at, 20));
        }
    }
    return prior;
}

// Thompson sampling over frozen Beta posteriors shows the top three; π(item | position) by frequency.
Policy thompson_policy(const std::filesystem::path& folder) {
    const auto prior = prior_of(text_of(folder / "prior_bts.yaml"));
    std::mt19937_64 engine(20260301);  // NOLINT(bugprone-random-generator-seed): replays
    Policy policy{};
    std::array<std::pair<double, std::size_t>, kItems> drawn;
    std::array<std::array<std::gamma_distribution<double>, kItems>, 2> gammas;
    for (std::size_t side = 0; side < 2; ++side)
        for (std::size_t item = 0; item < kItems; ++item)
            gammas[side][item] = std::gamma_distribution<double>(prior[side][item], 1.0);
    for (int draw = 0; draw < kDraws; ++draw) {
        for (std::size_t item = 0; item < kItems; ++item) {
            const double up = gammas[0][item](engine);
            const double down = gammas[1][item](engine);
            drawn[item] = {up / (up + down), item};
        }
        std::ranges::partial_sort(drawn, drawn.begin() + kPositions, std::greater<>{});
        for (std::size_t position = 0; position < kPositions; ++position)
            policy[position][drawn[position].second] += 1.0 / kDraws;
    }
    return policy;
}

Policy even_policy() {
    Policy policy{};
    for (auto& row : policy) row.fill(1.0 / kItems);
    return policy;
}

PolicyReport evaluate(const std::filesystem::path& file, const Policy& policy) {
    std::array<std::string, kPositions> targets;
    for (std::size_t position = 0; position < kPositions; ++position) {
        std::map<std::string, double> chances;
        for (std::size_t item = 0; item < kItems; ++item)
            if (policy[position][item] > 0) chances[std::to_string(item)] = policy[position][item];
        targets[position] = base::to_json(chances);
    }
    PolicyLog log;
    base::CsvReader reader{base::CsvOptions{}};
    bool header = true;
    const auto on_row = [&](const base::CsvRow& row) {
        if (std::exchange(header, false)) return;
        const auto& fields =
            row.fields;  // …, timestamp, item_id, position, click, propensity_score
        const auto position = static_cast<std::size_t>(number(fields[3])) - 1;
        const std::string line = R"({"context":{"position":")" + std::string(fields[3]) +
                                 R"("},"action":)" + std::string(fields[2]) + R"(,"reward":)" +
                                 std::string(fields[4]) + R"(,"propensity":)" +
                                 std::string(fields[5]) + R"(,"target":)" + targets[position] + "}";
        const auto document = base::JsonDocument::parse(line);
        ASSERT_TRUE(document) << document.error().message;
        const auto added = log.add(document->root());
        ASSERT_TRUE(added) << added.error().message;
    };
    reader.feed(text_of(file), on_row);
    reader.finish(on_row);
    return *log.evaluate({});
}

void expect_within(double value, double reference, double share) {
    EXPECT_NEAR(value / reference, 1, share) << value << " against " << reference;
}

void expect_covers(const PolicyEstimate& estimate, double truth) {
    ASSERT_TRUE(estimate.ci);
    EXPECT_LE((*estimate.ci)[0], truth);
    EXPECT_GE((*estimate.ci)[1], truth);
}

TEST(OpenBandit, JudgesEachPolicyFromTheLogOfTheOther) {
    const auto folder = data_folder();
    if (!std::filesystem::exists(folder / "random/men.csv"))
        GTEST_SKIP() << "the Open Bandit data is not at " << folder;
    const auto bts = evaluate(folder / "random/men.csv", thompson_policy(folder));
    expect_within(bts.logged.value, .00460, 1e-9);
    expect_within(bts.estimators.ips.value, .00454, .03);
    expect_within(bts.estimators.snips.value, .00461, .03);
    expect_within(bts.effective_sample_size, 2'491, .03);

    const auto random = evaluate(folder / "bts/men.csv", even_policy());
    expect_within(random.logged.value, .00690, 1e-9);
    expect_within(random.estimators.ips.value, .00301, .03);
    expect_within(random.estimators.snips.value, .00319, .03);
    expect_within(random.effective_sample_size, 656, .03);

    for (const auto estimate : {&PolicyEstimates::ips, &PolicyEstimates::snips,
                                &PolicyEstimates::dr, &PolicyEstimates::switch_dr}) {
        expect_covers(bts.estimators.*estimate, .00690);
        expect_covers(random.estimators.*estimate, .00460);
    }
    ASSERT_FALSE(random.warnings.empty());
    EXPECT_EQ(random.warnings[0].code, "few_effective_rows");
}

}  // namespace
}  // namespace attune::learn
