#include "app/import_rows.h"
#include "app/mapped_csv.h"
#include "base/json.h"
#include "base/lines.h"
#include "domain/describe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace attune::app {

namespace {

constexpr std::string_view kFields[] = {"id",    "user_id",     "anonymous_id", "event", "item_id",
                                        "value", "decision_id", "properties",   "time",  "context"};
constexpr std::size_t kLineBytesMax = 1u << 20;

bool is_field(std::string_view name) {
    return std::ranges::find(kFields, name) != std::end(kFields);
}

Result<base::JsonText> object_of(std::string_view name, std::string_view text) {
    auto json = base::JsonText::parse(text);
    if (!json || !json->is_object())
        return fail_field("/" + std::string(name), "must be a JSON object");
    return json;
}

Result<void> set_field(domain::IncomingEvent& event, std::string_view field, std::string_view cell,
                       const std::string& time_format) {
    const auto text = [&] { return std::string(cell); };
    if (field == "id") event.id = text();
    if (field == "user_id") event.user_id = text();
    if (field == "anonymous_id") event.anonymous_id = text();
    if (field == "event") event.event = text();
    if (field == "item_id") event.item_id = text();
    if (field == "decision_id") event.decision_id = text();
    if (field == "value") {
        double value = 0;
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (error != std::errc{} || end != cell.data() + cell.size())
            return fail_field("/value", "must be a number");
        event.value = value;
    }
    if (field == "time") {
        event.time = parse_time_as(time_format, text());
        if (!event.time) return fail_field("/time", "must be a time as " + time_format);
    }
    if (field == "properties") {
        ATTUNE_TRY(event.properties, object_of(field, cell));
    }
    if (field == "context") {
        ATTUNE_TRY(event.context, object_of(field, cell));
    }
    return {};
}

class NdjsonRows final : public RowReader {
public:
    void feed(std::string_view bytes, const Visit& visit) override {
        lines_.feed(bytes, [&](const base::Line& line) { take(line, visit); });
    }
    void finish(const Visit& visit) override {
        lines_.finish([&](const base::Line& line) { take(line, visit); });
    }
    const std::optional<Error>& failure() const override { return failure_; }

private:
    static void take(const base::Line& line, const Visit& visit) {
        if (line.error) return visit({line.number, line.text, std::unexpected(*line.error)});
        const base::JsonOptions options{.limits = {.bytes_max = kLineBytesMax},
                                        .unknown = base::Unknown::keep};
        visit({line.number, line.text, base::from_json<domain::IncomingEvent>(line.text, options)});
    }

    base::LineReader lines_{{.line_bytes_max = kLineBytesMax}};
    std::optional<Error> failure_;
};

class CsvRows final : public RowReader {
public:
    explicit CsvRows(const RowOptions& options)
        : options_(options), csv_(options.delimiter, options.columns) {}

    void feed(std::string_view bytes, const Visit& visit) override {
        csv_.feed(bytes, [&](const base::CsvRow& row) { take(row, visit); });
    }
    void finish(const Visit& visit) override {
        csv_.finish([&](const base::CsvRow& row) { take(row, visit); });
    }
    const std::optional<Error>& failure() const override { return csv_.failure(); }

private:
    void take(const base::CsvRow& row, const Visit& visit) const {
        if (row.error) return visit({row.line, row.raw, std::unexpected(*row.error)});
        visit({row.line, row.raw, event_of(row)});
    }

    Result<domain::IncomingEvent> event_of(const base::CsvRow& row) const {
        domain::IncomingEvent event;
        for (const auto& [field, text] : options_.constants) {
            ATTUNE_TRY_VOID(set_field(event, field, text, options_.time_format));
        }
        const auto& fields = csv_.fields();
        for (std::size_t i = 0; i < row.fields.size() && i < fields.size(); ++i) {
            const std::string_view cell = row.fields[i];
            if (cell.empty()) continue;
            if (is_field(fields[i])) {
                ATTUNE_TRY_VOID(set_field(event, fields[i], cell, options_.time_format));
            } else {
                event.extra[fields[i]] = json_of_cell(cell);
            }
        }
        return event;
    }

    RowOptions options_;
    MappedCsv csv_;
};

std::optional<base::Time> from_unix(const std::string& text, double to_micros) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const double micros = number * to_micros;
    if (error != std::errc{} || end != text.data() + text.size() ||
        !(micros > -6e16 && micros < 2.5e17))
        return std::nullopt;
    return base::Time(base::Duration(static_cast<std::int64_t>(micros)));
}

}  // namespace

std::optional<base::Time> parse_time_as(const std::string& format, const std::string& text) {
    if (format == "rfc3339") return base::parse_time(text);
    if (format == "unix") return from_unix(text, 1e6);
    if (format == "unix_ms") return from_unix(text, 1e3);
    std::tm parts{};
    parts.tm_mday = 1;
    const char* end = ::strptime(text.c_str(), format.c_str(), &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year(parts.tm_year + 1900),
        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(parts.tm_hour) +
           std::chrono::minutes(parts.tm_min) + std::chrono::seconds(std::min(parts.tm_sec, 59));
}

std::unique_ptr<RowReader> RowReader::make(const RowOptions& options) {
    if (options.format == RowFormat::csv) return std::make_unique<CsvRows>(options);
    return std::make_unique<NdjsonRows>();
}

}  // namespace attune::app
