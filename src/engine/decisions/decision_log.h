// DecisionLog: every answer that was a choice, written into the person's own log behind the answer's back: an answer never
// waits for it, and when too many wait, decisions are dropped and counted rather than answers delayed.
//
//     const std::string id = log.record(tenant, who, session, decision);     // "dec_…", to be answered
//
// Where most answers repeat one that was given before, the decision is put in words only when it is new:
//
//     const auto slot = log.begin(tenant, who, session, digest);
//     if (slot.is_new) log.write(tenant, who, slot.id, in_words());
//
// Whoever was erased meanwhile stays erased: a decision never makes somebody known.
//
// The same decision (its DecisionDigest) of one session of a person is one event: its id is made of just that, so that
// asking again, a forgetful cache or a restart counts nothing twice. The segments of the first one stand. Thread-safe.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "engine/decisions/decision_digest.h"
#include "engine/profile/people.h"

#include <cstdint>
#include <memory>
#include <string>

namespace attune::engine {

struct DecisionLogOptions {
    std::size_t queue_max = 65'536;         // decisions that wait; more are dropped
    std::size_t remembered_max = 1u << 17;  // newest ones known to be queued or written
};

struct DecisionLogStats {
    std::uint64_t recorded = 0;  // queued
    std::uint64_t repeated = 0;  // the same again within a session
    std::uint64_t dropped =
        0;  // too many waited; or queued, and nobody is there (any more) or the store is full
};

class DecisionLog {
public:
    // The arguments outlive it. Starts a thread, which writes what waits, a batch at a time.
    DecisionLog(People& people, const base::Clock& clock, DecisionLogOptions options);
    ~DecisionLog();  // writes what waits
    DecisionLog(const DecisionLog&) = delete;
    DecisionLog& operator=(const DecisionLog&) = delete;

    struct Slot {
        std::string id;
        bool is_new = false;  // not begun before in this session: to be written
    };
    // `session` tells a session of the person's from the next one.
    [[nodiscard]] Slot begin(TenantId tenant, const Identity& who, std::int64_t session,
                             const DecisionDigest& digest);
    // Queues it.
    void write(TenantId tenant, const Identity& who, const std::string& id,
               const domain::Decision& decision);
    // Both.
    [[nodiscard]] std::string record(TenantId tenant, const Identity& who, std::int64_t session,
                                     const domain::Decision& decision);

    // Waits until all that was recorded before is written and durable.
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] DecisionLogStats stats() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
