// What an Engine of the library holds. Internal to embed.
#pragma once

#include "domain/incoming_event.h"
#include "engine/engine.h"
#include "engine/track/tracker.h"

#include <attune/engine.h>

#include <memory>
#include <vector>

namespace attune {

class Engine::Impl {
public:
    static Result<std::unique_ptr<Impl>> open(Options options);

    [[nodiscard]] Result<engine::Engine*> engine() const {
        if (!engine_) return fail(Code::failed_precondition, "the engine was closed");
        return engine_.get();
    }
    [[nodiscard]] domain::TenantId tenant() const { return tenant_; }

    Result<engine::Tracked> track(std::vector<domain::IncomingEvent> events);
    Result<void> close();

private:
    base::SystemClock clock_;
    base::SystemRandom random_;
    std::unique_ptr<engine::Engine> engine_;
    domain::TenantId tenant_;
};

}  // namespace attune
