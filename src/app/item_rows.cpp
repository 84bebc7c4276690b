#include "app/item_rows.h"

#include "app/import_rows.h"
#include "app/mapped_csv.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/real_text.h"
#include "domain/describe.h"
#include "engine/catalogue/item_json.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

namespace attune::app {
namespace {

constexpr std::size_t kLineBytesMax = 1u << 20;
constexpr std::string_view kEmbeddings = "embeddings.";

Result<double> number_of(std::string_view field, std::string_view cell) {
    if (const auto value = base::real_of(cell)) return *value;
    return fail_field("/" + std::string(field), "must be a number");
}

Result<bool> switch_of(std::string_view field, std::string_view cell) {
    // Spreadsheets write TRUE.
    std::string word(cell);
    for (char& c : word)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (word == "true" || word == "1" || word == "yes") return true;
    if (word == "false" || word == "0" || word == "no") return false;
    return fail_field("/" + std::string(field), "must be true or false");
}

// An item as its cells say it one after the other.
class CellItem {
public:
    explicit CellItem(const ItemRowOptions& options) : options_(options) {}

    Result<void> set(std::string_view field, std::string_view cell) {
        if (std::string* const text = text_of(field)) {
            *text = cell;
            return {};
        }
        if (field == "categories") return take_list(cell, item_.categories);
        if (field == "tags") return take_list(cell, item_.tags);
        if (field == "price" || field == "latitude" || field == "longitude")
            return take_number(field, cell);
        if (field.ends_with("_from") || field.ends_with("_until") || field.ends_with("_at"))
            if (auto* const time = time_of(field)) return take_time(field, cell, *time);
        if (field == "hidden") {
            ATTUNE_TRY(item_.hidden, switch_of(field, cell));
            return {};
        }
        if (field == "location" || field == "embeddings" || field == "attributes")
            return take_json(field, cell);
        if (field.starts_with(kEmbeddings))
            return take_embedding(field.substr(kEmbeddings.size()), cell);
        attributes_[std::string(field)] = json_of_cell(cell);
        return {};
    }

    // The item, held against its description.
    Result<domain::Item> finish() && {
        if (!attributes_.empty())
            item_.attributes = base::JsonText::trusted(base::to_json(attributes_));
        if (has_latitude_ != has_longitude_)
            return fail_field("/location", "needs a latitude and a longitude");
        auto document = base::JsonDocument::parse(base::to_json(item_));
        if (!document) return std::unexpected(std::move(document).error());
        return engine::read_item(document->root());
    }

private:
    std::string* text_of(std::string_view field) {
        if (field == "id") return &item_.id;
        if (field == "title") return &item_.title.emplace();
        if (field == "description") return &item_.description.emplace();
        if (field == "brand") return &item_.brand.emplace();
        if (field == "currency") return &item_.currency.emplace();
        if (field == "url") return &item_.url.emplace();
        if (field == "image_url") return &item_.image_url.emplace();
        return nullptr;
    }

    std::optional<base::Time>* time_of(std::string_view field) {
        if (field == "available_from") return &item_.available_from;
        if (field == "available_until") return &item_.available_until;
        if (field == "created_at") return &item_.created_at;
        return nullptr;
    }

    Result<void> take_list(std::string_view cell, std::vector<std::string>& list) const {
        list.clear();
        while (!cell.empty()) {
            const auto end = cell.find(options_.separator);
            auto entry = cell.substr(0, end);
            while (entry.starts_with(' ')) entry.remove_prefix(1);
            while (entry.ends_with(' ')) entry.remove_suffix(1);
            if (!entry.empty()) list.emplace_back(entry);
            cell = end == std::string_view::npos ? std::string_view{} : cell.substr(end + 1);
        }
        return {};
    }

    Result<void> take_number(std::string_view field, std::string_view cell) {
        ATTUNE_TRY(const double value, number_of(field, cell));
        if (field == "price") {
            item_.price = value;
            return {};
        }
        if (!item_.location) item_.location.emplace();
        (field == "latitude" ? item_.location->latitude : item_.location->longitude) = value;
        (field == "latitude" ? has_latitude_ : has_longitude_) = true;
        return {};
    }

    Result<void> take_time(std::string_view field, std::string_view cell,
                           std::optional<base::Time>& time) const {
        time = parse_time_as(options_.time_format, std::string(cell));
        if (time) return {};
        return fail_field("/" + std::string(field), "must be a time as " + options_.time_format);
    }

    Result<void> take_embedding(std::string_view name, std::string_view cell) {
        auto vector = base::from_json<std::vector<float>>(cell);
        if (!vector)
            return fail_field("/embeddings/" + std::string(name), "must be a JSON list of numbers");
        if (!item_.embeddings) item_.embeddings.emplace();
        (*item_.embeddings)[std::string(name)] = *std::move(vector);
        return {};
    }

    // A column that is called as a member that is no text holds that member as JSON; columns of its parts come on top.
    Result<void> take_json(std::string_view field, std::string_view cell) {
        const auto refused = [&] {
            return fail_field(
                "/" + std::string(field),
                "must be JSON, as in an item; its parts may have columns of their own");
        };
        if (field == "location") {
            auto place = base::from_json<domain::GeoPoint>(cell);
            if (!place) return refused();
            item_.location = *place;
            has_latitude_ = has_longitude_ = true;
        } else if (field == "embeddings") {
            using Embeddings = std::remove_cvref_t<decltype(*item_.embeddings)>;
            auto all = base::from_json<Embeddings>(cell);
            if (!all) return refused();
            item_.embeddings = *std::move(all);
        } else {
            auto all = base::from_json<base::FlatMap<std::string, base::JsonText>>(cell);
            if (!all) return refused();
            for (auto& [name, value] : *all) attributes_[name] = std::move(value);
        }
        return {};
    }

    const ItemRowOptions& options_;
    domain::Item item_;
    base::FlatMap<std::string, base::JsonText> attributes_;
    bool has_latitude_ = false;
    bool has_longitude_ = false;
};

class NdjsonItems final : public ItemRows {
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
        const auto document = base::JsonDocument::parse(line.text);
        visit({line.number, line.text,
               document ? engine::read_item(document->root()) : std::unexpected(document.error())});
    }

    base::LineReader lines_{{.line_bytes_max = kLineBytesMax}};
    std::optional<Error> failure_;
};

class CsvItems final : public ItemRows {
public:
    explicit CsvItems(const ItemRowOptions& options)
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
        visit({row.line, row.raw, item_in(row)});
    }

    Result<domain::Item> item_in(const base::CsvRow& row) const {
        CellItem item(options_);
        for (const auto& [field, text] : options_.constants) ATTUNE_TRY_VOID(item.set(field, text));
        const auto& fields = csv_.fields();
        for (std::size_t i = 0; i < row.fields.size() && i < fields.size(); ++i)
            if (!row.fields[i].empty()) ATTUNE_TRY_VOID(item.set(fields[i], row.fields[i]));
        return std::move(item).finish();
    }

    const ItemRowOptions options_;
    MappedCsv csv_;
};

}  // namespace

std::unique_ptr<ItemRows> ItemRows::make(const ItemRowOptions& options) {
    if (options.is_csv) return std::make_unique<CsvItems>(options);
    return std::make_unique<NdjsonItems>();
}

}  // namespace attune::app
