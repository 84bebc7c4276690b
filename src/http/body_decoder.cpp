#include "http/body_decoder.h"

namespace attune::http {

BodyDecoder::BodyDecoder(const Head& head, Coding coding, Limits limits)
    : chunked_(head.chunked),
      left_(head.content_length),
      length_(head.content_length),
      limits_(limits) {
    if (coding != Coding::identity) inflater_.emplace(coding, limits.ratio_max);
}

std::optional<std::uint64_t> BodyDecoder::plain_length() const {
    if (chunked_ || inflater_) return std::nullopt;
    return length_;
}

// The next raw piece, with chunked undone, in piece_.
Result<BodyDecoder::Step> BodyDecoder::next_raw(std::string_view& input) {
    piece_ = {};
    if (!chunked_) {
        if (left_ == 0) return Step::end;
        if (input.empty()) return Step::need_input;
        piece_ =
            input.substr(0, left_ < input.size() ? static_cast<std::size_t>(left_) : input.size());
        input.remove_prefix(piece_.size());
        left_ -= piece_.size();
        return Step::piece;
    }
    while (!chunks_.done()) {
        if (input.empty()) return Step::need_input;
        auto used = chunks_.feed(input);
        if (!used) return std::unexpected(std::move(used).error());
        input.remove_prefix(*used);
        piece_ = chunks_.piece();
        if (!piece_.empty()) return Step::piece;
    }
    return Step::end;
}

Result<void> BodyDecoder::count(std::size_t bytes) {
    decoded_ += bytes;
    if (decoded_ <= limits_.bytes_max) return {};
    return fail(Code::invalid_argument,
                "The body is larger than " + std::to_string(limits_.bytes_max) + " bytes.",
                "too_large");
}

Result<BodyDecoder::Step> BodyDecoder::next(std::string_view& input, std::span<char> scratch) {
    while (true) {
        if (inflater_ && (!encoded_.empty() || inflater_active_)) {
            auto made = inflater_->next(encoded_, scratch);
            if (!made) return std::unexpected(std::move(made).error());
            // Behind output there may be more that zlib still keeps, or damage, with all input used.
            inflater_active_ = *made > 0;
            if (auto ok = count(*made); !ok) return std::unexpected(std::move(ok).error());
            if (*made > 0) {
                piece_ = {scratch.data(), *made};
                return Step::piece;
            }
            if (!encoded_.empty()) return fail(Code::internal, "The decoder made no progress.");
        }
        auto step = next_raw(input);
        if (!step || *step == Step::need_input) return step;
        if (*step == Step::end) {
            if (inflater_)
                if (auto ok = inflater_->finish(); !ok)
                    return std::unexpected(std::move(ok).error());
            return Step::end;
        }
        if (!inflater_) {
            if (auto ok = count(piece_.size()); !ok) return std::unexpected(std::move(ok).error());
            return step;
        }
        encoded_ = piece_;
    }
}

}  // namespace attune::http
