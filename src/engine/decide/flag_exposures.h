// FlagExposures: who was on which side of a guarded rollout, written into the log of decisions, so that the two sides can be
// compared. Whoever asks for flags over OFREP waits for none of it: what is new is queued, and a thread looks up the
// person behind the answer's back.
//
//     if (answer.draw) exposures.note(tenant, flag, *answer.draw);
//
// Nothing is recorded of whom we do not know, or who has opted out. The same person is recorded once for each stage of a
// rollout, however often they ask. Thread-safe; noting takes some hundred nanoseconds at first, and some ten when it was
// noted before.
#pragma once

#include "base/bounded_queue.h"
#include "domain/decision.h"
#include "engine/decisions/decision_log.h"
#include "engine/flags/flag_set.h"
#include "engine/profile/people.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace attune::engine {

// The decision as it is logged: kind "flag", one choice "in" or "out".
[[nodiscard]] domain::Decision exposure_of(const Flag& flag, const FlagDraw& draw);
// Sessions tell nothing here: a stage is one exposure, however long it lasts.
inline constexpr std::int64_t kExposureSession = 0;

class FlagExposures {
public:
    // Both outlive it.
    FlagExposures(People& people, DecisionLog& log);
    ~FlagExposures();  // records what waits
    FlagExposures(const FlagExposures&) = delete;
    FlagExposures& operator=(const FlagExposures&) = delete;

    void note(TenantId tenant, const Flag& flag, const FlagDraw& draw);

    // Waits until all that was noted before is recorded.
    void flush();
    // Those that were not recorded because too many waited.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(); }

private:
    struct Noted {
        TenantId tenant;
        std::string user_id;
        domain::Decision decision;
        std::uint64_t mark = 0;
        std::shared_ptr<base::TicketIssuer> flushed;  // a marker instead
    };
    // What was noted lately, by a hash of it: a slot says what passed last, and forgetting costs only a second look.
    static constexpr std::size_t kSlots = 1u << 16;
    using Slots = std::array<std::atomic<std::uint64_t>, kSlots>;

    void run();
    void record(Noted noted);
    void forget(std::uint64_t mark);

    People& people_;
    DecisionLog& log_;
    std::unique_ptr<Slots> recent_ = std::make_unique<Slots>();
    base::BoundedQueue<Noted> waiting_;
    std::atomic<std::uint64_t> dropped_{0};
    std::thread thread_;
};

}  // namespace attune::engine
