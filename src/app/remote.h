// A running server, as commands with --url talk to it. The key is taken from ATTUNE_KEY, never from the command line,
// where every process of the machine could read it.
#pragma once

#include "app/command.h"
#include "app/event_sink.h"
#include "base/result.h"
#include "http/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace attune::app {

[[nodiscard]] Option url_option();

class Remote {
public:
    [[nodiscard]] static Result<std::unique_ptr<Remote>> connect(const Invocation& invocation);
    ~Remote();

    // The body of a 2xx answer; any other is an error with the server's own words.
    [[nodiscard]] Result<std::string> get(const std::string& target);
    // Any request; what is sent is JSON.
    [[nodiscard]] Result<std::string> send(http::Method method, const std::string& target,
                                           const std::string& body);
    // A body of any length, as it comes, until `consume` has enough.
    [[nodiscard]] Result<void> read(const std::string& target,
                                    const std::function<bool(std::string_view)>& consume);
    [[nodiscard]] Result<std::string> post(const std::string& target, std::string body);
    // NDJSON whose answer speaks of each line, also when none of them was taken. Sent again while the server is busy or
    // away, so it must do no harm twice.
    [[nodiscard]] Result<std::string> post_lines(const std::string& target,
                                                 const std::string& body);
    [[nodiscard]] Result<void> remove(const std::string& target);

private:
    Remote();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

[[nodiscard]] Result<std::unique_ptr<EventSink>> open_remote_sink(const Invocation& invocation);

}  // namespace attune::app
