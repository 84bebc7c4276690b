#include "app/commands.h"
#include "app/real_number.h"
#include "app/touch_rows.h"
#include "base/json.h"
#include "base/real_text.h"
#include "learn/evaluate/learners.h"
#include "learn/evaluate/poisoning.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

namespace attune::learn {
BOOST_DESCRIBE_STRUCT(Poisoned, (), (hit_rate, ndcg, people_of_target))
BOOST_DESCRIBE_STRUCT(Loss, (), (mean, low, high))
BOOST_DESCRIBE_ENUM(Verdict, yes, no, open)
}  // namespace attune::learn

namespace attune::app {

namespace {

using learn::Poisoned;
using learn::PoisoningReport;

struct Row {
    std::string attack;
    double share = 0;
    std::uint64_t fakes = 0;
    Poisoned clean;
    Poisoned clean_bounded;
    Poisoned undefended;
    Poisoned defended;
    Poisoned crowded;
    learn::Loss lost_bounded;  // by the bounds alone
    learn::Loss lost_undefended;
    learn::Loss lost_defended;
    learn::Loss lost_crowded;  // by as many honest accounts more
    double fakes_suspected = 0;
    double honest_suspected = 0;
    learn::Verdict holds = learn::Verdict::open;
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (attack, share, fakes, clean, clean_bounded, undefended, defended, crowded,
                       lost_bounded, lost_undefended, lost_defended, lost_crowded, fakes_suspected,
                       honest_suspected, holds))

struct Poisonings {
    std::string model;
    std::uint64_t people = 0;
    std::uint64_t items = 0;
    std::uint64_t touches = 0;
    std::vector<Row> rows;
};
BOOST_DESCRIBE_STRUCT(Poisonings, (), (model, people, items, touches, rows))

Result<learn::Interactions> honest_people(const Invocation& invocation, std::uint64_t seed) {
    if (const auto path = invocation.text("data")) {
        learn::Vocabulary vocabulary;
        ATTUNE_TRY(auto touches, read_touches(*path, vocabulary));
        return learn::Interactions::of(std::move(touches.deeds), vocabulary.people.size(),
                                       vocabulary.items.size());
    }
    ATTUNE_TRY(const auto people, invocation.number_or("people", 3'000, 100, 1'000'000));
    ATTUNE_TRY(const auto items, invocation.number_or("items", 4'000, 40, 1'000'000));
    return learn::made_up_people(static_cast<learn::PersonIndex>(people),
                                 static_cast<learn::ItemIndex>(items), seed);
}

// The data's whole time, cut into windows: data without times have their order for time.
learn::InfluenceBounds bounds_for(const learn::Interactions& honest, std::uint64_t windows) {
    std::int64_t begin = INT64_MAX;
    std::int64_t end = INT64_MIN;
    for (learn::PersonIndex person = 0; person < honest.people(); ++person) {
        const learn::History history = honest.of_person(person);
        if (history.empty()) continue;
        begin = std::min(begin, history.front().time);
        end = std::max(end, history.back().time);
    }
    const std::int64_t length =
        begin > end ? 1 : (end - begin) / static_cast<std::int64_t>(windows) + 1;
    return {.window = length, .young = length};
}

Result<std::vector<double>> shares_of(const Invocation& invocation) {
    std::vector<double> shares;
    for (const std::string& text : invocation.list("percent")) {
        const auto percent = base::real_of(text);
        if (!percent || *percent <= 0 || *percent > 100)
            return fail_field("--percent", "must be above 0 and at most 100");
        shares.push_back(*percent / 100);
    }
    if (shares.empty()) shares = {0.001, 0.005, 0.01, 0.03, 0.05};
    return shares;
}

struct Runs {
    learn::PoisoningOptions options;
    std::uint64_t seed = 1;
    std::uint64_t count = 3;
    unsigned threads = 1;
};

Result<Row> row_of(const learn::Interactions& honest, const Runs& runs) {
    std::vector<PoisoningReport> reports;
    for (std::uint64_t i = 0; i < runs.count; ++i) {
        ATTUNE_TRY(auto report,
                   learn::run_poisoning(honest, runs.options,
                                        {.seed = runs.seed + i, .threads = runs.threads}));
        reports.push_back(report);
    }
    const PoisoningReport mean = learn::mean_of(reports);
    return Row{.attack = std::string(learn::name_of(runs.options.attack)),
               .share = runs.options.share,
               .fakes = mean.fakes,
               .clean = mean.clean,
               .clean_bounded = mean.clean_bounded,
               .undefended = mean.undefended,
               .defended = mean.defended,
               .crowded = mean.crowded,
               .lost_bounded = mean.lost_bounded.loss(),
               .lost_undefended = mean.lost_undefended.loss(),
               .lost_defended = mean.lost_defended.loss(),
               .lost_crowded = mean.lost_crowded.loss(),
               .fakes_suspected = mean.fakes_suspected,
               .honest_suspected = mean.honest_suspected,
               .holds = mean.verdict(runs.options.share)};
}

Result<Poisonings> poisonings(const Invocation& invocation, Console& console) {
    Runs runs;
    ATTUNE_TRY(runs.seed, invocation.number_or("seed", 1, 0, UINT64_MAX));
    ATTUNE_TRY(runs.count, invocation.number_or("runs", runs.count, 1, 1'000));
    ATTUNE_TRY(const auto asked, invocation.number_or("asked", 1'500, 10, 1'000'000));
    runs.options.asked = asked;
    ATTUNE_TRY(const auto people_min, invocation.number_or("people-min", 1, 1, 1'000'000));
    runs.options.people_min = static_cast<std::uint32_t>(people_min);
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    ATTUNE_TRY(const auto threads, invocation.number_or("learn-threads", cores, 1, 256));
    runs.threads = static_cast<unsigned>(threads);
    const std::string model = invocation.text("model").value_or("item-knn");
    const auto learner = learn::find_learner(model);
    if (!learner) return fail_field("--model", learner.error().message);
    runs.options.learner = *learner;
    ATTUNE_TRY(runs.options.settings, numbers_by_name(invocation, "set"));
    if (auto sound = learn::Settings::of(**learner, runs.options.settings); !sound)
        return fail_field("--set", sound.error().message);
    ATTUNE_TRY(const auto shares, shares_of(invocation));
    ATTUNE_TRY(const auto honest, honest_people(invocation, runs.seed));
    ATTUNE_TRY(const auto windows, invocation.number_or("windows", 13, 2, 10'000));
    runs.options.bounds = bounds_for(honest, windows);
    Poisonings out{.model = model,
                   .people = honest.people(),
                   .items = honest.items(),
                   .touches = honest.size(),
                   .rows = {}};
    for (const double share : shares)
        for (const learn::Attack attack : learn::kAttacks) {
            runs.options.share = share;
            runs.options.attack = attack;
            ATTUNE_TRY(auto row, row_of(honest, runs));
            console.say(row.attack + " done");
            out.rows.push_back(std::move(row));
        }
    return out;
}

std::string percent(double share) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%10.2f", 100 * share);
    return text.data();
}

// With half the width of its interval.
std::string loss(const learn::Loss& lost) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), " %5.2f ±%4.2f", 100 * lost.mean,
                  50 * (lost.high - lost.low));
    return text.data();
}

std::string table_of(const Poisonings& all) {
    std::string out = all.model +
                      ", in per cent; hits: honest people who have the item among ten\n"
                      "attack          fakes hits,clean undefended   defended  ndcg lost by crowd  "
                      "suspected honest so  holds\n";
    for (const Row& row : all.rows) {
        std::string attack = row.attack;
        attack.resize(std::max<std::size_t>(attack.size(), 11), ' ');
        out.append(attack).append(percent(row.share)).append(percent(row.clean.hit_rate));
        out.append(" ").append(percent(row.undefended.hit_rate));
        out.append(" ").append(percent(row.defended.hit_rate));
        out.append(loss(row.lost_defended)).append(loss(row.lost_crowded));
        out.append(percent(row.fakes_suspected)).append(percent(row.honest_suspected));
        out.append(row.holds == learn::Verdict::yes  ? "    yes\n"
                   : row.holds == learn::Verdict::no ? "     no\n"
                                                     : "   open\n");
    }
    return out;
}

int run_simulate_poisoning(const Invocation& invocation, Console& console) {
    const auto done = poisonings(invocation, console);
    if (!done) {
        console.fail_with(done.error());
        return exit_code_of(done.error());
    }
    const bool written = invocation.has("json") ? console.write_line(base::to_json(*done))
                                                : console.write(table_of(*done));
    return written && console.flush() ? kExitDone : kExitProblems;
}

}  // namespace

const Command kSimulatePoisoning{
    .name = "simulate poisoning",
    .summary =
        "Adds fake accounts that push an item, and says what bounds on influence leave of it.",
    .manual =
        "Attacks: random, average, bandwagon, segment, copied, sleeper, burst, adaptive. For each "
        "and each number of fake accounts a model learns from honest people alone, with the fakes, "
        "and with the fakes within the bounds and without whom they make suspect; honest people "
        "are asked for what they did next. A row holds (yes) when the item is among the ten best "
        "of at most twice as many as without the attack or half a point more (five points above "
        "1 % of fakes), the NDCG of honest people loses at most 1 % of itself, and at most 0.1 % "
        "of honest people are suspected. What is lost is told with half of its 95 % interval, "
        "from paired differences of the same people; a row is open where that has 1 % in it. "
        "Beside it, by crowd: what is lost when as many accounts come that each do what an honest "
        "person did.\n"
        "The people are made up, or those of --data, a file of interactions as eval recommend "
        "takes it. docs/recommenders.md says what the bounds and the attacks are.",
    .options =
        {{.name = "data", .value = "FILE", .doc = "Honest people's interactions."},
         {.name = "people", .value = "N", .doc = "Made up.", .fallback = "3000"},
         {.name = "items", .value = "N", .doc = "The same.", .fallback = "4000"},
         {.name = "model", .value = "M", .doc = "Who learns.", .fallback = "item-knn"},
         {.name = "set",
          .value = "NAME=NUMBER",
          .doc = "A setting of the model's, as in --set pair_people=2; a server learns with that.",
          .repeats = true},
         {.name = "percent",
          .value = "X",
          .doc = "Fake accounts to a hundred honest ones; 0.1, 0.5, 1, 3 and 5 when left out.",
          .repeats = true},
         {.name = "people-min",
          .value = "N",
          .doc =
              "Within the bounds, items that fewer people touched are not learned from; a server "
              "has 2.",
          .fallback = "1"},
         {.name = "windows",
          .value = "N",
          .doc = "Into which the time is cut; an account is young for one.",
          .fallback = "13"},
         {.name = "asked", .value = "N", .doc = "Honest people, at most.", .fallback = "1500"},
         {.name = "runs", .value = "N", .doc = "Targets of each row.", .fallback = "3"},
         {.name = "seed", .value = "N", .doc = "Which of all possible runs.", .fallback = "1"},
         {.name = "learn-threads",
          .value = "N",
          .doc = "That learn; as many as the machine has cores when left out."},
         {.name = "json", .doc = "Writes one JSON object instead of a table."}},
    .run = &run_simulate_poisoning};

}  // namespace attune::app
