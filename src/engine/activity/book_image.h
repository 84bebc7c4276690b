// A TouchBook in a checkpoint: written and read some at a time, so that nobody waits for all of it. What is read is exactly what
// was written, down to who is named first among equals; items alone have the numbers that they have in this process.
//
//     BookSaver saver(book, numbers);
//     while (!done) ATTUNE_TRY(done, saver.step(writer));          // nothing changes the book meanwhile
//
//     BookLoader loader(numbers);
//     while (!done) ATTUNE_TRY(done, loader.step(reader));
//     TouchBook book = std::move(loader).take();
//
// Not thread-safe.
#pragma once

#include "engine/activity/touch_book.h"
#include "engine/follow/checkpoint_file.h"
#include "engine/numbers/item_numbers.h"

#include <vector>

namespace attune::engine {

class BookSaver {
public:
    // Both outlive it.
    BookSaver(const TouchBook& book, const ItemNumbers& numbers) : book_(book), numbers_(numbers) {}
    // Some ten milliseconds of work. True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);

private:
    enum class Part : std::uint8_t { used, items, people, lists, quarters, done };
    [[nodiscard]] Result<void> save_one(CheckpointWriter& to);
    void mark_used();
    [[nodiscard]] Result<void> save_counts(CheckpointWriter& to) const;
    [[nodiscard]] Result<void> save_item(CheckpointWriter& to) const;
    [[nodiscard]] Result<void> save_person(CheckpointWriter& to);
    [[nodiscard]] Result<void> save_list(CheckpointWriter& to);
    [[nodiscard]] Result<void> save_quarters(CheckpointWriter& to) const;
    // On to the next one; past the last of `count`, to the part after this one.
    void on(std::size_t count);

    const TouchBook& book_;
    const ItemNumbers& numbers_;
    Part part_ = Part::used;
    std::size_t at_ = 0;  // within the part
    std::size_t work_ = 0;
    std::vector<std::uint8_t> is_used_;  // by item
};

class BookLoader {
public:
    // They outlive it.
    explicit BookLoader(ItemNumbers& numbers) : numbers_(numbers) {}
    // Some ten milliseconds of work. True when all is read. data_loss where numbers do not fit together;
    // resource_exhausted where the tenant has too many items by now.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    [[nodiscard]] TouchBook take() && { return std::move(book_); }

private:
    enum class Part : std::uint8_t { counts, items, people, lists, quarters, done };
    [[nodiscard]] Result<void> load_one(CheckpointReader& from);
    [[nodiscard]] Result<void> load_counts(CheckpointReader& from);
    [[nodiscard]] Result<void> load_item(CheckpointReader& from);
    [[nodiscard]] Result<void> load_person(CheckpointReader& from);
    [[nodiscard]] Result<void> load_list(CheckpointReader& from);
    [[nodiscard]] Result<void> load_quarters(CheckpointReader& from);
    // What an item is called now that was called this when it was written.
    [[nodiscard]] Result<ItemNumber> today(const CheckpointReader& from, ItemNumber then) const;
    void on(std::size_t count);

    ItemNumbers& numbers_;
    TouchBook book_;
    Part part_ = Part::counts;
    std::size_t at_ = 0;
    std::size_t work_ = 0;
    std::uint32_t people_ = 0;
    std::vector<std::optional<ItemNumber>> today_;  // by number then
};

}  // namespace attune::engine
