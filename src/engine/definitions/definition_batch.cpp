#include "engine/definitions/definition_batch.h"

#include "engine/definitions/definition_document.h"

#include <limits>
#include <string>

namespace attune::engine {

void DefinitionBatch::shorten_histories() {
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
    // Leaves room for names, and for what is escaped in notes.
    constexpr std::size_t kBytesMax = store::kDocumentWritesBytesMax / 4 * 3;
    std::size_t bytes = 0;
    for (const Put& one : puts_) bytes += bytes_of(*one.next);
    for (std::size_t each = kHistoryBytesMax; bytes > kBytesMax && each > 0; each /= 4) {
        bytes = 0;
        for (const Put& one : puts_) {
            shorten(*one.next, kAll, each);
            bytes += bytes_of(*one.next);
        }
    }
}

Result<bool> DefinitionBatch::store() {
    const std::size_t count = puts_.size() + forgotten_.size();
    if (count > store::kDocumentWritesMax)
        return fail(Code::invalid_argument,
                    std::to_string(count) + " definitions are too many to change at once; " +
                        std::to_string(store::kDocumentWritesMax) + " are the most",
                    "too_large");
    if (is_dry_run_) return false;
    shorten_histories();
    std::vector<std::string> texts;
    texts.reserve(puts_.size());
    std::vector<store::DocumentWrite> writes = forgotten_;
    for (const Put& one : puts_)
        writes.push_back({one.collection, one.next->id, texts.emplace_back(text_of(*one.next)),
                          one.next->now().version - 1});
    auto stored = store_.put_documents(tenant_, writes);
    if (stored) return true;
    // Its places are those of a list that the caller does not know.
    stored.error().fields.clear();
    return std::unexpected(std::move(stored).error());
}

}  // namespace attune::engine
