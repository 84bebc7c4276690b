// Reach: the API of a data directory that is opened in place, or of a running server; --url says which. Both are asked the
// same, and answered by the same handlers.
//
//     ATTUNE_TRY(const auto reach, Reach::open(invocation, {}));
//     ATTUNE_TRY(const auto rules, reach->ask(http::Method::get, "/api/v1/personalization/rules"));
//     ATTUNE_TRY_VOID(reach->close());
#pragma once

#include "app/command.h"
#include "base/result.h"
#include "http/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace attune::app {

// What a command needs of a data directory that it opens; a server has it already.
struct ReachNeeds {
    bool whole_log = false;  // all that is counted of the log is counted to its end
    bool may_begin = false;  // a directory that is not there is made
};

class Reach {
public:
    // Takes the bytes of a body as they come; false: enough.
    using Consumer = std::function<bool(std::string_view piece)>;

    [[nodiscard]] static Result<std::unique_ptr<Reach>> open(const Invocation& invocation,
                                                             ReachNeeds needs);
    virtual ~Reach() = default;

    // The body of what is not refused.
    [[nodiscard]] virtual Result<std::string> ask(http::Method method, const std::string& target,
                                                  const std::string& body = {}) = 0;
    // A body of any length. When it breaks off it is an error, and what came is as far as it came.
    [[nodiscard]] virtual Result<void> read(const std::string& target, const Consumer& consume) = 0;
    // Waits for models that are being trained, in place; a server goes on by itself. Whether it waited.
    virtual bool finish_trainings() = 0;
    // What was written in place is on the disk when this answers.
    [[nodiscard]] virtual Result<void> close() = 0;
};

}  // namespace attune::app
