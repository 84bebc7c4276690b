// DeadlineWheel: every deadline of one core behind one timer. Deadlines are coarse: they come between zero and two
// ticks late, never early. Setting one is a store in the common case, because an entry that is due later than the
// slot it hangs in is only moved when that slot comes round. Belongs to one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>

namespace attune::http {

class DeadlineWheel {
    struct Link {
        Link* next = nullptr;
        Link* prev = nullptr;

        void unlink() {
            if (next == nullptr) return;
            next->prev = prev;
            prev->next = next;
            next = prev = nullptr;
        }
    };

public:
    class Entry : private Link {
    public:
        Entry() = default;
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

    protected:
        ~Entry() { unlink(); }
        // Called once for each deadline that passes; may destroy the entry.
        virtual void on_deadline() = 0;

    private:
        friend class DeadlineWheel;
        std::uint64_t due_ = kNever;
        std::uint64_t slot_ = 0;
    };

    explicit DeadlineWheel(std::chrono::microseconds tick) : tick_(tick) {
        for (Link& head : slots_) head.next = head.prev = &head;
    }

    [[nodiscard]] std::chrono::microseconds tick() const { return tick_; }

    void set(Entry& entry, std::chrono::microseconds from_now) {
        const std::int64_t ticks = (from_now.count() + tick_.count() - 1) / tick_.count();
        entry.due_ = now_ + static_cast<std::uint64_t>(ticks > 0 ? ticks : 0) + 1;
        if (entry.next == nullptr || entry.slot_ > entry.due_) link(entry);
    }
    void clear(Entry& entry) { entry.due_ = kNever; }

    // Moves on by so many ticks and calls what is due.
    void advance(std::uint64_t ticks) {
        const std::uint64_t target = now_ + ticks;
        // After a long pause one full turn visits everything.
        if (ticks > kSlots) now_ = target - kSlots;
        while (now_ < target) {
            ++now_;
            Link due;
            due.next = due.prev = &due;
            take(slots_[now_ % kSlots], due);
            while (due.next != &due) {
                Entry& entry = static_cast<Entry&>(*due.next);
                entry.unlink();
                if (entry.due_ == kNever) continue;
                if (entry.due_ > now_) {
                    link(entry);
                } else {
                    entry.due_ = kNever;
                    entry.on_deadline();
                }
            }
        }
    }

private:
    static constexpr std::uint64_t kSlots = 512;
    static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

    void link(Entry& entry) {
        entry.unlink();
        const std::uint64_t last = now_ + kSlots - 1;
        entry.slot_ = entry.due_ < last ? entry.due_ : last;
        Link& head = slots_[entry.slot_ % kSlots];
        entry.next = &head;
        entry.prev = head.prev;
        head.prev->next = &entry;
        head.prev = &entry;
    }
    // Hangs a slot's entries under `to`, so that callbacks may link anew while they are walked.
    static void take(Link& from, Link& to) {
        if (from.next == &from) return;
        to.next = from.next;
        to.prev = from.prev;
        to.next->prev = to.prev->next = &to;
        from.next = from.prev = &from;
    }

    std::chrono::microseconds tick_;
    std::uint64_t now_ = 0;
    std::array<Link, kSlots> slots_;
};

}  // namespace attune::http
