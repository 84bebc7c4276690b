// What everybody did, kept in memory: how much of it, how fast a log is read again, and what questions cost.
//
//     activity_bench [PEOPLE [ITEMS [TOUCHES]]]          by default 100,000 people, 20,000 items, 2,000,000 touches
//
// Items are touched as Zipf has it; everybody's touches lie within a year.
#include "stopwatch.h"

#include "base/json.h"
#include "base/keyed_hash.h"
#include "domain/describe.h"
#include "engine/activity/activity.h"
#include "engine/activity/book_image.h"
#include "engine/activity/what_followed.h"
#include "store/memory/memory_store.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace attune::engine {
namespace {

constexpr std::uint32_t kBegin = 1'740'000'000;
constexpr std::uint32_t kYear = 365 * 86'400;

struct Size {
    std::uint32_t people = 100'000;
    ItemNumber items = 20'000;
    std::uint64_t touches = 2'000'000;
};

class Behaviour {
public:
    explicit Behaviour(const Size& size) : size_(size), sums_(size.items) {
        double sum = 0;
        for (ItemNumber item = 0; item < size.items; ++item)
            sums_[item] = sum += std::pow(item + 10.0, -0.9);
    }
    ItemNumber item() {
        const double at = std::uniform_real_distribution<double>(0, sums_.back())(random_);
        return static_cast<ItemNumber>(std::ranges::lower_bound(sums_, at) - sums_.begin());
    }
    // Some come often, most rarely.
    std::uint32_t person() {
        const double u = std::uniform_real_distribution<double>(0, 1)(random_);
        return static_cast<std::uint32_t>(u * u * size_.people);
    }

private:
    Size size_;
    std::vector<double> sums_;
    std::mt19937_64 random_{7};
};

store::PersonId id_of(std::uint32_t person) {
    return base::hash128(base::HashKey{}, std::to_string(person));
}

double resident_mb() {
    std::ifstream in("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    in >> all >> resident;
    return static_cast<double>(resident) * 4'096 / 1e6;
}

void report(std::string_view what, std::vector<double>& micros) {
    std::ranges::sort(micros);
    std::cout << what << ": median " << micros[micros.size() / 2] << " us, p99 "
              << micros[micros.size() * 99 / 100] << " us\n";
}

template <class Ask>
void measure(std::string_view what, const Ask& ask) {
    std::vector<double> micros;
    for (int i = 0; i < 2'000; ++i) {
        const bench::Stopwatch watch;
        ask();
        micros.push_back(watch.seconds() * 1e6);
    }
    report(what, micros);
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Steps until one says that all is done.
void report_steps(std::string_view what, const auto& step) {
    const double before = cpu_seconds();
    double longest = 0;
    for (bool is_done = false; !is_done;) {
        const double began = cpu_seconds();
        const auto done = step();
        if (!done) {
            std::cerr << what << ": " << done.error().message << '\n';
            std::exit(1);
        }
        is_done = *done;
        longest = std::max(longest, cpu_seconds() - began);
    }
    std::cout << what << ": " << cpu_seconds() - before << " s of CPU, the longest slice "
              << longest * 1e3 << " ms\n";
}

// What a start takes instead of reading a log.
void save_and_load(const TouchBook& book, ItemNumber items) {
    const std::string path = "activity-bench-checkpoint";
    constexpr CheckpointFormat kFormat{.kind = "bench"};
    base::PosixDisk disk;
    ItemNumbers numbers;
    for (ItemNumber item = 0; item < items; ++item)
        if (!numbers.number_for("item-" + std::to_string(item))) std::abort();
    {
        auto writer = CheckpointWriter::create(disk, path, kFormat);
        if (!writer) std::abort();
        BookSaver saver(book, numbers);
        report_steps("writing a checkpoint", [&] { return saver.step(*writer); });
        if (!writer->finish()) std::abort();
    }
    std::cout << "  of " << std::filesystem::file_size(path) / 1'000'000 << " MB\n";
    {
        auto reader = CheckpointReader::open(disk, path, kFormat);
        if (!reader) std::abort();
        BookLoader loader(numbers);
        report_steps("beginning with it", [&] { return loader.step(*reader); });
        if (!reader->finish()) std::abort();
    }
    std::filesystem::remove(path);
}

void fill_and_ask(const Size& size) {
    Behaviour behaviour(size);
    const double before = resident_mb();
    TouchBook book;
    const bench::Stopwatch watch;
    for (std::uint64_t i = 0; i < size.touches; ++i) {
        const auto time = kBegin + static_cast<std::uint32_t>(i * kYear / size.touches);
        book.touch(book.person(id_of(behaviour.person())), {behaviour.item(), 1, time});
    }
    const double seconds = watch.seconds();
    std::cout << size.touches << " touches of " << book.known_people() << " people and "
              << size.items << " items: " << seconds * 1e6 / static_cast<double>(size.touches)
              << " us each; " << book.touches() << " kept in "
              << static_cast<double>(book.bytes()) / 1e6 << " MB ("
              << static_cast<double>(book.bytes()) / static_cast<double>(book.touches())
              << " bytes a touch), resident " << resident_mb() - before << " MB\n";
    const learn::ItemMask all(size.items);
    const std::int64_t now = kBegin + kYear;
    std::vector<learn::Touch> history(10);
    const auto ask_after = [&] {
        for (learn::Touch& touch : history) touch.item = behaviour.item();
        (void)what_followed(book, history, 100, all, now);
    };
    measure("what followed, histories of 10, the best 100", ask_after);
    const ItemCounts& counts = book.item_people().counts();
    measure("popular, the best 100", [&] {
        (void)counts.best(100, all, 2,
                          [&](ItemNumber item) { return static_cast<float>(counts[item]); });
    });
    measure("trending, the best 100", [&] { (void)book.recent().trending(100, all, 2, now); });
    save_and_load(book, size.items);
    std::vector<double> micros;
    for (std::uint32_t person = 0; person < 1'000; ++person) {
        const bench::Stopwatch one;
        book.forget(id_of(person));
        micros.push_back(one.seconds() * 1e6);
    }
    report("forgetting those who come most", micros);
}

class OnlyTenant final : public TenantView {
public:
    Result<std::shared_ptr<const domain::Tenant>> settings(TenantId) const override {
        return std::make_shared<const domain::Tenant>();
    }
    std::shared_ptr<const WeightTable> weights(TenantId) const override { return weights_; }
    base::Id128 hashed_id(TenantId, std::string_view, std::string_view id) const override {
        return base::hash128(base::HashKey{}, id);
    }

private:
    std::shared_ptr<const WeightTable> weights_ = std::make_shared<const WeightTable>();
};

void read_a_log(const Size& size) {
    constexpr TenantId kTenant{1};
    const std::uint64_t events = std::min<std::uint64_t>(size.touches, 500'000);
    const auto store = store::open_memory({});
    Behaviour behaviour(size);
    for (std::uint64_t i = 0; i < events; ++i) {
        domain::Event e{.id = std::to_string(i), .user_id = "u", .event = "view"};
        e.item_id = "item-" + std::to_string(behaviour.item());
        e.time = e.received_at = base::Time(std::chrono::seconds(kBegin + i));
        const auto person = id_of(behaviour.person());
        auto ticket = store->append(
            {.tenant = kTenant,
             .person = person,
             .events = {{.key = base::hash128({1, 1}, e.id), .payload = base::to_json(e)}}});
        if (!ticket || !ticket->wait()) std::abort();
    }
    const OnlyTenant tenants;
    AllItemNumbers numbers;
    const bench::Stopwatch watch;
    Activity activity(*store, tenants, numbers);
    if (!activity.catch_up(kTenant)) std::abort();
    std::cout << "a log of " << events << " events is read in " << watch.seconds() << " s, "
              << watch.seconds() * 1e6 / static_cast<double>(events) << " us an event\n";
    const bench::Stopwatch training;
    if (!activity.of(kTenant)->training_data(100'000'000, kBegin + kYear)) std::abort();
    std::cout << "data for learners of them: " << training.seconds() << " s\n";
}

}  // namespace
}  // namespace attune::engine

int main(int argc, char** argv) {
    attune::engine::Size size;
    if (argc > 1) size.people = static_cast<std::uint32_t>(std::atoll(argv[1]));
    if (argc > 2) size.items = static_cast<attune::engine::ItemNumber>(std::atoll(argv[2]));
    if (argc > 3) size.touches = static_cast<std::uint64_t>(std::atoll(argv[3]));
    attune::engine::fill_and_ask(size);
    attune::engine::read_a_log(size);
}
