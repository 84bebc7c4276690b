#include "app/commands.h"
#include "engine/worth/describe.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace attune::app {

namespace {

using engine::Engagement;
using engine::WorthEstimate;
using engine::WorthLift;
using engine::WorthReport;

constexpr std::uint32_t kWeek = 7;

Result<engine::WorthOptions> worth_options(const Invocation& invocation) {
    engine::WorthOptions options;
    ATTUNE_TRY(options.seed, invocation.number_or("seed", options.seed, 0, UINT64_MAX));
    const auto read = [&](std::string_view name, std::uint32_t& into, std::uint64_t low,
                          std::uint64_t high) -> Result<void> {
        ATTUNE_TRY(const auto number, invocation.number_or(name, into, low, high));
        into = static_cast<std::uint32_t>(number);
        return {};
    };
    ATTUNE_TRY_VOID(read("people", options.people, 10, 1'000'000));
    ATTUNE_TRY_VOID(read("items", options.items, 20, 1'000'000));
    ATTUNE_TRY_VOID(read("history-days", options.history_days, 1, 90));
    ATTUNE_TRY_VOID(read("explore-days", options.explore_days, 1, 90));
    ATTUNE_TRY_VOID(read("days", options.days, 1, 90));
    ATTUNE_TRY_VOID(read("learn-every-days", options.learn_every_days, 1, 90));
    return options;
}

// "12.3 %".
std::string percent(double share) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share);
    return text.data();
}

// "+12.3 %".
std::string change(double share) { return (share < 0 ? "" : "+") + percent(share); }

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3f", value);
    return text.data();
}

// In the width of a column.
std::string cell(std::string text) {
    constexpr std::size_t kWidth = 16;
    text.resize(std::max(kWidth, text.size() + 1), ' ');
    return text;
}

void add(Engagement& sum, const Engagement& one) {
    sum.answers += one.answers;
    sum.shown += one.shown;
    sum.clicks += one.clicks;
    sum.acquired += one.acquired;
}

std::string row(const std::string& head, const Engagement& control, const Engagement& treatment) {
    return cell(head) + cell(percent(control.click_rate())) +
           cell(percent(treatment.click_rate())) + cell(grouped(control.acquired)) +
           grouped(treatment.acquired) + "\n";
}

std::string table(const WorthReport& report) {
    std::string out = cell("") + cell("clicks: popular") + cell("recommended") +
                      cell("taken: popular") + "recommended\n";
    Engagement control;
    Engagement treatment;
    std::uint32_t from = 1;
    for (const engine::WorthDay& day : report.by_day) {
        add(control, day.control);
        add(treatment, day.treatment);
        if (day.day % kWeek != 0 && &day != &report.by_day.back()) continue;
        out +=
            row("day " + std::to_string(from) + "-" + std::to_string(day.day), control, treatment);
        control = treatment = {};
        from = day.day + 1;
    }
    return out + row("all", report.control, report.treatment);
}

std::string lift_line(const WorthLift& lift) {
    std::string out =
        cell(lift.metric) + cell(number(lift.control_mean)) + cell(number(lift.treatment_mean));
    if (!lift.effect) return out + "too few people to say\n";
    out += change(*lift.effect);
    if (lift.ci[0] && lift.ci[1])
        out += " (" + change(*lift.ci[0]) + " to " + change(*lift.ci[1]) + ")";
    return out + "\n";
}

std::string lifts(const WorthReport& report) {
    std::string out =
        "\nWhat the experiment says of a person: popular, recommended, lift with its "
        "interval\n";
    for (const WorthLift& lift : report.lifts) out += lift_line(lift);
    return out + "verdict: " + report.verdict + " (" + report.reason + ")\n";
}

std::string estimate_lines(const WorthEstimate& estimate) {
    std::string out = "\nThe click rate of what is recommended, estimated from " +
                      grouped(estimate.rows) + " places left to chance: " + percent(estimate.value);
    if (estimate.ci)
        out += " (" + percent((*estimate.ci)[0]) + " to " + percent((*estimate.ci)[1]) + ")";
    out += "\nWhat then happened: " + percent(estimate.happened) +
           (estimate.is_within ? ", within the interval\n" : ", not within the interval\n");
    for (const std::string& warning : estimate.warnings) out += "warning: " + warning + "\n";
    return out;
}

std::string model_lines(const WorthReport& report) {
    std::string out =
        "\nModels, the newest first: ndcg@10, that of popularity, what became of it\n";
    for (const engine::WorthModel& model : report.models)
        out += cell(model.learner) + cell(number(model.ndcg)) +
               cell(number(model.popularity_ndcg)) + model.state + "\n";
    return out;
}

std::string page(const WorthReport& report) {
    return std::to_string(report.options.days) + " days of " + grouped(report.options.people) +
           " people and " + grouped(report.options.items) + " items\n\n" + table(report) +
           lifts(report) + estimate_lines(report.estimate) + model_lines(report);
}

Result<WorthReport> live_through(const Invocation& invocation, Console& console) {
    ATTUNE_TRY(const auto options, worth_options(invocation));
    Progress progress(console, "living through it", "events",
                      options.history_days + options.explore_days + options.days);
    auto report = engine::find_worth(
        options,
        [&](std::uint32_t day, std::uint32_t, std::uint64_t events) { progress.at(day, events); });
    progress.finish();
    return report;
}

int run_simulate_recommendations(const Invocation& invocation, Console& console) {
    const auto report = live_through(invocation, console);
    if (!report) {
        console.fail_with(report.error());
        return exit_code_of(report.error());
    }
    const bool is_written = invocation.has("json") ? console.write_line(base::to_json(*report))
                                                   : console.write(page(*report));
    return is_written ? kExitDone : kExitProblems;
}

}  // namespace

const Command kSimulateRecommendations{
    .name = "simulate recommendations",
    .summary = "Opens a shop in a world whose truth is known and says what recommending is worth.",
    .manual =
        "A whole engine serves the shop: first people see the storefront, then lists that are left "
        "to chance, then an experiment gives half of them what is popular and half what is "
        "recommended. Prints clicks and what was bought or installed, the experiment's own lift "
        "with its interval, and what the days of chance promised against what then happened. The "
        "same options give the same days.",
    .options =
        {{.name = "people", .value = "N", .doc = "How many there are.", .fallback = "2000"},
         {.name = "items", .value = "N", .doc = "How many the shop has.", .fallback = "1000"},
         {.name = "history-days",
          .value = "N",
          .doc = "Of the storefront, before anything is chosen.",
          .fallback = "14"},
         {.name = "explore-days",
          .value = "N",
          .doc = "Of lists that are left to chance.",
          .fallback = "14"},
         {.name = "days", .value = "N", .doc = "Of the experiment.", .fallback = "30"},
         {.name = "learn-every-days",
          .value = "N",
          .doc = "How often the model is learned again.",
          .fallback = "7"},
         {.name = "seed", .value = "N", .doc = "Which of all possible worlds.", .fallback = "1"},
         {.name = "json", .doc = "Write everything as one JSON object."}},
    .run = &run_simulate_recommendations};

}  // namespace attune::app
