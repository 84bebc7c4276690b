// Request and Response as handlers see them. Handlers are plain synchronous functions that run on the connection's own
// thread and take microseconds; what has to wait for the disk is said with a Ticket, and the transport holds the answer
// until the ticket is done. So no handler ever meets a socket, a coroutine or a lock of the transport.
//
//     http::Answer track(const http::Request& request) {
//         auto ticket = engine.track(request.body());
//         if (!ticket) return http::Answer::failure(ticket.error());
//         return http::Answer{http::Response::json(202, R"({"accepted":1})"), *ticket};
//     }
#pragma once

#include "base/result.h"
#include "base/ticket.h"
#include "base/time.h"

#include <any>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

[[nodiscard]] std::string_view name_of(Method method) noexcept;

struct Header {
    std::string_view name;
    std::string_view value;
};

// A value taken out of the path by the router, percent-decoded after routing.
struct PathParam {
    std::string_view name;
    std::string value;
};

// Views into the connection's buffer: valid until the handler returns, no longer.
class Request {
public:
    Method method = Method::other;
    std::string_view target;  // as sent: "/users/a%2Fb?limit=3"
    std::string_view path;    // up to the '?', still encoded
    std::string_view query;   // after the '?', still encoded
    std::vector<Header> headers;
    std::string_view body;  // whole, with any content encoding undone; empty for streamed routes
    std::vector<PathParam> params;
    std::string_view peer;  // "203.0.113.9", from a trusted proxy's header where one is configured
    bool tls = false;
    std::string_view request_id;  // X-Request-Id as sent when it is sane, else made here
    std::string_view trace_id;    // 32 hex digits, from traceparent or made here

    // What a handler keeps on this connection between requests (a resolved key, say). Owned by the connection.
    std::any* slot = nullptr;

    // The first header of this name, compared without case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    [[nodiscard]] std::string_view param(std::string_view name) const;
    // The first query parameter of this name, decoded.
    [[nodiscard]] std::optional<std::string> query_param(std::string_view name) const;
};

// A body made piece by piece, for answers too large to hold. next() is called when the peer has taken the
// piece before; an empty optional ends the body. Called on the connection's thread.
class BodySource {
public:
    virtual ~BodySource() = default;
    [[nodiscard]] virtual std::optional<std::string> next() = 0;
};

// A body that goes on for as long as there is news, such as server-sent events. A connection that listens to one holds no
// thread and, while nothing happens, no buffer. It ends with its feed: when the feed says so, when the peer leaves or says
// anything more, when it does not take what it is sent, and when the server drains. All but news() of one feed are called on
// the connection's thread.
class Feed {
public:
    virtual ~Feed() = default;
    // What is to be sent now; empty: nothing. An empty optional ends the body. The peer has taken the piece before, so
    // what happens meanwhile is the feed's to gather.
    [[nodiscard]] virtual std::optional<std::string> next() = 0;
    // Done once next() is worth asking again. Asked for after next() had nothing, and kept until it is done.
    [[nodiscard]] virtual base::Ticket news() = 0;
    // Sent after each such while without news, so that whoever stands between keeps the connection open, and a peer that
    // left without a word is found out.
    [[nodiscard]] virtual std::string_view sign_of_life() const = 0;
    [[nodiscard]] virtual base::Duration sign_every() const = 0;
};

struct Response {
    unsigned status = 200;
    std::string_view content_type = "application/json";  // a literal
    std::string body;
    std::shared_ptr<const std::string>
        shared_body;                     // instead of `body`: bytes that many answers share
    std::unique_ptr<BodySource> stream;  // instead of either: chunked
    std::unique_ptr<Feed> feed;          // instead of all: chunked, until it ends
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;

    [[nodiscard]] static Response json(unsigned status, std::string body) {
        Response response;
        response.status = status;
        response.body = std::move(body);
        return response;
    }
    Response& with(std::string name, std::string value) & {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    Response with(std::string name, std::string value) && {
        headers.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
};

struct Answer {
    Response response;
    std::optional<base::Ticket> after;  // hold the response until this is done
    // Makes the answer when `after` fails; without it the server's error renderer does.
    std::move_only_function<Response(const Error&)> on_failure;

    Answer() = default;
    Answer(Response r)
        : response(std::move(r)) {
    }  // NOLINT(google-explicit-constructor): an answer is mostly just that
    Answer(Response r, base::Ticket ticket) : response(std::move(r)), after(std::move(ticket)) {}
};

// Receives a body while it arrives, for uploads larger than memory should hold. Made by a streamed route's
// handler, lives until the answer. Called by one thread at a time: the connection's, or those of workers where the route
// waits.
class BodySink {
public:
    virtual ~BodySink() = default;
    // Takes a decoded piece. The transport reads no more until the returned ticket (if any) is done: that is the
    // back-pressure. An error ends the upload and is answered.
    [[nodiscard]] virtual Result<std::optional<base::Ticket>> write(std::string_view piece) = 0;
    // The whole body has arrived.
    [[nodiscard]] virtual Answer finish() = 0;
    // The body ends in the middle: it cannot be decoded, came too slowly, or what the transport waited for failed. Answers
    // what the peer is told, so that a sink which has acted on what came before can say so.
    [[nodiscard]] virtual Error broken_off(Error why) const { return why; }
};

}  // namespace attune::http
