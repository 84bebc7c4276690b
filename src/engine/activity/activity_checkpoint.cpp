#include "engine/activity/activity_checkpoint.h"

#include <utility>

namespace attune::engine {
namespace {

// Raised when what is in it changes, or what is read out of an event (item_event.h) or counted of it (touch_book.h).
constexpr CheckpointFormat kFormat{.kind = "activity", .version = 1};

// A checkpoint takes no room that the store may be about to need.
constexpr std::uint64_t kFreeBytesLeft = 1u << 30;

Result<store::PersonId> read_id(CheckpointReader& reader) {
    ATTUNE_TRY(const auto ids, reader.array<store::PersonId>(1));
    if (ids.size() != 1) return reader.damaged();
    return ids.front();
}

}  // namespace

ActivityCheckpoint::ActivityCheckpoint(const CheckpointPlace& place, domain::TenantId tenant,
                                       std::uint64_t weights)
    : place_(place),
      path_(place.directory + "/activity-" + std::to_string(tenant.value)),
      tenant_(tenant),
      weights_(weights) {}

Result<ActivityCheckpoint::Loading> ActivityCheckpoint::load(ItemNumbers& numbers) const {
    ATTUNE_TRY(auto reader, CheckpointReader::open(*place_.disk, path_, kFormat));
    Loading loading(std::move(reader), numbers);
    ATTUNE_TRY(loading.known_, read_known(loading.reader_));
    return loading;
}

Result<ActivityKnown> ActivityCheckpoint::read_known(CheckpointReader& reader) const {
    ATTUNE_TRY(const auto tenant, reader.get<std::uint32_t>());
    ATTUNE_TRY(const auto weights, reader.get<std::uint64_t>());
    if (tenant != tenant_.value || weights != weights_) return reader.damaged();
    ActivityKnown known;
    ATTUNE_TRY(known.last.sequence, reader.get<store::Sequence>());
    ATTUNE_TRY(known.last.index, reader.get<std::uint32_t>());
    ATTUNE_TRY(known.last_key, read_id(reader));
    ATTUNE_TRY(known.events, reader.get<std::uint64_t>());
    ATTUNE_TRY(known.refusals, Refusals::read(reader));
    return known;
}

Result<ActivityCheckpoint::Saving> ActivityCheckpoint::save(const ActivityKnown& known,
                                                            const TouchBook& book,
                                                            const ItemNumbers& numbers) const {
    ATTUNE_TRY_VOID(place_.disk->make_directory(place_.directory));
    ATTUNE_TRY(const auto free, place_.disk->free_bytes(place_.directory));
    if (free < kFreeBytesLeft + book.bytes())
        return fail(Code::resource_exhausted, "there is too little room for " + path_, "disk_full");
    ATTUNE_TRY(auto writer, CheckpointWriter::create(*place_.disk, path_, kFormat));
    Saving saving(std::move(writer), book, numbers);
    CheckpointWriter& to = saving.writer_;
    ATTUNE_TRY_VOID(to.put(tenant_.value));
    ATTUNE_TRY_VOID(to.put(weights_));
    ATTUNE_TRY_VOID(to.put(known.last.sequence));
    ATTUNE_TRY_VOID(to.put(known.last.index));
    ATTUNE_TRY_VOID(to.put(std::span(&known.last_key, 1)));
    ATTUNE_TRY_VOID(to.put(known.events));
    ATTUNE_TRY_VOID(known.refusals.write(to));
    return saving;
}

Result<void> ActivityCheckpoint::remove() const { return remove_checkpoint(*place_.disk, path_); }

Result<bool> ActivityCheckpoint::Loading::step() {
    ATTUNE_TRY(const bool is_done, book_.step(reader_));
    if (is_done) ATTUNE_TRY_VOID(reader_.finish());
    return is_done;
}

Result<bool> ActivityCheckpoint::Saving::step() {
    ATTUNE_TRY(const bool is_done, book_.step(writer_));
    if (is_done) ATTUNE_TRY_VOID(writer_.finish());
    return is_done;
}

}  // namespace attune::engine
