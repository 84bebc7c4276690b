// Workplace: an engine opened in its data directory, for commands that work without a server.
//
//     auto place = Workplace::open(invocation);
//     place->engine().people().read(place->tenant("default").value(), "ann");
//
// The directory is locked while it is open; closing it writes what is still in memory.
#pragma once

#include "app/command.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/engine.h"
#include "engine/tenancy/tenants.h"
#include "store/rocksdb/rocksdb_store.h"

#include <functional>
#include <memory>
#include <string>

namespace attune::app {

// What the settings mean to the store and to the engine.
[[nodiscard]] store::RocksOptions rocks_options(const Settings& settings, const base::Clock& clock,
                                                base::Random& random);
[[nodiscard]] engine::EngineOptions engine_options(const Settings& settings);

class Workplace {
public:
    // failed_precondition, with advice, when a server has the directory open. `must_exist`: do not
    // make a new one.
    [[nodiscard]] static Result<std::unique_ptr<Workplace>> open(
        const Settings& settings, bool must_exist, std::function<void(const Error&)> on_fatal = {});
    [[nodiscard]] static Result<std::unique_ptr<Workplace>> open(const Invocation& invocation,
                                                                 bool must_exist = true);

    [[nodiscard]] engine::Engine& engine() { return *engine_; }
    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    // To standard error.
    [[nodiscard]] base::Log& log() { return log_; }
    [[nodiscard]] Result<engine::TenantId> tenant(const Invocation& invocation) const;
    // Everything is on the disk when this answers.
    [[nodiscard]] Result<void> close();

private:
    base::SystemClock clock_;
    base::SystemRandom random_;
    base::StreamLog log_{2, clock_};
    std::unique_ptr<engine::Engine> engine_;
};

// Options that many commands share.
[[nodiscard]] Option tenant_option();

}  // namespace attune::app
