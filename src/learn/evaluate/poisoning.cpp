#include "learn/evaluate/poisoning.h"

#include "learn/evaluate/protocols.h"
#include "learn/recommend/parallel.h"

#include <algorithm>

namespace attune::learn {

namespace {

constexpr std::size_t kPlaces = 10;

// What is between the few touches that hardly anybody's item has, and none.
constexpr std::size_t kTouchedLeast = 3;
constexpr std::size_t kTouchedMost = 10;

std::vector<Deed> deeds_of(const Interactions& all) {
    std::vector<Deed> deeds;
    for (PersonIndex person = 0; person < all.people(); ++person)
        for (const Touch& touch : all.of_person(person)) deeds.push_back({person, touch});
    return deeds;
}

std::vector<double> people_by_item(const Interactions& all) {
    std::vector<double> counts(all.items());
    const SparseRows rows = all.matrix();
    for (const ItemIndex item : rows.columns) ++counts[item];
    return counts;
}

// The touched item with the number drawn, among those that few touched.
Result<ItemIndex> target_of(const Interactions& train, std::uint64_t seed) {
    const auto counts = people_by_item(train);
    std::vector<ItemIndex> candidates;
    for (ItemIndex item = 0; item < train.items(); ++item)
        if (counts[item] >= kTouchedLeast && counts[item] <= kTouchedMost)
            candidates.push_back(item);
    if (candidates.empty())
        return fail(Code::invalid_argument, "no item was touched by " +
                                                std::to_string(kTouchedLeast) + " to " +
                                                std::to_string(kTouchedMost) + " people");
    // Neighbouring seeds are to lie far apart.
    return candidates[seed * 0x9e3779b97f4a7c15U % candidates.size()];
}

class Asked {
public:
    Asked(const Exam& exam, ItemIndex target, const PoisoningOptions& options,
          const Training& training)
        : exam_(exam), target_(target), options_(options), training_(training) {}

    Result<Poisoned> learn_and_ask(const Interactions& learned_from) const {
        ATTUNE_TRY(const auto settings, Settings::of(*options_.learner, options_.settings));
        ATTUNE_TRY(const auto model, options_.learner->learn({learned_from}, settings, training_));
        ATTUNE_TRY(const auto marks,
                   examine(*model, exam_, {.at = {kPlaces}, .beyond_accuracy = false}, training_));
        ATTUNE_TRY(const double hits, hit_rate(*model));
        return Poisoned{.hit_rate = hits,
                        .ndcg = marks["ndcg@10"],
                        .people_of_target = people_by_item(learned_from)[target_]};
    }

private:
    Result<double> hit_rate(const Recommender& model) const {
        std::vector<std::uint8_t> hit(exam_.people.size());
        std::vector<std::uint8_t> is_asked(exam_.people.size());
        ATTUNE_TRY_VOID(for_chunks(
            exam_.people.size(), 16, training_,
            [&](std::size_t begin, std::size_t end, unsigned /*worker*/) {
                for (std::size_t i = begin; i < end; ++i) {
                    const History history = exam_.history_of(exam_.people[i]);
                    if (std::ranges::count(history, target_, &Touch::item) > 0) continue;
                    is_asked[i] = 1;
                    const auto list = ranking_of(model, exam_, exam_.people[i], kPlaces, false);
                    hit[i] = std::ranges::count(list, target_) > 0 ? 1 : 0;
                }
            }));
        const auto asked = static_cast<double>(std::ranges::count(is_asked, 1));
        return asked > 0 ? static_cast<double>(std::ranges::count(hit, 1)) / asked : 0;
    }

    const Exam& exam_;
    const ItemIndex target_;
    const PoisoningOptions& options_;
    const Training& training_;
};

// Without what suspects did: whoever is taken for one is as if they had not been there.
Interactions without(const Interactions& all, std::span<const PersonIndex> suspects) {
    std::vector<Deed> deeds = deeds_of(all);
    std::erase_if(
        deeds, [&](const Deed& deed) { return std::ranges::binary_search(suspects, deed.person); });
    auto kept = Interactions::of(std::move(deeds), all.people(), all.items());
    ATTUNE_CHECK(kept);
    return *std::move(kept);
}

double share_of(std::span<const PersonIndex> suspects, PersonIndex begin, PersonIndex end) {
    if (begin == end) return 0;
    const auto among = std::ranges::count_if(
        suspects, [&](PersonIndex person) { return person >= begin && person < end; });
    return static_cast<double>(among) / static_cast<double>(end - begin);
}

}  // namespace

bool PoisoningReport::holds(double share) const {
    constexpr double kFew = 0.01;
    constexpr double kFewAllowed = 0.005;
    constexpr double kManyAllowed = 0.05;
    constexpr double kGainMost = 2;
    const double allowed = share <= kFew
                               ? std::max(kGainMost * clean.hit_rate, clean.hit_rate + kFewAllowed)
                               : clean.hit_rate + kManyAllowed;
    return defended.hit_rate <= allowed && defended.ndcg >= 0.99 * clean.ndcg &&
           honest_suspected <= 0.001;
}

PoisoningReport mean_of(std::span<const PoisoningReport> runs) {
    ATTUNE_CHECK(!runs.empty());
    PoisoningReport mean = runs.front();
    const auto average = [&](auto member) {
        double sum = 0;
        for (const PoisoningReport& run : runs) sum += member(run);
        return sum / static_cast<double>(runs.size());
    };
    for (Poisoned PoisoningReport::* part :
         {&PoisoningReport::clean, &PoisoningReport::clean_bounded, &PoisoningReport::undefended,
          &PoisoningReport::defended})
        for (double Poisoned::* number :
             {&Poisoned::hit_rate, &Poisoned::ndcg, &Poisoned::people_of_target})
            mean.*part.*number =
                average([&](const PoisoningReport& run) { return run.*part.*number; });
    mean.fakes_suspected = average([](const auto& run) { return run.fakes_suspected; });
    mean.honest_suspected = average([](const auto& run) { return run.honest_suspected; });
    return mean;
}

Result<PoisoningReport> run_poisoning(const Interactions& honest, const PoisoningOptions& options,
                                      const Training& training) {
    ATTUNE_CHECK(options.learner != nullptr);
    ATTUNE_TRY(const Exam exam,
               cut_again(honest, {.cut = Cut::last, .people_max = options.asked}, training.seed));
    PoisoningReport report;
    ATTUNE_TRY(report.target, target_of(exam.train, training.seed));

    std::vector<Deed> deeds = deeds_of(exam.train);
    const auto fakes = fakes_of(exam.train, report.target, options, training.seed);
    const PersonIndex people =
        fakes.empty() ? exam.train.people() : std::ranges::max(fakes, {}, &Deed::person).person + 1;
    report.fakes = people - exam.train.people();
    deeds.insert(deeds.end(), fakes.begin(), fakes.end());
    ATTUNE_TRY(const auto poisoned, Interactions::of(std::move(deeds), people, honest.items()));
    const Influence bounded_clean = within_influence(exam.train, options.bounds);
    const Influence bounded = within_influence(poisoned, options.bounds);
    report.fakes_suspected = share_of(bounded.suspects, exam.train.people(), people);
    report.honest_suspected = share_of(bounded.suspects, 0, exam.train.people());

    const Asked asked(exam, report.target, options, training);
    ATTUNE_TRY(report.clean, asked.learn_and_ask(exam.train));
    ATTUNE_TRY(report.clean_bounded,
               asked.learn_and_ask(without(bounded_clean.interactions, bounded_clean.suspects)));
    ATTUNE_TRY(report.undefended, asked.learn_and_ask(poisoned));
    ATTUNE_TRY(report.defended,
               asked.learn_and_ask(without(bounded.interactions, bounded.suspects)));
    return report;
}

}  // namespace attune::learn
