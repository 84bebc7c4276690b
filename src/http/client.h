// Client: a small blocking HTTP/1.1 client for the command line, simulation and tests. Keeps its connection open between
// calls and opens it again when the server has closed it.
//
//     http::Client client("https://api.example.com", {.headers = {{"Authorization", "Bearer " + key}}});
//     ATTUNE_TRY(auto response, client.send(http::Method::post, "/api/v1/events", {}, body));
//     if (response.status != 202) return complain(response.body);
//
// One thread at a time. A status is never an error; Code::unavailable means no connection or one that broke (only a
// request that is safe to repeat was tried again), deadline_exceeded a timeout, data_loss an answer that is not HTTP,
// resource_exhausted ("too_large") a body beyond the limit, invalid_argument an address that is none.
#pragma once

#include "base/result.h"
#include "http/message.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct ClientOptions {
    HeaderList headers{};  // sent with every request
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds io_timeout{60'000};  // without a byte either way
    std::string ca_file{};                         // PEM; empty: the system's
    bool insecure = false;                         // take any certificate
    bool gzip_requests = false;                    // compress bodies that gain from it
    std::size_t response_bytes_max = 64 * 1024 * 1024;
};

struct ClientResponse {
    unsigned status = 0;
    HeaderList headers{};
    std::string body{};  // with chunked and gzip undone

    // The first header of this name, compared without case; empty: not there.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

class Client {
public:
    // "http://host[:port][/prefix]" or https. A wrong one is reported by the first call.
    explicit Client(std::string_view base_url, ClientOptions options = {});
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    [[nodiscard]] Result<ClientResponse> send(Method method, std::string_view target,
                                              const HeaderList& headers = {},
                                              std::string_view body = {});

    // Makes the body piece by piece: the next piece, or nothing at its end. Sent chunked, never repeated. A server that
    // answers before the end is heard: its answer is returned and the rest not asked for.
    using Producer = std::move_only_function<std::optional<std::string>()>;
    [[nodiscard]] Result<ClientResponse> upload(Method method, std::string_view target,
                                                const HeaderList& headers, Producer producer);

    // Takes the body of a 2xx answer while it arrives, without a limit on its size; return false to stop. The response's
    // own body is then empty.
    using Consumer = std::move_only_function<bool(std::string_view piece)>;
    [[nodiscard]] Result<ClientResponse> download(std::string_view target,
                                                  const HeaderList& headers, Consumer consumer);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::http
