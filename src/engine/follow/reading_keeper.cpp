#include "engine/follow/reading_keeper.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace attune::engine {
namespace {

// Reading an event again takes some microseconds, writing sixteen bytes down a tenth of one.
constexpr std::uint64_t kSaveAfterShareOfBytes = 640;
constexpr auto kSaveApart = std::chrono::minutes(5);
constexpr std::uint64_t kSaveAtEndPart = 10;
constexpr auto kRenewedAfter = std::chrono::hours(24);

}  // namespace

ReadingKeeper::ReadingKeeper(KeptReading& reading, store::Store& store, Checkpoints* checkpoints,
                             const Of& of)
    : reading_(reading),
      store_(store),
      checkpoints_(checkpoints != nullptr && checkpoints->are_kept() ? checkpoints : nullptr),
      of_(of),
      path_(checkpoints_ == nullptr ? "" : checkpoints_->path_of(of.format.kind, of.tenant)),
      made_(checkpoints_ == nullptr ? std::nullopt
                                    : std::optional(checkpoints_->place().clock->steady_now())) {}

bool ReadingKeeper::is_to_be_renewed() const {
    return is_stale_ && made_ &&
           checkpoints_->place().clock->steady_now() - *made_ >= kRenewedAfter;
}

bool ReadingKeeper::work() {
    if (!std::exchange(is_begun_, true)) begin_loading();
    if (loading_) {
        load_some();
        return true;
    }
    if (!saving_) return false;
    save_some();
    return true;
}

// Without a sound checkpoint of this log, the log is read from its start.
void ReadingKeeper::begin_loading() {
    if (checkpoints_ == nullptr) return;
    if (auto opened = open())
        loading_.emplace(*std::move(opened));
    else
        checkpoints_->tell_unused(path_, opened.error());
}

Result<ReadingKeeper::Loading> ReadingKeeper::open() {
    ATTUNE_TRY(auto reader, CheckpointReader::open(*checkpoints_->place().disk, path_, of_.format));
    ATTUNE_TRY(const auto tenant, reader.get<std::uint32_t>());
    ATTUNE_TRY(const auto settings, reader.get<std::uint64_t>());
    if (tenant != of_.tenant.value) return reader.is_of_another("another tenant");
    if (settings != of_.settings) return reader.is_of_another("other settings");
    ATTUNE_TRY(const LogMark mark, LogMark::read(reader));
    ATTUNE_TRY(const bool is_ours, mark.stands_in(store_, of_.tenant));
    if (!is_ours) return reader.is_of_another("another log");
    return Loading{std::move(reader), mark, reading_.load()};
}

void ReadingKeeper::load_some() {
    auto is_done = loading_->knowledge->step(loading_->reader);
    if (is_done && !*is_done) return;
    if (is_done)
        if (const auto whole = loading_->reader.finish(); !whole)
            is_done = std::unexpected(whole.error());
    if (is_done) {
        loading_->knowledge->take(loading_->mark);
        saved_events_ = loading_->mark.events;
    } else {
        checkpoints_->tell_unused(path_, is_done.error());
    }
    loading_.reset();
}

bool ReadingKeeper::may_save() const {
    return checkpoints_ != nullptr && !checkpoints_->is_erasing() && !is_stale_;
}

bool ReadingKeeper::begin_saving_if_due() {
    if (!may_save()) return false;
    if (unsaved() < enough_) return false;
    const auto now = checkpoints_->place().clock->steady_now();
    if (began_saving_ && now - *began_saving_ < kSaveApart) return false;
    enough_ =
        std::max(checkpoints_->place().after_events, reading_.bytes() / kSaveAfterShareOfBytes);
    return unsaved() >= enough_ && begin_saving();
}

// One that cannot be written is no reason to know less; it is tried again when it is time for the next.
bool ReadingKeeper::begin_saving() {
    began_saving_ = checkpoints_->place().clock->steady_now();
    if (auto created = create())
        saving_.emplace(*std::move(created));
    else
        checkpoints_->tell_unwritten(path_, created.error());
    return saving_.has_value();
}

Result<ReadingKeeper::Saving> ReadingKeeper::create() {
    ATTUNE_TRY(auto writer, CheckpointWriter::create(*checkpoints_->place().disk, path_, of_.format,
                                                     reading_.bytes()));
    ATTUNE_TRY_VOID(writer.put(of_.tenant.value));
    ATTUNE_TRY_VOID(writer.put(of_.settings));
    ATTUNE_TRY_VOID(reading_.mark().write(writer));
    return Saving{std::move(writer), reading_.save()};
}

void ReadingKeeper::save_some() {
    auto is_done = saving_->knowledge->step(saving_->writer);
    if (is_done && !*is_done) return;
    if (is_done)
        if (const auto durable = saving_->writer.finish(); !durable)
            is_done = std::unexpected(durable.error());
    if (is_done)
        saved_events_ = reading_.mark().events;
    else
        checkpoints_->tell_unwritten(path_, is_done.error());
    saving_.reset();
}

void ReadingKeeper::save() {
    if (!may_save()) return;
    const std::uint64_t enough =
        std::max<std::uint64_t>(1, checkpoints_->place().after_events / kSaveAtEndPart);
    if (!saving_ && (unsaved() < enough || !begin_saving())) return;
    while (saving_) save_some();
}

Result<void> ReadingKeeper::begin_erasure() {
    if (checkpoints_ == nullptr) return {};
    // What is being loaded is of use, though nobody may find it again.
    if (!std::exchange(is_begun_, true)) begin_loading();
    while (loading_) load_some();
    saving_.reset();
    saved_events_ = 0;
    return remove_checkpoint(*checkpoints_->place().disk, path_);
}

}  // namespace attune::engine
