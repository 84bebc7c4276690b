// What a file says of the items of an evaluation, for learners that compare items by their nature: the same rows that
// `attune items import` takes, read as learn/recommend/item_facts.h.
//
//     ATTUNE_TRY(const auto facts, read_item_facts("items.ndjson", vocabulary.items));
#pragma once

#include "base/result.h"
#include "learn/evaluate/names.h"
#include "learn/recommend/item_facts.h"

#include <string>

namespace attune::app {

// NDJSON, or CSV or TSV where the file's name says so. Items that nobody touched become part of the catalogue, so they can be
// recommended, and count in `names` from then on. invalid_argument names the file and the line of the first bad row; when an
// item comes twice, the later row counts.
[[nodiscard]] Result<learn::ItemFacts> read_item_facts(const std::string& path,
                                                       learn::Names& names);

}  // namespace attune::app
