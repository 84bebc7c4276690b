#include "store/rocksdb/finisher.h"

namespace attune::store::rocks {

using base::MutexLock;

namespace {
constexpr std::size_t kUnfinishedMax = 8;
}

Finisher::Finisher(Database& database, MarkFile& mark, Options options)
    : database_(database),
      mark_(mark),
      options_(std::move(options)),
      verified_(mark.mark().verified),
      durable_(mark.mark().sequence),
      marked_(mark.mark()) {
    newest_.sequence = mark.mark().sequence;
    newest_.hash = mark.mark().hash;
    thread_ = std::thread([this] { run(); });
}

Finisher::~Finisher() {
    {
        MutexLock lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Finisher::hand_over(Written written) {
    {
        MutexLock lock(mutex_);
        while (handed_over_.size() >= kUnfinishedMax) changed_.wait(lock);
        handed_over_.push_back(std::move(written));
    }
    changed_.notify_all();
}

void Finisher::note_tables_changed() {
    {
        MutexLock lock(mutex_);
        tables_changed_ = true;
    }
    changed_.notify_all();
}

std::shared_ptr<void> Finisher::subscribe(std::function<void(Sequence)> wake) {
    auto handle = std::make_shared<Wake>(std::move(wake));
    MutexLock lock(mutex_);
    std::erase_if(subscribers_, [](const auto& weak) { return weak.expired(); });
    subscribers_.push_back(handle);
    return handle;
}

Mark Finisher::mark() const {
    MutexLock lock(mutex_);
    return marked_;
}

void Finisher::run() {
    for (bool stop = false; !stop;) {
        std::vector<Written> batch = wait_for_work(stop);
        finish(std::move(batch), stop);
    }
}

std::vector<Written> Finisher::wait_for_work(bool& stop) {
    std::vector<Written> batch;
    MutexLock lock(mutex_);
    while (handed_over_.empty() && !stop_ && !tables_changed_) {
        if (!sync_due_) {
            changed_.wait(lock);
        } else if (!changed_.wait_until(lock, *sync_due_)) {
            break;
        }
    }
    for (Written& written : handed_over_) batch.push_back(std::move(written));
    handed_over_.clear();
    manifest_is_old_ |= std::exchange(tables_changed_, false);
    stop = stop_;
    changed_.notify_all();
    return batch;
}

void Finisher::finish(std::vector<Written> batch, bool stop) {
    bool must_sync = stop;
    bool is_synced = true;
    for (const Written& written : batch) {
        must_sync = must_sync || written.must_sync || options_.durability == Durability::fsync;
        if (!written.is_commit) continue;
        newest_ = written.ledger;
        is_synced = is_synced && written.is_synced;
    }
    const bool is_behind = newest_.sequence > durable_.load();
    if (is_behind && options_.durability == Durability::batch && !sync_due_)
        sync_due_ = Steady::now() + options_.window;
    must_sync = must_sync || (sync_due_ && Steady::now() >= *sync_due_);
    Result<void> durable;
    if (failure_) {
        durable = std::unexpected(*failure_);
    } else if (must_sync && (is_behind || stop)) {
        // What earlier groups left unsynced is synced along with these.
        durable = make_durable(newest_, is_synced && options_.durability == Durability::fsync);
        sync_due_.reset();
    } else if (manifest_is_old_) {
        durable = write_mark(mark_.mark());
    }
    if (!durable && !failure_) {
        failure_ = fail(Code::unavailable,
                        "the outcome is unknown: " + durable.error().message +
                            "; the store takes nothing more until it is reopened",
                        "outcome_unknown")
                       .error();
        options_.failing(*failure_);
        complete(batch, std::unexpected(*failure_));
        options_.failed(*failure_);
        return;
    }
    complete(batch, durable);
}

Result<void> Finisher::make_durable(const Ledger& ledger, bool is_synced) {
    if (!is_synced) {
        const rocksdb::Status status = database_.db().SyncWAL();
        ++syncs_;
        if (!status.ok()) return error_of(status, "cannot sync the log");
    }
    Mark mark = mark_.mark();
    mark.sequence = ledger.sequence;
    mark.hash = ledger.hash;
    mark.verified = std::min(verified_.load(), ledger.sequence);
    ATTUNE_TRY_VOID(write_mark(mark));
    durable_.store(ledger.sequence);
    return {};
}

Result<void> Finisher::write_mark(Mark mark) {
    if (manifest_is_old_) {
        ATTUNE_TRY(mark.manifest, manifest_state(options_.database_path));
        manifest_is_old_ = false;
    }
    ATTUNE_TRY_VOID(mark_.write(mark));
    ++syncs_;
    MutexLock lock(mutex_);
    marked_ = mark;
    return {};
}

void Finisher::complete(std::vector<Written>& batch, const Result<void>& durable) {
    for (Written& written : batch) {
        for (auto& [issuer, result] : written.outcomes) {
            if (result && !durable) result = durable;
            issuer.complete(std::move(result));
        }
        if (durable && written.is_commit) wake_subscribers(written.ledger.sequence);
    }
}

void Finisher::wake_subscribers(Sequence sequence) {
    std::vector<std::weak_ptr<Wake>> subscribers;
    {
        MutexLock lock(mutex_);
        subscribers = subscribers_;
    }
    for (const auto& weak : subscribers)
        if (auto wake = weak.lock()) (*wake)(sequence);
}

}  // namespace attune::store::rocks
