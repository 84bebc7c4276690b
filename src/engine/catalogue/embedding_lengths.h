// How long the embeddings of each name are: what a tenant's first item with such a vector says holds for all others, until
// the last of them has gone. Internal to engine/catalogue. Not thread-safe.
#pragma once

#include "base/result.h"
#include "engine/catalogue/catalogue_item.h"
#include "engine/catalogue/catalogue_snapshot.h"

#include <cstddef>
#include <map>
#include <string>

namespace attune::engine {

class EmbeddingLengths {
public:
    static constexpr std::size_t kNamesMax = 8;

    // `after` takes the place of `before`; either may be null. invalid_argument where a length is not that of the others,
    // or there are too many names; then nothing changed.
    [[nodiscard]] Result<void> replace(const CatalogueItem* before, const CatalogueItem* after);
    [[nodiscard]] CatalogueSnapshot::Lengths lengths() const;

private:
    struct Of {
        std::size_t length = 0;
        std::size_t items = 0;
    };
    std::map<std::string, Of, std::less<>> of_;
};

}  // namespace attune::engine
