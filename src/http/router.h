// Router: which handler a method and path belong to. Patterns are literal segments and {name} segments:
// "/api/v1/users/{id}". Literal segments win over {name}; a {name} takes one segment, decoded after routing, so
// "a%2Fb" stays one id. A trailing slash is none. A last segment may carry a verb: "/rules:test", "/rules/{id}:test"; an
// id that happens to end in ":test" is meant when its colon is sent as %3A. A last {name...} takes all that is left of the
// path, slashes included, where nothing else fits.
//
//     Router router;
//     ATTUNE_TRY_VOID(router.add({.method = Method::get, .pattern = "/users/{id}", .handler = read_user}));
//
// Filled before the server starts, then only read: match() is safe from every thread.
#pragma once

#include "http/message.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace attune::http {

using Handler = std::function<Answer(const Request&)>;
// For streamed routes: looks at everything but the body, then takes it piece by piece.
using StreamHandler = std::function<Result<std::unique_ptr<BodySink>>(const Request&)>;

struct Route {
    Method method = Method::get;
    std::string pattern;
    Handler handler;  // one of these two
    StreamHandler stream_handler;
    std::uint64_t body_bytes_max = 1 << 20;  // after decoding; over it: 413
    bool any_origin = false;                 // CORS "*" whatever the server's list says
    // The handler waits or computes for long: it runs on a worker's thread, and so does all that its sink does.
    bool waits = false;
    bool always = false;  // answered even when the server sheds load (health, erasure)
};

class Router {
public:
    // A pattern that is malformed or taken is a bug in the route table and fails the start. A route has exactly one of
    // the two handlers.
    [[nodiscard]] Result<void> add(Route route);

    struct Match {
        const Route* route = nullptr;  // null: none
        std::string allowed;           // the Allow header when the path exists for other methods
        bool malformed = false;  // a {name} is not valid percent-encoded UTF-8, or holds a NUL
    };
    // Fills request.params. HEAD falls back to GET. A path that exists only for other methods matches no route and says
    // which methods it has.
    [[nodiscard]] Match match(Request& request) const;

    [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

private:
    struct Node;
    struct Search;
    std::vector<std::unique_ptr<Route>> routes_;
    std::unique_ptr<Node> root_;
};

}  // namespace attune::http
