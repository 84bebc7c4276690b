// LogListener: who is told what the log says, in its order. For experiment and bandit.
#pragma once

#include "base/result.h"
#include "engine/experiment/exposure.h"
#include "store/store.h"

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

    store::Position upto;  // read so far; kept by the caller
};

}  // namespace attune::engine
