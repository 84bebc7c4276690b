// ServedModel: a model together with whose rows its items are, so that it can be asked in the tenant's item numbers.
//
//     const auto model = models.published(tenant);
//     if (model) model->best(history, now, 100, mask);            // items of `mask` and of the model
//
// Immutable; any thread may ask.
#pragma once

#include "base/result.h"
#include "engine/numbers/item_numbers.h"
#include "learn/recommend/recommender.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class ServedModel {
public:
    // `items[row]` is the number of the model's row.
    ServedModel(std::string id, std::unique_ptr<learn::Recommender> model,
                std::vector<ItemNumber> items);

    [[nodiscard]] std::string_view id() const { return id_; }
    // Speaks of rows.
    [[nodiscard]] const learn::Recommender& recommender() const { return *model_; }
    [[nodiscard]] std::optional<learn::ItemIndex> row_of(ItemNumber item) const;
    [[nodiscard]] ItemNumber number_of(learn::ItemIndex row) const { return items_[row]; }
    // Without the items that the model does not know.
    [[nodiscard]] std::vector<learn::Touch> history_of(learn::History numbers) const;

    // All of them speak of numbers. Best first.
    [[nodiscard]] std::vector<learn::Scored> best(learn::History history, std::int64_t now,
                                                  std::size_t limit,
                                                  const learn::ItemMask& numbers) const;
    // What is like an item; nothing when the model does not know it.
    [[nodiscard]] std::vector<learn::Scored> like(ItemNumber item, std::size_t limit,
                                                  const learn::ItemMask& numbers) const;
    // One score an item, 0 for those that the model does not know.
    void score_some(learn::History history, std::int64_t now, std::span<const ItemNumber> some,
                    std::span<float> scores) const;

    // With the ids of its items, and back: new items are given numbers. data_loss where the bytes are damaged.
    [[nodiscard]] std::string save(const ItemNumbers& numbers) const;
    [[nodiscard]] static Result<std::shared_ptr<const ServedModel>> load(std::string id,
                                                                         std::string_view bytes,
                                                                         ItemNumbers& numbers);

private:
    [[nodiscard]] learn::ItemMask rows_of(const learn::ItemMask& numbers) const;
    [[nodiscard]] std::vector<learn::Scored> in_numbers(std::vector<learn::Scored> rows) const;

    const std::string id_;
    const std::unique_ptr<learn::Recommender> model_;
    const std::vector<ItemNumber> items_;
    std::vector<learn::ItemIndex> rows_;  // by number; kNoRow for those it does not know
    std::vector<std::uint64_t>
        known_;  // a bit a number; empty where rows are not by ascending numbers
};

}  // namespace attune::engine
