#include "api/authenticate.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "http/text.h"

#include <algorithm>
#include <any>
#include <chrono>
#include <cstdint>
#include <utility>

namespace attune::api {

namespace {

constexpr base::Duration kRememberedFor = std::chrono::seconds(1);
constexpr std::size_t kCredentialBytesMax = 8 * 1024;

struct Remembered {
    std::string credential;  // the header's value as it was sent
    std::uint64_t epoch = 0;
    base::SteadyTime until;
    engine::Caller caller;
};

// What follows the scheme, when the scheme is this one.
std::optional<std::string_view> after_scheme(std::string_view authorization,
                                             std::string_view scheme) {
    std::size_t space = authorization.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    if (!http::equal_ignoring_case(authorization.substr(0, space), scheme)) return std::nullopt;
    return http::trimmed(authorization.substr(space + 1));
}

// base64 as clients send it: some leave out the padding.
std::optional<std::string> lenient_base64(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::string padded(text);
    padded.append((4 - padded.size() % 4) % 4, '=');
    return base::from_base64(padded);
}

std::unexpected<Error> no_key() {
    return fail(Code::unauthenticated,
                "A key is needed: send it as Authorization: Bearer KEY, as X-API-Key, or as the "
                "user name of Basic authentication.",
                "key_missing");
}

std::unexpected<Error> bad_key() {
    return fail(Code::unauthenticated, "This key is not valid here, or no longer.", "key_invalid");
}

}  // namespace

std::optional<std::string> basic_user(std::string_view authorization) {
    auto encoded = after_scheme(authorization, "basic");
    if (!encoded) return std::nullopt;
    auto decoded = lenient_base64(*encoded);
    if (!decoded) return std::nullopt;
    decoded->resize(std::min(decoded->find(':'), decoded->size()));
    return decoded;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
    return after_scheme(authorization, "bearer");
}

Result<engine::Caller> Authenticator::identify(std::string_view key) const {
    if (key.empty()) return no_key();
    if (key.size() > kCredentialBytesMax) return bad_key();
    auto caller = tenants_.authenticate(key);
    // Why a key fails (unknown, revoked, expired, malformed) is nobody's business but the administrator's.
    if (!caller && caller.error().code == Code::unauthenticated) return bad_key();
    return caller;
}

Result<const engine::Caller*> Authenticator::identify(const http::Request& request,
                                                      engine::Caller& scratch) const {
    auto authorization = request.header("authorization");
    auto credential = authorization ? authorization : request.header("x-api-key");
    if (!credential) return no_key();

    auto* remembered = request.slot ? std::any_cast<Remembered>(request.slot) : nullptr;
    const std::uint64_t epoch = tenants_.epoch();
    const base::SteadyTime now = clock_.steady_now();
    if (remembered && remembered->epoch == epoch && now < remembered->until &&
        base::constant_time_equal(remembered->credential, *credential) &&
        !(remembered->caller.expires_at && *remembered->caller.expires_at <= clock_.now())) {
        return &remembered->caller;
    }

    std::optional<std::string> basic;
    std::string_view key = http::trimmed(*credential);
    if (authorization) {
        if (auto token = bearer_token(key)) {
            key = *token;
        } else {
            basic = basic_user(key);
            if (!basic) return bad_key();
            key = *basic;
        }
    }
    ATTUNE_TRY(auto caller, identify(key));
    if (!request.slot) {
        scratch = std::move(caller);
        return &scratch;
    }
    *request.slot =
        Remembered{std::string(*credential), epoch, now + kRememberedFor, std::move(caller)};
    return &std::any_cast<Remembered>(request.slot)->caller;
}

}  // namespace attune::api
