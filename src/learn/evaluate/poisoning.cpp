#include "learn/evaluate/poisoning.h"

#include "base/random.h"
#include "learn/evaluate/metrics.h"
#include "learn/evaluate/protocols.h"
#include "learn/recommend/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

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
        Poisoned out{.people_of_target = people_by_item(learned_from)[target_],
                     .of_each = std::vector<float>(exam_.people.size())};
        ATTUNE_TRY(out.hit_rate, ask(*model, out.of_each));
        out.ndcg = std::reduce(out.of_each.begin(), out.of_each.end(), 0.0) /
                   static_cast<double>(out.of_each.size());
        return out;
    }

private:
    Result<double> ask(const Recommender& model, std::span<float> ndcg) const {
        std::vector<std::uint8_t> hit(exam_.people.size());
        std::vector<std::uint8_t> is_asked(exam_.people.size());
        ATTUNE_TRY_VOID(
            for_chunks(exam_.people.size(), 16, training_,
                       [&](std::size_t begin, std::size_t end, unsigned /*worker*/) {
                           for (std::size_t i = begin; i < end; ++i) {
                               const Examinee& one = exam_.people[i];
                               const auto list = ranking_of(model, exam_, one, kPlaces, false);
                               ndcg[i] = ndcg_of(list, one);
                               const History history = exam_.history_of(one);
                               if (std::ranges::count(history, target_, &Touch::item) > 0) continue;
                               is_asked[i] = 1;
                               hit[i] = std::ranges::count(list, target_) > 0 ? 1 : 0;
                           }
                       }));
        const auto asked = static_cast<double>(std::ranges::count(is_asked, 1));
        return asked > 0 ? static_cast<double>(std::ranges::count(hit, 1)) / asked : 0;
    }

    static float ndcg_of(std::span<const ItemIndex> list, const Examinee& one) {
        std::array<bool, kPlaces> hits{};
        for (std::size_t place = 0; place < list.size(); ++place)
            hits[place] = std::ranges::count(one.wanted, list[place]) > 0;
        const ListMarks marks =
            marks_of(std::span(hits).first(list.size()), one.wanted.size(), kPlaces);
        return static_cast<float>(marks[static_cast<std::size_t>(ListMark::ndcg)]);
    }

    const Exam& exam_;
    const ItemIndex target_;
    const PoisoningOptions& options_;
    const Training& training_;
};

// With so many people more, each of whom did what somebody drawn did.
Result<Interactions> crowded(const Interactions& honest, std::size_t more, std::uint64_t seed) {
    std::vector<Deed> deeds = deeds_of(honest);
    base::SeededRandom random(seed);
    for (std::size_t i = 0; i < more; ++i) {
        const auto person = static_cast<PersonIndex>(honest.people() + i);
        const auto like = static_cast<PersonIndex>(random.below(honest.people()));
        for (const Touch& touch : honest.of_person(like)) deeds.push_back({person, touch});
    }
    return Interactions::of(std::move(deeds), honest.people() + static_cast<PersonIndex>(more),
                            honest.items());
}

double share_of(std::span<const PersonIndex> suspects, PersonIndex begin, PersonIndex end) {
    if (begin == end) return 0;
    const auto among = std::ranges::count_if(
        suspects, [&](PersonIndex person) { return person >= begin && person < end; });
    return static_cast<double>(among) / static_cast<double>(end - begin);
}

}  // namespace

Paired Paired::of(const Poisoned& before, const Poisoned& after) {
    ATTUNE_CHECK(before.of_each.size() == after.of_each.size());
    Paired out;
    for (std::size_t i = 0; i < before.of_each.size(); ++i) {
        const double lost = before.of_each[i] - after.of_each[i];
        out.lost += lost;
        out.squares += lost * lost;
        out.before += before.of_each[i];
        out.people += 1;
    }
    return out;
}

Paired& Paired::operator+=(const Paired& other) {
    lost += other.lost;
    squares += other.squares;
    before += other.before;
    people += other.people;
    return *this;
}

Loss Paired::loss() const {
    if (before <= 0 || people < 2) return {};
    constexpr double kDeviations = 1.96;
    const double mean = lost / people;
    const double variance = std::max(0.0, squares / people - mean * mean) / (people - 1);
    const double scale = people / before;
    const double open = kDeviations * std::sqrt(variance);
    return {.mean = mean * scale, .low = (mean - open) * scale, .high = (mean + open) * scale};
}

Verdict PoisoningReport::verdict(double share) const {
    constexpr double kFew = 0.01;
    constexpr double kFewAllowed = 0.005;
    constexpr double kManyAllowed = 0.05;
    constexpr double kGainMost = 2;
    const double allowed = share <= kFew
                               ? std::max(kGainMost * clean.hit_rate, clean.hit_rate + kFewAllowed)
                               : clean.hit_rate + kManyAllowed;
    constexpr double kLostMost = 0.01;
    constexpr double kSuspectedMost = 0.001;
    const Loss lost = lost_defended.loss();
    if (defended.hit_rate > allowed || honest_suspected > kSuspectedMost || lost.low > kLostMost)
        return Verdict::no;
    return lost.high <= kLostMost ? Verdict::yes : Verdict::open;
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
          &PoisoningReport::defended, &PoisoningReport::crowded})
        for (double Poisoned::* number :
             {&Poisoned::hit_rate, &Poisoned::ndcg, &Poisoned::people_of_target})
            mean.*part.*number =
                average([&](const PoisoningReport& run) { return run.*part.*number; });
    for (Paired PoisoningReport::* part :
         {&PoisoningReport::lost_bounded, &PoisoningReport::lost_undefended,
          &PoisoningReport::lost_defended, &PoisoningReport::lost_crowded}) {
        mean.*part = {};
        for (const PoisoningReport& run : runs) mean.*part += run.*part;
    }
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
    const auto defended_data = [&](const Influence& within) {
        return without_rare_items(without_people(within.interactions, within.suspects),
                                  options.people_min);
    };
    ATTUNE_TRY(report.clean_bounded, asked.learn_and_ask(defended_data(bounded_clean)));
    ATTUNE_TRY(report.undefended, asked.learn_and_ask(poisoned));
    ATTUNE_TRY(report.defended, asked.learn_and_ask(defended_data(bounded)));
    ATTUNE_TRY(const auto crowd, crowded(exam.train, report.fakes, training.seed));
    ATTUNE_TRY(report.crowded, asked.learn_and_ask(crowd));
    report.lost_bounded = Paired::of(report.clean, report.clean_bounded);
    report.lost_undefended = Paired::of(report.clean, report.undefended);
    report.lost_defended = Paired::of(report.clean, report.defended);
    report.lost_crowded = Paired::of(report.clean, report.crowded);
    return report;
}

}  // namespace attune::learn
