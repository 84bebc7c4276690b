// What an answer of recommendations costs, all of it: candidates from a model, from what people went on to, from what is trending
// and popular, filter, boosts, caps, diversity, exploration, the decision, and its reasons.
//
//     recommend_bench [ITEMS [PEOPLE [TOUCHES]]]          by default 100,000 items, 20,000 people, 1,000,000 touches
//
// Says percentiles of the time on one thread, and how many answers a second two threads give.
#include "shop.h"
#include "stopwatch.h"

#include "engine/activity/activity.h"
#include "engine/catalogue/catalogue.h"
#include "engine/decisions/decision_log.h"
#include "engine/engine.h"
#include "engine/engine_options.h"
#include "engine/models/models.h"
#include "engine/profile/people.h"
#include "engine/recommend/homepage.h"
#include "engine/recommend/recommendations.h"
#include "engine/tenancy/tenants.h"
#include "store/memory/memory_store.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace attune::engine {
namespace {

using bench::Shop;
using bench::Stopwatch;

struct Size {
    std::uint32_t items = 100'000;
    std::uint32_t people = 20'000;
    std::uint64_t touches = 1'000'000;
};

std::string person_id(std::uint32_t person) { return "person-" + std::to_string(person); }

void check(bool is_fine, std::string_view what) {
    if (is_fine) return;
    std::cerr << "recommend_bench: " << what << '\n';
    std::exit(1);
}

void stock(Engine& engine, TenantId tenant, const Size& size) {
    for (std::uint32_t from = 0; from < size.items; from += 1'000) {
        std::vector<ItemEdit> edits;
        for (std::uint32_t item = from; item < std::min(from + 1'000, size.items); ++item)
            edits.push_back({.item = Shop::item(item)});
        for (const auto& saved : engine.catalogue().put(tenant, edits))
            check(saved.has_value(), "an item was refused");
    }
}

void live(Engine& engine, TenantId tenant, const Size& size, base::Time now) {
    const Shop shop(size.items);
    std::mt19937_64 random(8);  // NOLINT(bugprone-random-generator-seed): replays
    const std::uint64_t each = size.touches / size.people;
    std::uint64_t number = 0;
    for (std::uint32_t person = 0; person < size.people; ++person) {
        std::vector<domain::Event> events;
        for (std::uint64_t i = 0; i < each; ++i) {
            const Shop::View view = shop.view(person, random);
            domain::Event event{.id = "e" + std::to_string(++number), .event = "view"};
            event.user_id = person_id(person);
            event.item_id = Shop::item_id(view.item);
            event.properties = *base::JsonText::parse(R"({"category":")" +
                                                      Shop::category_name(view.category) + "\"}");
            event.time = event.received_at = now - std::chrono::minutes((each - i) * 60);
            events.push_back(std::move(event));
        }
        check(engine.people()
                  .apply(tenant, {.user_id = person_id(person)}, std::move(events))
                  .has_value(),
              "events were refused");
    }
    check(engine.activity().catch_up(tenant).has_value(), "the log could not be read");
}

double cpu_micros() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double share_of(std::vector<double>& micros, double share) {
    std::ranges::sort(micros);
    return micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))] / 1'000;
}

// By the clock, and by the thread's own processor time, which a busy machine does not stretch.
void measure(std::string_view what, std::size_t rounds,
             const std::function<void(std::size_t)>& ask) {
    std::vector<double> micros;
    std::vector<double> cpu;
    for (std::size_t i = 0; i < rounds; ++i) {
        const Stopwatch watch;
        const double before = cpu_micros();
        ask(i);
        cpu.push_back(cpu_micros() - before);
        micros.push_back(watch.seconds() * 1e6);
    }
    std::cout << what << ": p50 " << share_of(micros, 0.5) << " ms, p99 " << share_of(micros, 0.99)
              << " ms; processor time p50 " << share_of(cpu, 0.5) << " ms, p99 "
              << share_of(cpu, 0.99) << " ms" << std::endl;
}

constexpr std::string_view kPlacement = R"({"name":"Bench","limit":10,
    "sources":[{"kind":"model","weight":0.5,"limit":200},{"kind":"after","weight":0.25,"limit":150},
               {"kind":"interests","weight":0.15,"limit":100},{"kind":"popular","weight":0.1,"limit":100}],
    "filter":{"<":[{"var":"item.price"},{"var":"context.budget"}]},
    "boosts":[{"condition":{"in":["t1",{"var":"item.tags"}]},"factor":1.2}],
    "caps":[{"by":"brand","max":2}],"exclude_seen":[{"events":["purchase"]}],
    "diversity":{"method":"mmr","strength":0.3},"exploration":{"slots":1}})";

// People who choose the cheapest of what they are shown teach a ranker, which answers from then on.
void teach_a_ranker(Engine& engine, TenantId tenant, const Size& size, base::JsonView context) {
    const auto catalogue = *engine.catalogue().of(tenant);
    std::uint64_t number = 0;
    for (std::uint32_t i = 0; i < std::min(1'000U, size.people); ++i) {
        const std::string user = person_id(i);
        const auto answer = engine.recommendations().recommend(
            tenant, {.placement = "bench", .user_id = user, .context = context});
        check(answer && !answer->items.empty(), "nothing to choose from");
        const auto price = [&](const std::string& id) {
            return catalogue->item(*catalogue->find(id))->price.value_or(0);
        };
        domain::Event event{.id = "chosen" + std::to_string(++number), .event = "click"};
        event.user_id = user;
        event.item_id = *std::ranges::min_element(answer->items, {}, price);
        event.time = event.received_at = engine.clock().now();
        check(engine.decisions().flush().has_value(), "decisions were not written");
        check(engine.people().apply(tenant, {.user_id = user}, {event}).has_value(),
              "a choice was refused");
    }
    const Stopwatch watch;
    const auto entry = engine.models().train(tenant, {.learner = "ranker"}, "bench");
    check(entry.has_value(), "no training");
    engine.models().finish();
    const auto ranker = *engine.models().get(tenant, entry->id);
    check(ranker.state == ModelState::published, ranker.reason.value_or("not published"));
    std::cout << "ranker learned from " << ranker.lists << " lists in " << watch.seconds()
              << " s: NDCG@10 " << *ranker.metrics.find("ndcg@10") << ", of the order shown "
              << *ranker.shown_metrics.find("ndcg@10") << "\n";
}

void run(const Size& size) {
    const base::SystemClock clock;
    base::SystemRandom random;
    auto opened = Engine::open(store::open_memory({}), clock, random, {});
    check(opened.has_value(), "the engine does not open");
    Engine& engine = **opened;
    const TenantId tenant = *engine.tenants().find("default");
    Stopwatch watch;
    stock(engine, tenant, size);
    std::cout << size.items << " items in " << watch.seconds() << " s\n";
    watch = {};
    live(engine, tenant, size, clock.now());
    std::cout << size.touches << " touches of " << size.people << " people in " << watch.seconds()
              << " s\n";
    watch = {};
    const auto entry = engine.models().train(
        tenant, {.learner = "ials", .settings = {}, .publish = false}, "bench");
    check(entry.has_value(), "no training");
    engine.models().finish();
    check(engine.models().publish(tenant, entry->id).has_value(), "the model was not published");
    std::cout << "iALS trained in " << watch.seconds() << " s\n";
    check(engine.placements()
              .put(tenant, "bench", *base::JsonText::parse(kPlacement), {.by = "bench"})
              .has_value(),
          "the placement was refused");
    const auto context = *base::JsonDocument::parse(R"({"budget":80,"device":"mobile"})");
    const auto ask = [&](std::size_t i, bool reasons) {
        const std::string user = person_id(static_cast<std::uint32_t>(i * 7'919) % size.people);
        const auto answer = engine.recommendations().recommend(
            tenant,
            {.placement = "bench", .user_id = user, .context = context.root(), .reasons = reasons});
        check(answer && answer->items.size() == 10, "not ten items");
    };
    measure("recommend, 10 items", 2'000, [&](std::size_t i) { ask(i, false); });
    measure("recommend, 10 items with reasons", 2'000, [&](std::size_t i) { ask(i, true); });
    for (std::size_t kind = 0; kind < 4; ++kind) {
        static constexpr std::string_view kKinds[] = {"model", "after", "interests", "popular"};
        check(engine.placements()
                  .put(tenant, kKinds[kind],
                       *base::JsonText::parse(R"({"name":"one","sources":[{"kind":")" +
                                              std::string(kKinds[kind]) + R"("}]})"),
                       {.by = "bench"})
                  .has_value(),
              "the placement was refused");
        measure("  by " + std::string(kKinds[kind]) + " alone", 500, [&](std::size_t i) {
            const std::string user = person_id(static_cast<std::uint32_t>(i * 7'919) % size.people);
            check(engine.recommendations()
                      .recommend(tenant, {.placement = kKinds[kind], .user_id = user})
                      .has_value(),
                  "no answer");
        });
    }
    std::vector<std::string> given;
    for (std::uint32_t i = 0; i < 300; ++i) given.push_back(Shop::item_id(i * 331 % size.items));
    measure("rank 300 items", 2'000, [&](std::size_t i) {
        const std::string user = person_id(static_cast<std::uint32_t>(i * 7'919) % size.people);
        check(engine.recommendations()
                  .recommend(tenant, {.user_id = user, .among = given})
                  .has_value(),
              "no order");
    });
    measure("homepage", 300, [&](std::size_t i) {
        const std::string user = person_id(static_cast<std::uint32_t>(i * 7'919) % size.people);
        check(homepage(engine.recommendations(), engine.people(), tenant, {.user_id = user})
                  .has_value(),
              "no homepage");
    });
    const std::string by_ranker = R"({"ranking":"ranker",)" + std::string(kPlacement.substr(1));
    check(engine.placements()
              .put(tenant, "bench", *base::JsonText::parse(by_ranker), {.by = "bench"})
              .has_value(),
          "the placement was refused");
    teach_a_ranker(engine, tenant, size, context.root());
    measure("recommend with a ranker, 10 items", 2'000, [&](std::size_t i) { ask(i, false); });
    measure("recommend with a ranker and reasons", 2'000, [&](std::size_t i) { ask(i, true); });
    measure("rank 300 items with a ranker", 2'000, [&](std::size_t i) {
        const std::string user = person_id(static_cast<std::uint32_t>(i * 7'919) % size.people);
        check(engine.recommendations()
                  .recommend(tenant, {.placement = "bench",
                                      .user_id = user,
                                      .context = context.root(),
                                      .among = given})
                  .has_value(),
              "no order");
    });
    watch = {};
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < 2; ++thread)
            threads.emplace_back([&, thread] {
                for (std::size_t i = 0; i < 2'000; ++i) ask(i * 2 + thread, true);
            });
    }
    std::cout << "two threads: " << 4'000 / watch.seconds() << " answers with reasons a second\n";
}

}  // namespace
}  // namespace attune::engine

int main(int argc, char** argv) {
    attune::engine::Size size;
    if (argc > 1) size.items = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
    if (argc > 2) size.people = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
    if (argc > 3) size.touches = std::strtoull(argv[3], nullptr, 10);
    attune::engine::run(size);
    return 0;
}
