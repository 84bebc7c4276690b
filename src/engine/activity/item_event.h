// What a logged event says of items, read in place: who touched what and how strongly, or what was shown to them. Reading all
// of an event would cost more than counting it does. For activity.
#pragma once

#include "base/time.h"
#include "domain/event_kind.h"
#include "engine/tenancy/weights.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct ItemEvent {
    enum class Kind : std::uint8_t { touch, impression };

    Kind kind = Kind::touch;
    domain::EventKind name = domain::EventKind::other;
    // Of a touch: how much it tells of their taste, below zero for a dislike.
    float weight = 0;
    // When it happened, and not after we heard of it: nobody is ahead of their time.
    base::Time time;
    base::Time received_at;
    std::vector<std::string> items;  // at most kItemsMax
    std::string decision_id;         // that made it, or that it answers; may be empty
    std::string user_id;
    std::string anonymous_id;
    bool is_alias = false;
    // Of a consent: a bit for each purpose of learning ("personalise" and its spellings, "train", "training") that is refused, and
    // for each that is given or taken back to nothing said.
    std::uint8_t refused = 0;
    std::uint8_t allowed = 0;

    // Of a rating, or a review that has one, whatever it weighs.
    struct Rating {
        std::string item;
        float value = 0;  // 0 to 5
    };
    std::optional<Rating> rating;

    static constexpr std::size_t kItemsMax = 200;

    // Whether it may be what made one person of two.
    [[nodiscard]] bool may_link() const {
        return is_alias || (!user_id.empty() && !anonymous_id.empty());
    }
};

// Empty: what is stored is no event that can be read, or says nothing of items, of who is who or of what may be learned.
[[nodiscard]] std::optional<ItemEvent> read_item_event(std::string_view payload,
                                                       const WeightTable& weights);

}  // namespace attune::engine
