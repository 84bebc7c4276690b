#include "engine/experiment/question_reader.h"

#include "base/mutex.h"
#include "engine/experiment/follower.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <thread>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kBatchEvents = 2'000;  // looked at in one go, some ten milliseconds
constexpr int kBatchesOfALook = 4;
// Between two rounds of reading along, so that a busy log costs a round and not a commit's worth of them.
constexpr std::chrono::milliseconds kBetweenRounds{200};
constexpr std::size_t kAskedMax = 8;  // kept because somebody asked for them

using Asked = std::vector<std::shared_ptr<const Questions>>;  // by source

const Question* find(const Asked& asked, std::string_view of) {
    for (const auto& questions : asked)
        if (const Question* found = questions->find(of)) return found;
    return nullptr;
}

// All that is read for one tenant.
struct TenantReading {
    base::Mutex mutex;
    std::map<std::string, std::unique_ptr<Follower>, std::less<>> followers
        ATTUNE_GUARDED_BY(mutex);
    // By the beginning of the names that they count.
    std::map<std::string, std::unique_ptr<ChoiceCounter>, std::less<>> counters
        ATTUNE_GUARDED_BY(mutex);
    std::deque<std::string> kept ATTUNE_GUARDED_BY(mutex);  // since somebody asked; oldest first
    // What was asked when that was looked at last, and how far had been read by then: what is asked since cannot have been
    // answered before that.
    Asked asked ATTUNE_GUARDED_BY(mutex);
    std::optional<store::Position> read_then ATTUNE_GUARDED_BY(mutex);

    [[nodiscard]] std::vector<LogListener*> listeners() ATTUNE_REQUIRES(mutex) {
        std::vector<LogListener*> all;
        all.reserve(followers.size() + counters.size());
        for (const auto& [of, one] : followers) all.push_back(one.get());
        for (const auto& [prefix, one] : counters) all.push_back(one.get());
        return all;
    }
};

class ViewOf final : public QuestionReader::View {
public:
    ViewOf(TenantReading& reading, bool is_current) ATTUNE_REQUIRES(reading.mutex)
        : reading_(reading), is_current_(is_current) {}

    [[nodiscard]] const Question* question(std::string_view of) const override
        ATTUNE_NO_THREAD_SAFETY_ANALYSIS {
        return find(reading_.asked, of);
    }
    [[nodiscard]] const Tally* tally(std::string_view of) const override
        ATTUNE_NO_THREAD_SAFETY_ANALYSIS {
        const auto found = reading_.followers.find(of);
        return found == reading_.followers.end() ? nullptr : &found->second->tally();
    }
    [[nodiscard]] std::optional<ChoiceCount> count(std::string_view of,
                                                   std::uint64_t since_version) const override {
        const ChoiceCounter* counter = counter_of(of);
        if (counter == nullptr) return std::nullopt;
        const ChoiceCount count = counter->count(of, since_version);
        if (count.decisions == 0 && counter->is_full()) return std::nullopt;
        return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> decisions_since(std::string_view of,
                                                               base::Time time) const override {
        const ChoiceCounter* counter = counter_of(of);
        return counter == nullptr ? std::nullopt : std::optional(counter->decisions_since(time));
    }
    [[nodiscard]] bool is_current() const override { return is_current_; }

private:
    [[nodiscard]] const ChoiceCounter* counter_of(std::string_view of) const
        ATTUNE_NO_THREAD_SAFETY_ANALYSIS {
        for (const auto& [prefix, counter] : reading_.counters)
            if (of.starts_with(prefix)) return counter.get();
        return nullptr;
    }

    TenantReading& reading_;  // locked as long as this lives
    const bool is_current_;
};

}  // namespace

class QuestionReader::Impl {
public:
    Impl(store::Store& store, std::vector<QuestionSource*> sources)
        : store_(store), sources_(std::move(sources)) {
        wake_ = store_.subscribe([this](store::Sequence) { wake(); });
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        wake_.reset();
        {
            const base::MutexLock lock(mutex_);
            is_stopping_ = true;
            changed_.notify_all();
        }
        thread_.join();
    }

    std::shared_ptr<TenantReading> reading(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        Watched& one = readings_[tenant];
        if (!one.reading) one.reading = std::make_shared<TenantReading>();
        one.is_fresh = true;
        return one.reading;
    }

    void wake() {
        const base::MutexLock lock(mutex_);
        // Once a round is enough, and lets the pause before it end.
        if (!std::exchange(is_woken_, true)) changed_.notify_all();
    }

    Result<void> look(TenantId tenant, std::string_view asked, const Look& look) {
        const auto reading = this->reading(tenant);
        const base::MutexLock lock(reading->mutex);
        ATTUNE_TRY(Asked now, asked_now(tenant));
        if (const Question* one = find(now, asked); one != nullptr && !one->is_followed)
            keep(*reading, asked);
        align(tenant, *reading, std::move(now));
        bool is_current = false;
        for (int i = 0; i < kBatchesOfALook && !is_current; ++i) {
            ATTUNE_TRY(is_current, step(tenant, *reading));
        }
        if (!is_current) wake();
        return look(ViewOf(*reading, is_current));
    }

    // True when everything committed when it began is counted.
    Result<bool> read_on(TenantId tenant, TenantReading& reading) {
        const base::MutexLock lock(reading.mutex);
        ATTUNE_TRY(Asked now, asked_now(tenant));
        align(tenant, reading, std::move(now));
        return step(tenant, reading);
    }

private:
    struct Watched {
        std::shared_ptr<TenantReading> reading;
        bool is_fresh = true;  // asked for since the last round began
    };

    void run() {
        while (true) {
            std::vector<std::pair<TenantId, std::shared_ptr<TenantReading>>> round;
            {
                base::MutexLock lock(mutex_);
                while (!is_woken_ && !is_stopping_) changed_.wait(lock);
                if (is_stopping_) return;
                is_woken_ = false;
                for (auto& [tenant, watched] : readings_) {
                    watched.is_fresh = false;
                    round.emplace_back(tenant, watched.reading);
                }
            }
            for (const auto& [tenant, reading] : round) read_to_the_end(tenant, *reading);
            base::MutexLock lock(mutex_);
            while (!is_stopping_ && changed_.wait_for(lock, kBetweenRounds)) {
            }
        }
    }

    // A store that fails is tried again at the next commit.
    void read_to_the_end(TenantId tenant, TenantReading& reading) {
        bool is_done = false;
        while (!is_done) {
            {
                const base::MutexLock lock(mutex_);
                if (is_stopping_) return;
            }
            const auto read = read_on(tenant, reading);
            if (!read) return;
            is_done = *read;
        }
        {
            const base::MutexLock lock(reading.mutex);
            if (!reading.listeners().empty()) return;
        }
        // Who has nothing to follow is left alone until watched or asked for again.
        const base::MutexLock lock(mutex_);
        const auto watched = readings_.find(tenant);
        if (watched != readings_.end() && !watched->second.is_fresh) readings_.erase(watched);
    }

    Result<Asked> asked_now(TenantId tenant) {
        Asked asked;
        for (QuestionSource* source : sources_) {
            ATTUNE_TRY(auto questions, source->questions(tenant));
            asked.push_back(std::move(questions));
        }
        return asked;
    }

    static void keep(TenantReading& reading, std::string_view of) ATTUNE_REQUIRES(reading.mutex) {
        if (std::ranges::find(reading.kept, of) != reading.kept.end()) return;
        reading.kept.emplace_back(of);
        if (reading.kept.size() > kAskedMax) reading.kept.pop_front();
    }

    // Follows what is to be followed, and nothing else. What is asked now must have been asked for under the lock: what has
    // been read is then older, and what is not asked yet cannot have been answered there.
    void align(TenantId tenant, TenantReading& reading, Asked now) ATTUNE_REQUIRES(reading.mutex) {
        std::optional<store::Position> read_now;
        for (const LogListener* one : reading.listeners())
            read_now = read_now ? std::min(*read_now, one->upto) : one->upto;
        if (now == reading.asked && reading.kept.empty() && read_now) {
            reading.read_then = read_now;
            return;
        }
        std::set<std::string, std::less<>> wanted;
        for (const auto& questions : now) {
            for (const Question& one : questions->list) {
                if (!one.is_followed &&
                    std::ranges::find(reading.kept, one.of) == reading.kept.end())
                    continue;
                wanted.insert(one.of);
                auto& follower = reading.followers[one.of];
                if (follower && follower->fits(one)) continue;
                const Question* then = find(reading.asked, one.of);
                const bool is_new = reading.read_then &&
                                    (then == nullptr || then->since_version != one.since_version);
                follower = std::make_unique<Follower>(
                    store_, tenant, one, is_new ? *reading.read_then : store::Position{});
            }
            if (questions->counted.empty()) continue;
            wanted.insert(questions->counted);
            auto& counter = reading.counters[questions->counted];
            if (!counter)
                counter = std::make_unique<ChoiceCounter>(questions->counted, store::Position{});
        }
        const auto is_unwanted = [&](const auto& one) { return !wanted.contains(one.first); };
        std::erase_if(reading.followers, is_unwanted);
        std::erase_if(reading.counters, is_unwanted);
        reading.asked = std::move(now);
        reading.read_then = read_now;
    }

    // Reads a batch for those who are furthest behind. True when all have read everything.
    Result<bool> step(TenantId tenant, TenantReading& reading) ATTUNE_REQUIRES(reading.mutex) {
        store::Position begin = store::kLogEnd;
        const std::vector<LogListener*> all = reading.listeners();
        for (const LogListener* one : all) begin = std::min(begin, one->upto);
        if (begin == store::kLogEnd) return true;
        std::vector<LogListener*> behind;
        store::Position others = store::kLogEnd;
        for (LogListener* one : all) {
            if (one->upto == begin)
                behind.push_back(one);
            else
                others = std::min(others, one->upto);
        }
        auto read = read_batch(tenant, begin, others, behind);
        if (!read) {
            // Half a batch may be counted: what cannot be trusted is counted again.
            const auto is_behind = [&](const auto& one) { return one.second->upto == begin; };
            std::erase_if(reading.followers, is_behind);
            std::erase_if(reading.counters, is_behind);
            reading.asked.clear();
            reading.read_then.reset();
            return std::unexpected(read.error());
        }
        for (LogListener* one : behind) one->upto = read->upto;
        return read->is_end && others == store::kLogEnd;
    }

    struct Read {
        store::Position upto;
        bool is_end = false;
    };
    Result<Read> read_batch(TenantId tenant, store::Position begin, store::Position end,
                            const std::vector<LogListener*>& listeners) {
        std::vector<FollowedEvent> batch;
        Read read{.upto = begin, .is_end = true};
        std::size_t looked_at = 0;
        ATTUNE_TRY_VOID(store_.scan_all(tenant, begin, [&](const store::LoggedEvent& logged) {
            if (logged.position > end || ++looked_at > kBatchEvents) {
                read.is_end = false;
                return false;
            }
            read.upto = logged.position;
            auto event = read_event(logged.payload);
            if (event && std::ranges::any_of(listeners, [&](const LogListener* one) {
                    return one->cares_about(*event);
                }))
                batch.push_back({logged.person, logged.position, *std::move(event)});
            return true;
        }));
        // Where the others begin, although somebody's events between may have been erased.
        if ((read.is_end || looked_at <= kBatchEvents) && end != store::kLogEnd) read.upto = end;
        for (LogListener* one : listeners)
            for (const FollowedEvent& event : batch)
                if (one->cares_about(event.read)) ATTUNE_TRY_VOID(one->take(event));
        return read;
    }

    store::Store& store_;
    const std::vector<QuestionSource*> sources_;
    base::Mutex mutex_;
    base::CondVar changed_;
    std::map<TenantId, Watched> readings_ ATTUNE_GUARDED_BY(mutex_);
    bool is_woken_ ATTUNE_GUARDED_BY(mutex_) = false;
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::shared_ptr<void> wake_;
    std::thread thread_;
};

QuestionReader::QuestionReader(store::Store& store, std::vector<QuestionSource*> sources)
    : impl_(std::make_unique<Impl>(store, std::move(sources))) {}
QuestionReader::~QuestionReader() = default;

void QuestionReader::watch(TenantId tenant) {
    (void)impl_->reading(tenant);
    impl_->wake();
}
Result<void> QuestionReader::look(TenantId tenant, std::string_view asked, const Look& look) {
    return impl_->look(tenant, asked, look);
}
Result<void> QuestionReader::catch_up(TenantId tenant) {
    while (true) {
        ATTUNE_TRY(const bool is_done, impl_->read_on(tenant, *impl_->reading(tenant)));
        if (is_done) return {};
    }
}

}  // namespace attune::engine
