// flagd's own schema tests and the vectors of its hash, where they are there (ATTUNE_SHARED, or beside the checkout).
#include "engine/logic/murmur3.h"
#include "engine/logic/sem_ver.h"
#include "tests/engine/flags/support.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace attune::engine {
namespace {

namespace fs = std::filesystem;
using test::compiled;
using test::json;

fs::path conformance() {
    if (const char* shared = std::getenv("ATTUNE_SHARED")) return fs::path(shared) / "conformance";
    return fs::path(ATTUNE_SOURCE_DIR) / "../shared/conformance";
}

std::string read(const fs::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Bare rules become the targeting of a flag.
std::string flag_with(const std::string& targeting) {
    return R"({"flags":{"f":{"state":"ENABLED","variants":{"a":"a"},"defaultVariant":"a","targeting":)" +
           targeting + "}}}";
}

TEST(FlagdSchemas, PositiveFilesAreTakenAndNegativeOnesRefused) {
    const fs::path root = conformance() / "flagd-schemas/json/test";
    if (!fs::exists(root)) GTEST_SKIP() << "flagd's schema tests are not at " << root;
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".json") continue;
        ++files;
        const bool is_rule = entry.path().string().find("/targeting/") != std::string::npos;
        const bool is_positive = entry.path().parent_path().filename() == "positive";
        const std::string text = read(entry.path());
        const auto set = compiled(is_rule ? flag_with(text) : text);
        EXPECT_EQ(set.has_value(), is_positive)
            << entry.path() << (set ? "" : ": " + set.error().message);
    }
    EXPECT_GE(files, 30);
}

TEST(FlagdHash, GivesThePublishedHashesAndVariants) {
    const fs::path root = conformance() / "murmur3";
    if (!fs::exists(root)) GTEST_SKIP() << "the vectors are not at " << root;
    std::string text = read(root / "murmur3_x86_32_vectors.json");
    // Our JSON holds no U+0000; the bytes stand beside as hexadecimal digits.
    for (std::size_t at = 0; (at = text.find("\\u0000")) != std::string::npos;) text.erase(at, 6);
    const auto hashes = json(text);
    for (const base::JsonView vector : hashes.root().find("vectors")->elements()) {
        if (vector.find("seed")->as_uint64() != 0u) continue;
        std::string bytes;
        const std::string_view hex = *vector.find("utf8_hex")->as_string();
        for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
            bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
        EXPECT_EQ(murmur3(bytes), vector.find("murmur3_x86_32")->as_uint64()) << hex;
    }
    const auto document = json(read(root / "fractional_v2_vectors.json"));
    for (const base::JsonView one : document.root().find("cases")->elements()) {
        std::string rule = R"({"fractional":[{"var":"k"})";
        std::size_t index = 0;
        for (const base::JsonView weight : one.find("weights")->elements())
            rule += R"(,["v)" + std::to_string(index++) + "\"," +
                    std::string(weight.text().text()) + "]";
        const auto data = json(R"({"k":)" + std::string(one.find("bucketBy")->text().text()) + "}");
        const auto logic = Logic::compile(json(rule + "]}").root());
        ASSERT_TRUE(logic);
        EXPECT_EQ(logic->answer({.data = LogicValue(data.root())})->text(),
                  "\"v" + std::to_string(*one.find("index")->as_uint64()) + "\"");
    }
}

TEST(SemVerFixtures, OfNodeHoldWhereTheyAreVersionsOfFlagd) {
    const fs::path path = conformance() / "semver/semver-fixtures.json";
    if (!fs::exists(path)) GTEST_SKIP() << "the fixtures are not at " << path;
    const auto document = json(read(path));
    const auto rows = [&](const char* name, auto check) {
        int checked = 0;
        for (const base::JsonView row : document.root().find(name)->elements()) {
            const auto all = row.elements();
            auto at = all.begin();
            const auto left = (*at++).as_string();
            const auto right = (*at++).as_string();
            if (!left || !right || at != all.end())
                continue;  // rows with options are about other things
            check(*left, *right);
            ++checked;
        }
        EXPECT_GT(checked, 10) << name;
    };
    rows("comparisons", [](std::string_view greater, std::string_view less) {
        EXPECT_EQ(sem_ver_holds(greater, VersionTest::greater, less), true)
            << greater << " > " << less;
        EXPECT_EQ(sem_ver_holds(less, VersionTest::at_most, greater), true)
            << less << " <= " << greater;
    });
}

}  // namespace
}  // namespace attune::engine
