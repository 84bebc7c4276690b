#include "app/commands.h"
#include "app/item_facts_file.h"
#include "app/real_number.h"
#include "app/touch_rows.h"
#include "learn/evaluate/learners.h"
#include "learn/evaluate/protocols.h"
#include "learn/evaluate/trial.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <thread>

namespace attune::app {

namespace {

std::vector<std::string> split_at_commas(const std::vector<std::string>& texts) {
    std::vector<std::string> out;
    for (const std::string& text : texts) {
        std::size_t begin = 0;
        while (begin <= text.size()) {
            const std::size_t end = std::min(text.find(',', begin), text.size());
            if (end > begin) out.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    return out;
}

// The exam that was asked for, and how its training part is cut again.
struct Task {
    learn::Exam exam;
    learn::Validation validation;
    std::optional<learn::ItemFacts> facts{};
};

Result<Task> task_of_files(const Invocation& invocation, const std::string& train,
                           learn::Vocabulary& vocabulary) {
    const auto test = invocation.text("test");
    if (!test) return fail_field("--test", "must be there beside --train");
    ATTUNE_TRY(auto train_touches, read_touches(train, vocabulary));
    ATTUNE_TRY(auto test_touches, read_touches(*test, vocabulary));
    std::optional<learn::Touches> candidates;
    if (const auto path = invocation.text("candidates")) {
        ATTUNE_TRY(candidates, read_touches(*path, vocabulary));
    }
    ATTUNE_TRY(auto exam, learn::exam_of_files(vocabulary, std::move(train_touches),
                                               std::move(test_touches), std::move(candidates)));
    const auto validation = learn::validation_like(exam);
    return Task{std::move(exam), validation};
}

Result<Task> task_of_protocol(const Invocation& invocation, std::uint64_t seed,
                              learn::Vocabulary& vocabulary) {
    const auto data = invocation.text("data");
    if (!data) return fail_field("--data", "or --train must be there");
    ATTUNE_TRY(auto touches, read_touches(*data, vocabulary));
    ATTUNE_TRY(const auto all,
               learn::Interactions::of(std::move(touches.deeds), vocabulary.people.size(),
                                       vocabulary.items.size()));
    ATTUNE_TRY(const auto share, real_number(invocation, "share"));
    learn::Validation validation{.share = share.value_or(learn::kShare)};
    const std::string protocol = invocation.text("protocol").value_or("leave-one-out");
    if (protocol == "time") validation.cut = learn::Cut::time;
    if (protocol == "users") validation.cut = learn::Cut::people;
    learn::Validation whole = validation;
    whole.people_max = SIZE_MAX;
    ATTUNE_TRY(auto exam, learn::cut_again(all, whole, seed));
    return Task{std::move(exam), validation};
}

Result<Task> task_of(const Invocation& invocation, std::uint64_t seed) {
    learn::Vocabulary vocabulary;
    // Before the touches: the catalogue is what any of the files names.
    std::optional<learn::ItemFacts> facts;
    if (const auto items = invocation.text("items")) {
        ATTUNE_TRY(facts, read_item_facts(*items, vocabulary.items));
    }
    const auto train = invocation.text("train");
    if (train && invocation.text("data"))
        return fail_field("--data", "is cut by itself: leave out either it or --train");
    ATTUNE_TRY(auto task, train ? task_of_files(invocation, *train, vocabulary)
                                : task_of_protocol(invocation, seed, vocabulary));
    if (const auto groups = invocation.text("groups")) {
        ATTUNE_TRY_VOID(
            read_touches(*groups, vocabulary, {.needs_item = false, .needs_group = true}));
    }
    learn::set_groups(task.exam, vocabulary);
    if (facts) facts->resize(task.exam.train.items());
    task.facts = std::move(facts);
    return task;
}

Result<std::vector<std::size_t>> places_of(const Invocation& invocation) {
    std::vector<std::size_t> at;
    for (const std::string& text : split_at_commas(invocation.list("at"))) {
        std::size_t place = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), place);
        if (problem != std::errc{} || end != text.data() + text.size() || place < 1 ||
            place > 1'000)
            return fail_field("--at", "must be whole numbers from 1 to 1000, with commas between");
        at.push_back(place);
    }
    if (at.empty()) at = {10, 20};
    return at;
}

Result<std::vector<const learn::Learner*>> learners_of(const Invocation& invocation) {
    std::vector<const learn::Learner*> learners;
    for (const std::string& name : split_at_commas(invocation.list("model"))) {
        const auto learner = learn::find_learner(name);
        if (!learner) return fail_field("--model", learner.error().message);
        learners.push_back(*learner);
    }
    if (learners.empty()) return fail_field("--model", "must name at least one learner");
    return learners;
}

// "factors=128" for every model that has such a setting, "ials.factors=128" for one.
Result<void> give_param(learn::MemberSettings& given, std::span<const learn::Learner* const> models,
                        const std::string& text) {
    const std::size_t equals = text.find('=');
    double value = 0;
    const char* const last = text.data() + text.size();
    const char* const first = equals == std::string::npos ? last : text.data() + equals + 1;
    const auto [end, problem] = std::from_chars(first, last, value);
    if (problem != std::errc{} || end != last)
        return fail_field("--param", "must be NAME=NUMBER or MODEL.NAME=NUMBER");
    std::string name = text.substr(0, equals);
    if (const std::size_t dot = name.find('.'); dot != std::string::npos) {
        // Any learner: it may be one of those that `best` blends.
        const auto learner = learn::find_learner(name.substr(0, dot));
        if (!learner) return fail_field("--param", learner.error().message);
        name.erase(0, dot + 1);
        given[std::string((*learner)->name)][name] = value;
        return {};
    }
    bool is_taken = false;
    for (const learn::Learner* learner : models) {
        if (std::ranges::count(learner->settings, name, &learn::Setting::name) == 0) continue;
        given[std::string(learner->name)][name] = value;
        is_taken = true;
    }
    if (!is_taken) return fail_field("--param", "none of the models has a setting " + name);
    return {};
}

Result<learn::MemberSettings> params_of(const Invocation& invocation,
                                        std::span<const learn::Learner* const> models) {
    learn::MemberSettings given;
    for (const std::string& text : invocation.list("param"))
        ATTUNE_TRY_VOID(give_param(given, models, text));
    // Settings out of bounds are told before hours of work.
    for (const auto& [name, settings] : given) {
        ATTUNE_TRY(const learn::Learner* learner, learn::find_learner(name));
        ATTUNE_TRY_VOID(learn::Settings::of(*learner, settings));
    }
    return given;
}

// VmHWM, which the kernel forgets when 5 is written to clear_refs.
void restart_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }
double peak_mb() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        double kilobytes = 0;
        if (std::sscanf(line.c_str(), "VmHWM: %lf", &kilobytes) == 1) return kilobytes / 1024;
    }
    return 0;
}

Result<std::optional<base::Duration>> minutes_of(const Invocation& invocation,
                                                 const std::string& option) {
    ATTUNE_TRY(const auto minutes, real_number(invocation, option));
    if (!minutes) return std::optional<base::Duration>{};
    constexpr double kMinutesMax = 7 * 24 * 60;
    if (!(*minutes > 0 && *minutes <= kMinutesMax))
        return fail_field("--" + option, "must be minutes, more than 0 and at most a week");
    return std::chrono::duration_cast<base::Duration>(
        std::chrono::duration<double, std::ratio<60>>(*minutes));
}

Result<learn::RecommenderTrialOptions> trial_options(
    const Invocation& invocation, Console& console, std::span<const learn::Learner* const> models) {
    learn::RecommenderTrialOptions options;
    ATTUNE_TRY(options.exam.at, places_of(invocation));
    options.exam.may_repeat = invocation.has("repeats");
    ATTUNE_TRY(options.training.seed, invocation.number_or("seed", 1, 0, UINT64_MAX));
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    ATTUNE_TRY(const std::uint64_t threads, invocation.number_or("learn-threads", cores, 1, 256));
    options.training.threads = static_cast<unsigned>(threads);
    ATTUNE_TRY(options.given, params_of(invocation, models));
    ATTUNE_TRY(options.search, minutes_of(invocation, "search"));
    ATTUNE_TRY(options.member_limit, minutes_of(invocation, "member-minutes"));
    options.say = [&console](std::string_view text) { console.say(text); };
    return options;
}

Result<std::vector<learn::TrialResult>> run_all(const Invocation& invocation, Console& console) {
    ATTUNE_TRY(const auto models, learners_of(invocation));
    ATTUNE_TRY(auto options, trial_options(invocation, console, models));
    ATTUNE_TRY(const auto task, task_of(invocation, options.training.seed));
    options.validation = task.validation;
    if (task.facts) options.facts = &*task.facts;
    console.say("learning from " + grouped(task.exam.train.size()) + " touches of " +
                grouped(task.exam.train.items()) + " items, asking " +
                grouped(task.exam.people.size()) + " people");
    const learn::Meters meters{
        .clock = console.clock(), .restart_peak = restart_peak, .peak_mb = peak_mb};
    std::vector<learn::TrialResult> results;
    for (const learn::Learner* learner : models) {
        auto result = learn::run_trial(*learner, task.exam, options, meters);
        if (!result) {
            result.error().message.insert(0, std::string(learner->name) + ": ");
            return std::unexpected(std::move(result).error());
        }
        results.push_back(*std::move(result));
    }
    return results;
}

int run_eval_recommend(const Invocation& invocation, Console& console) {
    const auto results = run_all(invocation, console);
    if (!results) {
        console.fail_with(results.error());
        return exit_code_of(results.error());
    }
    const bool written = invocation.has("json") ? console.write_line(learn::trials_json(*results))
                                                : console.write(learn::trials_table(*results));
    return written && console.flush() ? kExitDone : kExitProblems;
}

}  // namespace

const Command kEvalRecommend{
    .name = "eval recommend",
    .summary = "Says how well learners recommend, from files of interactions.",
    .manual =
        "Reads CSV, or TSV where the header has tabs, plain or gzipped. The header names the "
        "columns: user, item and, where they are there, weight, time (seconds since 1970 or RFC "
        "3339) and group (of the user); without a time the order of the rows is the order in "
        "time. Either --train and --test are two files, or --data is one that --protocol cuts: "
        "leave-one-out tests the last touch of each user, time what came after a moment, users "
        "those whom the model never saw, for the last part of their history.\n"
        "A ranking is over all items that any file names, without those that the user has touched, "
        "or over those that --candidates (user,item) lists for the user and the tested ones; "
        "there, ties count against the model. --param takes NAME=NUMBER for all models that have "
        "the setting, or MODEL.NAME=NUMBER. With --items, all items of that file can be "
        "recommended.\n"
        "docs/recommenders.md has the metrics with their formulas, the learners with their "
        "settings, and measured tables.",
    .options =
        {{.name = "train", .value = "FILE", .doc = "What the models learn from."},
         {.name = "test", .value = "FILE", .doc = "What users went on to touch."},
         {.name = "candidates",
          .value = "FILE",
          .doc = "For each user, what the tested items are ranked against."},
         {.name = "data", .value = "FILE", .doc = "One file, cut by --protocol."},
         {.name = "protocol",
          .value = "P",
          .doc = "How --data is cut.",
          .fallback = "leave-one-out",
          .choices = {"leave-one-out", "time", "users"}},
         {.name = "share",
          .value = "X",
          .doc = "What protocols time and users hold out.",
          .fallback = "0.2"},
         {.name = "groups",
          .value = "FILE",
          .doc = "The groups of users (user,group), told apart in the metrics."},
         {.name = "items",
          .value = "FILE",
          .doc = "What is known of the items, as items import takes it: for content, clusters, "
                 "nearby, and best with them."},
         {.name = "model",
          .value = "A,B",
          .doc = "The learners, with commas between.",
          .required = true,
          .repeats = true},
         {.name = "param", .value = "K=V", .doc = "A setting of a learner.", .repeats = true},
         {.name = "at",
          .value = "K,L",
          .doc = "How many places of a ranking count.",
          .fallback = "10,20",
          .repeats = true},
         {.name = "repeats", .doc = "What a user has touched may be recommended again."},
         {.name = "search",
          .value = "MINUTES",
          .doc = "For how long each model's settings are searched first, on the training part cut "
                 "again."},
         {.name = "member-minutes",
          .value = "MINUTES",
          .doc = "How long a member of best may learn on a part before the blend does without it."},
         {.name = "seed", .value = "N", .doc = "Which of all possible runs.", .fallback = "1"},
         {.name = "learn-threads",
          .value = "N",
          .doc = "That learn; as many as the machine has cores when left out."},
         {.name = "json", .doc = "Writes one JSON object instead of a table."}},
    .run = &run_eval_recommend};

}  // namespace attune::app
