// Refusals: who refuses that anything is learned of them, and for what, as the log tells it.
//
//     if (refusals.hear(person, event)) take_back(person);       // they refuse something from here on
//     if (refusals.merge(member, whole)) take_back(whole);       // two turned out to be one, and either refused
//     if (!refusals.has(person)) learn_from(event);
//
// Of two who turn out to be one, the refusal of either holds, until they allow it as the one they are. Who is who today is the
// caller's to know (follow/whole_people.h). Not thread-safe.
#pragma once

#include "engine/activity/item_event.h"
#include "engine/follow/checkpoint_file.h"
#include "store/store.h"

#include <boost/unordered/unordered_flat_map.hpp>

namespace attune::engine {

class Refusals {
public:
    // Takes what an event of the person says of what may be learned, if it does. True where they refuse something from here on:
    // then what was learned of them is to be taken back.
    bool hear(const store::PersonId& person, const ItemEvent& event);
    // True where `from` refused anything, which `into` does from here on.
    bool merge(const store::PersonId& from, const store::PersonId& into);
    void forget(const store::PersonId& person) { purposes_.erase(person); }

    [[nodiscard]] bool has(const store::PersonId& person) const {
        return purposes_.contains(person);
    }

    // To and from a checkpoint. Errors of those.
    [[nodiscard]] Result<void> write(CheckpointWriter& to) const;
    [[nodiscard]] static Result<Refusals> read(CheckpointReader& from);

private:
    // A bit for each purpose, as ItemEvent has it. Whoever refuses nothing is not in it.
    boost::unordered_flat_map<store::PersonId, std::uint8_t, base::Id128Hash> purposes_;
};

}  // namespace attune::engine
