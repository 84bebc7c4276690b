#include "app/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace attune::app {
namespace {

class SettingsTest : public testing::Test {
protected:
    SettingsTest() : folder_(testing::TempDir() + "settings-" + std::to_string(::getpid())) {
        std::filesystem::create_directories(folder_);
    }
    ~SettingsTest() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
        const std::string path = folder_ + "/" + name;
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
        return path;
    }

    Result<LoadedSettings> load() {
        SettingSources sources{
            .flags = flags,
            .variable = [this](std::string_view name) -> std::optional<std::string> {
                const auto found = variables.find(name);
                if (found == variables.end()) return std::nullopt;
                return found->second;
            },
            .config_file = config_file};
        return load_settings(sources);
    }

    std::map<std::string, std::string, std::less<>> flags;
    std::map<std::string, std::string, std::less<>> variables;
    std::optional<std::string> config_file;

private:
    std::string folder_;
};

TEST_F(SettingsTest, FlagsWinOverEnvironmentOverFileOverDefaults) {
    config_file =
        write("a.toml", "idle_timeout_ms = 11\nwrite_timeout_ms = 12\nbody_timeout_ms = 13\n");
    variables["ATTUNE_WRITE_TIMEOUT_MS"] = "22";
    variables["ATTUNE_BODY_TIMEOUT_MS"] = "23";
    flags["body_timeout_ms"] = "33";
    const auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->settings.header_timeout_ms, 10'000u);
    EXPECT_EQ(loaded->settings.idle_timeout_ms, 11u);
    EXPECT_EQ(loaded->settings.write_timeout_ms, 22u);
    EXPECT_EQ(loaded->settings.body_timeout_ms, 33u);
    EXPECT_EQ(loaded->origins.at("idle_timeout_ms"), Origin::file);
    EXPECT_EQ(loaded->origins.at("write_timeout_ms"), Origin::environment);
    EXPECT_EQ(loaded->origins.at("body_timeout_ms"), Origin::flag);
    EXPECT_FALSE(loaded->origins.contains("header_timeout_ms"));
}

TEST_F(SettingsTest, EveryProblemIsNamedAtOnce) {
    config_file = write("a.toml", "idel_timeout_ms = 11\ndurability = \"sometimes\"\n");
    variables["ATTUNE_THREADS"] = "many";
    flags["cache_bytes_max"] = "12";
    const auto loaded = load();
    ASSERT_FALSE(loaded);
    ASSERT_EQ(loaded.error().fields.size(), 4u) << loaded.error().message;
    EXPECT_NE(loaded.error().message.find("idel_timeout_ms"), std::string::npos);
    EXPECT_NE(loaded.error().message.find("one of fsync, batch, none"), std::string::npos);
    EXPECT_NE(loaded.error().message.find("ATTUNE_THREADS"), std::string::npos);
    EXPECT_NE(loaded.error().message.find("--cache-bytes-max"), std::string::npos);
}

TEST_F(SettingsTest, BoundsAreInclusive) {
    Settings settings;
    const Setting& setting = *find_setting("batch_window_ms");
    EXPECT_FALSE(assign(settings, setting, "0"));
    EXPECT_TRUE(assign(settings, setting, "1"));
    EXPECT_TRUE(assign(settings, setting, "10000"));
    EXPECT_FALSE(assign(settings, setting, "10001"));
    EXPECT_FALSE(assign(settings, setting, "-1"));
    EXPECT_FALSE(assign(settings, setting, "99999999999999999999999"));
    EXPECT_FALSE(assign(settings, setting, ""));
    EXPECT_FALSE(assign(settings, setting, "5 "));
    EXPECT_FALSE(assign(settings, setting, "5KiB")) << "no size";
}

TEST_F(SettingsTest, SizesTakeBinaryUnits) {
    Settings settings;
    const Setting& setting = *find_setting("cache_bytes_max");
    ASSERT_TRUE(assign(settings, setting, "64MiB"));
    EXPECT_EQ(settings.cache_bytes_max, 64ull << 20);
    ASSERT_TRUE(assign(settings, setting, "2GiB"));
    EXPECT_EQ(settings.cache_bytes_max, 2ull << 30);
    EXPECT_FALSE(assign(settings, setting, "64MB"));
    EXPECT_FALSE(assign(settings, setting, "18446744073709551615GiB"));
}

TEST_F(SettingsTest, ListsComeAsArraysAndWithCommas) {
    config_file =
        write("a.toml", "cors_origins = [\"https://a.example\", \"https://b.example\"]\n");
    variables["ATTUNE_TRUSTED_PROXIES"] = " 10.0.0.1, 10.0.0.2 ,";
    const auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->settings.cors_origins,
              (std::vector<std::string>{"https://a.example", "https://b.example"}));
    EXPECT_EQ(loaded->settings.trusted_proxies, (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
}

TEST_F(SettingsTest, SecretsComeFromTheEnvironmentOrAFileThatOthersCannotRead) {
    EXPECT_TRUE(flag_of(*find_setting("root_key")).empty());
    variables["ATTUNE_ROOT_KEY"] = "a-root-key-of-some-length";
    ASSERT_TRUE(load());
    EXPECT_EQ(load()->settings.root_key.value, "a-root-key-of-some-length");
    EXPECT_EQ(text_of(load()->settings, *find_setting("root_key")), "***");

    variables.clear();
    variables["ATTUNE_ROOT_KEY_FILE"] = write("key", "another-key-of-some-length\n");
    ASSERT_TRUE(load());
    EXPECT_EQ(load()->settings.root_key.value, "another-key-of-some-length");

    variables["ATTUNE_ROOT_KEY_FILE"] = write("open", "another-key-of-some-length\n", 0644);
    const auto refused = load();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("chmod 600"), std::string::npos);
    EXPECT_EQ(refused.error().message.find("another-key"), std::string::npos);

    variables.clear();
    config_file = write("open.toml", "root_key = \"a-third-key-of-some-length\"\n", 0644);
    EXPECT_FALSE(load());
    config_file = write("closed.toml", "root_key = \"a-third-key-of-some-length\"\n");
    EXPECT_TRUE(load());
}

TEST_F(SettingsTest, AShortSecretIsRefusedWithoutBeingShown) {
    variables["ATTUNE_ROOT_KEY"] = "hunter2";
    const auto refused = load();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("hunter2"), std::string::npos);
}

TEST_F(SettingsTest, AFileThatIsNoTomlOrNotThereSaysWhere) {
    config_file = write("a.toml", "listen = \n");
    ASSERT_FALSE(load());
    EXPECT_NE(load().error().message.find("line 1"), std::string::npos) << load().error().message;
    config_file = "/nowhere/attune.toml";
    EXPECT_FALSE(load());
    config_file = write("b.toml", "[server]\nlisten = \"x\"\n");
    EXPECT_FALSE(load()) << "a section is no setting";
}

TEST(SettingsTable, NamesAreUniqueProseIsThereAndDefaultsAreWithinTheirBounds) {
    std::set<std::string_view> names;
    for (const Setting& setting : settings_table()) {
        EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
        EXPECT_GT(setting.doc.size(), 15u) << setting.name;
        EXPECT_EQ(setting.doc.back(), '.') << setting.name;
        Settings settings;
        const std::string fallback = text_of(settings, setting);
        if (!fallback.empty()) {
            EXPECT_TRUE(assign(settings, setting, fallback)) << setting.name;
        }
    }
}

TEST(SettingsTable, ThePageInTheDocumentationIsThisTable) {
    const std::string path = std::string(ATTUNE_SOURCE_DIR) + "/docs/configuration.md";
    if (std::getenv("ATTUNE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << settings_page();
    std::ifstream file(path);
    const std::string page((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(page, settings_page()) << "run this test with ATTUNE_UPDATE_GOLDEN=1";
}

}  // namespace
}  // namespace attune::app
