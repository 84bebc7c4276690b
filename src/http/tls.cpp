#include "http/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <cerrno>

namespace attune::http {

namespace {

int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
    const auto descriptor = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
    BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(descriptor, data, size, MSG_NOSIGNAL);
    if (sent >= 0) {
        *written = static_cast<std::size_t>(sent);
        return 1;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) BIO_set_retry_write(bio);
    return 0;
}

int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* read) {
    const auto descriptor = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(descriptor, data, size, 0);
    if (got > 0) {
        *read = static_cast<std::size_t>(got);
        return 1;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        BIO_set_retry_read(bio);
    if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return 0;
}

long bio_control(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH:
            return 1;
        case BIO_CTRL_EOF:
            return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
        default:
            return 0;
    }
}

int bio_create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
}

// Made once and kept: OpenSSL has no notion of a method that goes away.
const BIO_METHOD* socket_method() {
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* made =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "attune socket");
        BIO_meth_set_write_ex(made, bio_write);
        BIO_meth_set_read_ex(made, bio_read);
        BIO_meth_set_ctrl(made, bio_control);
        BIO_meth_set_create(made, bio_create);
        return made;
    }();
    return method;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    static constexpr unsigned char kOurs[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void SslDeleter::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

std::string tls_failure() {
    std::string text;
    while (const unsigned long code = ERR_get_error()) {
        char line[256];
        ERR_error_string_n(code, line, sizeof line);
        if (!text.empty()) text += "; ";
        text += line;
    }
    return text.empty() ? "no reason given" : text;
}

bio_st* make_socket_bio(int descriptor) {
    BIO* bio = BIO_new(socket_method());
    if (bio != nullptr)
        BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
    return bio;
}

Result<std::shared_ptr<ssl_ctx_st>> make_server_context(const TlsOptions& options) {
    ERR_clear_error();
    std::shared_ptr<ssl_ctx_st> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) return fail(Code::internal, "No TLS context: " + tls_failure());
    SSL_CTX* ctx = context.get();
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Released buffers save some 34 KB for each idle connection.
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);  // tickets carry the sessions
    SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(ctx, options.certificate_file.c_str()) != 1)
        return fail(Code::invalid_argument, "The TLS certificate \"" + options.certificate_file +
                                                "\" cannot be used: " + tls_failure());
    if (SSL_CTX_use_PrivateKey_file(ctx, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1)
        return fail(Code::invalid_argument,
                    "The TLS key \"" + options.key_file +
                        "\" cannot be used with that certificate: " + tls_failure());
    return context;
}

TlsKeeper::TlsKeeper(TlsOptions options) : options_(std::move(options)) {}

TlsKeeper::Stamp TlsKeeper::stamp_of(const std::string& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return {};
    return {status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec, status.st_size,
            status.st_ino};
}

Result<void> TlsKeeper::load() {
    // The stamps are taken first: a change between them and the reading is then seen at the next look.
    const Stamp certificate = stamp_of(options_.certificate_file);
    const Stamp key = stamp_of(options_.key_file);
    auto made = make_server_context(options_);
    certificate_ = certificate;
    key_ = key;
    if (!made) return std::unexpected(std::move(made).error());
    const std::lock_guard lock(mutex_);
    context_ = *std::move(made);
    return {};
}

SslPtr TlsKeeper::accept(int descriptor) const {
    std::shared_ptr<ssl_ctx_st> context;
    {
        const std::lock_guard lock(mutex_);
        context = context_;
    }
    SslPtr ssl(SSL_new(context.get()));  // takes a reference of its own
    if (!ssl) return ssl;
    BIO* bio = make_socket_bio(descriptor);
    if (bio == nullptr) return nullptr;
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_accept_state(ssl.get());
    return ssl;
}

std::string TlsKeeper::reload_if_changed() {
    if (stamp_of(options_.certificate_file) == certificate_ && stamp_of(options_.key_file) == key_)
        return {};
    if (auto loaded = load(); !loaded)
        return loaded.error().message + " The certificate loaded before stays in use.";
    return "The TLS certificate was loaded again.";
}

}  // namespace attune::http
