// What every backend checks and counts alike: the bounds of names and pages, the form of cursors,
// the shape of an append. Pure functions; thread-safe.
#pragma once

#include "base/result.h"
#include "store/store.h"

#include <span>
#include <string>
#include <string_view>

namespace attune::store {

// An append's merges lead into its own person, from somebody else, and no event key stands in it
// twice.
[[nodiscard]] Result<void> check_append(const Append& append);
[[nodiscard]] Result<void> check_document(std::string_view collection, std::string_view name,
                                          std::string_view value);

// A page as bytes to continue after; empty: from the beginning.
struct Start {
    std::string after;
    bool from_beginning = true;
    std::size_t limit = 0;
};
[[nodiscard]] Result<Start> check_page(const Page& page);
[[nodiscard]] std::string cursor_of(std::string_view last);

// The bounds of what is written together, and that no name stands in it twice. Answers the bytes of
// all names and values.
[[nodiscard]] Result<std::size_t> check_writes(std::span<const DocumentWrite> writes);
// The version that writes[index] makes of version `there` (0: nothing is there); 0 when it deletes.
[[nodiscard]] Result<std::uint64_t> version_after(std::span<const DocumentWrite> writes,
                                                  std::size_t index, std::uint64_t there);

// The record's name that an event's payload is sealed under: "event/<sequence>/<index>".
[[nodiscard]] std::string event_record_name(Position position);

// What an append weighs in a queue.
[[nodiscard]] std::size_t weight_of(const Append& append);

}  // namespace attune::store
