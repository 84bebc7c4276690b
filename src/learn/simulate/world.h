// World: an app store and its people, drawn from one seed. Same options, same bytes, on every
// machine.
//
//     World world({.seed = 7, .people = 10'000, .days = 60});
//     Generator log(world);
//     domain::IncomingEvent event;
//     while (log.next(event)) send(event);              // in order of time
//
//     auto answer = world.respond(42, shown, now, {});  // what would person 42 do with this list?
//
// A World is immutable and may be shared by threads; a Generator belongs to one.
#pragma once

#include "base/result.h"
#include "domain/incoming_event.h"
#include "learn/simulate/catalogue.h"
#include "learn/simulate/options.h"
#include "learn/simulate/person.h"
#include "learn/simulate/reaction.h"
#include "learn/simulate/truth.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::learn::simulate {

class World {
public:
    // The options must be within their bounds; see check().
    explicit World(const WorldOptions& options);
    [[nodiscard]] static Result<void> check(const WorldOptions& options);

    [[nodiscard]] const WorldOptions& options() const { return options_; }
    [[nodiscard]] const Catalogue& catalogue() const { return catalogue_; }
    [[nodiscard]] Person person(std::uint32_t number) const {
        return draw_person(options_, number);
    }
    [[nodiscard]] double affinity(const Person& person, std::uint32_t item, base::Time at) const;

    // What is true of a person and of an item, for those who check what was learned.
    [[nodiscard]] PersonTruth truth_of(std::uint32_t person) const;
    [[nodiscard]] ItemTruth item_truth_of(std::uint32_t item) const;

    // What a person does when they are shown these items at `at`, first one on top: impressions,
    // clicks, views and what follows, each with the list's `decision_id` when there is one. Empty
    // for somebody who is not there then. The answer depends on the arguments alone; the person is
    // not remembered to own anything.
    [[nodiscard]] std::vector<domain::IncomingEvent> respond(std::uint32_t person,
                                                             std::span<const std::uint32_t> shown,
                                                             base::Time at,
                                                             std::string_view decision_id) const;

    // A draft written out as a client would send it.
    [[nodiscard]] domain::IncomingEvent write(const Draft& draft, const Person& person,
                                              std::string id) const;

private:
    WorldOptions options_;
    Catalogue catalogue_;
};

// The log of a world, event after event in order of time. Holds one day at a time.
class Generator {
public:
    // `world` outlives the generator.
    explicit Generator(const World& world);
    ~Generator();

    // False at the end.
    [[nodiscard]] bool next(domain::IncomingEvent& event);
    // How many were handed out.
    [[nodiscard]] std::uint64_t count() const;
    // Of `options.days`; for progress bars.
    [[nodiscard]] std::int32_t day() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::learn::simulate
