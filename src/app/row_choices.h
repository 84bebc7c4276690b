// What commands that read files of rows are told about them: which column is what, how they are parted.
#pragma once

#include "app/command.h"
#include "base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace attune::app {

// "user_id=customer,item_id=sku", however often the option was given.
[[nodiscard]] Result<std::map<std::string, std::string, std::less<>>> pairs_of(
    const Invocation& invocation, std::string_view option);

// By its name, gzipped or not.
[[nodiscard]] bool looks_like_csv(std::string_view path);

// --delimiter, or what the file's name says.
[[nodiscard]] Result<char> delimiter_of(const Invocation& invocation, const std::string& path);

}  // namespace attune::app
