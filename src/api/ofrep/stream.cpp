#include "api/ofrep/stream.h"

#include "api/object_text.h"

#include <chrono>
#include <utility>

namespace attune::api::ofrep {

namespace {

// Proxies close what is silent for a minute or less.
constexpr base::Duration kSignEvery = std::chrono::seconds(15);
// A client asks for the flags, then listens: what changed in between it would never hear of.
constexpr base::Duration kJustAsked = std::chrono::seconds(30);

class FlagFeed final : public http::Feed {
public:
    explicit FlagFeed(StreamStart start)
        : listener_(std::move(start.listener)), missed_(std::move(start.missed)) {}

    std::optional<std::string> next() override {
        // The first bytes go out at once, so that the client and whoever stands between know that it listens.
        std::string text = std::exchange(begun_, true) ? "" : ": listening\n\n";
        if (const auto missed = std::exchange(missed_, std::nullopt))
            text += refetch_message(*missed);
        if (const auto change = listener_->next()) text += refetch_message(*change);
        return text;
    }
    base::Ticket news() override { return listener_->news(); }
    std::string_view sign_of_life() const override { return ":\n\n"; }
    base::Duration sign_every() const override { return kSignEvery; }

private:
    const std::unique_ptr<engine::FlagListener> listener_;
    std::optional<engine::FlagChange> missed_;
    bool begun_ = false;
};

}  // namespace

std::string stream_at(std::string_view token) {
    // A tab nobody looks at stops listening after two minutes, and asks anew when it is looked at.
    return R"({"type":"sse","endpoint":{"requestUri":"/ofrep/v1/events?token=)" +
           std::string(token) + R"("},"inactivityDelaySec":120})";
}

std::string refetch_message(const engine::FlagChange& change) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(change.at).time_since_epoch().count();
    ObjectText data;
    data.add_string("type", "refetchEvaluation");
    data.add_string("etag", change.version);
    data.add("lastModified", std::to_string(seconds));
    std::string text = "id: " + change.version + "\nevent: message\ndata: ";
    return text.append(std::move(data).finish().text()).append("\n\n");
}

http::Response stream(StreamStart start) {
    http::Response response;
    response.content_type = "text/event-stream";
    response.feed = std::make_unique<FlagFeed>(std::move(start));
    // nginx would gather what is said before it passes it on.
    return std::move(response).with("X-Accel-Buffering", "no");
}

std::optional<engine::FlagChange> missed_by(std::optional<std::string_view> last_event,
                                            const engine::FlagSet& set,
                                            const std::optional<engine::FlagChange>& last,
                                            base::Time now) {
    if (last_event) {
        if (*last_event == set.version()) return std::nullopt;
        return engine::FlagChange{set.version(), last ? last->at : now};
    }
    if (last && now - last->at <= kJustAsked) return last;
    return std::nullopt;
}

}  // namespace attune::api::ofrep
