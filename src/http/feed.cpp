// Answers that go on: a connection that listens to a feed, until one of the two ends it.
#include "http/connection.h"
#include "http/response_writer.h"

#include <array>
#include <utility>

namespace attune::http {

namespace {

// The core forgets the wait however it ends.
class Waiting {
public:
    Waiting(Core& core, Connection& connection) : core_(core), id_(core.begin_wait(connection)) {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { core_.end_wait(id_); }
    [[nodiscard]] std::uint64_t id() const { return id_; }

private:
    Core& core_;
    const std::uint64_t id_;
};

// Nothing more is said to a feed that throws.
std::optional<std::string> next_of(Feed& feed, bool& broken) {
    try {
        return feed.next();
    } catch (...) {
        broken = true;
        return std::nullopt;
    }
}

// An empty chunk would end the body.
void append_piece(std::string& out, bool chunked, std::string_view piece) {
    if (chunked && !piece.empty())
        append_chunk(out, piece);
    else
        out += piece;
}

}  // namespace

// The head is observed when it is sent: how long somebody listens says nothing about how fast we answer. The connection
// ends with the feed, since whoever listened for hours does not come with a second request.
Task<bool> Connection::feed_out(Response response) {
    const std::unique_ptr<Feed> feed = std::move(response.feed);
    const bool chunked = !work_->head.http_1_0;
    close_ = true;
    const HeadFacts facts = facts_for(response);
    append_head(work_->out, response, facts);
    observe(response.status, work_->out.size());
    if (!has_body(response.status) || work_->request.method == Method::head) co_return true;

    listening_ = true;
    bool broken = false;
    while (!ending()) {
        const auto piece = next_of(*feed, broken);
        if (!piece) break;
        append_piece(work_->out, chunked, *piece);
        if (work_->unsent() > 0 && !try_flush() && !co_await flush()) co_return false;
        if (!piece->empty()) continue;
        const bool more = co_await wait_for_news(*feed, chunked);
        hold_workspace();
        if (!more) break;
    }
    listening_ = false;
    if (broken) co_return false;
    if (chunked) append_last_chunk(work_->out);
    co_return true;
}

// True: the feed has news. False: nobody listens any more, or the server ends.
Task<bool> Connection::wait_for_news(Feed& feed, bool chunked) {
    has_news_ = false;
    const Waiting waiting(core_, *this);
    feed.news().then([mailbox = core_.mailbox, id = waiting.id()](const Result<void>& done) {
        mailbox->deliver(id, done);
    });
    while (!has_news_) {
        if (ending() || !co_await keep_quiet(feed)) co_return false;
        if (has_news_) break;
        hold_workspace();
        append_piece(work_->out, chunked, feed.sign_of_life());
        if (!try_flush() && !co_await flush()) co_return false;
    }
    co_return true;
}

// Waits without a buffer until there is news or it is time for a sign of life; then true. What the peer sends meanwhile can
// only be bytes of TLS itself, or its goodbye.
Task<bool> Connection::keep_quiet(const Feed& feed) {
    park();
    const auto until_sign = core_.shared.clock.steady_now() + feed.sign_every();
    while (!has_news_) {
        std::array<char, 64> said{};
        const IoResult got = transport_.read(said);
        if (!got.waits()) co_return false;
        arm_until(until_sign);
        const Wake wake = co_await until(got.status);
        if (wake == Wake::timeout) co_return true;
        if (wake != Wake::ready) co_return false;
    }
    co_return true;
}

}  // namespace attune::http
