// Undoes "Transfer-Encoding: chunked" piece by piece. Extensions and trailers are checked, bounded and dropped.
// Belongs to one connection.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attune::http {

class ChunkDecoder {
public:
    // Takes what it can of `input` and says how much that was. A piece of body, when there is one, is
    // left in piece(), a view into `input`; call again with the rest until done() or nothing is taken.
    [[nodiscard]] Result<std::size_t> feed(std::string_view input);

    [[nodiscard]] std::string_view piece() const { return piece_; }
    [[nodiscard]] bool done() const { return state_ == State::done; }

private:
    enum class State : std::uint8_t {
        size_first,
        size,
        size_blank,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        done,
    };
    [[nodiscard]] Result<void> step(char c);
    [[nodiscard]] Result<void> step_size(char c);
    [[nodiscard]] Result<void> step_trailer(char c);

    State state_ = State::size_first;
    std::uint64_t left_ = 0;  // of this chunk
    std::size_t overhead_bytes_ =
        0;  // size lines, extensions and trailers of this body that exceed 16 bytes a chunk
    std::size_t line_bytes_ = 0;
    std::string_view piece_;
};

}  // namespace attune::http
