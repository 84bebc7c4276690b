#include "learn/evaluate/touch_file.h"

#include "base/real_text.h"
#include "base/time.h"

#include <charconv>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::size_t kFieldBytesMax = 4096;
constexpr std::size_t kRowBytesMax = 64 * 1024;
constexpr std::uint32_t kGroupsMax = 100;

std::optional<std::int64_t> seconds_of(std::string_view text) {
    std::int64_t whole = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (problem == std::errc{} && end == text.data() + text.size()) return whole;
    if (const auto time = base::parse_time(text))
        return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
    constexpr double kSecondsMax = 9e15;  // whole numbers of a double
    if (const auto number = base::real_of(text); number && std::abs(*number) < kSecondsMax)
        return static_cast<std::int64_t>(std::floor(*number));
    return std::nullopt;
}

}  // namespace

TouchFile::TouchFile(Vocabulary& vocabulary, std::string name, Shape shape)
    : vocabulary_(vocabulary), name_(std::move(name)), shape_(shape) {}

Result<void> TouchFile::result() const {
    if (problem_) return std::unexpected(*problem_);
    return {};
}

Result<void> TouchFile::feed(std::string_view bytes) {
    if (problem_) return result();
    const auto visit = [this](const base::CsvRow& row) {
        if (problem_) return;
        if (auto taken = take(row); !taken) problem_ = std::move(taken).error();
    };
    if (csv_) {
        csv_->feed(bytes, visit);
        return result();
    }
    // The delimiter is read off the first line.
    head_.append(bytes);
    const std::size_t end = head_.find('\n');
    if (end == std::string::npos && head_.size() < kRowBytesMax) return {};
    const bool has_tabs = std::string_view(head_).substr(0, end).contains('\t');
    csv_.emplace(base::CsvOptions{.delimiter = has_tabs ? '\t' : ',',
                                  .field_bytes_max = kFieldBytesMax,
                                  .row_bytes_max = kRowBytesMax});
    csv_->feed(head_, visit);
    head_ = {};
    return result();
}

Result<Touches> TouchFile::finish() && {
    if (!csv_) ATTUNE_TRY_VOID(feed("\n"));
    ATTUNE_TRY_VOID(result());
    csv_->finish([this](const base::CsvRow& row) {
        if (problem_) return;
        if (auto taken = take(row); !taken) problem_ = std::move(taken).error();
    });
    ATTUNE_TRY_VOID(result());
    if (!columns_) return fail(Code::invalid_argument, name_ + " is empty: it needs a header");
    return std::move(touches_);
}

std::unexpected<Error> TouchFile::wrong(std::uint64_t line, std::string_view column,
                                        std::string_view what) const {
    std::string message = name_ + ", line " + std::to_string(line);
    if (!column.empty()) message.append(", column ").append(column);
    return fail(Code::invalid_argument, message.append(": ").append(what));
}

Result<void> TouchFile::take(const base::CsvRow& row) {
    if (row.error) return wrong(row.line, "", row.error->message);
    return columns_ ? take_row(row) : take_header(row);
}

Result<void> TouchFile::take_header(const base::CsvRow& row) {
    Columns columns;
    const std::pair<std::string_view, std::optional<std::size_t>*> known[] = {
        {"user", &columns.user},   {"item", &columns.item},   {"weight", &columns.weight},
        {"time", &columns.time},   {"group", &columns.group}, {"user_id", &columns.user},
        {"item_id", &columns.item}};
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
        for (const auto& [name, column] : known) {
            if (row.fields[i] != name) continue;
            if (*column) return wrong(row.line, name, "comes twice in the header");
            *column = i;
        }
    }
    const auto missing = [&](std::string_view name) {
        return wrong(row.line, name, "is not in the header, which must name the columns");
    };
    if (!columns.user) return missing("user");
    if (shape_.needs_item && !columns.item) return missing("item");
    if (shape_.needs_group && !columns.group) return missing("group");
    if (!shape_.needs_item) columns.item.reset();
    touches_.has_times = columns.time.has_value();
    columns_ = columns;
    return {};
}

Result<void> TouchFile::take_row(const base::CsvRow& row) {
    if (vocabulary_.rows >= kRowsMax)
        return wrong(row.line, "", "more than " + std::to_string(kRowsMax) + " rows");
    const auto cell = [&](const std::optional<std::size_t>& column) {
        return column ? row.fields[*column] : std::string_view{};
    };
    const std::string_view user = cell(columns_->user);
    if (user.empty()) return wrong(row.line, "user", "is empty");
    if (vocabulary_.people.size() == Names::kMax || vocabulary_.items.size() == Names::kMax)
        return wrong(row.line, "", "too many different names");
    Deed deed{.person = vocabulary_.people.number(user), .touch = {.time = vocabulary_.rows++}};

    if (const auto group = cell(columns_->group); !group.empty()) {
        vocabulary_.group_of[deed.person] = vocabulary_.groups.number(group);
        if (vocabulary_.groups.size() > kGroupsMax)
            return wrong(row.line, "group", "more than 100 different groups");
    }
    if (!columns_->item) return {};
    const std::string_view item = cell(columns_->item);
    if (item.empty()) return wrong(row.line, "item", "is empty");
    deed.touch.item = vocabulary_.items.number(item);

    if (const auto text = cell(columns_->weight); !text.empty()) {
        const auto weight = base::real_of(text);
        if (!weight || !std::isfinite(static_cast<float>(*weight)))
            return wrong(row.line, "weight", "must be a number");
        deed.touch.weight = static_cast<float>(*weight);
    }
    if (columns_->time) {
        const auto time = seconds_of(cell(columns_->time));
        if (!time)
            return wrong(row.line, "time",
                         "must be seconds since 1970, or as 2026-03-01T12:30:00Z");
        deed.touch.time = *time;
    }
    touches_.deeds.push_back(deed);
    return {};
}

}  // namespace attune::learn
