#include "engine/catalogue/item_rules.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kFaultsMax = 20;

class Faults {
public:
    void add(std::string pointer, std::string detail) {
        if (fields_.size() < kFaultsMax) fields_.push_back({std::move(pointer), std::move(detail)});
    }
    [[nodiscard]] Result<void> verdict() && {
        if (fields_.empty()) return {};
        Error error{.code = Code::invalid_argument,
                    .message = fields_.front().pointer + ": " + fields_.front().detail};
        if (fields_.size() > 1)
            error.message += " (and " + std::to_string(fields_.size() - 1) + " more)";
        error.fields = std::move(fields_);
        return std::unexpected(std::move(error));
    }

private:
    std::vector<FieldError> fields_;
};

bool is_plain(std::string_view text, std::size_t bytes_max) {
    return !text.empty() && text.size() <= bytes_max &&
           std::ranges::none_of(text, [](char c) { return c >= 0 && c < 0x20; });
}

std::string plain_rule(std::size_t bytes_max) {
    return "must have 1 to " + std::to_string(bytes_max) + " bytes and no control characters";
}

void check_labels(const std::vector<std::string>& labels, const std::string& pointer,
                  Faults& faults) {
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (!is_plain(labels[i], kLabelBytesMax))
            faults.add(pointer + "/" + std::to_string(i), plain_rule(kLabelBytesMax));
}

void check_embedding(const std::string& name, const std::vector<float>& vector, Faults& faults) {
    const std::string pointer = "/embeddings/" + name;
    if (vector.empty() || vector.size() > kEmbeddingNumbersMax)
        return faults.add(pointer, "must have 1 to " + std::to_string(kEmbeddingNumbersMax) +
                                       " numbers and has " + std::to_string(vector.size()));
    for (std::size_t i = 0; i < vector.size(); ++i)
        if (!std::isfinite(vector[i]))
            faults.add(pointer + "/" + std::to_string(i), "must be a finite number");
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    });
}

void check_embeddings(const domain::Embeddings& embeddings, Faults& faults) {
    for (const auto& [name, vector] : embeddings) {
        if (is_name(name))
            check_embedding(name, vector, faults);
        else
            faults.add("/embeddings", "names have 1 to " + std::to_string(kNameBytesMax) +
                                          " letters, digits, '_', '-' and '.'");
    }
}

}  // namespace

Result<void> check_item(const domain::Item& item) {
    Faults faults;
    if (!is_plain(item.id, kLabelBytesMax)) faults.add("/id", plain_rule(kLabelBytesMax));
    check_labels(item.categories, "/categories", faults);
    check_labels(item.tags, "/tags", faults);
    if (item.brand && !is_plain(*item.brand, kLabelBytesMax))
        faults.add("/brand", plain_rule(kLabelBytesMax));
    if (item.price && !(std::isfinite(*item.price) && *item.price >= 0))
        faults.add("/price", "must be a finite number from 0 on");
    if (item.currency &&
        (item.currency->size() != 3 ||
         !std::ranges::all_of(*item.currency, [](char c) { return c >= 'A' && c <= 'Z'; })))
        faults.add("/currency", "must be three capital letters as in ISO 4217: EUR");
    if (item.available_from && item.available_until &&
        *item.available_until <= *item.available_from)
        faults.add("/available_until", "must be after available_from");
    if (item.embeddings) check_embeddings(*item.embeddings, faults);
    return std::move(faults).verdict();
}

}  // namespace attune::engine
