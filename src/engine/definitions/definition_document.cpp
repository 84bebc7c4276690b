#include "engine/definitions/definition_document.h"

#include "base/json.h"

namespace attune::engine {
namespace {

// Each body kept to the bounds of what comes from outside; many of them in one document need not.
constexpr base::JsonLimits kOwnJson{.bytes_max = store::kDocumentBytesMax,
                                    .depth_max = 256,
                                    .string_bytes_max = store::kDocumentBytesMax};

struct StoredRevision {
    base::Time at;
    std::string by;
    std::string note;
    base::JsonText body;
};
BOOST_DESCRIBE_STRUCT(StoredRevision, (), (at, by, note, body))

// The newest revision's version is the document's own; those before count down from it.
struct StoredDefinition {
    std::vector<StoredRevision> history;
};
BOOST_DESCRIBE_STRUCT(StoredDefinition, (), (history))

std::size_t bytes_of(const Revision& revision) {
    constexpr std::size_t kFrame = 80;  // the names of the members, the time, the marks between
    return kFrame + revision.by.size() + revision.note.size() + revision.body.text().size();
}

}  // namespace

Result<Definition> definition_of(const store::Document& document) {
    ATTUNE_TRY(StoredDefinition stored,
               base::from_json<StoredDefinition>(document.value, {.limits = kOwnJson}));
    Definition definition{.id = document.name};
    std::uint64_t version = document.version - stored.history.size();
    for (StoredRevision& one : stored.history)
        definition.history.push_back(
            {++version, one.at, std::move(one.by), std::move(one.note), std::move(one.body)});
    if (definition.history.empty())
        return fail(Code::data_loss, "the definition '" + document.name + "' has no history");
    return definition;
}

std::string text_of(const Definition& definition) {
    StoredDefinition stored;
    for (const Revision& one : definition.history)
        stored.history.push_back({one.at, one.by, one.note, one.body});
    return base::to_json(stored);
}

std::size_t bytes_of(const Definition& definition) {
    std::size_t bytes = 0;
    for (const Revision& one : definition.history) bytes += bytes_of(one);
    return bytes;
}

void shorten(Definition& definition, std::size_t revisions_max, std::size_t bytes_max) {
    std::size_t bytes = 0;
    std::size_t kept = 0;
    for (auto one = definition.history.rbegin(); one != definition.history.rend(); ++one) {
        bytes += bytes_of(*one);
        if (kept > 0 && (kept == revisions_max || bytes > bytes_max)) break;
        ++kept;
    }
    definition.history.erase(definition.history.begin(),
                             definition.history.end() - static_cast<std::ptrdiff_t>(kept));
}

}  // namespace attune::engine
