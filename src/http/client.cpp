#include "http/client.h"

#include "http/chunk_decoder.h"
#include "http/client_stream.h"
#include "http/gzip.h"
#include "http/response_writer.h"
#include "http/text.h"

#include <limits>
#include <utility>

namespace attune::http {

namespace {

constexpr std::size_t kHeadMax = 64 * 1024;
constexpr std::size_t kGzipMin = 1'024;

std::unexpected<Error> no_http(std::string what) {
    return fail(Code::data_loss, "The server's answer is not HTTP: " + what);
}

// "HTTP/1.1 200 OK" and the header lines behind it.
Result<void> parse_response_head(std::string_view head, ClientResponse& response, bool& http_1_0) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ')
        return no_http("no status line");
    const auto status = parse_decimal(line.substr(9, 3));
    if (!status || *status < 100) return no_http("no status");
    http_1_0 = line[7] == '0';
    response.status = static_cast<unsigned>(*status);
    response.headers.clear();
    std::string_view rest =
        end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
    while (!rest.empty()) {
        const std::size_t stop = rest.find("\r\n");
        const std::string_view field = rest.substr(0, stop);
        rest = stop == std::string_view::npos ? std::string_view{} : rest.substr(stop + 2);
        const std::size_t colon = field.find(':');
        if (colon == std::string_view::npos || !is_token(field.substr(0, colon)))
            return no_http("a broken header");
        response.headers.emplace_back(field.substr(0, colon), trimmed(field.substr(colon + 1)));
    }
    return {};
}

bool is_repeatable(Method method) {
    return method == Method::get || method == Method::head || method == Method::put ||
           method == Method::del || method == Method::options;
}

bool breaks_a_line(std::string_view text) {
    return text.find_first_of("\r\n\0", 0, 3) != std::string_view::npos;
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (equal_ignoring_case(key, name)) return value;
    return {};
}

class Client::Impl {
public:
    Impl(std::string_view base_url, ClientOptions options)
        : address_(parse_base_url(base_url)), options_(std::move(options)) {}

    struct Call {
        Method method = Method::get;
        std::string_view target;
        const HeaderList& headers;
        std::string_view body;
        Producer* producer = nullptr;
        Consumer* consumer = nullptr;
    };

    Result<ClientResponse> run(const Call& call) {
        if (!address_) return std::unexpected(address_.error());
        auto head = head_of(call);
        if (!head) return std::unexpected(head.error());
        const bool reused = stream_ && !stream_->has_news();
        if (!reused) stream_.reset();
        bool heard = false;
        auto response = attempt(call, *head, heard);
        // A connection that was open already may have been closed by the server just now.
        const bool again = !response && reused && !heard &&
                           response.error().code == Code::unavailable &&
                           is_repeatable(call.method) && call.producer == nullptr;
        if (again) response = attempt(call, *head, heard);
        if (!response) stream_.reset();
        return response;
    }

private:
    Result<std::string> head_of(const Call& call) {
        if (call.target.empty() || call.target.front() != '/' ||
            call.target.find_first_of(" \r\n\t#") != std::string_view::npos)
            return fail(Code::invalid_argument,
                        "The target \"" + std::string(call.target) + "\" is not a path.");
        std::string head(name_of(call.method));
        head += ' ' + address_->prefix + std::string(call.target) +
                " HTTP/1.1\r\nHost: " + address_->authority + "\r\nAccept-Encoding: gzip\r\n";
        for (const HeaderList* list : {&std::as_const(options_.headers), &call.headers}) {
            for (const auto& [name, value] : *list) {
                if (!is_token(name) || breaks_a_line(value))
                    return fail(Code::invalid_argument,
                                "The header \"" + name + "\" cannot be sent.");
                head.append(name).append(": ").append(value).append("\r\n");
            }
        }
        return head;
    }

    Result<ClientResponse> attempt(const Call& call, std::string head, bool& heard) {
        if (!stream_) {
            if (address_->tls && !context_) {
                auto made = make_client_context(options_);
                if (!made) return std::unexpected(made.error());
                context_ = *std::move(made);
            }
            auto opened = ClientStream::open(*address_, options_, context_);
            if (!opened) return std::unexpected(opened.error());
            stream_ = std::make_unique<ClientStream>(*std::move(opened));
            buffer_.clear();
        }
        bool whole = true;
        if (auto sent = call.producer != nullptr ? send_pieces(head, *call.producer, whole)
                                                 : send_whole(call, head);
            !sent) {
            // The server may have answered, and closed, before it had everything.
            auto early = receive(call, heard);
            stream_.reset();
            if (early) return early;
            return std::unexpected(sent.error());
        }
        auto response = receive(call, heard);
        if (!whole) stream_.reset();
        return response;
    }

    Result<void> send_whole(const Call& call, std::string& head) {
        std::optional<std::string> packed;
        if (options_.gzip_requests && call.body.size() >= kGzipMin)
            packed = deflater_.gzip(call.body);
        const std::string_view body = packed ? *packed : call.body;
        if (packed) head += "Content-Encoding: gzip\r\n";
        const bool needs_length = !body.empty() || call.method == Method::post ||
                                  call.method == Method::put || call.method == Method::patch;
        if (needs_length) {
            head += "Content-Length: ";
            append_number(head, body.size());
            head += "\r\n";
        }
        head += "\r\n";
        if (body.size() < 64 * 1024) {
            head += body;
            return stream_->write(head);
        }
        if (auto sent = stream_->write(head); !sent) return sent;
        return stream_->write(body);
    }

    Result<void> send_pieces(std::string& head, Producer& producer, bool& whole) {
        head += "Transfer-Encoding: chunked\r\n\r\n";
        if (auto sent = stream_->write(head); !sent) return sent;
        std::string chunk;
        while (true) {
            if (stream_->has_news()) {
                whole = false;
                return {};
            }
            const auto piece = producer();
            if (piece && piece->empty()) continue;
            chunk.clear();
            if (piece)
                append_chunk(chunk, *piece);
            else
                append_last_chunk(chunk);
            if (auto sent = stream_->write(chunk); !sent) return sent;
            if (!piece) return {};
        }
    }

    Result<void> fill(bool& ended) {
        char bytes[16 * 1024];
        auto got = stream_->read(bytes);
        if (!got) return std::unexpected(got.error());
        ended = *got == 0;
        buffer_.append(bytes, *got);
        return {};
    }

    Result<ClientResponse> receive(const Call& call, bool& heard) {
        ClientResponse response;
        bool http_1_0 = false;
        do {  // 100 Continue and its like come before the answer
            std::size_t end = 0;
            while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
                if (buffer_.size() > kHeadMax) return no_http("a head without end");
                bool ended = false;
                if (auto got = fill(ended); !got) return std::unexpected(got.error());
                if (ended)
                    return fail(Code::unavailable,
                                "The server closed the connection without an answer.");
                heard = true;
            }
            if (auto parsed = parse_response_head(std::string_view(buffer_).substr(0, end),
                                                  response, http_1_0);
                !parsed)
                return std::unexpected(parsed.error());
            buffer_.erase(0, end + 4);
        } while (response.status < 200);
        bool to_end = false;
        if (call.method != Method::head && has_body(response.status))
            if (auto got = receive_body(call, response, to_end); !got)
                return std::unexpected(got.error());
        if (to_end || http_1_0 || equal_ignoring_case(response.header("connection"), "close"))
            stream_.reset();
        return response;
    }

    Result<void> receive_body(const Call& call, ClientResponse& response, bool& to_end) {
        const bool chunked = equal_ignoring_case(response.header("transfer-encoding"), "chunked");
        const std::string_view length_text = response.header("content-length");
        const auto length = parse_decimal(length_text);
        if (!chunked && !length_text.empty() && !length) return no_http("a broken Content-Length");
        const auto coding = coding_of(response.header("content-encoding"));
        std::optional<Inflater> inflater;
        if (coding && *coding != Coding::identity)
            inflater.emplace(*coding, std::numeric_limits<std::uint32_t>::max());
        const bool consumes =
            call.consumer != nullptr && response.status >= 200 && response.status < 300;
        to_end = !chunked && !length;
        std::uint64_t left = length.value_or(std::numeric_limits<std::uint64_t>::max());
        ChunkDecoder chunks;
        while (true) {
            std::string_view input = buffer_;
            while (!input.empty() && left > 0 && !chunks.done()) {
                std::string_view piece = input.substr(
                    0, left < input.size() ? static_cast<std::size_t>(left) : input.size());
                if (chunked) {
                    auto used = chunks.feed(input);
                    if (!used) return no_http(used.error().message);
                    input.remove_prefix(*used);
                    piece = chunks.piece();
                } else {
                    input.remove_prefix(piece.size());
                    left -= piece.size();
                }
                if (auto taken =
                        take(piece, inflater, consumes ? call.consumer : nullptr, response.body);
                    !taken)
                    return taken;
            }
            buffer_.erase(0, buffer_.size() - input.size());
            if (left == 0 || chunks.done()) break;
            bool ended = false;
            if (auto got = fill(ended); !got) return got;
            if (ended && to_end) break;
            if (ended) return fail(Code::data_loss, "The server's answer ends in the middle.");
        }
        if (inflater)
            if (auto ok = inflater->finish(); !ok) return fail(Code::data_loss, ok.error().message);
        return {};
    }

    // Decodes a piece and hands it to the consumer, or appends it.
    Result<void> take(std::string_view piece, std::optional<Inflater>& inflater, Consumer* consumer,
                      std::string& body) {
        const auto keep = [&](std::string_view decoded) -> Result<void> {
            if (consumer != nullptr) {
                if (!decoded.empty() && !(*consumer)(decoded))
                    return fail(Code::cancelled, "The answer is not wanted any more.");
                return {};
            }
            if (body.size() + decoded.size() > options_.response_bytes_max)
                return fail(Code::resource_exhausted,
                            "The answer is larger than " +
                                std::to_string(options_.response_bytes_max) + " bytes.",
                            "too_large");
            body += decoded;
            return {};
        };
        if (!inflater) return keep(piece);
        char decoded[16 * 1024];
        while (true) {
            auto made = inflater->next(piece, decoded);
            if (!made) return fail(Code::data_loss, made.error().message);
            if (*made == 0) return {};
            if (auto kept = keep({decoded, *made}); !kept) return kept;
        }
    }

    Result<ServerAddress> address_;
    ClientOptions options_;
    Deflater deflater_;
    ClientContext context_;
    std::unique_ptr<ClientStream> stream_;
    std::string buffer_;  // received, not yet taken
};

Client::Client(std::string_view base_url, ClientOptions options)
    : impl_(std::make_unique<Impl>(base_url, std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<ClientResponse> Client::send(Method method, std::string_view target,
                                    const HeaderList& headers, std::string_view body) {
    return impl_->run({.method = method, .target = target, .headers = headers, .body = body});
}

Result<ClientResponse> Client::upload(Method method, std::string_view target,
                                      const HeaderList& headers, Producer producer) {
    return impl_->run({.method = method,
                       .target = target,
                       .headers = headers,
                       .body = {},
                       .producer = &producer});
}

Result<ClientResponse> Client::download(std::string_view target, const HeaderList& headers,
                                        Consumer consumer) {
    return impl_->run({.method = Method::get,
                       .target = target,
                       .headers = headers,
                       .body = {},
                       .consumer = &consumer});
}

}  // namespace attune::http
