// A catalogue of 100,000 items: what it takes in memory, how long a start reads it, what a change and a question cost.
//
//     catalogue_bench [items] [numbers of an embedding]        100,000 and 0
#include "stopwatch.h"

#include "base/json.h"
#include "base/manual_clock.h"
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/item_facts.h"
#include "store/memory/memory_store.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <malloc.h>

namespace attune::bench {
namespace {

using engine::Catalogue;
using engine::ItemEdit;

constexpr engine::TenantId kTenant{1};

// What was asked of the allocator and not given back, in MB.
double taken_mb() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

domain::Item item_of(int n, std::size_t numbers) {
    domain::Item item;
    item.id = "item-" + std::to_string(n);
    item.title = "A title of usual length, number " + std::to_string(n);
    item.description = std::string(300, static_cast<char>('a' + n % 26));
    item.categories = {"category-" + std::to_string(n % 40), "all"};
    for (int tag = 0; tag < 5; ++tag)
        item.tags.push_back("tag-" + std::to_string((n * 7 + tag * tag * 131) % 2'000));
    item.brand = "brand-" + std::to_string(n % 500);
    item.price = n % 10'000 / 100.0;
    item.currency = "EUR";
    item.image_url = "https://images.example/" + item.id + ".jpg";
    if (n % 10 == 0) item.available_until = base::Time(std::chrono::seconds(2'000'000'000 + n));
    if (numbers > 0)
        item.embeddings.emplace()["image"] =
            std::vector<float>(numbers, static_cast<float>(n) / 100'000);
    return item;
}

template <class Work>
double micros(int times, const Work& work) {
    const Stopwatch watch;
    for (int i = 0; i < times; ++i) work(i);
    return watch.rate(static_cast<std::size_t>(times)).cpu_us_per_event;
}

double cpu_seconds(const Stopwatch& watch, int items) {
    return watch.rate(static_cast<std::size_t>(items)).cpu_us_per_event * items / 1e6;
}

int run(int items, std::size_t numbers) {
    const auto store = store::open_memory({});
    base::ManualClock clock(base::Time(std::chrono::seconds(1'780'000'000)));
    {
        engine::AllItemNumbers ids;
        Catalogue catalogue(*store, clock, ids, {});
        const Stopwatch watch;
        std::vector<ItemEdit> edits;
        for (int n = 0; n < items; ++n) {
            edits.push_back({item_of(n, numbers)});
            if (edits.size() < 1'000 && n + 1 < items) continue;
            for (const auto& saved : catalogue.put(kTenant, edits))
                if (!saved) return std::fprintf(stderr, "%s\n", saved.error().message.c_str());
            edits.clear();
        }
        std::printf("put, 1,000 a commit  %8.2f s of a core\n", cpu_seconds(watch, items));
    }
    // A thread holds what it read last until it reads something else.
    engine::AllItemNumbers no_ids;
    Catalogue nothing(*store, clock, no_ids, {});
    if (!nothing.of(engine::TenantId{2})) return 1;
    const double before = taken_mb();
    engine::AllItemNumbers ids;
    Catalogue catalogue(*store, clock, ids, {});
    const Stopwatch start;
    const auto loaded = catalogue.of(kTenant);
    if (!loaded) return 1;
    const auto snapshot = *loaded;
    std::printf("start                %8.2f s of a core, %zu items\n", cpu_seconds(start, items),
                snapshot->count());
    std::printf("memory               %8.0f MB     above the store's\n", taken_mb() - before);

    std::uint64_t sum = 0;
    std::printf("open_mask            %8.3f us\n", micros(100'000, [&](int) {
                    sum += snapshot->open_mask(clock.now())->words().front();
                }));
    std::printf("open_mask, worked out%8.3f us\n", micros(100, [&](int i) {
                    sum +=
                        snapshot->open_mask(clock.now() + std::chrono::hours(24 * 4'000 * (i % 2)))
                            ->words()
                            .front();
                }));
    sum += snapshot->labelled("tag:tag-7")->words().front();
    std::printf("labelled             %8.3f us\n", micros(1'000, [&](int) {
                    sum += snapshot->labelled("category:category-7")->words().front();
                }));
    std::printf("priced               %8.3f us\n",
                micros(100, [&](int) { sum += snapshot->priced(10, 20).words().front(); }));
    const auto all = snapshot->present();
    std::printf("newest 100           %8.3f us\n",
                micros(100, [&](int) { sum += snapshot->newest(100, all).size(); }));
    std::printf("find                 %8.3f us\n", micros(100'000, [&](int i) {
                    sum += *snapshot->find("item-" + std::to_string(i % items));
                }));
    std::printf("list 100             %8.3f us\n", micros(10, [&](int) {
                    sum += engine::list_items(*snapshot, {}, std::nullopt, 100).items.size();
                }));
    std::printf("put one              %8.3f us\n", micros(1'000, [&](int i) {
                    auto item = item_of(i * 97 % items, numbers);
                    item.price = i;
                    sum += catalogue.put(kTenant, ItemEdit{std::move(item)})->version;
                }));
    const Stopwatch facts;
    sum += engine::item_facts(*snapshot, snapshot->width()).size();
    std::printf("facts of all         %8.2f s of a core\n", cpu_seconds(facts, items));
    return sum == 0 ? 1 : 0;
}

}  // namespace
}  // namespace attune::bench

int main(int argc, char** argv) {
    return attune::bench::run(argc > 1 ? std::atoi(argv[1]) : 100'000,
                              argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 0);
}
