// PersonFacts: what decisions ask about a person, made from a profile once for each version of it: documents that conditions
// look into, and the configuration that the person starts from.
//
// Immutable and thread-safe.
#pragma once

#include "base/json_tree.h"
#include "base/time.h"
#include "domain/profile.h"
#include "engine/decide/lasting_segments.h"
#include "engine/profile/people.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// The configuration of whoever we know nothing about, as JSON.
[[nodiscard]] std::string_view default_config();

// That configuration with what a person's own doing tells: features they use, pages in the order of use, the level that
// fits, and what they chose themselves ("theme", "layout", "difficulty" and "content_filters" among their preferences).
[[nodiscard]] std::string learned_config(const domain::Profile& profile);

// What somebody did with an item, as their profile remembers it: the last thing, purchases, and what they said of it.
struct ItemDeed {
    std::string item_id;
    std::string event;  // "view", "purchase", "rating", or a name of the tenant's own
    std::optional<double> value;
    base::Time at;
};

struct PersonFacts {
    // Null when the profile cannot be read, which would be a bug.
    [[nodiscard]] static std::shared_ptr<const PersonFacts> of(const RenderedProfile& profile);

    base::JsonTree profile;                         // as it is answered
    base::JsonTree interests;                       // {topic: score}
    base::JsonTree config;                          // learned_config()
    std::vector<RememberedAssignment> assignments;  // of experiments, by experiment
    Identity who;
    bool opted_out =
        false;  // a consent to "personalise" (-ize, -ation) was taken back or never given
    std::uint64_t sessions = 0;
    std::optional<base::Time> session_started_at;
    // A name that no two people's sessions share, however many begin in one moment, and that is the same under whichever
    // of their ids a person is asked about; empty before the first one.
    std::string session_name;
    std::optional<base::Time> last_event_at;
    std::optional<std::string> time_zone;
    std::vector<ItemDeed> deeds;  // oldest first
    std::unique_ptr<const LastingSegments> segments = std::make_unique<LastingSegments>();

    // Asks for what a decision reads, all at once: who was not here for a while is in no cache of the processor, and one thing
    // after the other would be waited for.
    void prefetch() const;
    [[nodiscard]] std::size_t bytes() const;
    // Tells one session from the next.
    [[nodiscard]] std::int64_t session() const {
        return session_started_at ? session_started_at->time_since_epoch().count() : 0;
    }
};

// Of whom nothing is known.
[[nodiscard]] std::shared_ptr<const PersonFacts> facts_of_nobody();

// Made once for each version of the profile and kept beside it. Null when nobody of that id is known. Reads the store for
// people who are not in memory.
[[nodiscard]] Result<std::shared_ptr<const PersonFacts>> facts_of(People& people, TenantId tenant,
                                                                  std::string_view user_id);

}  // namespace attune::engine
