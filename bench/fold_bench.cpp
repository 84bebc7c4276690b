// What folding costs: nanoseconds an event, the memory of a person, and what it takes to fold a person again, against
// the floor of only decoding the same events.
//
//     fold_bench                 prints one line a figure: name, figure, bound, ratio
#include "base/json.h"
#include "base/keyed_hash.h"
#include "base/manual_clock.h"
#include "domain/describe.h"
#include "engine/profile/fold_state.h"
#include "engine/profile/people.h"
#include "engine/profile/render.h"
#include "store/memory/memory_store.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace attune;
using namespace attune::engine;

// CPU time of this process: on a shared machine the wall clock measures the neighbours.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class Work>
double best_seconds(int rounds, Work work) {
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) {
        const double start = cpu_seconds();
        work();
        best = std::min(best, cpu_seconds() - start);
    }
    return best;
}

void line(const char* name, double figure, const char* unit, double bound) {
    std::printf("%-34s %10.2f %-9s bound %10.2f   ratio %5.2f\n", name, figure, unit, bound,
                figure / bound);
}

// A shopper's events: mostly views, some 500 bytes of JSON each.
std::vector<domain::Event> shopper(std::size_t count, std::uint64_t seed) {
    static const char* kNames[] = {"view", "view",   "view",        "view",     "click",
                                   "page", "search", "add_to_cart", "purchase", "dwell"};
    static const char* kCategories[] = {"games", "tools", "music", "books", "travel", "photo"};
    std::mt19937_64 random(seed);
    const base::Time start = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
    std::vector<domain::Event> events;
    for (std::size_t i = 0; i < count; ++i) {
        domain::Event e;
        e.id = "8f14e45f-ceea-467f-" + std::to_string(seed * 1'000'000 + i);
        e.event = kNames[random() % std::size(kNames)];
        e.user_id = "user-" + std::to_string(seed);
        e.item_id = "item-" + std::to_string(random() % 5'000);
        e.value = static_cast<double>(random() % 10'000) / 100;
        e.time = start + std::chrono::seconds(i * 97 + random() % 60);
        e.received_at = e.time + std::chrono::milliseconds(120);
        e.enriched = {.device = "mobile",
                      .os = "Android 15",
                      .browser = "Chrome 131",
                      .locale = "de-CH",
                      .country = "CH",
                      .time_zone = "Europe/Zurich",
                      .local_hour = static_cast<int>(random() % 24),
                      .local_weekday = static_cast<int>(random() % 7),
                      .source = "api"};
        e.properties = base::JsonText::trusted(
            std::string(R"({"brand":"brand)") + std::to_string(random() % 40) +
            R"(","category":")" + kCategories[random() % std::size(kCategories)] +
            R"(","path":"/p/)" + std::to_string(random() % 30) +
            R"(","query":"some words","tags":["tag)" + std::to_string(random() % 60) + R"(","tag)" +
            std::to_string(random() % 60) + R"("]})");
        events.push_back(std::move(e));
    }
    return events;
}

class OneTenant final : public TenantView {
public:
    Result<std::shared_ptr<const domain::Tenant>> settings(TenantId) const override {
        return std::make_shared<const domain::Tenant>();
    }
    std::shared_ptr<const WeightTable> weights(TenantId) const override { return weights_; }
    base::Id128 hashed_id(TenantId, std::string_view kind, std::string_view id) const override {
        return base::hash128({kind.size(), 7}, id);
    }

private:
    std::shared_ptr<const WeightTable> weights_ = std::make_shared<const WeightTable>();
};

void fold_rate(const WeightTable& weights) {
    const auto events = shopper(10'000, 1);
    std::uint64_t touched = 0;
    const double empty = best_seconds(20, [&] {
        for (const domain::Event& e : events)
            touched += e.event.size() + e.properties.text().size();
    });
    const double folding = best_seconds(20, [&] {
        FoldState state(weights.fingerprint());
        for (const domain::Event& e : events) fold(state, e, weights);
        touched += state.version;
    });
    line("fold, one event", (folding - empty) / 10'000 * 1e9, "ns", 2'000);
    if (touched == 0) std::puts("");
}

void person_size(const WeightTable& weights) {
    std::size_t memory = 0;
    std::size_t stored = 0;
    std::vector<std::string> encoded;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        FoldState state(weights.fingerprint());
        for (const domain::Event& e : shopper(10, seed)) fold(state, e, weights);
        encoded.push_back(encode(state));
        stored += encoded.back().size();
        memory += decode_fold_state(encoded.back(), weights.fingerprint())->bytes();
    }
    line("person of 10 events, in memory", static_cast<double>(memory) / 1'000, "bytes", 1'500);
    line("person of 10 events, checkpoint", static_cast<double>(stored) / 1'000, "bytes", 1'500);
    const double decoding = best_seconds(10, [&] {
        for (const std::string& one : encoded) (void)decode_fold_state(one, weights.fingerprint());
    });
    line("checkpoint decode", decoding / 1'000 * 1e6, "us", 100);
}

void recompute_and_read() {
    auto store = store::open_memory({});
    OneTenant tenants;
    base::ManualClock clock;
    base::SystemRandom random;
    People people(*store, tenants, clock, random, {});
    const domain::TenantId tenant{1};
    const auto events = shopper(10'000, 3);
    std::size_t bytes = 0;
    std::vector<std::string> payloads;
    for (const domain::Event& e : events) {
        payloads.push_back(base::to_json(e));
        bytes += payloads.back().size();
    }
    (void)people.apply(tenant, {.user_id = "user-3"}, events);
    const double decoding = best_seconds(5, [&] {
        for (const std::string& payload : payloads) (void)base::from_json<domain::Event>(payload);
    });
    line("decode of 10,000 events", decoding * 1e3, "ms", static_cast<double>(bytes) / 500 * 1e-3);
    const double refolding = best_seconds(5, [&] { (void)people.recompute(tenant, "user-3"); });
    line("recompute of 10,000 events", refolding * 1e3, "ms", 30);
    const double reading = best_seconds(5, [&] {
        for (int i = 0; i < 100'000; ++i) (void)people.read(tenant, "user-3");
    });
    line("read, hot", reading / 100'000 * 1e9, "ns", 1'000);
    const FoldState state = [&] {
        const WeightTable weights;
        FoldState folded(weights.fingerprint());
        for (const domain::Event& e : shopper(100, 5)) fold(folded, e, weights);
        return folded;
    }();
    const double rendering = best_seconds(5, [&] {
        for (int i = 0; i < 100; ++i) (void)base::to_json(render(state, "user-5"));
    });
    line("render of a person of 100 events", rendering / 100 * 1e6, "us", 200);
}

}  // namespace

int main() {
    const WeightTable weights;
    fold_rate(weights);
    person_size(weights);
    recompute_and_read();
}
