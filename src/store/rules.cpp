#include "store/rules.h"

#include "base/encoding.h"

#include <algorithm>
#include <numeric>

namespace attune::store {
namespace {

// Names are the callers' (rule ids, model names), not people's: they may stand in a message.
std::string named(std::string_view collection, std::string_view name) {
    return "document '" + std::string(name) + "' of collection '" + std::string(collection) + "'";
}

Result<void> check_size(std::string_view what, std::size_t size, std::size_t max) {
    if (size <= max) return {};
    return fail(Code::invalid_argument,
                std::string(what) + " has " + std::to_string(size) + " bytes; at most " +
                    std::to_string(max) + " are kept",
                "too_large");
}

std::unexpected<Error> at_write(std::size_t index, Error error) {
    error.fields = {{"/" + std::to_string(index), error.message}};
    return std::unexpected(std::move(error));
}

Result<void> check_version(std::string_view collection, std::string_view name, std::uint64_t there,
                           std::optional<std::uint64_t> expected) {
    if (!expected || *expected == there) return {};
    return fail(Code::failed_precondition,
                named(collection, name) +
                    (there == 0 ? " does not exist" : " has version " + std::to_string(there)) +
                    ", not " + std::to_string(*expected),
                "version_mismatch");
}

// The later of two writes with one name.
std::optional<std::size_t> named_twice(std::span<const DocumentWrite> writes) {
    std::vector<std::size_t> order(writes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto name_of = [&](std::size_t i) {
        return std::pair(writes[i].collection, writes[i].name);
    };
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(name_of(i), i); });
    const auto twice = std::ranges::adjacent_find(order, {}, name_of);
    if (twice == order.end()) return std::nullopt;
    return *std::next(twice);
}

}  // namespace

Result<void> check_append(const Append& append) {
    for (const Merge& merge : append.merges) {
        if (merge.into != append.person)
            return fail(Code::invalid_argument, "a merge must lead into the person of its append");
        if (merge.from == append.person)
            return fail(Code::invalid_argument, "nobody can be merged into themselves");
    }
    if (append.events.size() < 2) return {};
    std::vector<EventKey> keys;
    keys.reserve(append.events.size());
    for (const StoredEvent& event : append.events) keys.push_back(event.key);
    std::ranges::sort(keys);
    if (std::ranges::adjacent_find(keys) != keys.end())
        return fail(Code::invalid_argument, "an event key stands twice in one append");
    return {};
}

Result<void> check_document(std::string_view collection, std::string_view name,
                            std::string_view value) {
    ATTUNE_TRY_VOID(check_size("the collection's name", collection.size(), kCollectionBytesMax));
    ATTUNE_TRY_VOID(check_size("the document's name", name.size(), kNameBytesMax));
    return check_size("the document", value.size(), kDocumentBytesMax);
}

Result<Start> check_page(const Page& page) {
    if (page.limit == 0 || page.limit > kPageLimitMax)
        return fail(Code::invalid_argument,
                    "a page holds 1 to " + std::to_string(kPageLimitMax) + " items");
    Start start;
    start.limit = page.limit;
    if (!page.after) return start;
    auto bytes = base::from_hex(*page.after);
    if (!bytes) return fail_field("/cursor", "must be the cursor of a page before this one");
    start.after = *std::move(bytes);
    start.from_beginning = false;
    return start;
}

std::string cursor_of(std::string_view last) { return base::to_hex(last); }

Result<std::size_t> check_writes(std::span<const DocumentWrite> writes) {
    if (writes.size() > kDocumentWritesMax)
        return fail(Code::invalid_argument,
                    std::to_string(writes.size()) + " documents are too many to write together; " +
                        std::to_string(kDocumentWritesMax) + " are the most",
                    "too_large");
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const DocumentWrite& one = writes[i];
        const std::string_view value = one.value.value_or(std::string_view());
        if (const auto fits = check_document(one.collection, one.name, value); !fits)
            return at_write(i, fits.error());
        bytes += one.collection.size() + one.name.size() + value.size();
    }
    if (bytes > kDocumentWritesBytesMax)
        return fail(Code::invalid_argument,
                    "the documents have " + std::to_string(bytes) + " bytes together; " +
                        std::to_string(kDocumentWritesBytesMax) + " are the most",
                    "too_large");
    if (const auto twice = named_twice(writes))
        return at_write(*twice, Error{Code::invalid_argument,
                                      named(writes[*twice].collection, writes[*twice].name) +
                                          " stands twice among those that are written together"});
    return bytes;
}

Result<std::uint64_t> version_after(std::span<const DocumentWrite> writes, std::size_t index,
                                    std::uint64_t there) {
    const DocumentWrite& one = writes[index];
    if (const auto fits = check_version(one.collection, one.name, there, one.expected); !fits)
        return at_write(index, fits.error());
    if (one.value) return there + 1;
    if (there == 0)
        return at_write(
            index, Error{Code::not_found, named(one.collection, one.name) + " does not exist"});
    return 0;
}

std::string event_record_name(Position position) {
    return "event/" + std::to_string(position.sequence) + "/" + std::to_string(position.index);
}

std::size_t weight_of(const Append& append) {
    constexpr std::size_t kEach = 64;  // what a queued append or event costs beside its payload
    std::size_t bytes = kEach + 16 * append.aliases.size() + 32 * append.merges.size();
    for (const StoredEvent& event : append.events) bytes += kEach + event.payload.size();
    return bytes;
}

}  // namespace attune::store
