#include "app/remote.h"

#include "api/refusal.h"
#include "api/wire.h"
#include "app/workplace.h"
#include "base/json.h"
#include "engine/tenancy/key_text.h"
#include "http/client.h"
#include "http/text.h"

#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

namespace attune::app {

namespace {

constexpr std::size_t kBodyBytesMax = 4u << 20;
constexpr int kTriesMax = 12;

const base::JsonOptions kLenient{.limits = {.bytes_max = 64u << 20, .string_bytes_max = 16u << 20},
                                 .unknown = base::Unknown::ignore,
                                 .require_members = false};

Result<http::ClientOptions> client_options(const Invocation& invocation) {
    http::ClientOptions options;
    const auto key = invocation.sources.variable("ATTUNE_KEY");
    if (!key || key->empty()) {
        return fail(Code::invalid_argument,
                    "--url needs a key in the environment variable ATTUNE_KEY");
    }
    options.headers = {{"Authorization", "Bearer " + *key}};
    // A key has its tenant; the root key, which has none, is asked for the default one.
    const auto tenant = invocation.text("tenant");
    if (tenant || !key->starts_with(engine::kKeyPrefix))
        options.headers.emplace_back("X-Tenant",
                                     tenant.value_or(std::string(tenant_option().fallback)));
    return options;
}

// What a server that refuses says.
Error refusal_of(const http::ClientResponse& response) {
    Error error = api::refusal_of(response.status, response.body);
    error.message = "the server answered " + std::to_string(response.status) + ": " + error.message;
    return error;
}

Result<std::string> body_of(Result<http::ClientResponse> response) {
    if (!response) return std::unexpected(std::move(response).error());
    if (response->status < 200 || response->status > 299)
        return std::unexpected(refusal_of(*response));
    return std::move(response->body);
}

std::chrono::milliseconds pause_before(int tries, std::string_view retry_after) {
    std::int64_t seconds = 0;
    const auto [end, error] =
        std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
    if (error == std::errc{} && seconds > 0 && seconds < 60) return std::chrono::seconds(seconds);
    return std::chrono::milliseconds(std::min(5'000, 50 << std::min(tries, 7)));
}

}  // namespace

Option url_option() {
    return {.name = "url",
            .value = "URL",
            .doc = "Ask a running server, http://HOST:PORT, with the key in ATTUNE_KEY."};
}

struct Remote::Impl {
    http::Client client;
};

Remote::Remote() = default;
Remote::~Remote() = default;

Result<std::unique_ptr<Remote>> Remote::connect(const Invocation& invocation) {
    ATTUNE_TRY(auto options, client_options(invocation));
    auto remote = std::unique_ptr<Remote>(new Remote);
    remote->impl_.reset(new Impl{http::Client(*invocation.text("url"), std::move(options))});
    return remote;
}

Result<std::string> Remote::get(const std::string& target) {
    return body_of(impl_->client.send(http::Method::get, target));
}

Result<std::string> Remote::send(http::Method method, const std::string& target,
                                 const std::string& body) {
    http::HeaderList headers;
    if (!body.empty()) headers = {{"Content-Type", "application/json"}};
    return body_of(impl_->client.send(method, target, headers, body));
}

Result<void> Remote::read(const std::string& target,
                          const std::function<bool(std::string_view)>& consume) {
    auto done = body_of(impl_->client.download(target, {}, consume));
    if (!done) return std::unexpected(std::move(done).error());
    return {};
}

Result<std::string> Remote::post(const std::string& target, std::string body) {
    return body_of(impl_->client.send(http::Method::post, target,
                                      {{"Content-Type", "application/json"}}, body));
}

Result<std::string> Remote::post_lines(const std::string& target, const std::string& body) {
    for (int tries = 1;; ++tries) {
        auto response = impl_->client.send(http::Method::post, target,
                                           {{"Content-Type", "application/x-ndjson"}}, body);
        const bool again = response ? response->status == 429 || response->status == 503
                                    : response.error().code == Code::unavailable;
        if (again && tries < kTriesMax) {
            std::this_thread::sleep_for(
                pause_before(tries, response ? response->header("retry-after") : ""));
            continue;
        }
        // No problem document: what became of each line.
        if (response && response->status == 400 &&
            response->header("content-type").starts_with("application/json"))
            return std::move(response->body);
        return body_of(std::move(response));
    }
}

Result<void> Remote::remove(const std::string& target) {
    if (auto body = body_of(impl_->client.send(http::Method::del, target)); !body)
        return std::unexpected(std::move(body).error());
    return {};
}

namespace {

// One batch over one connection, until the server took it or refused it for good. A retry counts once, because every
// event that comes here has an id.
class Courier {
public:
    Courier(const std::string& url, http::ClientOptions options)
        : client_(url, std::move(options)) {}

    Result<SinkOutcome> deliver(std::span<const domain::IncomingEvent> events) {
        if (events.empty()) return SinkOutcome{};
        const std::string body = array_of(events);
        if (body.size() > kBodyBytesMax && events.size() > 1) return deliver_halves(events);
        for (int tries = 1;; ++tries) {
            auto response = client_.send(http::Method::post, "/api/v1/events",
                                         {{"Content-Type", "application/json"}}, body);
            const bool again =
                response ? is_for_now(*response) : response.error().code == Code::unavailable;
            if (!again || tries == kTriesMax) return outcome_of(std::move(response), events.size());
            std::this_thread::sleep_for(
                pause_before(tries, response ? response->header("retry-after") : ""));
        }
    }

private:
    // Too much at the moment; a 200 that says so took some of the events and had no room for others.
    static bool is_for_now(const http::ClientResponse& response) {
        return response.status == 429 || response.status == 503 ||
               (response.status == 200 && !response.header("retry-after").empty());
    }

    static std::string array_of(std::span<const domain::IncomingEvent> events) {
        std::string body = "[";
        for (const auto& event : events) {
            if (body.size() > 1) body += ',';
            base::append_json(body, event);
        }
        return body += ']';
    }

    Result<SinkOutcome> deliver_halves(std::span<const domain::IncomingEvent> events) {
        const std::size_t half = events.size() / 2;
        ATTUNE_TRY(auto all, deliver(events.first(half)));
        ATTUNE_TRY(auto rest, deliver(events.subspan(half)));
        all.accepted += rest.accepted;
        all.duplicates += rest.duplicates;
        for (auto& rejected : rest.rejected) {
            rejected.index += half;
            all.rejected.push_back(std::move(rejected));
        }
        return all;
    }

    static Result<SinkOutcome> outcome_of(Result<http::ClientResponse> response,
                                          std::size_t count) {
        // 400 and 422 mean that every event was refused, each for reasons of its own: "/3/time".
        if (response && (response->status == 400 || response->status == 422)) {
            Error error = refusal_of(*response);
            if (auto refused = refusals_of(error, count)) return *std::move(refused);
            return std::unexpected(std::move(error));
        }
        if (response && response->status == 200 && is_for_now(*response)) {
            return fail(Code::unavailable, "the server has no room for more events at the moment");
        }
        ATTUNE_TRY(const auto body, body_of(std::move(response)));
        ATTUNE_TRY(auto reply, base::from_json<api::wire::TrackReply>(body, kLenient));
        SinkOutcome outcome{.accepted = reply.accepted, .duplicates = reply.duplicates};
        for (auto& rejected : reply.rejected) {
            SinkRejection rejection{.index = rejected.index, .fields = {}, .message = "refused"};
            for (auto& wrong : rejected.errors) {
                rejection.fields.push_back({std::move(wrong.pointer), std::move(wrong.detail)});
            }
            outcome.rejected.push_back(std::move(rejection));
        }
        return outcome;
    }

    // Empty when an error is not about one of the events: then the request itself was wrong.
    static std::optional<SinkOutcome> refusals_of(const Error& error, std::size_t count) {
        std::map<std::size_t, SinkRejection> by_index;
        for (const auto& field : error.fields) {
            std::size_t index = 0;
            const char* begin = field.pointer.data() + 1;
            const char* end = field.pointer.data() + field.pointer.size();
            if (field.pointer.size() < 2) return std::nullopt;
            const auto [rest, wrong] = std::from_chars(begin, end, index);
            if (wrong != std::errc{} || index >= count) return std::nullopt;
            auto& rejection = by_index[index];
            rejection.index = index;
            rejection.message = field.detail;
            rejection.fields.push_back({std::string(rest, end), field.detail});
        }
        if (by_index.size() != count) return std::nullopt;
        SinkOutcome outcome;
        for (auto& [index, rejection] : by_index) outcome.rejected.push_back(std::move(rejection));
        return outcome;
    }

    http::Client client_;
};

// Several couriers at once; batches are reported done in the order in which they were sent.
class RemoteSink final : public EventSink {
public:
    RemoteSink(const std::string& url, const http::ClientOptions& options, std::size_t connections)
        : waiting_max_(2 * connections) {
        for (std::size_t i = 0; i < connections; ++i) {
            workers_.emplace_back([this, url, options] { work(Courier(url, options)); });
        }
    }

    ~RemoteSink() override {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        changed_.notify_all();
        for (auto& worker : workers_) worker.join();
    }

    Result<void> send(std::vector<domain::IncomingEvent> batch, Done done) override {
        while (jobs_.size() >= waiting_max_) ATTUNE_TRY_VOID(settle_one());
        {
            const std::lock_guard lock(mutex_);
            jobs_.push_back(
                std::make_unique<Job>(Job{std::move(batch), std::move(done), std::nullopt}));
            ready_.push_back(jobs_.back().get());
        }
        changed_.notify_all();
        return {};
    }

    Result<void> finish() override {
        while (!jobs_.empty()) ATTUNE_TRY_VOID(settle_one());
        return {};
    }

private:
    struct Job {
        std::vector<domain::IncomingEvent> batch;
        Done done;
        std::optional<Result<SinkOutcome>> outcome;
    };

    // jobs_ itself is the sender's own; workers reach jobs through ready_.
    Result<void> settle_one() {
        Job& oldest = *jobs_.front();
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&oldest] { return oldest.outcome.has_value(); });
        }
        Result<void> answer;
        if (!*oldest.outcome) answer = std::unexpected(oldest.outcome->error());
        oldest.done(std::move(*oldest.outcome));
        jobs_.pop_front();
        return answer;
    }

    void work(Courier courier) {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return closed_ || !ready_.empty(); });
            if (closed_) return;
            Job* job = ready_.front();
            ready_.pop_front();
            lock.unlock();
            auto outcome = courier.deliver(job->batch);
            lock.lock();
            job->outcome = std::move(outcome);
            changed_.notify_all();
        }
    }

    const std::size_t waiting_max_;
    std::deque<std::unique_ptr<Job>> jobs_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job*> ready_;  // guarded by mutex_, as are the jobs' outcomes
    bool closed_ = false;     // guarded by mutex_
    std::vector<std::thread> workers_;
};

}  // namespace

Result<std::unique_ptr<EventSink>> open_remote_sink(const Invocation& invocation) {
    ATTUNE_TRY(const auto options, client_options(invocation));
    ATTUNE_TRY(const auto connections, invocation.number_or("connections", 4, 1, 256));
    return std::make_unique<RemoteSink>(*invocation.text("url"), options, connections);
}

}  // namespace attune::app
