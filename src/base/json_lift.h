// Lifts the elements of a JSON array out of the text around it, so that each can be parsed alone: of a list in which one
// element is no JSON, the others are saved. Runs on texts that the parser refused only. Part of the codec: use base/json.h.
//
//     auto lifted = lift_json_array(R"({"batch":[{"a":1},{"a":1,"a":2}]})", "batch", 100);
//     lifted->rest                                  // {"batch":[]}, to be parsed for what else it says
//     for (std::string_view element : lifted->elements) JsonDocument::parse(element) …
//
// It knows strings, brackets and commas and nothing else. Whatever is wrong in an element stays in that element as long as
// its strings end and its brackets match; where they do not, nobody can say where the next element begins, and there is no
// array to lift.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::base {

struct LiftedArray {
    std::string rest;  // the text with "[]" where the array was
    std::vector<std::string_view>
        elements;  // as they stand in the text, without blanks around them; empty: a comma too many
    std::size_t count = 0;  // of all elements; `elements` ends at the limit
};

// The array that `text` is, or that is the value of `member` in the object that `text` is. Empty when there is no such array
// or its end cannot be told; nothing after its end is looked at, so `rest` may be no JSON. A member whose name is written
// with escapes is not found. Takes time in the length of the text; 8 kB of stack.
[[nodiscard]] std::optional<LiftedArray> lift_json_array(std::string_view text,
                                                         std::string_view member,
                                                         std::size_t elements_max);

}  // namespace attune::base
