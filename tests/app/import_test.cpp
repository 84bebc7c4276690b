#include "app/import_rows.h"
#include "app/import_state.h"

#include "base/json.h"
#include "domain/describe.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

namespace attune::app {
namespace {

struct Read {
    std::uint64_t line;
    std::string event;  // as JSON, or the error's message
    bool good;
};

std::vector<Read> read(const RowOptions& options, std::string_view text,
                       std::optional<Error>* failure = nullptr) {
    std::vector<Read> rows;
    const auto reader = RowReader::make(options);
    const auto visit = [&rows](const Row& row) {
        rows.push_back({row.line, row.event ? base::to_json(*row.event) : row.event.error().message,
                        row.event.has_value()});
    };
    // Pieces of one byte: what is read must not depend on where a piece ends.
    for (const char c : text) reader->feed(std::string_view(&c, 1), visit);
    reader->finish(visit);
    if (failure != nullptr) *failure = reader->failure();
    return rows;
}

TEST(NdjsonRows, BadLinesCostTheirNeighboursNothing) {
    const auto rows = read({},
                           "{\"user_id\":\"a\",\"event\":\"view\"}\n{nonsense\n\n{\"user_id\":"
                           "\"b\",\"event\":\"view\",\"colour\":1}\n");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_TRUE(rows[0].good);
    EXPECT_FALSE(rows[1].good);
    EXPECT_EQ(rows[1].line, 2u);
    EXPECT_TRUE(rows[2].good);
    EXPECT_EQ(rows[2].line, 4u);
    EXPECT_NE(rows[2].event.find("colour"), std::string::npos);
}

TEST(CsvRows, ColumnsBecomeFieldsAndOthersProperties) {
    RowOptions options{.format = RowFormat::csv};
    options.columns = {
        {"user_id", "customer"}, {"item_id", "sku"}, {"time", "when"}, {"value", "paid"}};
    options.constants = {{"event", "purchase"}};
    options.time_format = "%d.%m.%Y %H:%M";
    const auto rows = read(options,
                           "customer,sku,when,paid,colour,size,zip,note\n"
                           "ann,boots,03.02.2026 17:45,89.5,red,42,00123,\"a, \"\"b\"\"\"\n"
                           "bob,hat,31.02.2026 10:00,1,,,,\n"
                           "eve,hat,01.02.2026 10:00,dear,,,,\n");
    ASSERT_EQ(rows.size(), 3u);
    ASSERT_TRUE(rows[0].good) << rows[0].event;
    const auto event =
        base::from_json<domain::IncomingEvent>(rows[0].event, {.unknown = base::Unknown::keep});
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ(event->user_id, "ann");
    EXPECT_EQ(event->item_id, "boots");
    EXPECT_EQ(event->event, "purchase");
    EXPECT_EQ(event->value, 89.5);
    EXPECT_EQ(base::format_time(*event->time), "2026-02-03T17:45:00Z");
    EXPECT_EQ(event->extra.find("size")->text(), "42");
    EXPECT_EQ(event->extra.find("zip")->text(), "\"00123\"") << "a leading zero is no number";
    EXPECT_EQ(event->extra.find("note")->text(), "\"a, \\\"b\\\"\"");
    EXPECT_FALSE(rows[1].good);
    EXPECT_NE(rows[1].event.find("/time"), std::string::npos) << "31 February";
    EXPECT_NE(rows[2].event.find("/value"), std::string::npos);
}

TEST(CsvRows, AGuardAgainstFormulasIsNoPartOfAnId) {
    const auto rows = read({.format = RowFormat::csv},
                           "user_id,event,item_id,value,note\n'=ann,view,'-42,'-1.5,''@x\n");
    ASSERT_EQ(rows.size(), 1u);
    const auto event =
        base::from_json<domain::IncomingEvent>(rows[0].event, {.unknown = base::Unknown::keep});
    ASSERT_TRUE(event) << rows[0].event;
    EXPECT_EQ(event->user_id, "=ann");
    EXPECT_EQ(event->item_id, "-42");
    EXPECT_EQ(event->value, -1.5);
    EXPECT_EQ(event->extra.find("note")->text(), "\"'@x\"");
}

TEST(CsvRows, AColumnThatIsNotThereIsSaidAtOnce) {
    RowOptions options{.format = RowFormat::csv};
    options.columns = {{"user_id", "customer"}};
    std::optional<Error> failure;
    EXPECT_TRUE(read(options, "client,event\na,view\n", &failure).empty());
    ASSERT_TRUE(failure);
    EXPECT_NE(failure->message.find("customer"), std::string::npos);
}

TEST(Times, AreReadAsTheyAreWritten) {
    const auto expected = *base::parse_time("2026-03-01T12:30:00Z");
    EXPECT_EQ(parse_time_as("rfc3339", "2026-03-01T13:30:00+01:00"), expected);
    EXPECT_EQ(parse_time_as("unix", "1772368200"), expected);
    EXPECT_EQ(parse_time_as("unix_ms", "1772368200000"), expected);
    EXPECT_EQ(parse_time_as("%Y/%m/%d %H:%M:%S", "2026/03/01 12:30:00"), expected);
    EXPECT_EQ(parse_time_as("%Y-%m-%d", "2026-03-01x"), std::nullopt);
    EXPECT_EQ(parse_time_as("unix", "1e300"), std::nullopt);
    EXPECT_EQ(parse_time_as("unix", "nan"), std::nullopt);
}

class ImportFiles : public testing::Test {
protected:
    ImportFiles() : folder_(testing::TempDir() + "import-" + std::to_string(::getpid())) {
        std::filesystem::create_directories(folder_);
    }
    ~ImportFiles() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

private:
    std::string folder_;
};

std::string whole(RowFile& file) {
    std::string text;
    for (auto piece = file.read(); piece && !piece->empty(); piece = file.read()) text += *piece;
    return text;
}

TEST_F(ImportFiles, AGzippedFileReadsLikeAPlainOne) {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i) + "\n";
    std::ofstream(path("plain")) << text;
    gzFile zipped = gzopen(path("zipped.gz").c_str(), "wb");
    gzwrite(zipped, text.data(), static_cast<unsigned>(text.size()));
    gzclose(zipped);
    auto plain = RowFile::open(path("plain"));
    auto unzipped = RowFile::open(path("zipped.gz"));
    ASSERT_TRUE(plain && unzipped);
    EXPECT_EQ((*plain)->fingerprint(), (*unzipped)->fingerprint());
    EXPECT_EQ(whole(**plain), text);
    EXPECT_EQ(whole(**unzipped), text);
}

TEST_F(ImportFiles, ACutOffGzipFileIsAMistakeOfItsSender) {
    std::string text(3'000'000, 'x');
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>('a' + (i * i / 7) % 26);
    gzFile zipped = gzopen(path("cut.gz").c_str(), "wb");
    gzwrite(zipped, text.data(), static_cast<unsigned>(text.size()));
    gzclose(zipped);
    std::filesystem::resize_file(path("cut.gz"), std::filesystem::file_size(path("cut.gz")) / 2);
    auto file = RowFile::open(path("cut.gz"));
    Result<std::string_view> piece;
    if (file) {
        do {
            piece = (*file)->read();
        } while (piece && !piece->empty());
        EXPECT_FALSE(piece);
        if (!piece) {
            EXPECT_EQ(piece.error().code, Code::invalid_argument);
        }
    }
}

TEST_F(ImportFiles, StateIsKeptWholeOrNotAtAll) {
    const std::string file = path("events.ndjson");
    EXPECT_FALSE(read_import_state(file)->has_value());
    ASSERT_TRUE(write_import_state(
        file, {.fingerprint = "f", .lines_done = 7, .accepted = 5, .rejected = 2}));
    const auto state = read_import_state(file);
    ASSERT_TRUE(state && *state);
    EXPECT_EQ((*state)->lines_done, 7u);
    EXPECT_FALSE((*state)->complete);
    std::ofstream(import_state_path(file)) << "half of a sta";
    EXPECT_FALSE(read_import_state(file));
}

}  // namespace
}  // namespace attune::app
