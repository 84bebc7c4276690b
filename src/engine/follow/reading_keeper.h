// ReadingKeeper: keeps what one reading of a log came to in a checkpoint, so that a start reads what came after it and not all of the
// log. It is taken up and written a slice at a time, by the thread that reads, between batches; nothing changes what is known
// meanwhile, so nothing is copied and nobody else waits.
//
//     Result<bool> Purchases::step() {
//         if (keeper_.work()) return false;                    // a slice was taken up or written; the log is read next time
//         ATTUNE_TRY(const bool is_end, read_log());           // and with it, mark()
//         return is_end && !keeper_.begin_saving_if_due();
//     }
//     void Purchases::forget(person) { keeper_.leave(); … }    // what is known changes otherwise than by reading
//
// One is written when enough was read that reading it again would take seconds, at most every five minutes, while there is nothing to
// read; and when the reading ends. It is taken up when all of it is whole, of the same settings, and the last event that went into it
// still stands in the log where it stood. It may name people, so an erasure removes it before it begins. Where what somebody did
// cannot be taken back out of what is known, the reading is stale: none is written of it until the log has been read anew.
//
// Not thread-safe: it is the reading's own. docs/decisions/0105-what-everybody-did-is-kept-in-a-file-too.md says why a file.
#pragma once

#include "engine/follow/checkpoint_file.h"
#include "engine/follow/checkpoints.h"
#include "engine/follow/log_mark.h"

#include <memory>
#include <optional>
#include <string>

namespace attune::engine {

// What a reading knows, as it is written. It does not change while there is one of these.
class KnowledgeSaver {
public:
    virtual ~KnowledgeSaver() = default;
    // Some ten milliseconds of work. True when all is written.
    [[nodiscard]] virtual Result<bool> step(CheckpointWriter& to) = 0;
};

// What a reading will know, as it is read.
class KnowledgeLoader {
public:
    virtual ~KnowledgeLoader() = default;
    // Some ten milliseconds of work. True when all is read. data_loss where numbers do not fit together.
    [[nodiscard]] virtual Result<bool> step(CheckpointReader& from) = 0;
    // It was whole: it takes the place of what is known, as far as the log was read then.
    virtual void take(const LogMark& mark) = 0;
};

// A reading, as its keeper sees it.
class KeptReading {
public:
    virtual ~KeptReading() = default;
    [[nodiscard]] virtual LogMark mark() const = 0;
    // About as many bytes as a checkpoint of it takes.
    [[nodiscard]] virtual std::uint64_t bytes() const = 0;
    [[nodiscard]] virtual std::unique_ptr<KnowledgeSaver> save() = 0;
    [[nodiscard]] virtual std::unique_ptr<KnowledgeLoader> load() = 0;
};

class ReadingKeeper {
public:
    struct Of {
        CheckpointFormat format;
        domain::TenantId tenant;
        std::uint64_t settings = 0;  // what else decides what is known, as a fingerprint
    };
    // They outlive it. Without checkpoints it does nothing.
    ReadingKeeper(KeptReading& reading, store::Store& store, Checkpoints* checkpoints,
                  const Of& of);

    // A slice of what is taken up, which the first call begins, or written. False: there was nothing to do.
    bool work();
    // Whether something is taken up or written, as far as that was begun: then what is known must stay as it is.
    [[nodiscard]] bool is_busy() const { return loading_ || saving_; }
    // True: a checkpoint was begun.
    bool begin_saving_if_due();
    // At the end: writes one now, where it saves a start some work.
    void save();

    // Somebody is about to be erased: what a checkpoint says of them is gone when this returns. Errors of remove_checkpoint().
    [[nodiscard]] Result<void> begin_erasure();
    // What is known is about to change otherwise than by reading: what is being written is dropped.
    void leave() { saving_.reset(); }
    // Somebody was erased, and what they did counts still.
    void become_stale() { is_stale_ = true; }
    // It has been stale, and the reading is more than a day old: it is time for another one that reads all of the log. No more often,
    // or every erasure would cost that.
    [[nodiscard]] bool is_to_be_renewed() const;

private:
    struct Loading {
        CheckpointReader reader;
        LogMark mark;
        std::unique_ptr<KnowledgeLoader> knowledge;
    };
    struct Saving {
        CheckpointWriter writer;
        std::unique_ptr<KnowledgeSaver> knowledge;
    };
    void begin_loading();
    [[nodiscard]] Result<Loading> open();
    void load_some();
    [[nodiscard]] bool may_save() const;
    bool begin_saving();
    [[nodiscard]] Result<Saving> create();
    void save_some();
    [[nodiscard]] std::uint64_t unsaved() const { return reading_.mark().events - saved_events_; }

    KeptReading& reading_;
    store::Store& store_;
    Checkpoints* const checkpoints_;  // null: none are kept
    const Of of_;
    const std::string path_;
    const std::optional<base::SteadyTime> made_;  // where checkpoints are kept
    bool is_begun_ = false;
    bool is_stale_ = false;
    // At most one of them.
    std::optional<Loading> loading_;
    std::optional<Saving> saving_;
    std::uint64_t saved_events_ = 0;  // that the checkpoint knows
    std::optional<base::SteadyTime> began_saving_;
    // So much news makes a save worth its while, when that was counted last: to count it goes over all that is known.
    std::uint64_t enough_ = 0;
};

}  // namespace attune::engine
