#include "app/row_choices.h"

namespace attune::app {

Result<std::map<std::string, std::string, std::less<>>> pairs_of(const Invocation& invocation,
                                                                 std::string_view option) {
    std::map<std::string, std::string, std::less<>> pairs;
    for (const std::string& given : invocation.list(option)) {
        std::string_view rest = given;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            const auto pair = rest.substr(0, comma);
            const auto equals = pair.find('=');
            if (equals == std::string_view::npos || equals == 0) {
                return fail_field("--" + std::string(option),
                                  "must be FIELD=NAME, separated by commas");
            }
            const std::string field(pair.substr(0, equals));
            if (!pairs.emplace(field, pair.substr(equals + 1)).second) {
                return fail_field("--" + std::string(option), "names " + field + " twice");
            }
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    return pairs;
}

bool looks_like_csv(std::string_view path) {
    if (path.ends_with(".gz")) path.remove_suffix(3);
    return path.ends_with(".csv") || path.ends_with(".tsv");
}

Result<char> delimiter_of(const Invocation& invocation, const std::string& path) {
    std::string delimiter =
        invocation.text("delimiter").value_or(path.find(".tsv") != std::string::npos ? "tab" : ",");
    if (delimiter == "tab") delimiter = "\t";
    if (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r")
        return fail_field("--delimiter", "must be one character, or tab");
    return delimiter.front();
}

}  // namespace attune::app
