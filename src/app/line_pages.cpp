#include "app/line_pages.h"

#include "base/json.h"

#include <string_view>

namespace attune::app {
namespace {

std::optional<std::string> text_of(base::JsonView line, std::string_view name) {
    const auto member = line.find(name);
    const auto text = member ? member->as_string() : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

Result<PageEnd> take_end(std::string& lines) {
    const std::size_t end = lines.find_last_not_of('\n');
    const std::size_t before = end == std::string::npos ? end : lines.rfind('\n', end);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    const auto last = base::JsonDocument::parse(std::string_view(lines).substr(begin));
    if (!last || !last->root().find("cursor"))
        return fail(Code::data_loss, "the server's answer was cut off");
    PageEnd page{text_of(last->root(), "cursor"), text_of(last->root(), "upto")};
    lines.resize(begin);
    return page;
}

}  // namespace attune::app
