// The JSON codec against Boost.JSON: what one takes and the other refuses must be one of the differences that we document,
// and canonical text must be its own canonical text. An array that we take is cut into the same elements by the scanner that
// lifts them out of a text with a flaw.
#include "base/json.h"
#include "base/json_lift.h"

#include <boost/json/src.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using attune::base::JsonDocument;
using attune::base::JsonText;

constexpr attune::base::JsonLimits kLimits{};

[[noreturn]] void differ(const char* what, std::string_view text) {
    std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

// Whether `value` holds what we refuse and Boost takes: integers beyond 64 bits become doubles there, U+0000 is text, objects
// may be large. Duplicates do not survive into a Boost value, so they are told by the detail of our error.
bool is_stricter(const attune::Error& error) {
    if (error.reason == "too_large") return true;
    const std::string& detail = error.fields.at(0).detail;
    for (const std::string_view documented :
         {"is there twice", "must not contain U+0000", "does not fit into 64 bits",
          "is nested deeper", "must not be longer", "must not have more than",
          "is one value too many", "byte order mark", "is too large for a double"}) {
        if (detail.find(documented) != std::string::npos) return true;
    }
    return false;
}

void check_canonical(const JsonDocument& document) {
    const JsonText text = document.root().text();
    const auto again = JsonText::parse(text.text());
    // Escapes and long exponents can make canonical text longer than what was read; only then may it be refused.
    if (!again) {
        if (again.error().reason != "too_large") differ("canonical text is refused", text.text());
        return;
    }
    if (*again != text) differ("canonical text is not its own", text.text());
}

void check_lifting(const JsonDocument* document, std::string_view text) {
    const auto lifted = attune::base::lift_json_array(text, {}, 1'000);
    if (lifted && lifted->elements.size() > lifted->count)
        differ("more elements than counted", text);
    if (document == nullptr || !document->root().is_array()) return;
    if (!lifted || lifted->count != document->root().size()) differ("is cut otherwise", text);
    std::size_t index = 0;
    for (const auto element : document->root().elements()) {
        if (index == lifted->elements.size()) return;
        const auto alone = JsonText::parse(lifted->elements[index++]);
        if (!alone || alone->text() != element.text().text()) differ("element differs", text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto ours = JsonDocument::parse(text, kLimits);
    check_lifting(ours ? &*ours : nullptr, text);
    (void)attune::base::lift_json_array(text, "batch", 1'000);
    boost::json::parse_options options;
    options.max_depth = kLimits.depth_max;
    boost::json::error_code refused;
    const auto theirs = boost::json::parse({text.data(), text.size()}, refused, {}, options);

    if (ours) {
        check_canonical(*ours);
        // Boost's depth counts the value inside of the innermost container as one more, and its exponents
        // are ints: 1e-2147483649 is 0 to us and an error there.
        const bool is_laxer = refused == boost::json::error::too_deep ||
                              refused == boost::json::error::exponent_overflow;
        if (refused && !is_laxer) differ("we take what Boost.JSON refuses", text);
    } else {
        if (ours.error().reason.empty() && ours.error().fields.size() != 1)
            differ("an error without a place", text);
        if (!refused && !is_stricter(ours.error())) differ("we refuse what Boost.JSON takes", text);
        if (ours.error().reason.empty() &&
            ours.error().fields[0].detail.starts_with("is not JSON")) {
            differ("the parser and the locator differ", text);
        }
    }
    return 0;
}
