// Content codings: a bounded streaming decoder for bodies that come in, and a compressor for answers that go out.
// Both belong to one thread.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace attune::http {

enum class Coding : std::uint8_t { identity, gzip, deflate };

// Content-Encoding as it was sent; nothing for one that is not understood here, nested ones among them.
[[nodiscard]] std::optional<Coding> coding_of(std::string_view content_encoding) noexcept;
// Whether Accept-Encoding lets us answer in gzip.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding) noexcept;

// Undoes gzip (also several members) or deflate (in zlib's wrapping, or bare as some clients send it). Stops a bomb while
// it grows: output beyond `ratio_max` times the input, with 64 KB granted, is "too_large".
class Inflater {
public:
    Inflater(Coding coding, std::size_t ratio_max);
    ~Inflater();
    Inflater(Inflater&&) noexcept;
    Inflater& operator=(Inflater&&) noexcept;

    // Decodes from the front of `input`, which shrinks by what was used, into `out`. Zero bytes: more input is needed.
    [[nodiscard]] Result<std::size_t> next(std::string_view& input, std::span<char> out);
    // The input has ended; an error when it ended too early.
    [[nodiscard]] Result<void> finish() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Compresses whole answers, keeping zlib's 256 KB of state between them.
class Deflater {
public:
    Deflater();
    ~Deflater();
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    // In gzip; nothing when it does not become smaller.
    [[nodiscard]] std::optional<std::string> gzip(std::string_view text);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace attune::http
