#include "app/demo.h"

#include "engine/catalogue/catalogue.h"
#include "engine/profile/people.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"
#include "http/text.h"
#include "learn/simulate/world.h"

#include <deque>

namespace attune::app {

namespace {

namespace simulate = learn::simulate;

constexpr std::string_view kKeyName = "demo";
constexpr std::uint32_t kDays = 14;
constexpr std::size_t kBatchEvents = 1'000;
constexpr std::size_t kBatchesWaitingMax = 32;

simulate::WorldOptions world_of(const Settings& settings, base::Time now) {
    simulate::WorldOptions options;
    options.people = static_cast<std::uint32_t>(settings.demo_people);
    options.items = 500;
    options.days = kDays;
    options.start = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(kDays);
    return options;
}

// What the store sells, and has sold since before the world began.
Result<void> fill_catalogue(engine::Engine& engine, engine::TenantId tenant,
                            const simulate::Catalogue& sold) {
    std::vector<engine::ItemEdit> edits;
    for (std::uint32_t item = 0; item < sold.size(); ++item) {
        domain::Item one = sold.describe(item);
        one.created_at = one.available_from;
        edits.push_back({std::move(one)});
    }
    for (const auto& saved : engine.catalogue().put(tenant, edits))
        if (!saved) return std::unexpected(saved.error());
    return {};
}

Result<void> fill(engine::Engine& engine, engine::TenantId tenant, const simulate::World& world,
                  Console& console) {
    Progress progress(console, "making the demo world", "events", kDays);
    simulate::Generator generator(world);
    std::deque<base::Ticket> waiting;
    std::vector<domain::IncomingEvent> batch;
    domain::IncomingEvent event;
    const engine::Origin origin{.source = "simulate", .address_is_client = false};
    for (bool more = true; more;) {
        more = generator.next(event);
        if (more) batch.push_back(event);
        if (batch.empty() || (more && batch.size() < kBatchEvents)) continue;
        ATTUNE_TRY(auto tracked, engine.tracker().track(tenant, std::exchange(batch, {}), origin));
        waiting.push_back(tracked.ticket);
        if (waiting.size() > kBatchesWaitingMax) {
            ATTUNE_TRY_VOID(waiting.front().wait());
            waiting.pop_front();
        }
        progress.at(static_cast<std::uint64_t>(generator.day()), generator.count());
    }
    for (const auto& ticket : waiting) ATTUNE_TRY_VOID(ticket.wait());
    progress.finish();
    return {};
}

}  // namespace

Result<Demo> Demo::prepare(engine::Engine& engine, const Settings& settings, Console& console) {
    ATTUNE_TRY(const auto tenant, engine.tenants().find("default"));
    const simulate::World world(world_of(settings, engine.clock().now()));
    ATTUNE_TRY(const auto people,
               engine.people().list(tenant, {.after = std::nullopt, .limit = 1}));
    ATTUNE_TRY(const auto items, engine.catalogue().of(tenant));
    if (items->count() == 0) ATTUNE_TRY_VOID(fill_catalogue(engine, tenant, world.catalogue()));
    if (people.items.empty()) ATTUNE_TRY_VOID(fill(engine, tenant, world, console));

    for (const auto& key : engine.tenants().keys(tenant)) {
        if (key.name == kKeyName) ATTUNE_TRY_VOID(engine.tenants().revoke_key(tenant, key.id));
    }
    ATTUNE_TRY(const auto made,
               engine.tenants().create_key(tenant, kKeyName, domain::Role::service, std::nullopt));
    Demo demo;
    demo.key_ = made.secret;
    demo.item_id_ = simulate::Catalogue::id_of(7);
    demo.category_ = world.catalogue().describe(7).categories.front();
    // Somebody who has been there from the first day and has a name.
    for (std::uint32_t number = 0; number < world.options().people; ++number) {
        const auto person = world.person(number);
        demo.user_id_ = simulate::user_id_of(number);
        if (person.joins_day == 0 && person.logs_in_day == 0 && person.visits_per_day > 0.5) break;
    }
    return demo;
}

std::string Demo::welcome(const std::string& url) const {
    const std::string curl = "curl -s -H 'Authorization: Bearer " + key_ + "' ";
    return "Try this:\n\n  # somebody's profile\n  " + curl + url +
           "/api/v1/personalization/profile/" + user_id_ + "\n\n  # they look at an app …\n  " +
           curl + "-H 'Content-Type: application/json' " + url +
           "/api/v1/events \\\n    -d '{\"user_id\":\"" + user_id_ +
           "\",\"event\":\"view\",\"item_id\":\"" + item_id_ +
           "\"}'\n\n  # … and the next answer knows it\n  " + curl + "'" + url +
           "/api/v1/personalization/interactions/" + user_id_ +
           "?limit=1'\n\n  # what the store sells\n  " + curl + "'" + url +
           "/api/v1/items?category=" + http::percent_encoded(category_) +
           "&limit=3'\n\n  # everything that can be asked\n  " + url + "/docs\n";
}

}  // namespace attune::app
