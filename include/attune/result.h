// Result<T> and Error: the one way a failure crosses a module's face.
//
//     attune::Result<Config> load(const std::string& path);
//     auto config = load("attune.toml");
//     if (!config) std::cerr << config.error().message << '\n';
//
// Exceptions come only from allocation. "Not there" is a normal answer: Code::not_found, or an empty
// optional where absence is expected. Standard library only, so that embedding programs need nothing else.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune {

enum class Code : std::uint8_t {
    invalid_argument,  // the caller's input can never work; says which field
    not_found,         // the named thing is not there
    already_exists,    // it is there, and must not be
    failed_precondition,  // right input, wrong state (a version that does not match, a store that refuses)
    aborted,              // lost a race; try the whole operation again
    permission_denied,   // known, and not allowed
    unauthenticated,     // not known
    resource_exhausted,  // a queue, a quota or the disk is full; `reason` says which
    unavailable,         // not now; the same call may work later
    deadline_exceeded,   // took longer than it may
    data_loss,           // acknowledged data is missing or damaged
    unimplemented,
    internal,
    cancelled,
};

[[nodiscard]] std::string_view name_of(Code code) noexcept;

// One field that is wrong, as an RFC 6901 JSON pointer ("/events/3/time") and what was expected there.
struct FieldError {
    std::string pointer;
    std::string detail;

    bool operator==(const FieldError&) const = default;
};

// What went wrong, where, and what to do about it. The message is for people and never holds personal data.
struct Error {
    Code code = Code::internal;
    std::string message;
    // A stable word that tells apart errors of one code where a caller acts on the difference:
    // "disk_full", "queue_full", "rate_limited", "too_large", "version_mismatch". Often empty.
    std::string reason{};
    std::vector<FieldError> fields{};
    // When to come again, where that is known; 0 where it is not.
    std::uint32_t retry_after_seconds = 0;

    bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message,
                                                 std::string reason = {}) {
    return std::unexpected(Error{code, std::move(message), std::move(reason), {}});
}

// An invalid_argument about one field; "" is all of what was given.
[[nodiscard]] inline std::unexpected<Error> fail_field(std::string pointer, std::string detail) {
    Error error{Code::invalid_argument, pointer.empty() ? detail : pointer + ": " + detail, {}, {}};
    error.fields.push_back({std::move(pointer), std::move(detail)});
    return std::unexpected(std::move(error));
}

}  // namespace attune
