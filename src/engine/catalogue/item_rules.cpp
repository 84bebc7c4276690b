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

bool is_unbroken(std::string_view url) {
    return std::ranges::none_of(url, [](char c) {
        return (c >= 0 && c <= ' ') || c == 0x7f || std::string_view("\"<>\\").contains(c);
    });
}

// An app's own scheme ("shop:item/7") makes an address too; what a browser would run or read from itself is none.
bool has_scheme(std::string_view url) {
    std::string scheme;
    for (const char c : url.substr(0, url.find(':')))
        scheme += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (scheme.empty() || scheme.size() + 1 >= url.size()) return false;
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool is_scheme =
        is_letter(scheme.front()) && std::ranges::all_of(scheme, [&](char c) {
            return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        });
    constexpr std::string_view kRun[] = {"javascript", "vbscript", "data", "file", "blob", "about"};
    return is_scheme && std::ranges::find(kRun, scheme) == std::end(kRun);
}

// A page of one's own site may be named by its path: "/items/7".
bool is_path(std::string_view url) { return url.starts_with('/') && !url.starts_with("//"); }

void check_url(const std::optional<std::string>& url, std::string pointer, Faults& faults) {
    if (!url || url->empty()) return;
    if (is_unbroken(*url) && (is_path(*url) || has_scheme(*url))) return;
    faults.add(std::move(pointer),
               "must be an address with a scheme (https://…, an app's own) or a path (/…), without "
               "blanks; javascript:, data: and their like are none");
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
    check_url(item.url, "/url", faults);
    check_url(item.image_url, "/image_url", faults);
    if (item.available_from && item.available_until &&
        *item.available_until <= *item.available_from)
        faults.add("/available_until", "must be after available_from");
    if (item.embeddings) check_embeddings(*item.embeddings, faults);
    return std::move(faults).verdict();
}

}  // namespace attune::engine
