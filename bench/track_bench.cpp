// What it costs to take an event in: complete() alone, and track() through to the memory store, against the floor: one parse
// of the same bytes by the JSON codec. One line each: nanoseconds an event, and the ratio to the floor.
#include "base/json.h"
#include "domain/describe.h"
#include "engine/tenancy/tenants.h"
#include "engine/track/tracker.h"
#include "store/memory/memory_store.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace {

using namespace attune;
using domain::IncomingEvent;

constexpr int kBatch = 1000;
constexpr int kRounds = 50;

std::string event_json(int i) {
    return R"({"id":"e)" + std::to_string(i) + R"(","user_id":"user-)" +
           std::to_string(i * 7919 % 2000) +
           R"(","event":"Product Viewed","properties":{"product_id":"p)" + std::to_string(i % 500) +
           R"(","category":"games","brand":"acme","price":18.99,"position":3},"context":{"ip":"203.0.113.77",)"
           R"("userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 )"
           R"((KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1","locale":"de-CH","timezone":"Europe/Zurich",)"
           R"("page":{"path":"/games","url":"https://x.example/games"}},"time":"2026-03-01T11:59:00Z"})";
}

// CPU time, which a busy machine does not stretch as it does the wall clock.
double cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Work>
double ns_per_event(Work work) {
    const double begin = cpu_ns();
    for (int round = 0; round < kRounds; ++round) work(round);
    return (cpu_ns() - begin) / (kRounds * kBatch);
}

IncomingEvent incoming(const std::string& json) {
    return *base::from_json<IncomingEvent>(json, {.unknown = base::Unknown::keep});
}

}  // namespace

int main() {
    const base::SystemClock clock;
    base::SystemRandom random;
    const auto store = store::open_memory({});
    const auto tenants = *engine::Tenants::open(*store, clock, random, {});
    engine::People people(*store, *tenants, clock, random, {});
    const auto tracker = *engine::Tracker::open(people, *tenants, clock, random, {});
    const domain::TenantId tenant = *tenants->find("default");

    std::vector<std::string> bodies;
    for (int i = 0; i < kBatch * kRounds; ++i) bodies.push_back(event_json(i));
    const auto body = [&](int round, int i) -> const std::string& {
        return bodies[static_cast<std::size_t>(round * kBatch + i)];
    };

    std::size_t sink = 0;
    const double floor = ns_per_event([&](int round) {
        for (int i = 0; i < kBatch; ++i)
            sink += base::JsonDocument::parse(body(round, i))->root().size();
    });
    const double reading = ns_per_event([&](int round) {
        for (int i = 0; i < kBatch; ++i) sink += incoming(body(round, i)).event.size();
    });
    const double completing = ns_per_event([&](int round) {
        for (int i = 0; i < kBatch; ++i)
            sink += tracker->complete(tenant, incoming(body(round, i)), {})->id.size();
    });
    const double tracking = ns_per_event([&](int round) {
        std::vector<IncomingEvent> events;
        for (int i = 0; i < kBatch; ++i) events.push_back(incoming(body(round, i)));
        sink += tracker->track(tenant, std::move(events), {})->accepted;
    });
    const double key = ns_per_event([&](int round) {
        for (int i = 0; i < kBatch; ++i)
            sink += tenants->hashed_id(tenant, "user", body(round, i)).low() & 1;
    });
    const std::string secret =
        tenants->create_key(tenant, "bench", domain::Role::service, {})->secret;
    const double authenticating = ns_per_event([&](int) {
        for (int i = 0; i < kBatch; ++i) sink += tenants->authenticate(secret)->tenant.value;
    });

    std::printf("event of %zu bytes (checksum %zu)\n", bodies[0].size(), sink);
    std::printf("%-44s %8.0f ns\n", "floor: JsonDocument::parse", floor);
    std::printf("%-44s %8.0f ns  %.1fx\n", "from_json<IncomingEvent>", reading, reading / floor);
    std::printf("%-44s %8.0f ns  %.1fx\n", "complete(), without the reading", completing - reading,
                (completing - reading) / floor);
    std::printf("%-44s %8.0f ns  %.1fx\n", "track(), 1,000 a list, without the reading",
                tracking - reading, (tracking - reading) / floor);
    std::printf("%-44s %8.0f ns\n", "hashed_id of a whole body", key);
    std::printf("%-44s %8.0f ns\n", "authenticate", authenticating);
}
