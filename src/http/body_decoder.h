// BodyDecoder: from the bytes after a request's head to the body a handler sees. Undoes chunked and the content coding,
// holds both against the limits while they stream, and knows where the body ends. Belongs to one connection.
//
//     while (true) {
//         auto step = decoder.next(input, scratch);        // input shrinks by what was used
//         if (!step) return refuse(step.error());
//         if (*step == BodyDecoder::Step::piece) take(decoder.piece());
//         else break;                                      // need_input or end
//     }
#pragma once

#include "base/result.h"
#include "http/chunk_decoder.h"
#include "http/gzip.h"
#include "http/head_parser.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace attune::http {

class BodyDecoder {
public:
    struct Limits {
        std::uint64_t bytes_max = 1 << 20;  // after decoding
        std::size_t ratio_max = 100;
    };
    BodyDecoder(const Head& head, Coding coding, Limits limits);

    enum class Step : std::uint8_t { piece, need_input, end };
    // What was left of `input` must stay where it is until this asks for more. A piece of an encoded body is written to
    // `scratch`, another is a view into `input`.
    [[nodiscard]] Result<Step> next(std::string_view& input, std::span<char> scratch);
    [[nodiscard]] std::string_view piece() const { return piece_; }

    // The body, raw, is a known number of bytes that may be read straight to where they belong.
    [[nodiscard]] std::optional<std::uint64_t> plain_length() const;

private:
    [[nodiscard]] Result<Step> next_raw(std::string_view& input);
    [[nodiscard]] Result<void> count(std::size_t bytes);

    ChunkDecoder chunks_;
    std::optional<Inflater> inflater_;
    bool chunked_;
    std::uint64_t left_;  // of a body with Content-Length
    std::uint64_t length_;
    std::uint64_t decoded_ = 0;
    Limits limits_;
    std::string_view encoded_;  // a raw piece that the inflater has not used up
    bool inflater_active_ = false;
    std::string_view piece_;
};

}  // namespace attune::http
