// The demo world: an app store and its people, made once in an empty data directory, and requests to try on it.
#pragma once

#include "app/console.h"
#include "app/settings.h"
#include "base/result.h"
#include "engine/engine.h"

#include <string>

namespace attune::app {

// Fills the tenant "default" unless it has people already, and makes a fresh key (earlier demo keys are revoked). Answers the
// lines to print once the server is ready at `url`.
class Demo {
public:
    [[nodiscard]] static Result<Demo> prepare(engine::Engine& engine, const Settings& settings,
                                              Console& console);
    [[nodiscard]] std::string welcome(const std::string& url) const;

private:
    std::string key_;
    std::string user_id_;
    std::string item_id_;
    std::string category_;
};

}  // namespace attune::app
