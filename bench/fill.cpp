// Fills a data directory with people called u0 … u<N-1> and a few events each, through the engine
// and as fast as it goes, for the benchmarks that need a large world:
//
//     fill DIRECTORY PEOPLE EVENTS_A_PERSON [ITEMS]
//
// With ITEMS there is a catalogue of so many (bench/shop.h), and people look at what is in it.
#include "shop.h"

#include "base/random.h"
#include "base/time.h"
#include "engine/engine.h"
#include "store/rocksdb/rocksdb_store.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace attune;

constexpr std::size_t kBatchEvents = 1'000;

domain::IncomingEvent make_event(base::Random& random, std::uint64_t person, base::Time now) {
    static constexpr const char* kKinds[] = {"view", "click", "add_to_cart", "purchase", "search"};
    static constexpr const char* kCategories[] = {"games",  "tools",  "music", "photo",
                                                  "travel", "health", "news",  "kids"};
    const std::uint64_t r = random.next();
    domain::IncomingEvent event;
    event.id = random.id().to_text();
    event.user_id = "u" + std::to_string(person);
    event.event = kKinds[r % std::size(kKinds)];
    event.item_id = "app-" + std::to_string((r >> 8) % 5'000);
    event.properties = base::JsonText::trusted(
        std::string(R"({"category":")") + kCategories[(r >> 32) % std::size(kCategories)] +
        R"(","position":3,"price":4.99,"tags":["puzzle","offline"]})");
    event.time = now - std::chrono::minutes((r >> 40) % (60 * 24 * 90));
    return event;
}

// What most events in a shop are: views, now and then a purchase.
domain::IncomingEvent look_at(const bench::Shop& shop, base::Random& ids, std::mt19937_64& random,
                              std::uint64_t person, base::Time now) {
    const bench::Shop::View view = shop.view(person, random);
    domain::IncomingEvent event;
    event.id = ids.id().to_text();
    event.user_id = "u" + std::to_string(person);
    event.event = random() % 50 == 0 ? "purchase" : "view";
    event.item_id = bench::Shop::item_id(view.item);
    event.properties = base::JsonText::trusted(R"({"category":")" +
                                               bench::Shop::category_name(view.category) + "\"}");
    event.time = now - std::chrono::minutes(random() % (60 * 24 * 30));
    return event;
}

bool stock(engine::Engine& engine, engine::TenantId tenant, std::uint32_t items) {
    for (std::uint32_t from = 0; from < items; from += 1'000) {
        std::vector<engine::ItemEdit> edits;
        for (std::uint32_t item = from; item < std::min(from + 1'000, items); ++item)
            edits.push_back({.item = bench::Shop::item(item)});
        for (const auto& saved : engine.catalogue().put(tenant, edits))
            if (!saved) return std::fprintf(stderr, "%s\n", saved.error().message.c_str()), false;
    }
    return true;
}

std::uint64_t number(const char* text) {
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

int fill(const std::string& directory, std::uint64_t people, std::uint64_t events_each,
         std::uint32_t items) {
    base::SystemClock clock;
    base::SystemRandom system_random;
    base::SeededRandom random(1);
    store::RocksOptions options;
    options.directory = engine::store_directory(directory);
    options.durability = store::Durability::none;
    auto store = store::open_rocksdb(std::move(options));
    if (!store) return std::fprintf(stderr, "%s\n", store.error().message.c_str()), 1;
    auto engine = engine::Engine::open(std::move(*store), clock, system_random, {});
    if (!engine) return std::fprintf(stderr, "%s\n", engine.error().message.c_str()), 1;
    const auto tenant = (*engine)->tenants().find("default");
    if (!tenant) return std::fprintf(stderr, "%s\n", tenant.error().message.c_str()), 1;

    if (!stock(**engine, *tenant, items)) return 1;
    const bench::Shop shop(items);
    std::mt19937_64 looks(1);  // NOLINT(bugprone-random-generator-seed): replays

    const auto started = clock.steady_now();
    std::vector<domain::IncomingEvent> batch;
    std::uint64_t sent = 0;
    const std::uint64_t total = people * events_each;
    for (std::uint64_t i = 0; i < total; ++i) {
        batch.push_back(items == 0 ? make_event(random, i % people, clock.now())
                                   : look_at(shop, random, looks, i / events_each, clock.now()));
        if (batch.size() < kBatchEvents && i + 1 < total) continue;
        sent += batch.size();
        auto tracked =
            (*engine)->tracker().track(*tenant, std::exchange(batch, {}), {.source = "bench"});
        if (!tracked || !tracked->rejected.empty()) {
            const Error& error = tracked ? tracked->rejected.front().error : tracked.error();
            return std::fprintf(stderr, "%s\n", error.message.c_str()), 1;
        }
        if (sent % 64'000 == 0) {
            if (auto durable = tracked->ticket.wait(); !durable)
                return std::fprintf(stderr, "%s\n", durable.error().message.c_str()), 1;
        }
    }
    if (auto flushed = (*engine)->store().flush(); !flushed)
        return std::fprintf(stderr, "%s\n", flushed.error().message.c_str()), 1;
    const double seconds = std::chrono::duration<double>(clock.steady_now() - started).count();
    std::printf("filled %s: %llu people, %llu events in %.1f s (%.0f events/s)\n",
                directory.c_str(), static_cast<unsigned long long>(people),
                static_cast<unsigned long long>(total), seconds,
                static_cast<double>(total) / seconds);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 && argc != 5)
        return std::fprintf(stderr, "usage: fill DIRECTORY PEOPLE EVENTS_A_PERSON [ITEMS]\n"), 2;
    const auto items = argc == 5 ? static_cast<std::uint32_t>(number(argv[4])) : 0;
    return fill(argv[1], number(argv[2]), number(argv[3]), items);
}
