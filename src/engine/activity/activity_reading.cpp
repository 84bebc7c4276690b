#include "engine/activity/activity_reading.h"

#include "engine/activity/book_image.h"
#include "engine/follow/log_batch.h"

#include <optional>
#include <utility>

namespace attune::engine {
namespace {

// Raised when what is in it changes, or what is read out of an event (item_event.h) or counted of it (touch_book.h).
constexpr CheckpointFormat kFormat{.kind = "activity", .version = 1};

}  // namespace

class ActivityReading::Saver final : public KnowledgeSaver {
public:
    explicit Saver(const ActivityReading& of)
        : of_(of), book_(of.activity_->book_, of.activity_->numbers()) {}
    [[nodiscard]] Result<bool> step(CheckpointWriter& to) override {
        if (!std::exchange(is_begun_, true)) ATTUNE_TRY_VOID(of_.refusals_.write(to));
        return book_.step(to);
    }

private:
    const ActivityReading& of_;
    BookSaver book_;
    bool is_begun_ = false;
};

class ActivityReading::Loader final : public KnowledgeLoader {
public:
    explicit Loader(ActivityReading& of) : of_(of), book_(of.activity_->numbers()) {}
    [[nodiscard]] Result<bool> step(CheckpointReader& from) override {
        if (!refusals_) {
            ATTUNE_TRY(refusals_, Refusals::read(from));
        }
        return book_.step(from);
    }
    void take(const LogMark& mark) override {
        of_.mark_ = mark;
        of_.upto_ = mark.last;
        of_.refusals_ = *std::move(refusals_);
        of_.activity_->begin_with(std::move(book_).take());
    }

private:
    ActivityReading& of_;
    std::optional<Refusals> refusals_;
    BookLoader book_;
};

ActivityReading::ActivityReading(store::Store& store, TenantId tenant,
                                 std::shared_ptr<ItemNumbers> numbers, const WeightTable& weights,
                                 const ActivityOptions& options, Checkpoints* checkpoints)
    : store_(store),
      tenant_(tenant),
      weights_fingerprint_(weights.fingerprint()),
      activity_(std::make_shared<ActivityOfTenant>(std::move(numbers), options)),
      whole_(store, tenant),
      keeper_(*this, store, checkpoints,
              {.format = kFormat, .tenant = tenant, .settings = weights_fingerprint_}) {}

std::uint64_t ActivityReading::bytes() const { return activity_->book_.bytes(); }
std::unique_ptr<KnowledgeSaver> ActivityReading::save() { return std::make_unique<Saver>(*this); }
std::unique_ptr<KnowledgeLoader> ActivityReading::load() { return std::make_unique<Loader>(*this); }

Result<bool> ActivityReading::step(const WeightTable& weights) {
    if (keeper_.work()) return false;
    ATTUNE_TRY(const bool is_end, read_log(weights));
    return is_end && !keeper_.begin_saving_if_due();
}

Result<bool> ActivityReading::read_log(const WeightTable& weights) {
    std::vector<Read> reads;
    LogMark mark = mark_;
    const auto take = [&](const store::LoggedEvent& logged) {
        mark.pass(logged);
        if (auto event = read_item_event(logged.payload, weights))
            reads.push_back({logged.person, *std::move(event)});
    };
    ATTUNE_TRY(const LogBatch batch, read_batch(store_, tenant_, {upto_}, take));
    Batch happened;
    for (Read& one : reads) {
        if (one.event.may_link()) ATTUNE_TRY_VOID(link(one, happened));
        ATTUNE_TRY(const store::PersonId person, whole_.of(one.person));
        if (refusals_.hear(person, one.event)) leave_out(person, happened);
        if (!refusals_.has(person)) happened.push_back({person, &one.event});
    }
    // Past this point nothing fails but a catalogue that is full; then what came before it stays counted, once.
    upto_ = batch.upto;
    mark_ = mark;
    ATTUNE_TRY_VOID(activity_->apply(happened));
    if (batch.is_end) activity_->is_current_.store(true, std::memory_order_release);
    return batch.is_end;
}

// Who is merged into whom is asked only of events that can have done it.
Result<void> ActivityReading::link(const Read& read, Batch& batch) {
    const ItemEvent& event = read.event;
    ATTUNE_TRY(const auto person,
               whole_.link(read.person, event.user_id, event.anonymous_id, event.is_alias));
    if (!person) return {};
    for (const store::PersonId& member : person->members) {
        activity_->merge(member, person->id);
        if (refusals_.merge(member, person->id)) leave_out(member, batch);
    }
    if (refusals_.has(person->id)) leave_out(person->id, batch);
    return {};
}

// With what was read of them and is not counted yet.
void ActivityReading::leave_out(const store::PersonId& person, Batch& batch) {
    activity_->forget(person);
    std::erase_if(batch,
                  [&](const ActivityOfTenant::Happened& one) { return one.person == person; });
}

void ActivityReading::forget(const store::PersonId& person) {
    keeper_.leave();
    activity_->forget(person);
    refusals_.forget(person);
    whole_.forget_all();
}

}  // namespace attune::engine
