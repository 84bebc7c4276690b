#include "engine/worth/shop.h"

#include "base/json_document.h"
#include "engine/activity/activity.h"
#include "engine/catalogue/catalogue.h"
#include "engine/content/content_models.h"
#include "engine/decisions/decision_log.h"
#include "engine/engine_options.h"
#include "engine/models/models.h"
#include "engine/recommend/recommendations.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"
#include "store/memory/memory_store.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace attune::engine {
namespace {

namespace simulate = learn::simulate;
using namespace std::chrono_literals;

constexpr std::size_t kBatchEvents = 500;

// Nothing happens behind the shop's back: a model is looked for when a day is over.
EngineOptions options_of_shop() {
    EngineOptions options;
    options.models.look_every = base::Duration{0};
    return options;
}

std::string text_at(base::JsonView object, std::string_view name) {
    const auto found = object.find(name);
    return std::string(found ? found->as_string().value_or("") : "");
}

Shop::Reacted summed_up(std::span<const domain::IncomingEvent> events) {
    Shop::Reacted sum;
    for (const domain::IncomingEvent& event : events) {
        if (event.event == "click") ++sum.clicks;
        if (event.event == "purchase" || event.event == "install") ++sum.acquired;
    }
    return sum;
}

}  // namespace

Shop::Shop(const simulate::World& world)
    : world_(world),
      visitors_(world),
      clock_(world.options().start),
      random_(world.options().seed) {}

Result<std::unique_ptr<Shop>> Shop::open(const simulate::World& world) {
    std::unique_ptr<Shop> shop(new Shop(world));
    ATTUNE_TRY(shop->engine_, Engine::open(store::open_memory({}), shop->clock_, shop->random_,
                                           options_of_shop()));
    ATTUNE_TRY(shop->tenant_, shop->engine_->tenants().find("default"));
    ATTUNE_TRY_VOID(shop->stock());
    return shop;
}

Result<void> Shop::stock() {
    std::vector<ItemEdit> edits;
    for (std::uint32_t item = 0; item < world_.catalogue().size(); ++item)
        edits.push_back({.item = world_.catalogue().describe(item)});
    for (const auto& saved : engine_->catalogue().put(tenant_, edits))
        if (!saved) return std::unexpected(saved.error());
    // On a thread of its own it would be there sooner or later, and answers with it.
    return engine_->contents().catch_up(tenant_);
}

base::Time Shop::midnight(std::int32_t day) const {
    return world_.options().start + std::chrono::days(day);
}

void Shop::go_to(base::Time time) {
    if (time > clock_.now()) clock_.advance(time - clock_.now());
}

Result<void> Shop::tell(Events events) {
    if (events.empty()) return {};
    events_ += events.size();
    ATTUNE_TRY(const auto tracked, engine_->tracker().track(tenant_, std::move(events), {}));
    if (!tracked.rejected.empty()) return std::unexpected(tracked.rejected.front().error);
    return tracked.ticket.wait();
}

Result<void> Shop::pass_to(base::Time time) {
    while (!under_way_.empty() && under_way_.begin()->first <= time) {
        auto next = under_way_.extract(under_way_.begin());
        go_to(next.key());
        ATTUNE_TRY_VOID(tell(std::move(next.mapped())));
    }
    go_to(time);
    return {};
}

Result<void> Shop::learn_what_is_due() {
    ATTUNE_TRY_VOID(engine_->activity().catch_up(tenant_));
    ATTUNE_TRY_VOID(engine_->models().look());
    engine_->models().finish();
    return {};
}

Result<void> Shop::live_through(simulate::Generator& log, std::int32_t day) {
    Events batch;
    domain::IncomingEvent event;
    while (log.next(event) && *event.time < midnight(day)) {
        batch.push_back(std::move(event));
        if (batch.size() < kBatchEvents) continue;
        go_to(*batch.back().time);
        ATTUNE_TRY_VOID(tell(std::exchange(batch, {})));
    }
    ATTUNE_TRY_VOID(tell(std::move(batch)));
    go_to(midnight(day));
    return {};
}

Result<void> Shop::open_day(std::int32_t day, const Choose& choose, const React& react) {
    for (const simulate::Arrival& arrival : visitors_.of_day(day)) {
        ATTUNE_TRY_VOID(pass_to(world_.options().start + base::Duration(arrival.at)));
        ATTUNE_TRY_VOID(tell({visitors_.opening(arrival)}));
        ATTUNE_TRY_VOID(engine_->activity().catch_up(tenant_));
        ATTUNE_TRY(const Answered answered, choose(simulate::user_id_of(arrival.person)));
        ATTUNE_TRY_VOID(engine_->decisions().flush());
        std::vector<std::uint32_t> shown;
        for (const std::string& id : answered.items)
            if (const auto item = world_.catalogue().find(id)) shown.push_back(*item);
        Events events = visitors_.reaction(arrival, shown, answered.decision_id);
        react(answered, summed_up(events));
        if (events.empty()) continue;
        const base::Time over = *events.back().time;
        under_way_.emplace(over, std::move(events));
    }
    ATTUNE_TRY_VOID(pass_to(midnight(day + 1)));
    return learn_what_is_due();
}

Result<Shop::Answered> Shop::ask(std::string_view placement, std::string_view user_id,
                                 std::string_view experiment) {
    ATTUNE_TRY(auto answer, engine_->recommendations().recommend(
                                tenant_, {.placement = placement, .user_id = user_id}));
    ATTUNE_TRY(const auto json, base::JsonDocument::parse(answer.json));
    Answered answered{.user_id = std::string(user_id),
                      .decision_id = text_at(json.root(), "decision_id"),
                      .variant = {},
                      .items = std::move(answer.items)};
    if (const auto variants = json.root().find("variants"))
        answered.variant = text_at(*variants, experiment);
    return answered;
}

Result<std::vector<std::string>> Shop::preview(std::shared_ptr<const CompiledPlacement> placement,
                                               std::string_view user_id) {
    ATTUNE_TRY(auto answer, engine_->recommendations().recommend(
                                tenant_, {.user_id = user_id, .preview = std::move(placement)}));
    return std::move(answer.items);
}

}  // namespace attune::engine
