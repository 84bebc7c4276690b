#include "store/rules.h"

#include "base/encoding.h"

#include <algorithm>

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

Result<void> check_version(std::string_view collection, std::string_view name, std::uint64_t there,
                           std::optional<std::uint64_t> expected) {
    if (!expected || *expected == there) return {};
    return fail(Code::failed_precondition,
                named(collection, name) +
                    (there == 0 ? " does not exist" : " has version " + std::to_string(there)) +
                    ", not " + std::to_string(*expected),
                "version_mismatch");
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
