// OpenLists in a checkpoint: written and read some at a time. Internal to outcomes; who uses it: outcome_image.h.
#pragma once

#include "engine/follow/checkpoint_file.h"
#include "engine/outcomes/items_then.h"
#include "engine/outcomes/open_lists.h"

#include <memory>
#include <vector>

namespace attune::engine {

class ListsSaver {
public:
    explicit ListsSaver(const OpenLists& lists) : lists_(lists), next_(lists.lists_.begin()) {}
    void name_items(ItemsNamed& items) const;
    // True when all is written.
    [[nodiscard]] Result<bool> step(CheckpointWriter& to);

private:
    [[nodiscard]] Result<void> begin(CheckpointWriter& to);
    [[nodiscard]] Result<void> save(CheckpointWriter& to, const OpenList& list) const;
    [[nodiscard]] Result<void> end(CheckpointWriter& to) const;

    const OpenLists& lists_;
    bool is_begun_ = false;
    std::map<const ListScheme*, std::uint32_t> schemes_;
    std::map<std::uint64_t, OpenList>::const_iterator next_;
};

class ListsLoader {
public:
    [[nodiscard]] Result<bool> step(CheckpointReader& from, const ItemsThen& items);
    // In the place of what these know.
    void take(OpenLists& lists) &&;

private:
    [[nodiscard]] Result<void> begin(CheckpointReader& from);
    [[nodiscard]] Result<void> load(CheckpointReader& from, const ItemsThen& items);
    [[nodiscard]] Result<void> end(CheckpointReader& from);

    bool is_begun_ = false;
    std::uint64_t left_ = 0;
    base::Time now_{};
    std::uint64_t next_ = 0;
    std::vector<std::shared_ptr<const ListScheme>> schemes_;
    std::map<std::uint64_t, OpenList> lists_;
    std::vector<std::pair<store::PersonId, std::vector<std::uint64_t>>> by_person_;
    std::deque<OpenLists::Early> early_;
};

}  // namespace attune::engine
