#include "app/workplace.h"

#include <filesystem>
#include "app/console.h"
#include "engine/engine_options.h"

namespace attune::app {

namespace {

store::Durability durability_of(const std::string& name) {
    if (name == "batch") return store::Durability::batch;
    if (name == "none") return store::Durability::none;
    return store::Durability::fsync;
}

}  // namespace

store::RocksOptions rocks_options(const Settings& settings, const base::Clock& clock,
                                  base::Random& random) {
    store::RocksOptions options;
    options.directory = engine::store_directory(settings.data_dir);
    options.clock = &clock;
    options.random = &random;
    options.durability = durability_of(settings.durability);
    options.batch_window_ms = static_cast<std::uint32_t>(settings.batch_window_ms);
    options.queue_bytes_max = settings.queue_bytes_max;
    if (settings.disk_reserve_bytes != 0) options.disk_reserve_bytes = settings.disk_reserve_bytes;
    options.memory_bytes = settings.store_memory_bytes_max;
    return options;
}

engine::EngineOptions engine_options(const Settings& settings) {
    engine::EngineOptions options;
    options.tenancy.root_key = settings.root_key.value;
    options.people.cache_bytes_max = settings.cache_bytes_max;
    options.people.checkpoint_every_events =
        static_cast<std::uint32_t>(settings.checkpoint_every_events);
    options.catalogue.items_max = settings.items_max;
    options.catalogue.bytes_max = settings.items_bytes_max;
    options.track.geo_file = settings.geo_file;
    options.checkpoint_dir = engine::checkpoint_directory(settings.data_dir);
    options.backup_dir = settings.backup_dir;
    return options;
}

Result<std::unique_ptr<Workplace>> Workplace::open(const Settings& settings, bool must_exist,
                                                   std::function<void(const Error&)> on_fatal) {
    std::error_code error;
    const std::string directory = engine::store_directory(settings.data_dir);
    if (!std::filesystem::exists(directory, error)) {
        if (must_exist)
            return fail(Code::not_found, settings.data_dir + " holds no data of Attune's");
        std::filesystem::create_directories(directory, error);
        if (error)
            return fail(Code::invalid_argument,
                        settings.data_dir + " cannot be made: " + error.message());
        // What is in it is personal: nobody else has to look.
        std::filesystem::permissions(settings.data_dir, std::filesystem::perms::owner_all, error);
    }
    auto place = std::make_unique<Workplace>();
    auto options = rocks_options(settings, place->clock_, place->random_);
    options.on_fatal = std::move(on_fatal);
    options.on_delay = [&](std::string_view why) { Console(place->clock_).say(why); };
    ATTUNE_TRY(auto store, store::open_rocksdb(std::move(options)));
    auto of_engine = engine_options(settings);
    of_engine.log = &place->log_;
    ATTUNE_TRY(place->engine_, engine::Engine::open(std::move(store), place->clock_, place->random_,
                                                    std::move(of_engine)));
    return place;
}

Result<std::unique_ptr<Workplace>> Workplace::open(const Invocation& invocation, bool must_exist) {
    ATTUNE_TRY(const auto loaded, load_settings(invocation.sources));
    auto place = open(loaded.settings, must_exist);
    if (!place && place.error().reason == "in_use") {
        place.error().message = loaded.settings.data_dir +
                                " is in use by another Attune process: stop that one first, or go "
                                "through it, if it is a server, with --url";
    }
    return place;
}

Result<engine::TenantId> Workplace::tenant(const Invocation& invocation) const {
    return engine_->tenants().find(invocation.text("tenant").value_or("default"));
}

Result<void> Workplace::close() {
    auto flushed = engine_->store().flush();
    engine_.reset();
    return flushed;
}

Option tenant_option() {
    return {.name = "tenant",
            .value = "TENANT",
            .doc = "The tenant to work for.",
            .fallback = "default"};
}

}  // namespace attune::app
