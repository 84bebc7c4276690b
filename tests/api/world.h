// What the API's tests share: a whole Attune (store, engine, API, server on a free port) whose clock and randomness are the
// test's, so that the same requests give the same bytes, with a key of every role in two tenants.
#pragma once

#include "api/api.h"
#include "base/manual_clock.h"
#include "base/random.h"
#include "engine/engine.h"
#include "http/server.h"
#include "store/memory/memory_store.h"
#include "tests/http/raw_peer.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attune::api::testing {

enum class Backend { memory, rocksdb };

[[nodiscard]] std::string name_of(Backend backend);

struct Ask {
    std::string method = "GET";
    std::string path = "/";
    std::string as = {};       // a role, "role@tenant", "person:ann" or "" for nobody
    std::string headers = {};  // "Name: value\r\n" …
    std::string body = {};
};

class World {
public:
    explicit World(Backend backend = Backend::memory, ApiOptions options = {},
                   store::MemoryOptions memory = {});
    ~World();

    // Over one connection that is kept; a new one when the server closed it.
    http::testing::RawAnswer ask(const Ask& ask);
    // As an administrator, below /api/v1; the body of the answer, which must have this status.
    std::string body_of(std::string_view method, std::string path, std::string body,
                        unsigned status);
    [[nodiscard]] http::testing::RawPeer peer() const;
    // The key or token that `as` means; made when first asked for.
    [[nodiscard]] std::string key(std::string_view as);

    [[nodiscard]] engine::Engine& engine() { return *engine_; }
    [[nodiscard]] Api& api() { return *api_; }
    // Of what is read from the log; for rocksdb only.
    [[nodiscard]] std::filesystem::path checkpoints() const {
        return directory_.string() + ".checkpoints";
    }
    [[nodiscard]] base::ManualClock& clock() { return clock_; }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    // Stops and comes back over the same data; for rocksdb only.
    void restart();

    static constexpr std::string_view kRootKey = "root-key-of-the-tests";
    static constexpr std::string_view kOther = "other";  // the second tenant

private:
    void start();
    void stop();
    [[nodiscard]] std::unique_ptr<store::Store> open_store();
    [[nodiscard]] std::string make_key(std::string_view as);

    const Backend backend_;
    const ApiOptions options_;
    const store::MemoryOptions memory_;
    std::filesystem::path directory_;
    base::ManualClock clock_;
    base::SeededRandom random_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<Api> api_;
    std::unique_ptr<http::Server> server_;
    std::optional<http::testing::RawPeer> connection_;
    std::vector<std::pair<std::string, std::string>> keys_;
};

// The whole text of a request with its framing.
[[nodiscard]] std::string request_text(const Ask& ask, std::string_view key);

// Where the tests' own files lie.
[[nodiscard]] std::filesystem::path source_folder();

}  // namespace attune::api::testing
