// WrongFields: everything that is wrong with one event, so that its sender learns it in one go.
//
//     WrongFields wrong;
//     if (event.empty()) wrong.add("/event", "must have 1 to 200 bytes");
//     if (!wrong.empty()) return std::move(wrong).failure();
//
// Belongs to one thread.
#pragma once

#include "base/result.h"

#include <string>
#include <utility>

namespace attune::engine {

class WrongFields {
public:
    void add(std::string pointer, std::string detail) {
        if (fields_.size() < kMax) fields_.push_back({std::move(pointer), std::move(detail)});
    }
    // Those of an error that was found elsewhere, with their pointers below `prefix`.
    void add(std::string_view prefix, const Error& error) {
        for (const FieldError& field : error.fields)
            add(std::string(prefix) + field.pointer, field.detail);
        if (error.fields.empty()) add(std::string(prefix), error.message);
    }
    [[nodiscard]] bool empty() const { return fields_.empty(); }

    [[nodiscard]] std::unexpected<Error> failure() && {
        Error error{Code::invalid_argument,
                    fields_.front().pointer + ": " + fields_.front().detail,
                    {},
                    {}};
        error.fields = std::move(fields_);
        return std::unexpected(std::move(error));
    }

private:
    static constexpr std::size_t kMax = 20;
    std::vector<FieldError> fields_;
};

}  // namespace attune::engine
