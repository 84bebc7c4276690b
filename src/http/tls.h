// TLS for the server's connections: the context built from certificate and key files, and its renewal when they change.
#pragma once

#include "base/result.h"
#include "http/server.h"

#include <openssl/types.h>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace attune::http {

struct SslDeleter {
    void operator()(ssl_st* ssl) const noexcept;
};
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;

// TLS 1.2 and up, forward secret AEAD ciphers only, no renegotiation, no compression, HTTP/1.1 by ALPN.
[[nodiscard]] Result<std::shared_ptr<ssl_ctx_st>> make_server_context(const TlsOptions& options);

// What OpenSSL has to say about the last failure on this thread; empties its queue.
[[nodiscard]] std::string tls_failure();

// A BIO over a socket that never raises SIGPIPE. Does not own the descriptor.
[[nodiscard]] bio_st* make_socket_bio(int descriptor);

// Holds the current context. Thread-safe: connections take theirs from it, and keep it while they live.
class TlsKeeper {
public:
    explicit TlsKeeper(TlsOptions options);

    [[nodiscard]] Result<void> load();
    // A session on `descriptor`, which it does not own.
    [[nodiscard]] SslPtr accept(int descriptor) const;
    // Loads the files again when they have changed. Files that do not work leave what is there in use; the answer is
    // what to tell the operator, empty when nothing changed.
    [[nodiscard]] std::string reload_if_changed();

private:
    struct Stamp {
        std::int64_t changed_ns = 0;
        std::int64_t size = 0;
        std::uint64_t inode = 0;

        bool operator==(const Stamp&) const = default;
    };
    [[nodiscard]] static Stamp stamp_of(const std::string& file);

    const TlsOptions options_;
    Stamp certificate_;  // these two belong to the thread that reloads
    Stamp key_;
    mutable std::mutex mutex_;
    std::shared_ptr<ssl_ctx_st> context_;  // guarded by mutex_
};

}  // namespace attune::http
