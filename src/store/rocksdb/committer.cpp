#include "store/rocksdb/committer.h"

namespace attune::store::rocks {

using base::MutexLock;

Committer::Committer(Database& database, const Sealer& sealer, const base::Clock& clock,
                     const DiskSpace& disk, CommitQueue& queue, RecentEvents& recent,
                     Finisher& finisher, Ledger ledger, PeopleCounts people, Options options)
    : database_(database),
      sealer_(sealer),
      clock_(clock),
      disk_(disk),
      queue_(queue),
      recent_(recent),
      finisher_(finisher),
      options_(std::move(options)),
      known_(options_.known_people_bytes),
      people_(std::move(people)),
      last_committed_(ledger.sequence),
      ledger_(ledger) {
    thread_ = std::thread([this] { run(); });
}

Committer::~Committer() {
    thread_.join();
    // All of it was written by this process, link by link: the next open need not check it again.
    if (!failure_) finisher_.note_verified(last_committed_.load());
}

Ledger Committer::ledger() const {
    MutexLock lock(ledger_mutex_);
    return ledger_;
}

void Committer::run() {
    while (true) {
        std::vector<Work> works = queue_.take(options_.group_bytes_max);
        if (works.empty()) return;
        commit(std::move(works));
    }
}

void Committer::commit(std::vector<Work> works) {
    Written written;
    std::vector<Result<void>> results(works.size());
    Result<void> whole;
    if (failure_) whole = std::unexpected(*failure_);
    Group group(database_, sealer_, known_, people_, ledger());
    const bool low = disk_.is_low();
    for (std::size_t i = 0; i < works.size() && whole; ++i) {
        results[i] = apply(group, works[i], low);
        written.must_sync = written.must_sync || works[i].kind != Work::Kind::append;
        // A failed read may have left half an operation behind: then nothing of the group is written.
        if (!results[i] && (results[i].error().code == Code::data_loss ||
                            results[i].error().code == Code::internal))
            whole = std::unexpected(results[i].error());
    }
    written.is_commit = whole && !group.is_empty();
    const bool is_erase = works.front().kind == Work::Kind::erase;
    written.is_synced = options_.durability == Durability::fsync || is_erase;
    if (written.is_commit) whole = write(group, written.is_synced);
    if (written.is_commit && whole && is_erase && works.front().committed)
        results.front() = works.front().committed();
    if (!whole) known_.forget_all();
    written.is_commit = written.is_commit && whole;
    written.ledger = ledger();
    if (written.is_commit) recent_.add(written.ledger.sequence, works, results);
    queue_.release(works);
    for (std::size_t i = 0; i < works.size(); ++i)
        written.outcomes.push_back(
            {*std::move(works[i].issuer), whole ? std::move(results[i]) : whole});
    finisher_.hand_over(std::move(written));
}

Result<void> Committer::apply(Group& group, Work& work, bool disk_is_low) {
    if (work.kind == Work::Kind::flush) return {};
    const bool is_erase = work.kind == Work::Kind::erase;
    const bool is_write = work.kind == Work::Kind::write;
    if (is_erase ? disk_.is_out() : disk_is_low || (is_write && disk_.is_low_for(work.bytes)))
        return disk_.refusal();
    return work.kind == Work::Kind::append ? group.add(work.append) : work.change(group);
}

Result<void> Committer::write(Group& group, bool sync) {
    Group::Finished finished = group.finish(clock_.now());
    rocksdb::WriteOptions options;
    options.sync = sync;
    rocksdb::Status status;
    if (group.drops_checkpoints()) {
        MutexLock gate(checkpoint_gate_);
        status = database_.db().Write(options, &finished.batch);
    } else {
        status = database_.db().Write(options, &finished.batch);
    }
    if (sync) finisher_.count_sync();
    if (!status.ok()) {
        give_up(fail(Code::unavailable,
                     "the outcome is unknown: " + status.ToString() +
                         "; the store takes nothing more until it is reopened",
                     "outcome_unknown")
                    .error());
        return std::unexpected(*failure_);
    }
    people_.apply(group.people_changes());
    ++commits_;
    last_committed_.store(finished.ledger.sequence);
    MutexLock lock(ledger_mutex_);
    ledger_ = finished.ledger;
    return {};
}

void Committer::give_up(const Error& error) {
    failure_ = error;
    queue_.close(error);
    options_.failed(error);
}

}  // namespace attune::store::rocks
