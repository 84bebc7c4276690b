// Feeds bytes to the layer that reads requests: head, framing, chunked, content coding. The first byte seeds how the rest
// is cut into packets. However it is cut, the verdict and the body must be the same as for the bytes in one piece.
#include "http/body_decoder.h"
#include "http/gzip.h"
#include "http/head_parser.h"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace attune;

constexpr http::HeadLimits kLimits{
    .header_bytes_max = 1024, .header_count_max = 16, .target_bytes_max = 256};
constexpr std::size_t kBodyMax = 64 * 1024;

struct Verdict {
    enum class Kind { incomplete, refused, complete } kind = Kind::incomplete;
    std::string why;
    std::string body;
    std::size_t used = 0;

    bool operator==(const Verdict&) const = default;
};

// Reads one request from `bytes`, which arrive in pieces of the lengths that `seed` draws; 0: in one piece.
Verdict read(std::string_view bytes, std::uint32_t seed) {
    std::size_t arrived = seed == 0 ? bytes.size() : 0;
    const auto more = [&] {
        seed = seed * 1664525U + 1013904223U;
        const std::size_t left = bytes.size() - arrived;
        const std::size_t step = 1 + (seed >> 24U) % 16;
        arrived += step < left ? step : left;
    };
    http::Request request;
    http::Head head;
    std::size_t size = 0;
    while (true) {
        auto parsed = http::parse_head(bytes.substr(0, arrived), kLimits, request, head);
        if (!parsed) return {Verdict::Kind::refused, parsed.error().message, {}, 0};
        size = *parsed;
        if (size > arrived) std::abort();
        if (size > 0) break;
        if (arrived == bytes.size()) return {};
        more();
    }
    const auto coding = http::coding_of(head.content_encoding);
    if (!coding) return {Verdict::Kind::refused, "coding", {}, 0};
    http::BodyDecoder decoder(head, head.has_body() ? *coding : http::Coding::identity,
                              {.bytes_max = kBodyMax, .ratio_max = 100});
    Verdict verdict;
    std::vector<char> scratch(512);
    std::size_t cursor = size;
    while (true) {
        std::string_view input = bytes.substr(cursor, arrived - cursor);
        auto step = decoder.next(input, scratch);
        cursor = arrived - input.size();
        if (!step) return {Verdict::Kind::refused, step.error().message, {}, 0};
        if (*step == http::BodyDecoder::Step::piece) {
            verdict.body += decoder.piece();
            if (verdict.body.size() > kBodyMax) std::abort();
            continue;
        }
        if (*step == http::BodyDecoder::Step::end) {
            verdict.kind = Verdict::Kind::complete;
            verdict.used = cursor;
            return verdict;
        }
        if (arrived == bytes.size()) return {};
        more();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Verdict whole = read(bytes, 0);
    const Verdict cut = read(bytes, 1U + data[0]);
    if (!(whole == cut)) std::abort();
    return 0;
}
