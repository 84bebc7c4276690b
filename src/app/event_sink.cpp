#include "app/event_sink.h"

#include "app/remote.h"
#include "app/whole_events.h"
#include "app/workplace.h"

#include <deque>

namespace attune::app {

namespace {

constexpr std::size_t kBatchesWaitingMax = 16;

class LocalSink final : public EventSink {
public:
    LocalSink(std::unique_ptr<Workplace> place, engine::TenantId tenant, std::string source)
        : place_(std::move(place)), tenant_(tenant), source_(std::move(source)) {}

    Result<void> send(std::vector<domain::IncomingEvent> batch, Done done) override {
        while (waiting_.size() >= kBatchesWaitingMax) ATTUNE_TRY_VOID(settle_one());
        const engine::Origin origin{.source = source_, .address_is_client = false};
        while (true) {
            auto tracked = place_->engine().tracker().track(tenant_, batch, origin);
            if (tracked) {
                waiting_.push_back({std::move(*tracked), std::move(done)});
                return {};
            }
            // A full queue empties itself as the disk takes what waits in it.
            if (tracked.error().reason != "queue_full" || waiting_.empty()) {
                return std::unexpected(std::move(tracked).error());
            }
            ATTUNE_TRY_VOID(settle_one());
        }
    }

    Result<void> send_whole(std::vector<domain::Event> batch, Done done) override {
        while (waiting_.size() >= kBatchesWaitingMax) ATTUNE_TRY_VOID(settle_one());
        while (true) {
            auto taken = take_whole(place_->engine(), tenant_, batch);
            // A full queue empties itself as the disk takes what waits in it.
            if (const Error* full = taken.refused_for_now();
                full == nullptr || full->reason != "queue_full" || waiting_.empty()) {
                waiting_.push_back({std::move(taken), std::move(done)});
                return {};
            }
            ATTUNE_TRY_VOID(settle_one());
        }
    }

    Result<void> finish() override {
        while (!waiting_.empty()) ATTUNE_TRY_VOID(settle_one());
        return place_->close();
    }

private:
    struct Waiting {
        engine::Tracked tracked;
        Done done;
    };

    Result<void> settle_one() {
        Waiting oldest = std::move(waiting_.front());
        waiting_.pop_front();
        if (auto durable = oldest.tracked.ticket.wait(); !durable) {
            oldest.done(std::unexpected(durable.error()));
            return durable;
        }
        // Not wrong, only not now: the import stops here, and goes on from here with --resume.
        if (const Error* full = oldest.tracked.refused_for_now()) {
            Error why = *full;
            oldest.done(std::unexpected(why));
            return std::unexpected(std::move(why));
        }
        SinkOutcome outcome{.accepted = oldest.tracked.accepted,
                            .duplicates = oldest.tracked.duplicates};
        for (auto& rejected : oldest.tracked.rejected) {
            outcome.rejected.push_back({rejected.index, std::move(rejected.error.fields),
                                        std::move(rejected.error.message)});
        }
        oldest.done(std::move(outcome));
        return {};
    }

    std::unique_ptr<Workplace> place_;
    engine::TenantId tenant_;
    std::string source_;
    std::deque<Waiting> waiting_;
};

}  // namespace

Result<void> EventSink::send_whole(std::vector<domain::Event> /*batch*/, Done /*done*/) {
    return fail(Code::failed_precondition,
                "--complete takes events into a data directory, not over HTTP: what a server added "
                "and wrote itself nobody may send it");
}

Result<std::unique_ptr<EventSink>> open_sink(const Invocation& invocation,
                                             std::string_view source) {
    if (invocation.has("url")) return open_remote_sink(invocation);
    ATTUNE_TRY(auto place, Workplace::open(invocation, false));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    return std::make_unique<LocalSink>(std::move(place), tenant, std::string(source));
}

std::vector<Option> sink_options() {
    return {tenant_option(),
            {.name = "url",
             .value = "URL",
             .doc = "A running server to send to, http://HOST:PORT, instead of opening the data "
                    "directory. The key is "
                    "taken from ATTUNE_KEY."},
            {.name = "connections",
             .value = "N",
             .doc = "With --url, connections at once.",
             .fallback = "4"}};
}

}  // namespace attune::app
