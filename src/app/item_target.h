// ItemTarget: a tenant's catalogue as commands reach it: in a data directory, or through a running server.
#pragma once

#include "app/command.h"
#include "base/result.h"
#include "domain/item.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::app {

struct ItemFilterText {
    std::string category;  // empty: any
    std::string tag;
};

class ItemTarget {
public:
    struct Rejected {
        std::size_t index = 0;  // among those that were put
        std::vector<FieldError> fields;
        std::string message;
    };
    struct Outcome {
        std::uint64_t accepted = 0;
        std::uint64_t duplicates = 0;
        std::vector<Rejected> rejected;
    };

    virtual ~ItemTarget() = default;

    // Durable when it answers. An error is of all that come.
    [[nodiscard]] virtual Result<Outcome> put(std::vector<domain::Item> items) = 0;
    // As one line of JSON.
    [[nodiscard]] virtual Result<std::string> get(std::string_view id) = 0;
    // All that fit, by id, each as one line, until `take` answers false.
    using Take = std::function<bool(std::string_view)>;
    [[nodiscard]] virtual Result<void> list(const ItemFilterText& filter, const Take& take) = 0;
    [[nodiscard]] virtual Result<void> remove(std::string_view id) = 0;
    [[nodiscard]] virtual Result<void> close() = 0;

    // By --url, or else in the data directory of the settings. `must_exist`: do not make a new one.
    [[nodiscard]] static Result<std::unique_ptr<ItemTarget>> open(const Invocation& invocation,
                                                                  bool must_exist = true);
};

}  // namespace attune::app
