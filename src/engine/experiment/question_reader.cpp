#include "engine/experiment/question_reader.h"

#include "engine/experiment/follower.h"
#include "engine/experiment/questions_image.h"
#include "engine/follow/log_follower.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <utility>

namespace attune::engine {
namespace {

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
class QuestionReading final : public LogReading, private KeptReading {
public:
    QuestionReading(store::Store& store, TenantId tenant,
                    const std::vector<QuestionSource*>& sources, Checkpoints* checkpoints)
        : store_(store),
          tenant_(tenant),
          sources_(sources),
          keeper_(*this, store, checkpoints, {.format = kQuestionsFormat, .tenant = tenant}) {
        // Whoever is being erased may be read before they are gone from the log, and no erasure will tell this reading.
        if (checkpoints != nullptr && checkpoints->is_erasing()) keeper_.become_stale();
    }

    [[nodiscard]] Result<bool> step() override {
        ATTUNE_TRY(Asked now, asked_now());
        asked_at_start_ = now;
        if (keeper_.work()) return false;
        align(std::move(now));
        ATTUNE_TRY(const bool is_done, read_a_batch());
        return is_done && (is_idle() || !keeper_.begin_saving_if_due());
    }
    [[nodiscard]] bool is_idle() const override { return followers_.empty() && counters_.empty(); }

    [[nodiscard]] bool is_to_be_renewed() const override { return keeper_.is_to_be_renewed(); }

    [[nodiscard]] Result<void> begin_erasure();
    // Nothing where somebody is still behind: a checkpoint knows all of them as of one position.
    void save_now() {
        if (!is_idle() && least_read(listeners()) >= mark_.last) keeper_.save();
    }

    // Follows what is asked, at most so many batches of it. True when everything committed is counted.
    [[nodiscard]] Result<bool> read_for(std::string_view asked, int batches);

    [[nodiscard]] const Question* question(std::string_view of) const { return find(asked_, of); }
    [[nodiscard]] const Tally* tally(std::string_view of) const {
        const auto found = followers_.find(of);
        return found == followers_.end() ? nullptr : &found->second->tally();
    }
    [[nodiscard]] const ChoiceCounter* counter_of(std::string_view of) const {
        for (const auto& [prefix, counter] : counters_)
            if (of.starts_with(prefix)) return counter.get();
        return nullptr;
    }

private:
    [[nodiscard]] LogMark mark() const override { return mark_; }
    [[nodiscard]] std::uint64_t bytes() const override { return saved_bytes(followers_); }
    [[nodiscard]] std::unique_ptr<KnowledgeSaver> save() override {
        return std::make_unique<QuestionsSaver>(followers_, counters_);
    }
    [[nodiscard]] std::unique_ptr<KnowledgeLoader> load() override {
        return std::make_unique<QuestionsLoader>(
            [this](QuestionsLoader& loaded, const LogMark& mark) { take(loaded, mark); });
    }
    void take(QuestionsLoader& loaded, const LogMark& mark);

    [[nodiscard]] std::vector<LogListener*> listeners() const;
    Result<Asked> asked_now() const;
    void keep(std::string_view of);
    void align(Asked now);
    Result<bool> read_a_batch();

    store::Store& store_;
    const TenantId tenant_;
    const std::vector<QuestionSource*>& sources_;
    FollowersByName followers_;
    // By the beginning of the names that they count.
    CountersByPrefix counters_;
    LogMark mark_;
    std::deque<std::string> kept_;  // since somebody asked; oldest first
    // What was asked when that was looked at last, and how far had been read by then: what is asked since cannot have been
    // answered before that.
    Asked asked_;
    std::optional<store::Position> read_then_;
    Asked asked_at_start_;  // what a checkpoint is taken up for
    ReadingKeeper keeper_;
};

// Each is followed on from there, if it is asked as it was.
void QuestionReading::take(QuestionsLoader& loaded, const LogMark& mark) {
    mark_ = mark;
    for (FollowerLoader& one : loaded.followers) {
        const Question* question = find(asked_at_start_, one.of());
        if (question == nullptr) continue;
        auto follower = std::make_unique<Follower>(store_, tenant_, *question, mark.last);
        if (std::move(one).take(*follower)) followers_[question->of] = std::move(follower);
    }
    counters_ = std::move(loaded.counters);
    for (const auto& [prefix, counter] : counters_) counter->upto = mark.last;
}

Result<void> QuestionReading::begin_erasure() {
    if (auto asked = asked_now()) asked_at_start_ = *std::move(asked);
    ATTUNE_TRY_VOID(keeper_.begin_erasure());
    keeper_.become_stale();
    return {};
}

std::vector<LogListener*> QuestionReading::listeners() const {
    std::vector<LogListener*> all;
    all.reserve(followers_.size() + counters_.size());
    for (const auto& [of, one] : followers_) all.push_back(one.get());
    for (const auto& [prefix, one] : counters_) all.push_back(one.get());
    return all;
}

Result<bool> QuestionReading::read_for(std::string_view asked, int batches) {
    ATTUNE_TRY(Asked now, asked_now());
    asked_at_start_ = now;
    for (int i = 0; i < batches && keeper_.work(); ++i) {
    }
    // A slice more would be too long for one answer.
    if (keeper_.is_busy()) return false;
    if (const Question* one = find(now, asked); one != nullptr && !one->is_followed) keep(asked);
    align(std::move(now));
    bool is_current = false;
    for (int i = 0; i < batches && !is_current; ++i) {
        ATTUNE_TRY(is_current, read_a_batch());
    }
    return is_current;
}

Result<Asked> QuestionReading::asked_now() const {
    Asked asked;
    for (QuestionSource* source : sources_) {
        ATTUNE_TRY(auto questions, source->questions(tenant_));
        asked.push_back(std::move(questions));
    }
    return asked;
}

void QuestionReading::keep(std::string_view of) {
    if (std::ranges::find(kept_, of) != kept_.end()) return;
    kept_.emplace_back(of);
    if (kept_.size() > kAskedMax) kept_.pop_front();
}

// Follows what is to be followed, and nothing else. What is asked now must have been asked for since the last batch was
// read: what has been read is then older, and what is not asked yet cannot have been answered there.
void QuestionReading::align(Asked now) {
    const std::optional<store::Position> read_now =
        is_idle() ? std::nullopt : std::optional(least_read(listeners()));
    if (now == asked_ && kept_.empty() && read_now) {
        read_then_ = read_now;
        return;
    }
    std::set<std::string, std::less<>> wanted;
    for (const auto& questions : now) {
        for (const Question& one : questions->list) {
            if (!one.is_followed && std::ranges::find(kept_, one.of) == kept_.end()) continue;
            wanted.insert(one.of);
            auto& follower = followers_[one.of];
            if (follower && follower->fits(one)) continue;
            const Question* then = find(asked_, one.of);
            const bool is_new =
                read_then_ && (then == nullptr || then->since_version != one.since_version);
            follower = std::make_unique<Follower>(store_, tenant_, one,
                                                  is_new ? *read_then_ : store::Position{});
        }
        if (questions->counted.empty()) continue;
        wanted.insert(questions->counted);
        auto& counter = counters_[questions->counted];
        if (!counter)
            counter = std::make_unique<ChoiceCounter>(questions->counted, store::Position{});
    }
    const auto is_unwanted = [&](const auto& one) { return !wanted.contains(one.first); };
    std::erase_if(followers_, is_unwanted);
    std::erase_if(counters_, is_unwanted);
    asked_ = std::move(now);
    read_then_ = read_now;
}

Result<bool> QuestionReading::read_a_batch() {
    const std::vector<LogListener*> all = listeners();
    const store::Position begin = least_read(all);
    auto is_done = tell_a_batch(store_, tenant_, all, &mark_);
    if (!is_done) {
        // Half a batch may be counted: what cannot be trusted is counted again.
        const auto is_behind = [&](const auto& one) { return one.second->upto == begin; };
        std::erase_if(followers_, is_behind);
        std::erase_if(counters_, is_behind);
        asked_.clear();
        read_then_.reset();
    }
    return is_done;
}

class ViewOf final : public QuestionReader::View {
public:
    ViewOf(const QuestionReading& reading, bool is_current)
        : reading_(reading), is_current_(is_current) {}

    [[nodiscard]] const Question* question(std::string_view of) const override {
        return reading_.question(of);
    }
    [[nodiscard]] const Tally* tally(std::string_view of) const override {
        return reading_.tally(of);
    }
    [[nodiscard]] std::optional<ChoiceCount> count(std::string_view of,
                                                   std::uint64_t since_version) const override {
        const ChoiceCounter* counter = reading_.counter_of(of);
        if (counter == nullptr) return std::nullopt;
        const ChoiceCount count = counter->count(of, since_version);
        if (count.decisions == 0 && counter->is_full()) return std::nullopt;
        return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> decisions_since(std::string_view of,
                                                               base::Time time) const override {
        const ChoiceCounter* counter = reading_.counter_of(of);
        return counter == nullptr ? std::nullopt : std::optional(counter->decisions_since(time));
    }
    [[nodiscard]] bool is_current() const override { return is_current_; }

private:
    const QuestionReading& reading_;
    const bool is_current_;
};

}  // namespace

class QuestionReader::Impl {
public:
    Impl(store::Store& store, std::vector<QuestionSource*> all, Checkpoints* checkpoints)
        : sources(std::move(all)),
          follower(
              store,
              [&store, checkpoints, this](TenantId tenant) {
                  return std::make_unique<QuestionReading>(store, tenant, sources, checkpoints);
              },
              kBetweenRounds) {}
    ~Impl() {
        follower.each([](QuestionReading& reading) { reading.save_now(); });
    }

    const std::vector<QuestionSource*> sources;
    LogFollower<QuestionReading> follower;  // last: its thread uses the sources
};

QuestionReader::QuestionReader(store::Store& store, std::vector<QuestionSource*> sources,
                               Checkpoints* checkpoints)
    : impl_(std::make_unique<Impl>(store, std::move(sources), checkpoints)) {}
QuestionReader::~QuestionReader() = default;

void QuestionReader::watch(TenantId tenant) { impl_->follower.watch(tenant); }
Result<void> QuestionReader::look(TenantId tenant, std::string_view asked, const Look& look) {
    return impl_->follower.look(tenant, [&](QuestionReading& reading) -> Result<bool> {
        ATTUNE_TRY(const bool is_current, reading.read_for(asked, kBatchesOfALook));
        ATTUNE_TRY_VOID(look(ViewOf(reading, is_current)));
        return is_current;
    });
}
Result<void> QuestionReader::begin_erasure(TenantId tenant) {
    return impl_->follower.with(tenant,
                                [](QuestionReading& reading) { return reading.begin_erasure(); });
}
Result<void> QuestionReader::catch_up(TenantId tenant) { return impl_->follower.catch_up(tenant); }

}  // namespace attune::engine
