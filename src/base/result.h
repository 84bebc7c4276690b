// ATTUNE_TRY: unwraps a Result or returns its error to the caller.
//
//     ATTUNE_TRY(auto person, directory.resolve(id));   // declares `person`
//     ATTUNE_TRY_VOID(store.sync());                    // for Result<void>
//
// ATTUNE_CHECK guards what only a bug can break; it stops the process in every build, because going on
// with a broken invariant is how data is lost.
#pragma once

#include <attune/result.h>

#include <source_location>

namespace attune::base {

[[noreturn]] void check_failed(const char* condition, std::source_location where) noexcept;

}  // namespace attune::base

#define ATTUNE_CONCAT_INNER(a, b) a##b
#define ATTUNE_CONCAT(a, b) ATTUNE_CONCAT_INNER(a, b)

#define ATTUNE_TRY_IMPL(result, declaration, ...)          \
    auto result = (__VA_ARGS__);                           \
    if (!result) [[unlikely]]                              \
        return std::unexpected(std::move(result).error()); \
    declaration = *std::move(result)

#define ATTUNE_TRY(declaration, ...) \
    ATTUNE_TRY_IMPL(ATTUNE_CONCAT(attune_try_, __LINE__), declaration, __VA_ARGS__)

#define ATTUNE_TRY_VOID(...)                                                         \
    do {                                                                             \
        if (auto attune_try_result = (__VA_ARGS__); !attune_try_result) [[unlikely]] \
            return std::unexpected(std::move(attune_try_result).error());            \
    } while (false)

#define ATTUNE_CHECK(condition)                                                        \
    do {                                                                               \
        if (!(condition)) [[unlikely]]                                                 \
            ::attune::base::check_failed(#condition, std::source_location::current()); \
    } while (false)
