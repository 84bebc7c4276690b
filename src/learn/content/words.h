// Words: text in any language into terms that can be compared, without knowing which language it is.
//
//     for_words("Die größten Spiele", [](std::string_view term, float weight) { … });   // die, grossten, spiele …
//
// Case, accents and other marks are folded away in the Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic scripts. Scripts
// without spaces (Chinese, Japanese, Thai) and Korean come as pairs of neighbouring signs. Words of more than five letters come
// a second time as their first five, with half the weight: endings then cost little in whatever language, which serves
// European languages about as well as a stemmer for each (McNamee and Mayfield 2004), and nobody has to say which it is.
//
// Pure, and total: what is no UTF-8 separates words. Thread-safe.
#pragma once

#include <functional>
#include <string_view>

namespace attune::learn {

using WordSink = std::function<void(std::string_view term, float weight)>;

void for_words(std::string_view text, const WordSink& sink);

}  // namespace attune::learn
