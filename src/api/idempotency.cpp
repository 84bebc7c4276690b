#include "api/idempotency.h"

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/keyed_hash.h"
#include "base/mutex.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace attune::api {

namespace {

constexpr std::size_t kKeyBytesMax = 255;

std::string scoped(const IdempotencyScope& scope, std::string_view key) {
    std::string text = std::to_string(scope.tenant);
    for (std::string_view part : {scope.principal, http::name_of(scope.method), scope.path, key}) {
        text += '\n';
        text += part;
    }
    return text;
}

// Not what asks to come back: the retry shall be tried.
bool worth_keeping(const http::Response& response) {
    const auto asks_back = [](const auto& header) { return header.first == "Retry-After"; };
    return !response.stream && response.status < 500 && response.status != 429 &&
           std::ranges::none_of(response.headers, asks_back);
}

std::size_t bytes_of(const http::Response& response) {
    std::size_t bytes = response.shared_body ? response.shared_body->size() : response.body.size();
    for (const auto& [name, value] : response.headers) bytes += name.size() + value.size();
    return bytes;
}

http::Response copy_of(const http::Response& response) {
    http::Response copy;
    copy.status = response.status;
    copy.content_type = response.content_type;
    copy.body = response.body;
    copy.shared_body = response.shared_body;
    copy.headers = response.headers;
    return copy;
}

}  // namespace

struct IdempotencyTable::State {
    struct Entry {
        std::uint64_t serial = 0;
        base::Id128 body;
        base::SteadyTime until;
        std::optional<http::Response> answer;  // empty while the first use runs
        std::size_t bytes = 0;
    };

    State(const base::Clock& clock_in, IdempotencyOptions options_in)
        : clock(clock_in), options(options_in) {}

    void forget(const base::Id128& id, std::uint64_t serial) ATTUNE_REQUIRES(mutex) {
        auto at = entries.find(id);
        if (at == entries.end() || at->second.serial != serial) return;
        bytes -= at->second.bytes;
        entries.erase(at);
    }

    // Lets go of what is over its time and, oldest first, of what does not fit.
    void make_room(base::SteadyTime now) ATTUNE_REQUIRES(mutex) {
        while (!order.empty()) {
            auto [id, serial] = order.front();
            auto at = entries.find(id);
            bool gone = at == entries.end() || at->second.serial != serial;
            bool over = !gone && at->second.until <= now;
            bool full = entries.size() > options.entries_max || bytes > options.bytes_max ||
                        order.size() > 2 * options.entries_max;
            if (!gone && !over && !full) return;
            if (!gone && !over) ++evicted_early;
            forget(id, serial);
            order.pop_front();
        }
    }

    const base::Clock& clock;
    const IdempotencyOptions options;

    mutable base::Mutex mutex;
    std::unordered_map<base::Id128, Entry, base::Id128Hash> entries ATTUNE_GUARDED_BY(mutex);
    std::deque<std::pair<base::Id128, std::uint64_t>> order ATTUNE_GUARDED_BY(mutex);
    std::size_t bytes ATTUNE_GUARDED_BY(mutex) = 0;
    std::uint64_t next_serial ATTUNE_GUARDED_BY(mutex) = 1;
    std::uint64_t replays ATTUNE_GUARDED_BY(mutex) = 0;
    std::uint64_t evicted_early ATTUNE_GUARDED_BY(mutex) = 0;
};

IdempotencyTable::Claim& IdempotencyTable::Claim::operator=(Claim&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(id_, other.id_);
    std::swap(serial_, other.serial_);
    return *this;
}

IdempotencyTable::Claim::~Claim() {
    if (!state_) return;
    base::MutexLock lock(state_->mutex);
    state_->forget(id_, serial_);
}

void IdempotencyTable::Claim::finish(const http::Response& response) {
    if (!state_ || !worth_keeping(response)) return;
    const std::size_t bytes = bytes_of(response);
    if (bytes > state_->options.answer_bytes_max) return;
    auto state = std::exchange(state_, nullptr);
    base::MutexLock lock(state->mutex);
    auto at = state->entries.find(id_);
    if (at == state->entries.end() || at->second.serial != serial_) return;
    at->second.answer = copy_of(response);
    at->second.bytes = bytes;
    state->bytes += bytes;
    state->make_room(state->clock.steady_now());
}

IdempotencyTable::IdempotencyTable(const base::Clock& clock, IdempotencyOptions options)
    : state_(std::make_shared<State>(clock, options)) {}

IdempotencyTable::~IdempotencyTable() = default;

Result<IdempotencyTable::Begun> IdempotencyTable::begin(const IdempotencyScope& scope,
                                                        std::string_view key,
                                                        std::string_view body) {
    const base::HashKey& secret = base::process_hash_key();
    const base::Id128 id = base::hash128(secret, scoped(scope, key));
    const base::Id128 digest = base::hash128(secret, body);
    const base::SteadyTime now = state_->clock.steady_now();

    base::MutexLock lock(state_->mutex);
    state_->make_room(now);
    if (auto at = state_->entries.find(id); at != state_->entries.end()) {
        State::Entry& entry = at->second;
        if (entry.until > now) {
            if (entry.body != digest) {
                return fail(Code::invalid_argument,
                            "This Idempotency-Key was used with another body.", "unprocessable");
            }
            if (!entry.answer) {
                return fail(Code::aborted,
                            "The first request with this Idempotency-Key still runs.",
                            "still_running");
            }
            ++state_->replays;
            Begun begun;
            begun.replay = copy_of(*entry.answer);
            begun.replay->with("Idempotency-Replayed", "true");
            return begun;
        }
        state_->forget(id, entry.serial);
    }
    Begun begun;
    begun.claim.id_ = id;
    begun.claim.serial_ = state_->next_serial++;
    begun.claim.state_ = state_;
    State::Entry entry;
    entry.serial = begun.claim.serial_;
    entry.body = digest;
    entry.until = now + state_->options.retention;
    state_->entries.emplace(id, std::move(entry));
    state_->order.emplace_back(id, begun.claim.serial_);
    state_->make_room(now);
    return begun;
}

IdempotencyTable::Stats IdempotencyTable::stats() const {
    base::MutexLock lock(state_->mutex);
    return {state_->entries.size(), state_->bytes, state_->replays, state_->evicted_early};
}

Result<std::string> parse_idempotency_key(std::string_view header) {
    auto wrong = [] {
        return fail(Code::invalid_argument,
                    "Idempotency-Key must be a quoted string or a token of 1 to 255 visible "
                    "ASCII characters.");
    };
    const bool quoted = !header.empty() && header.front() == '"';
    if (quoted) {
        if (header.size() < 2 || header.back() != '"') return wrong();
        header = header.substr(1, header.size() - 2);
    }
    std::string key;
    for (std::size_t i = 0; i < header.size(); ++i) {
        char c = header[i];
        if (quoted && c == '\\') {
            if (++i == header.size() || (header[i] != '"' && header[i] != '\\')) return wrong();
            c = header[i];
        } else if (quoted && c == '"') {
            return wrong();
        }
        if (c < (quoted ? 0x20 : 0x21) || c > 0x7e) return wrong();
        key += c;
    }
    if (key.empty() || key.size() > kKeyBytesMax) return wrong();
    return key;
}

std::string derived_event_id(const IdempotencyScope& scope, std::string_view key,
                             std::uint64_t index) {
    std::string text = scoped(scope, key) + '\n' + std::to_string(index);
    return "idem-" + base::to_hex(base::view_of(base::sha256(text)).substr(0, 16));
}

}  // namespace attune::api
