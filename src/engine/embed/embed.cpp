#include "domain/describe.h"
#include "engine/embed/answers.h"
#include "engine/embed/convert.h"
#include "engine/embed/impl.h"
#include "engine/engine_options.h"
#include "engine/tenancy/tenants.h"
#include "store/rocksdb/rocksdb_store.h"

#include <algorithm>

namespace attune {

namespace {

constexpr std::size_t kPageMax = 500;

store::Durability durability_of(Durability durability) {
    switch (durability) {
        case Durability::fsync:
            return store::Durability::fsync;
        case Durability::batch:
            return store::Durability::batch;
        case Durability::none:
            return store::Durability::none;
    }
    return store::Durability::fsync;
}

Result<domain::TenantId> tenant_called(engine::Tenants& tenants, const std::string& name) {
    auto found = tenants.find(name);
    if (found || found.error().code != Code::not_found) return found;
    domain::Tenant tenant;
    tenant.id = name;
    tenant.name = name;
    ATTUNE_TRY_VOID(tenants.create(std::move(tenant)));
    return tenants.find(name);
}

}  // namespace

Result<std::unique_ptr<Engine::Impl>> Engine::Impl::open(Options options) {
    auto impl = std::make_unique<Impl>();
    store::RocksOptions rocks;
    rocks.directory = engine::store_directory(options.directory);
    rocks.durability = durability_of(options.durability);
    rocks.clock = &impl->clock_;
    rocks.random = &impl->random_;
    // A library does not end the process: from here on every write fails, and the caller sees
    // it.
    rocks.on_fatal = [](const Error&) {};
    ATTUNE_TRY(auto store, store::open_rocksdb(std::move(rocks)));
    engine::EngineOptions parts;
    parts.people.cache_bytes_max = options.cache_bytes_max;
    parts.track.geo_file = options.geo_file;
    parts.checkpoint_dir = engine::checkpoint_directory(options.directory);
    ATTUNE_TRY(impl->engine_,
               engine::Engine::open(std::move(store), impl->clock_, impl->random_, parts));
    ATTUNE_TRY(impl->tenant_, tenant_called(impl->engine_->tenants(), options.tenant));
    return impl;
}

Result<engine::Tracked> Engine::Impl::track(std::vector<domain::IncomingEvent> events) {
    ATTUNE_TRY(auto* const engine, engine());
    constexpr engine::Origin kOrigin{.source = "library", .address_is_client = false};
    return engine->tracker().track(tenant_, std::move(events), kOrigin);
}

Result<void> Engine::Impl::close() {
    ATTUNE_TRY(auto* const engine, engine());
    auto flushed = engine->store().flush();
    engine_.reset();
    return flushed;
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::open(std::string directory) {
    return open(Options{.directory = std::move(directory)});
}

Result<Engine> Engine::open(Options options) {
    if (options.directory.empty()) return fail_field("/directory", "must not be empty");
    ATTUNE_TRY(auto impl, Impl::open(std::move(options)));
    return Engine(std::move(impl));
}

Result<Receipt> Engine::track(Event event) {
    std::vector<Event> one;
    one.push_back(std::move(event));
    ATTUNE_TRY(auto receipt, track(std::move(one)));
    if (!receipt.rejected().empty()) return std::unexpected(receipt.rejected().front().error);
    return receipt;
}

Result<Receipt> Engine::track(std::vector<Event> events) {
    auto state = std::make_shared<Receipt::State>();
    std::vector<domain::IncomingEvent> incoming;
    std::vector<std::size_t> places;  // of what was passed on, in what came in
    const std::size_t count = events.size();
    for (std::size_t index = 0; index < count; ++index) {
        auto event = embed::incoming_of(std::move(events[index]));
        if (!event) {
            state->rejected.push_back({index, event.error()});
            continue;
        }
        incoming.push_back(*std::move(event));
        places.push_back(index);
    }
    ATTUNE_TRY(state->tracked, impl_->track(std::move(incoming)));
    std::vector<std::string> ids(count);
    for (std::size_t i = 0; i < state->tracked.ids.size(); ++i)
        ids[places[i]] = std::move(state->tracked.ids[i]);
    state->tracked.ids = std::move(ids);
    for (auto& rejected : state->tracked.rejected) {
        state->rejected.push_back({places[rejected.index], std::move(rejected.error)});
    }
    std::ranges::sort(state->rejected, {}, &Receipt::Rejection::index);
    return Receipt(std::move(state));
}

Result<Receipt> Engine::track_json(std::string_view json) {
    ATTUNE_TRY(auto events, embed::incoming_from_json(json));
    auto state = std::make_shared<Receipt::State>();
    ATTUNE_TRY(state->tracked, impl_->track(std::move(events)));
    for (auto& rejected : state->tracked.rejected) {
        state->rejected.push_back({rejected.index, std::move(rejected.error)});
    }
    return Receipt(std::move(state));
}

Result<Receipt> Engine::identify(std::string_view user_id, std::string_view anonymous_id,
                                 std::string_view traits) {
    Event event;
    event.event = "$identify";
    if (!user_id.empty()) event.user_id = std::string(user_id);
    if (!anonymous_id.empty()) event.anonymous_id = std::string(anonymous_id);
    event.properties = std::string(traits);
    return track(std::move(event));
}

Result<Profile> Engine::profile(std::string_view user_id) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    auto state = std::make_shared<Profile::State>();
    ATTUNE_TRY(state->rendered, engine->people().read(impl_->tenant(), user_id));
    // The values are read from the rendered text, so that both show the same instant.
    const base::JsonOptions options{.limits = {.bytes_max = 64u << 20},
                                    .unknown = base::Unknown::ignore,
                                    .require_members = false};
    ATTUNE_TRY(state->values, base::from_json<domain::Profile>(state->rendered->json, options));
    return Profile(std::move(state));
}

Result<Interactions> Engine::interactions(std::string_view user_id,
                                          const InteractionFilter& filter) const {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    if (filter.limit == 0 || filter.limit > kPageMax)
        return fail_field("/limit", "must be 1 to 500");
    ATTUNE_TRY(auto page, engine->people().interactions(impl_->tenant(), user_id,
                                                        {.event = filter.event,
                                                         .item_id = filter.item_id,
                                                         .since = filter.since,
                                                         .until = filter.until,
                                                         .cursor = filter.cursor,
                                                         .limit = filter.limit}));
    Interactions answer;
    for (const auto& event : page.items) answer.events.push_back(base::to_json(event));
    answer.cursor = std::move(page.cursor);
    return answer;
}

Result<void> Engine::erase(std::string_view user_id) {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    return engine->people().erase(impl_->tenant(), user_id);
}

Result<void> Engine::flush() {
    ATTUNE_TRY(auto* const engine, impl_->engine());
    return engine->store().flush();
}

Result<void> Engine::close() { return impl_->close(); }

}  // namespace attune
