#include "http/gzip.h"

#include "http/text.h"

#include <zlib.h>
#include <limits>

namespace attune::http {

namespace {

constexpr std::uint64_t kInflateFree = 64 * 1024;
constexpr int kGzipWindow = 15 + 16;
// Level 1 makes a page of events 3.2 times smaller in half of the time of level 6, which makes it 3.5 times smaller.
constexpr int kLevel = 1;

uInt clamped(std::size_t size) {
    constexpr std::size_t kMax = std::numeric_limits<uInt>::max();
    return static_cast<uInt>(size < kMax ? size : kMax);
}

std::unexpected<Error> damaged() {
    return fail(Code::invalid_argument, "The body is not what its Content-Encoding says.");
}

}  // namespace

std::optional<Coding> coding_of(std::string_view content_encoding) noexcept {
    if (content_encoding.empty() || equal_ignoring_case(content_encoding, "identity"))
        return Coding::identity;
    if (equal_ignoring_case(content_encoding, "gzip") ||
        equal_ignoring_case(content_encoding, "x-gzip"))
        return Coding::gzip;
    if (equal_ignoring_case(content_encoding, "deflate")) return Coding::deflate;
    return std::nullopt;
}

bool accepts_gzip(std::string_view accept_encoding) noexcept {
    while (const auto element = next_element(accept_encoding)) {
        const std::size_t semicolon = element->find(';');
        const std::string_view name = trimmed(element->substr(0, semicolon));
        if (!equal_ignoring_case(name, "gzip") && name != "*") continue;
        if (semicolon == std::string_view::npos) return true;
        const std::string_view quality = trimmed(element->substr(semicolon + 1));
        if (!quality.starts_with("q=") && !quality.starts_with("Q=")) return false;
        // "q=0", "q=0.0", "q=0.000": anything with a digit other than zero allows it.
        return quality.substr(2).find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

struct Inflater::State {
    z_stream stream{};
    Coding coding;
    std::uint64_t ratio_max;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    bool open = false;
    bool member_ended = false;
    bool damaged = false;

    State(Coding c, std::size_t ratio) : coding(c), ratio_max(ratio) {}
    ~State() {
        if (open) inflateEnd(&stream);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    // Bare deflate is told apart from zlib's wrapping by the first byte: method 8 in its low half.
    [[nodiscard]] bool start(char first) {
        int window = kGzipWindow;
        if (coding == Coding::deflate)
            window = (static_cast<unsigned char>(first) & 0x0FU) == 8 ? 15 : -15;
        open = inflateInit2(&stream, window) == Z_OK;
        return open;
    }
};

Inflater::Inflater(Coding coding, std::size_t ratio_max)
    : state_(std::make_unique<State>(coding, ratio_max)) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Result<std::size_t> Inflater::next(std::string_view& input, std::span<char> out) {
    State& state = *state_;
    while (true) {
        if (state.damaged) return damaged();
        if (input.empty() && !state.open) return 0;
        if (!state.open && !state.start(input.front()))
            return fail(Code::internal, "No memory to decode the body.");
        if (state.member_ended) {
            if (input.empty()) return 0;
            if (state.coding != Coding::gzip || inflateReset(&state.stream) != Z_OK)
                return fail(Code::invalid_argument,
                            "There is more after the end of the encoded body.");
            state.member_ended = false;
        }
        z_stream& stream = state.stream;
        const uInt offered = clamped(input.size());
        const uInt room = clamped(out.size());
        stream.next_in =
            reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib only reads it
        stream.avail_in = offered;
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = room;
        const int status = inflate(&stream, Z_NO_FLUSH);
        const std::size_t used = offered - stream.avail_in;
        const std::size_t made = room - stream.avail_out;
        input.remove_prefix(used);
        state.in += used;
        state.out += made;
        if (status == Z_STREAM_END)
            state.member_ended = true;
        else if (status != Z_OK && status != Z_BUF_ERROR)
            state.damaged = true;
        if (state.out > kInflateFree && state.out - kInflateFree > state.in * state.ratio_max)
            return fail(Code::invalid_argument,
                        "The body decodes to more than " + std::to_string(state.ratio_max) +
                            " times its size.",
                        "too_large");
        // What came before the damage is handed over first, whatever the size of the pieces was.
        if (made > 0) return made;
        if (state.damaged) return damaged();
        if (used == 0 && status != Z_STREAM_END) return 0;
    }
}

Result<void> Inflater::finish() const {
    if (state_->member_ended) return {};
    return fail(Code::invalid_argument, "The encoded body ends too early.");
}

struct Deflater::State {
    z_stream stream{};
    bool open = false;
};

Deflater::Deflater() : state_(std::make_unique<State>()) {}
Deflater::~Deflater() {
    if (state_->open) deflateEnd(&state_->stream);
}

std::optional<std::string> Deflater::gzip(std::string_view text) {
    z_stream& stream = state_->stream;
    if (!state_->open) {
        if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            return std::nullopt;
        state_->open = true;
    } else if (deflateReset(&stream) != Z_OK) {
        return std::nullopt;
    }
    if (text.size() > std::numeric_limits<uInt>::max()) return std::nullopt;
    // Room for what would be worth sending, and no more: a text that does not fit is sent as it is.
    std::string out(text.size(), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return std::nullopt;
    out.resize(out.size() - stream.avail_out);
    return out;
}

}  // namespace attune::http
