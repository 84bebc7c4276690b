// What a reading of one tenant's log knows, kept in a file beside the store, so that a start reads what came after it and not
// all of the log. Internal to activity.
//
//     ActivityCheckpoint file(place, tenant, weights.fingerprint());
//     ATTUNE_TRY(auto loading, file.load(numbers));       // not_found: there is none
//     while (!done) ATTUNE_TRY(done, loading.step());
//     auto [known, book] = std::move(loading).take();
//
//     ATTUNE_TRY(auto saving, file.save(known, book, numbers));
//     while (!done) ATTUNE_TRY(done, saving.step());       // then it is durable; before that it is not there
//
// A checkpoint is of one log: whoever takes it up has to look whether the last event that went into it still stands where it
// stood. It names people, so an erasure removes it (ActivityReading::begin_erasure). Why a file:
// docs/decisions/0105-what-everybody-did-is-kept-in-a-file-too.md. Not thread-safe.
#pragma once

#include "domain/tenant.h"
#include "engine/activity/book_image.h"
#include "engine/activity/refusals.h"
#include "engine/follow/checkpoint_file.h"
#include "store/store.h"

#include <string>

namespace attune::engine {

// Beside the book.
struct ActivityKnown {
    store::Position last{};  // the last event of the tenant that was read
    store::EventKey last_key{};
    std::uint64_t events = 0;  // that were read
    Refusals refusals{};
};

class ActivityCheckpoint {
public:
    class Loading {
    public:
        // Some ten milliseconds of work. True when all of it is read and whole.
        [[nodiscard]] Result<bool> step();
        [[nodiscard]] const ActivityKnown& known() const { return known_; }
        [[nodiscard]] TouchBook take_book() && { return std::move(book_).take(); }

    private:
        friend class ActivityCheckpoint;
        Loading(CheckpointReader reader, ItemNumbers& numbers)
            : reader_(std::move(reader)), book_(numbers) {}
        CheckpointReader reader_;
        ActivityKnown known_;
        BookLoader book_;
    };

    // One that is dropped before it is done leaves what was there before.
    class Saving {
    public:
        // Some ten milliseconds of work, and in the last one a sync. True when it is durable.
        [[nodiscard]] Result<bool> step();

    private:
        friend class ActivityCheckpoint;
        Saving(CheckpointWriter writer, const TouchBook& book, const ItemNumbers& numbers)
            : writer_(std::move(writer)), book_(book, numbers) {}
        CheckpointWriter writer_;
        BookSaver book_;
    };

    ActivityCheckpoint(const CheckpointPlace& place, domain::TenantId tenant,
                       std::uint64_t weights);

    [[nodiscard]] bool is_kept() const { return place_.disk != nullptr; }
    // Reads what is known beside the book. not_found; data_loss also where it is another tenant's or of other weights.
    [[nodiscard]] Result<Loading> load(ItemNumbers& numbers) const;
    // Both outlive it, and the book is left as it is until it is done. resource_exhausted "disk_full": there would be too
    // little room left.
    [[nodiscard]] Result<Saving> save(const ActivityKnown& known, const TouchBook& book,
                                      const ItemNumbers& numbers) const;
    // Durably.
    [[nodiscard]] Result<void> remove() const;

private:
    [[nodiscard]] Result<ActivityKnown> read_known(CheckpointReader& reader) const;

    const CheckpointPlace place_;
    const std::string path_;
    const domain::TenantId tenant_;
    const std::uint64_t weights_;
};

}  // namespace attune::engine
