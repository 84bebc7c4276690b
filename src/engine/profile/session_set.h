// SessionSet: when a person was here. Two events belong to one session when no more than thirty
// minutes without an event lie between them; sessions are therefore the connected pieces of the
// events' times, which are the same in whatever order the events come in. A late event may join two
// sessions into one.
//
// Keeps the newest 4,096 sessions one by one. Older ones are added up in `archived`; a late event
// that falls among those is counted as a session of its own there, which is the one place where the
// order of arrival can show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace attune::engine {

struct Session {
    std::int64_t start = 0;  // microseconds since 1970
    std::int64_t end = 0;    // of the last event
    std::uint32_t events = 0;

    bool operator==(const Session&) const = default;
};

struct ArchivedSessions {
    std::uint64_t count = 0;
    std::uint64_t duration_us = 0;
    std::uint64_t events = 0;

    bool operator==(const ArchivedSessions&) const = default;
};

class SessionSet {
public:
    static constexpr std::int64_t kGapUs = 30ll * 60 * 1'000'000;
    static constexpr std::size_t kKeptMax = 4096;

    void add(std::int64_t time_us) { add(Session{time_us, time_us, 1}); }
    void add(const Session& piece);
    void merge(const SessionSet& other);

    [[nodiscard]] const std::vector<Session>& kept() const { return kept_; }  // oldest first
    [[nodiscard]] const ArchivedSessions& archived() const { return archived_; }
    [[nodiscard]] std::uint64_t count() const { return kept_.size() + archived_.count; }
    [[nodiscard]] std::uint64_t duration_us() const;
    [[nodiscard]] std::uint64_t events() const;

    // For decoding: sessions in order, no two of which touch.
    void restore(std::vector<Session> kept, ArchivedSessions archived) {
        kept_ = std::move(kept);
        archived_ = archived;
    }
    bool operator==(const SessionSet&) const = default;

private:
    void archive(const Session& session);

    std::vector<Session> kept_;
    ArchivedSessions archived_;
};

}  // namespace attune::engine
