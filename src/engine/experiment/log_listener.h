// LogListener: who is told what the log says, in its order. For experiment and bandit.
//
//     ATTUNE_TRY(const bool is_done, tell_a_batch(store, tenant, listeners));
#pragma once

#include "base/result.h"
#include "engine/experiment/exposure.h"
#include "engine/follow/log_mark.h"
#include "store/store.h"

#include <span>

namespace attune::engine {

struct FollowedEvent {
    store::PersonId person;
    store::Position position;
    ReadEvent read;
};

class LogListener {
public:
    explicit LogListener(store::Position from) : upto(from) {}
    virtual ~LogListener() = default;
    LogListener(const LogListener&) = delete;
    LogListener& operator=(const LogListener&) = delete;

    // Whether an event can matter; others need not be taken.
    [[nodiscard]] virtual bool cares_about(const ReadEvent& event) const = 0;
    // Called with no scan of the store open.
    [[nodiscard]] virtual Result<void> take(const FollowedEvent& event) = 0;

    store::Position upto;  // read so far; kept by tell_a_batch()
};

// How far those have read who have read least; kLogEnd when there is nobody.
[[nodiscard]] store::Position least_read(std::span<LogListener* const> listeners);

// Tells those who have read least of a batch more, at most as far as others have read, so that they meet. True when all
// have heard of everything that was committed when it began. When it fails, those who have read least may have heard half
// a batch: what they know cannot be trusted.
// `mark` passes what it has not passed before.
[[nodiscard]] Result<bool> tell_a_batch(store::Store& store, domain::TenantId tenant,
                                        std::span<LogListener* const> listeners,
                                        LogMark* mark = nullptr);

}  // namespace attune::engine
