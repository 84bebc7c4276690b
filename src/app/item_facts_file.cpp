#include "app/item_facts_file.h"

#include "app/import_rows.h"
#include "app/item_rows.h"
#include "app/row_choices.h"
#include "base/json_document.h"

#include <algorithm>
#include <cmath>

namespace attune::app {

namespace {

void add_text(std::string& text, const std::optional<std::string>& part) {
    if (!part || part->empty()) return;
    if (!text.empty()) text += '\n';
    text += *part;
}

void add_labels(std::vector<std::string>& labels, std::string_view kind,
                const std::vector<std::string>& names) {
    for (const std::string& name : names) labels.push_back(std::string(kind) + ":" + name);
}

void add_numbers(std::vector<std::pair<std::string, double>>& numbers,
                 const base::JsonText& attributes) {
    if (attributes.text().empty()) return;
    const auto document = base::JsonDocument::parse(attributes.text());
    if (!document || !document->root().is_object()) return;
    for (const auto member : document->root().members())
        if (const auto number = member.value.as_double())
            numbers.emplace_back(std::string(member.key), *number);
}

// All but the embedding, which depends on what the others have.
learn::ItemFact fact_of(const domain::Item& item) {
    learn::ItemFact fact;
    add_text(fact.text, item.title);
    add_text(fact.text, item.description);
    add_labels(fact.labels, "category", item.categories);
    add_labels(fact.labels, "tag", item.tags);
    if (item.brand) fact.labels.push_back("brand:" + *item.brand);
    fact.price = item.price;
    add_numbers(fact.numbers, item.attributes);
    if (item.location) fact.place = learn::Place{item.location->latitude, item.location->longitude};
    return fact;
}

void add_of_length_one(std::vector<float>& all, std::span<const float> vector, std::size_t length) {
    double squares = 0;
    for (const float number : vector) squares += double{number} * number;
    const double scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
    for (const float number : vector) all.push_back(static_cast<float>(number * scale));
    all.resize(all.size() + length - vector.size());
}

class FactsFile {
public:
    FactsFile(const std::string& path, learn::Names& names) : path_(path), names_(names) {}

    void take(const ItemRow& row) {
        if (problem_) return;
        if (!row.item) return refuse(row.line, row.item.error());
        const domain::Item& item = *row.item;
        const std::uint32_t number = names_.number(item.id);
        if (facts_.size() <= number) facts_.resize(number + 1);
        if (embeddings_.size() <= number) embeddings_.resize(number + 1);
        facts_[number] = fact_of(item);
        embeddings_[number] = item.embeddings.value_or(domain::Embeddings{});
        for (const auto& [name, vector] : embeddings_[number]) {
            const std::size_t usual = lengths_.try_emplace(name, vector.size()).first->second;
            if (usual != vector.size())
                return refuse(row.line, {Code::invalid_argument,
                                         "embeddings." + name + " has another length than before"});
        }
    }

    // A fact for each of the names, empty for items that the file does not have.
    Result<learn::ItemFacts> finish() && {
        if (problem_) return std::unexpected(*std::move(problem_));
        for (std::size_t number = 0; number < facts_.size(); ++number) {
            if (embeddings_[number].empty()) continue;
            for (const auto& [name, length] : lengths_) {
                const std::vector<float>* vector = embeddings_[number].find(name);
                add_of_length_one(facts_[number].embedding,
                                  vector == nullptr ? std::span<const float>{} : *vector, length);
            }
        }
        facts_.resize(names_.size());
        return std::move(facts_);
    }

private:
    void refuse(std::uint64_t line, const Error& error) {
        problem_ = error;
        std::string where = path_ + ", line " + std::to_string(line);
        if (!error.fields.empty())
            where += ", " + error.fields[0].pointer + " " + error.fields[0].detail;
        problem_->message = where + ": " + error.message;
    }

    const std::string& path_;
    learn::Names& names_;
    learn::ItemFacts facts_;
    std::vector<domain::Embeddings> embeddings_;
    std::map<std::string, std::size_t, std::less<>> lengths_;
    std::optional<Error> problem_;
};

}  // namespace

Result<learn::ItemFacts> read_item_facts(const std::string& path, learn::Names& names) {
    ATTUNE_TRY(const auto file, RowFile::open(path));
    const auto rows =
        ItemRows::make({.is_csv = looks_like_csv(path),
                        .delimiter = path.find(".tsv") == std::string::npos ? ',' : '\t'});
    FactsFile facts(path, names);
    const auto visit = [&](const ItemRow& row) { facts.take(row); };
    for (;;) {
        ATTUNE_TRY(const auto piece, file->read());
        if (piece.empty()) break;
        rows->feed(piece, visit);
    }
    rows->finish(visit);
    return std::move(facts).finish();
}

}  // namespace attune::app
