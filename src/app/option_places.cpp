#include "app/option_places.h"

#include <algorithm>
#include <string>

namespace attune::app {
namespace {

std::string option_of(std::string_view member) {
    std::string option = "--" + std::string(member.substr(1));
    std::ranges::replace(option, '_', '-');
    return option;
}

}  // namespace

Error as_options(Error error,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> others) {
    for (FieldError& field : error.fields) {
        if (!field.pointer.starts_with('/')) continue;
        const auto other =
            std::ranges::find(others, field.pointer, [](const auto& one) { return one.first; });
        std::string option =
            other != others.end() ? std::string(other->second) : option_of(field.pointer);
        if (error.message.starts_with(field.pointer + ":"))
            error.message.replace(0, field.pointer.size(), option);
        field.pointer = std::move(option);
    }
    return error;
}

}  // namespace attune::app
