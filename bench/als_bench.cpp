// What an epoch of iALS costs, and what it is worth: seconds of learning, processor time, and recall@20.
//
//     build/release/bench/als_bench [FOLDER] [FACTORS] [EPOCHS] [THREADS]
//
// FOLDER has train.txt, valid.txt and test.txt, a line a person with the items that they touched, as Gowalla is published;
// without one a world of two hundred tastes is made up. bench/als_bench.py runs this and the library implicit on the same data.
#include "learn/factors/ials.h"
#include "learn/linear/random_matrix.h"
#include "stopwatch.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace attune::learn;

struct World {
    std::vector<Deed> touched;
    std::vector<std::vector<ItemIndex>> asked;  // by person
    PersonIndex people = 0;
    ItemIndex items = 0;

    void read(const std::string& path, bool is_asked) {
        std::ifstream file(path);
        std::string line;
        while (std::getline(file, line)) {
            std::istringstream fields(line);
            PersonIndex person = 0;
            fields >> person;
            people = std::max(people, person + 1);
            asked.resize(people);
            for (ItemIndex item = 0; fields >> item;) {
                items = std::max(items, item + 1);
                if (is_asked) {
                    asked[person].push_back(item);
                } else {
                    touched.push_back({person, {.item = item}});
                }
            }
        }
    }
};

World made_up() {
    constexpr PersonIndex kPeople = 30'000;
    constexpr ItemIndex kTastes = 200;
    constexpr ItemIndex kOfATaste = 200;
    World world{.asked = std::vector<std::vector<ItemIndex>>(kPeople),
                .people = kPeople,
                .items = kTastes * kOfATaste};
    for (PersonIndex person = 0; person < kPeople; ++person) {
        Draws draws(1, person);
        for (int i = 0; i < 34; ++i) {
            // The product of two leans to the low numbers: what many like.
            const auto within = static_cast<ItemIndex>(kOfATaste * draws.unit() * draws.unit());
            const ItemIndex taste = (person * 7 + static_cast<ItemIndex>(draws.below(3))) % kTastes;
            const ItemIndex item = taste * kOfATaste + std::min(within, kOfATaste - 1);
            if (i < 27) {
                world.touched.push_back({person, {.item = item}});
            } else {
                world.asked[person].push_back(item);
            }
        }
    }
    return world;
}

double recall_at_20(const Recommender& model, const Interactions& interactions,
                    const World& world) {
    double sum = 0;
    int asked = 0;
    for (PersonIndex person = 0; person < world.people; person += 10) {
        const auto& wanted = world.asked[person];
        if (wanted.empty()) continue;
        ItemMask unseen(world.items);
        const History history = interactions.of_person(person);
        for (const Touch& touch : history) unseen.forbid(touch.item);
        int hits = 0;
        for (const Scored& one : model.best({.history = history}, 20, unseen))
            hits += std::ranges::find(wanted, one.item) != wanted.end() ? 1 : 0;
        sum += static_cast<double>(hits) / static_cast<double>(wanted.size());
        ++asked;
    }
    return sum / std::max(asked, 1);
}

unsigned number(int count, char** words, int place, unsigned fallback) {
    if (place >= count) return fallback;
    const std::string_view word(words[place]);
    std::from_chars(word.data(), word.data() + word.size(), fallback);
    return fallback;
}

void measure(const Interactions& interactions, const World& world, unsigned factors,
             unsigned epochs, unsigned threads, unsigned steps) {
    const auto settings = Settings::of(kIals, {{"factors", factors},
                                               {"epochs", epochs},
                                               {"steps", steps},
                                               {"unobserved", 0.01},
                                               {"regularization", 0.003}});
    const attune::bench::Stopwatch watch;
    const auto model = kIals.learn({interactions}, *settings, {.seed = 1, .threads = threads});
    const double seconds = watch.seconds();
    const double cpu = watch.rate(epochs).cpu_us_per_event * 1e-6;
    std::printf(
        "attune %-15s factors %u, epochs %u, threads %u: %.3f s an epoch, %.3f s of "
        "processor time, recall@20 %.4f\n",
        steps == 0 ? "exact" : "gradient steps", factors, epochs, threads, seconds / epochs, cpu,
        recall_at_20(**model, interactions, world));
}

}  // namespace

int main(int count, char** words) {
    World world;
    if (count > 1) {
        const std::string folder = words[1];
        world.read(folder + "/train.txt", false);
        world.read(folder + "/valid.txt", false);
        world.read(folder + "/test.txt", true);
        if (world.touched.empty()) {
            std::printf("no train.txt in %s\n", words[1]);
            return 1;
        }
    } else {
        world = made_up();
    }
    const auto interactions = Interactions::of(world.touched, world.people, world.items);
    if (!interactions) return 1;
    const unsigned factors = number(count, words, 2, 128);
    const unsigned epochs = number(count, words, 3, 5);
    const unsigned threads = number(count, words, 4, 2);
    for (const unsigned steps : {0U, 3U})
        measure(*interactions, world, factors, epochs, threads, steps);
}
