#include "engine/catalogue/embedding_lengths.h"

#include <utility>

namespace attune::engine {

Result<void> EmbeddingLengths::replace(const CatalogueItem* before, const CatalogueItem* after) {
    const auto has_some = [](const CatalogueItem* item) {
        return item != nullptr && !item->embeddings.empty();
    };
    if (!has_some(before) && !has_some(after)) return {};
    auto next = of_;
    if (before != nullptr) {
        for (const auto& [name, vector] : before->embeddings) {
            const auto found = next.find(name);
            ATTUNE_CHECK(found != next.end());
            if (--found->second.items == 0) next.erase(found);
        }
    }
    if (after != nullptr) {
        for (const auto& [name, vector] : after->embeddings) {
            Of& known = next.try_emplace(name, Of{vector.size(), 0}).first->second;
            if (known.length != vector.size())
                return fail_field("/embeddings/" + name,
                                  "has " + std::to_string(vector.size()) +
                                      " numbers; this tenant's vectors of that name have " +
                                      std::to_string(known.length));
            ++known.items;
        }
        if (next.size() > kNamesMax)
            return fail_field("/embeddings", "a tenant's embeddings have at most " +
                                                 std::to_string(kNamesMax) + " different names");
    }
    of_ = std::move(next);
    return {};
}

CatalogueSnapshot::Lengths EmbeddingLengths::lengths() const {
    CatalogueSnapshot::Lengths lengths;
    for (const auto& [name, of] : of_) lengths.emplace(name, of.length);
    return lengths;
}

}  // namespace attune::engine
