#include "http/chunk_decoder.h"

#include "http/text.h"

namespace attune::http {

namespace {

// A chunk's size line may take this much; what goes beyond it, and the trailers, come out of a budget for the whole
// body, so that a body cannot be mostly extensions.
constexpr std::size_t kLineFree = 20;
constexpr std::size_t kOverheadMax = 8 * 1024;
constexpr std::uint64_t kChunkMax = std::uint64_t{1} << 40U;

std::unexpected<Error> malformed(std::string what) {
    return fail(Code::invalid_argument, std::move(what), "malformed_request");
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

}  // namespace

Result<std::size_t> ChunkDecoder::feed(std::string_view input) {
    piece_ = {};
    std::size_t at = 0;
    while (at < input.size() && state_ != State::done) {
        if (state_ == State::data) {
            const std::uint64_t available = input.size() - at;
            const auto length = static_cast<std::size_t>(available < left_ ? available : left_);
            piece_ = input.substr(at, length);
            at += length;
            left_ -= length;
            if (left_ == 0) state_ = State::data_cr;
            continue;
        }
        // What follows a piece is judged after the piece has been taken, so that the verdict does not depend
        // on whether both came together.
        if (!piece_.empty()) return at;
        if (auto ok = step(input[at]); !ok) return std::unexpected(ok.error());
        ++at;
    }
    return at;
}

Result<void> ChunkDecoder::step(char c) {
    switch (state_) {
        case State::size_first:
        case State::size:
        case State::size_blank:
        case State::extension:
        case State::size_lf:
            return step_size(c);
        case State::data_cr:
            if (c != '\r') return malformed("A chunk is longer than its size says.");
            state_ = State::data_lf;
            return {};
        case State::data_lf:
            if (c != '\n') return malformed("A chunk does not end in CR LF.");
            state_ = State::size_first;
            return {};
        case State::trailer_start:
        case State::trailer_name:
        case State::trailer_value:
        case State::trailer_lf:
        case State::end_lf:
            return step_trailer(c);
        case State::data:
        case State::done:
            break;
    }
    return {};
}

Result<void> ChunkDecoder::step_size(char c) {
    if (state_ == State::size_lf) {
        if (c != '\n') return malformed("A chunk size does not end in CR LF.");
        line_bytes_ = 0;
        state_ = left_ == 0 ? State::trailer_start : State::data;
        return {};
    }
    if (++line_bytes_ > kLineFree && ++overhead_bytes_ > kOverheadMax)
        return malformed("The chunks carry more than their data.");
    if (state_ == State::size_first) {
        left_ = 0;
        line_bytes_ = 1;
    }
    if (state_ == State::size_first || state_ == State::size) {
        if (const int digit = hex_digit(c); digit >= 0) {
            left_ = left_ * 16 + static_cast<unsigned>(digit);
            if (left_ > kChunkMax) return malformed("A chunk size is too large.");
            state_ = State::size;
            return {};
        }
        if (state_ == State::size_first) return malformed("A chunk has no size.");
    }
    if (c == ';') {
        state_ = State::extension;
    } else if (state_ == State::extension) {
        if (c == '\r')
            state_ = State::size_lf;
        else if (is_control(c))
            return malformed("A chunk extension holds a control character.");
    } else if (c == '\r' && state_ == State::size) {
        state_ = State::size_lf;
    } else if (c == ' ' || c == '\t') {
        state_ = State::size_blank;  // may only lead to an extension: "5 5" is no size
    } else {
        return malformed("A chunk size is not a hexadecimal number.");
    }
    return {};
}

Result<void> ChunkDecoder::step_trailer(char c) {
    if (++overhead_bytes_ > kOverheadMax) return malformed("The trailers are too large.");
    switch (state_) {
        case State::trailer_start:
            if (c == '\r') {
                state_ = State::end_lf;
            } else if (is_token_char(c)) {
                state_ = State::trailer_name;
            } else {
                return malformed("A trailer does not start with a name.");
            }
            return {};
        case State::trailer_name:
            if (c == ':')
                state_ = State::trailer_value;
            else if (!is_token_char(c))
                return malformed("A trailer name is not a token.");
            return {};
        case State::trailer_value:
            if (c == '\r')
                state_ = State::trailer_lf;
            else if (is_control(c))
                return malformed("A trailer holds a control character.");
            return {};
        case State::trailer_lf:
            if (c != '\n') return malformed("A trailer does not end in CR LF.");
            state_ = State::trailer_start;
            return {};
        default:
            if (c != '\n') return malformed("The last chunk does not end in CR LF.");
            state_ = State::done;
            return {};
    }
}

}  // namespace attune::http
