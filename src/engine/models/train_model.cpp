#include "engine/models/train_model.h"

#include "base/field_error.h"
#include "learn/evaluate/learners.h"
#include "learn/evaluate/protocols.h"
#include "learn/recommend/pair_people.h"
#include "learn/recommend/popularity.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace attune::engine {
namespace {

void thin(std::vector<learn::Examinee>& people) {
    if (people.size() <= kAskedMax) return;
    const double step = static_cast<double>(people.size()) / static_cast<double>(kAskedMax);
    for (std::size_t i = 0; i < kAskedMax; ++i)
        std::swap(people[i], people[static_cast<std::size_t>(static_cast<double>(i) * step)]);
    people.resize(kAskedMax);
}

// A part of the whole progress.
learn::Training part_of(const learn::Training& whole, double from, double upto) {
    learn::Training part = whole;
    if (whole.progress)
        part.progress = [tell = whole.progress, from, upto](double done) {
            tell(from + (upto - from) * std::clamp(done, 0.0, 1.0));
        };
    return part;
}

// Numbers of vectors that an answer may look at: a byte each, read from memory in some 0.6 ms.
constexpr std::uint64_t kNumbersAnAnswer = 8'000'000;
// In few steps, so that a catalogue that grows by an item keeps its recipe.
constexpr std::array<std::uint64_t, 7> kLengths{384, 256, 192, 128, 96, 64, 32};

NumbersByName by_name(const learn::ExamReport& report) {
    NumbersByName numbers;
    for (const learn::Metric& metric : report.metrics) numbers[metric.name] = metric.value;
    return numbers;
}

double decisive(const NumbersByName& metrics) {
    const double* found = metrics.find(kDecisiveMetric);
    return found == nullptr ? 0 : *found;
}

Result<std::unique_ptr<learn::Recommender>> learn_it(const Recipe& recipe,
                                                     const learn::Interactions& interactions,
                                                     const learn::ItemFacts* facts,
                                                     const learn::Training& training) {
    ATTUNE_TRY(const auto settings, learn::Settings::of(*recipe.learner, recipe.settings));
    return recipe.learner->learn({.interactions = interactions, .facts = facts}, settings,
                                 training);
}

Result<NumbersByName> marks_of(const Recipe& recipe, const learn::Exam& exam,
                               const learn::ItemFacts* facts, const learn::Training& training) {
    ATTUNE_TRY(const auto model, learn_it(recipe, exam.train, facts, training));
    ATTUNE_TRY(const auto report,
               learn::examine(*model, exam, {.at = {10, 20}, .may_repeat = true}, training));
    return by_name(report);
}

std::string shown(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4f", value);
    return text.data();
}

}  // namespace

Result<Recipe> recipe_of(const TrainingRequest& request) {
    const auto learner = learn::find_learner(request.learner);
    if (!learner) return fail_field("/learner", learner.error().message);
    if ((*learner)->keeps_people)
        return fail(Code::failed_precondition,
                    "Models of " + request.learner +
                        " hold what single people did, and somebody who is erased could not be "
                        "taken out of them.",
                    "keeps_people");
    learn::Settings::Given given;
    for (const auto& [name, value] : request.settings) given.emplace(name, value);
    if (const auto settings = learn::Settings::of(**learner, given); !settings)
        return fail_field("/settings", settings.error().message);
    return Recipe{*learner, std::move(given)};
}

double longest_vectors(std::uint64_t items) {
    const auto fits = std::ranges::find_if(
        kLengths, [&](std::uint64_t one) { return one * items <= kNumbersAnAnswer; });
    return static_cast<double>(fits == kLengths.end() ? kLengths.back() : *fits);
}

Recipe for_serving(Recipe recipe, std::uint64_t items) {
    // What is told to others rests on no single person.
    for (const std::string_view name : {learn::kPairPeople.name, learn::kPeopleMin.name})
        if (std::ranges::count(recipe.learner->settings, name, &learn::Setting::name) > 0)
            recipe.settings.try_emplace(std::string(name), kPeopleToTell);
    const auto length =
        std::ranges::find(recipe.learner->settings, kLengthSetting, &learn::Setting::name);
    if (length == recipe.learner->settings.end() || recipe.settings.contains(kLengthSetting))
        return recipe;
    // Learners with 0 to fall back on fit it to the catalogue, to at most the greatest of these.
    const double most = longest_vectors(items);
    const double usual = length->fallback > 0 ? length->fallback : kLengths.front();
    if (most < usual) recipe.settings.emplace(kLengthSetting, most);
    return recipe;
}

Result<TrainedModel> train_model(const TrainingRun& run, const learn::Training& training) {
    const Recipe recipe = for_serving(run.recipe, run.data.items.size());
    auto exam = learn::cut_in_time(run.data.interactions, kTestedShare);
    if (!exam)
        return fail(Code::invalid_argument,
                    "there is too little to learn from: nobody touched anything both in the older "
                    "nine tenths of the time and in the newest");
    thin(exam->people);
    TrainedModel trained;
    ATTUNE_TRY(trained.metrics, marks_of(recipe, *exam, run.facts, part_of(training, 0, 0.4)));
    ATTUNE_TRY(trained.popularity_metrics, marks_of(for_serving({&learn::kPopularity, {}}, 0),
                                                    *exam, nullptr, part_of(training, 0.4, 0.45)));
    if (run.champion) {
        auto marks = marks_of(*run.champion, *exam, run.facts, part_of(training, 0.45, 0.6));
        if (!marks && marks.error().code == Code::cancelled) return std::unexpected(marks.error());
        if (marks) trained.champion_metrics = *std::move(marks);
    }
    *exam = {};  // its memory is needed
    ATTUNE_TRY(const auto settings, learn::Settings::of(*recipe.learner, recipe.settings));
    trained.settings = settings.all();
    ATTUNE_TRY(trained.model,
               learn_it(recipe, run.data.interactions, run.facts, part_of(training, 0.6, 1)));
    return trained;
}

std::optional<std::string> why_not_better(const TrainedModel& trained, bool is_same_recipe) {
    const double ours = decisive(trained.metrics);
    const double popular = decisive(trained.popularity_metrics);
    const std::string name(kDecisiveMetric);
    if (ours < popular)
        return name + " is " + shown(ours) + ", and that of popularity " + shown(popular);
    if (is_same_recipe || trained.champion_metrics.empty()) return std::nullopt;
    const double champion = decisive(trained.champion_metrics);
    if (ours <= champion)
        return name + " is " + shown(ours) + ", and that of the published recipe " +
               shown(champion);
    return std::nullopt;
}

}  // namespace attune::engine
