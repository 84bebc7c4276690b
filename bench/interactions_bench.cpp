// What a page of interactions costs: 50 events of a person with 100, and of one with 100,000, on RocksDB. One line each:
// microseconds a page, at the log's end and, for the long one, in its middle.
//
//     interactions_bench [directory]         the directory must not exist; default: one under /var/tmp
#include "bench/stopwatch.h"
#include "engine/profile/people.h"
#include "engine/tenancy/tenants.h"
#include "store/rocksdb/rocksdb_store.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace {

using namespace attune;

template <class T>
T need(Result<T> result) {
    if (result) return *std::move(result);
    std::fprintf(stderr, "interactions_bench: %s\n", result.error().message.c_str());
    std::exit(1);
}

void fill(engine::People& people, domain::TenantId tenant, const std::string& user, int count) {
    for (int first = 0; first < count; first += 1'000) {
        std::vector<domain::Event> events;
        for (int i = first; i < std::min(count, first + 1'000); ++i) {
            domain::Event event;
            event.id = user + std::to_string(i);
            event.user_id = user;
            event.event = "view";
            event.item_id = "item-" + std::to_string(i % 500);
            event.time = base::Time(std::chrono::seconds(1'740'000'000 + i));
            event.received_at = event.time;
            events.push_back(std::move(event));
        }
        const auto applied = need(people.apply(tenant, {.user_id = user}, std::move(events)));
        if (!applied.ticket.wait()) std::exit(1);
    }
}

void measure(const char* what, engine::People& people, domain::TenantId tenant,
             const std::string& user, const std::optional<std::string>& cursor) {
    constexpr int kPages = 200;
    const bench::Stopwatch watch;
    for (int i = 0; i < kPages; ++i) {
        const auto page = need(people.interactions(tenant, user, {.cursor = cursor, .limit = 50}));
        if (page.items.size() != 50) std::exit(1);
    }
    std::printf("%-28s %8.0f us/page\n", what, watch.seconds() * 1e6 / kPages);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string directory =
        argc > 1 ? argv[1] : "/var/tmp/interactions_bench." + std::to_string(::getpid());
    {
        const auto store = need(store::open_rocksdb({.directory = directory}));
        const base::SystemClock clock;
        base::SystemRandom random;
        const auto tenants = need(engine::Tenants::open(*store, clock, random, {}));
        const domain::TenantId tenant = need(tenants->find("default"));
        engine::People people(*store, *tenants, clock, random, {});
        fill(people, tenant, "short", 100);
        fill(people, tenant, "long", 100'000);
        measure("50 of 100, newest", people, tenant, "short", {});
        measure("50 of 100,000, newest", people, tenant, "long", {});
        std::optional<std::string> cursor;
        for (int i = 0; i < 50; ++i) {
            auto page =
                need(people.interactions(tenant, "long", {.cursor = cursor, .limit = 1'000}));
            cursor = page.cursor;
        }
        measure("50 of 100,000, middle", people, tenant, "long", cursor);
    }
    std::filesystem::remove_all(directory);
}
