#include "store/rocksdb/compactor.h"

#include <rocksdb/options.h>

namespace attune::store::rocks {

using base::MutexLock;

namespace {
constexpr std::size_t kPeoplePerPass = 1'000;
// From so many people on, one walk over everything is cheaper than one range each.
constexpr std::size_t kRangesMax = 64;
constexpr std::chrono::seconds kRetry{1};
}  // namespace

Compactor::Compactor(Database& database, const DiskSpace& disk) : database_(database), disk_(disk) {
    thread_ = std::thread([this] { run(); });
}

Compactor::~Compactor() {
    {
        MutexLock lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Compactor::wake() {
    {
        MutexLock lock(mutex_);
        has_work_ = true;
    }
    changed_.notify_all();
}

void Compactor::wait_until_idle() {
    MutexLock lock(mutex_);
    while ((has_work_ || is_busy_) && !stop_) changed_.wait(lock);
}

void Compactor::run() {
    MutexLock lock(mutex_);
    while (!stop_) {
        if (!has_work_) {
            changed_.wait(lock);
            continue;
        }
        has_work_ = false;
        is_busy_ = true;
        lock.unlock();
        const bool is_done = compact_pass();
        lock.lock();
        is_busy_ = false;
        if (!is_done) {
            has_work_ = true;
            if (!stop_) (void)changed_.wait_for(lock, kRetry);
        }
        changed_.notify_all();
    }
}

bool Compactor::compact_pass() {
    std::vector<PersonName> people;
    auto note = [&](std::string_view key, std::string_view) -> Result<bool> {
        people.push_back(person_in(key));
        return people.size() < kPeoplePerPass;
    };
    if (!database_.walk(Family::erasures, "u", "u", nullptr, note)) return false;
    if (people.empty()) return true;
    if (disk_.is_low()) return false;
    if (!compact(people)) return false;
    rocksdb::WriteBatch done;
    for (const PersonName& one : people)
        (void)done.Delete(database_.family(Family::erasures),
                          slice(uncompacted_key(one.tenant, one.person)));
    return database_.db().Write({}, &done).ok() && people.size() < kPeoplePerPass;
}

Result<void> Compactor::compact(const std::vector<PersonName>& people) {
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    for (std::size_t i = 0; i < kFamilies; ++i)
        families.push_back(database_.family(static_cast<Family>(i)));
    const rocksdb::Status flushed = database_.db().Flush({}, families);
    if (!flushed.ok()) return error_of(flushed, "cannot flush");
    for (Family family : {Family::events, Family::checkpoints}) {
        if (people.size() > kRangesMax) {
            ATTUNE_TRY_VOID(compact_range(family, {}, {}));
            continue;
        }
        for (const PersonName& one : people) {
            const std::string begin = person_key(one.tenant, one.person);
            ATTUNE_TRY_VOID(compact_range(family, begin, end_of(begin)));
        }
    }
    return {};
}

Result<void> Compactor::compact_range(Family family, std::string_view begin, std::string_view end) {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    options.exclusive_manual_compaction = false;
    options.canceled = &stop_;
    const rocksdb::Slice first = slice(begin);
    const rocksdb::Slice last = slice(end);
    const rocksdb::Status status = database_.db().CompactRange(options, database_.family(family),
                                                               begin.empty() ? nullptr : &first,
                                                               end.empty() ? nullptr : &last);
    if (!status.ok()) return error_of(status, "cannot compact what was erased");
    return {};
}

}  // namespace attune::store::rocks
