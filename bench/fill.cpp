// Fills a data directory with people called u0 … u<N-1> and a few events each, through the engine
// and as fast as it goes, for the benchmarks that need a large world:
//
//     fill DIRECTORY PEOPLE EVENTS_A_PERSON [ITEMS [EVENTS_A_LIST]]
//
// With ITEMS there is a catalogue of so many (bench/shop.h), and people look at what is in it. With EVENTS_A_LIST one event in so
// many answers a list of ten that was recommended just before, and every person is in an experiment and drawn for by a bandit.
#include "shop.h"

#include "base/json.h"
#include "base/random.h"
#include "base/time.h"
#include "domain/describe.h"
#include "engine/catalogue/catalogue.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/experiment/experiments.h"
#include "engine/profile/people.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"
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

constexpr std::string_view kExperiment =
    R"({"name":"Checkout","variants":[{"name":"control","weight":0.5},{"name":"blue","weight":0.5}],"metrics":[)"
    R"({"name":"bought","role":"primary","kind":"conversion","event":"purchase"},)"
    R"({"name":"looked","kind":"count","event":"view"}],)"
    R"("minimum_effect":0.05,"plan":{"baseline_mean":0.1}})";
constexpr std::string_view kBandit =
    R"({"name":"Hero","variants":[{"name":"a","weight":0.5},{"name":"b","weight":0.5}],"bandit":{"begin_units":0},)"
    R"("metrics":[{"name":"bought","role":"primary","kind":"conversion","event":"purchase","window_seconds":86400}]})";

Result<void> begin_experiments(engine::Engine& engine, engine::TenantId tenant) {
    for (const auto& [id, text] :
         {std::pair("checkout", kExperiment), std::pair("hero", kBandit)}) {
        ATTUNE_TRY_VOID(
            engine.experiments().put(tenant, id, base::JsonText::trusted(std::string(text)), {}));
        ATTUNE_TRY_VOID(engine.experiments().start(tenant, id, {}));
    }
    return {};
}

domain::Event decided(base::Random& ids, std::uint64_t person, base::Time now,
                      const domain::Decision& decision) {
    domain::Event event{.id = "dec_" + ids.id().to_text(),
                        .user_id = "u" + std::to_string(person),
                        .event = std::string(domain::event_names::kDecision)};
    event.time = event.received_at = now;
    event.properties = base::JsonText::trusted(base::to_json(decision));
    return event;
}

// Which variants a person was given.
domain::Decision variants_of(std::uint64_t person) {
    const auto one = [&](std::string of, bool is_first, const char* first, const char* second) {
        return domain::Choice{.of = std::move(of),
                              .chosen = is_first ? first : second,
                              .probability = 0.5,
                              .version = 2,
                              .among = {first, second},
                              .unit = {}};
    };
    return {.kind = "config",
            .subject = "home",
            .choices = {one("experiment:checkout", person % 2 == 0, "control", "blue"),
                        one("experiment:hero", person % 3 == 0, "a", "b")},
            .features = {},
            .segments = {}};
}

// A list of ten as recommendations log it, with the item that is looked at next at some place in it.
domain::Decision list_with(const bench::Shop& shop, std::mt19937_64& random, std::uint64_t person,
                           std::string_view item) {
    domain::Decision decision{.kind = "recommendation", .subject = "home"};
    std::string rows;
    std::string from;
    const std::uint64_t place = random() % 10;
    for (std::uint64_t slot = 0; slot < 10; ++slot) {
        const std::string other = bench::Shop::item_id(shop.view(person, random).item);
        decision.choices.push_back({.of = "placement:home",
                                    .chosen = slot == place ? std::string(item) : other,
                                    .version = 3,
                                    .among = {},
                                    .unit = {}});
        rows += (slot == 0 ? "[0." : ",[0.") + std::to_string(random() % 1'000) + ",0." +
                std::to_string(random() % 1'000) + ",0.25]";
        from += slot == 0 ? R"("model")" : slot == 9 ? R"(,"explored")" : R"(,"popular")";
    }
    decision.features = base::JsonText::trusted(
        R"({"sources":["model","popular","trending"],"written":[0.5,0.25,0.25],"rows":[)" + rows +
        R"(],"from":[)" + from + R"(],"list":{"diversity":0.5,"novelty":0.25,"popularity":1}})");
    return decision;
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
         std::uint32_t items, std::uint64_t events_a_list) {
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
    if (events_a_list > 0) {
        if (const auto begun = begin_experiments(**engine, *tenant); !begun)
            return std::fprintf(stderr, "%s\n", begun.error().message.c_str()), 1;
    }
    const bench::Shop shop(items);
    std::mt19937_64 looks(1);  // NOLINT(bugprone-random-generator-seed): replays

    const auto started = clock.steady_now();
    std::vector<domain::IncomingEvent> batch;
    std::uint64_t sent = 0;
    const std::uint64_t total = people * events_each;
    for (std::uint64_t i = 0; i < total; ++i) {
        batch.push_back(items == 0 ? make_event(random, i % people, clock.now())
                                   : look_at(shop, random, looks, i / events_each, clock.now()));
        if (events_a_list > 0 && i % events_a_list == 0) {
            const std::uint64_t person = i / events_each;
            domain::IncomingEvent& answer = batch.back();
            std::vector<domain::Event> shown;
            if (i % events_each == 0)
                shown.push_back(decided(random, person, answer.time.value(), variants_of(person)));
            shown.push_back(decided(random, person, answer.time.value(),
                                    list_with(shop, looks, person, answer.item_id.value())));
            answer.decision_id = shown.back().id;
            if (const auto told = (*engine)->people().apply(*tenant, {.user_id = answer.user_id},
                                                            std::move(shown));
                !told)
                return std::fprintf(stderr, "%s\n", told.error().message.c_str()), 1;
        }
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
    if (argc < 4 || argc > 6)
        return std::fprintf(
                   stderr,
                   "usage: fill DIRECTORY PEOPLE EVENTS_A_PERSON [ITEMS [EVENTS_A_LIST]]\n"),
               2;
    const auto items = argc > 4 ? static_cast<std::uint32_t>(number(argv[4])) : 0;
    return fill(argv[1], number(argv[2]), number(argv[3]), items, argc > 5 ? number(argv[5]) : 0);
}
