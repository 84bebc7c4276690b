#include "engine/models/search_recipe.h"

#include "base/field_error.h"
#include "learn/evaluate/protocols.h"
#include "learn/evaluate/search.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kPlaces = 10;  // of the metric that decides

NumbersByName numbers_of(const learn::Settings::Given& given) {
    NumbersByName numbers;
    for (const auto& [name, value] : given) numbers[name] = value;
    return numbers;
}

// The best first; of equal ones the earlier.
void keep(SettingsSearch& report, SearchTry tried) {
    const auto place =
        std::ranges::upper_bound(report.best, tried.ndcg, std::greater<>{}, &SearchTry::ndcg);
    report.best.insert(place, std::move(tried));
    if (report.best.size() > kTriesKept) report.best.pop_back();
}

Result<learn::Exam> validation_of(const learn::Interactions& all, std::uint64_t seed) {
    const learn::Validation like{
        .cut = learn::Cut::time, .share = kTestedShare, .people_max = kAskedMax};
    auto judged = learn::cut_in_time(all, kTestedShare);
    auto validation = judged ? learn::cut_again(judged->train, like, seed) : std::move(judged);
    if (!validation)
        return fail(Code::invalid_argument,
                    "there is too little to search on: nobody touched anything both before and in "
                    "the newest tenth of what recipes are learned from");
    return validation;
}

}  // namespace

Result<void> check_search(const TrainingRequest& request, const Recipe& recipe) {
    if (!(request.search_minutes >= 0 && request.search_minutes <= kSearchMinutesMax))
        return fail_field("/search_minutes", "must be 0 to 1440");
    if (request.search_tries > kSearchTriesMax)
        return fail_field("/search_tries", "must be 0 to 1000");
    if (!searches(request)) return {};
    const std::string field = request.search_minutes > 0 ? "/search_minutes" : "/search_tries";
    if (recipe.learner == nullptr)
        return fail_field(field, "settings of recommenders are searched, not those of a ranker");
    if (!learn::has_searched_settings(*recipe.learner, recipe.settings))
        return fail_field(field, "there is nothing to search: all settings of " +
                                     std::string(recipe.learner->name) +
                                     " are given, or it has none that a search varies");
    return {};
}

Result<SearchedRecipe> search_recipe(const SearchRun& run, const base::Clock& clock,
                                     const learn::Training& training) {
    const base::SteadyTime began = clock.steady_now();
    const auto minutes_since = [&] {
        return std::chrono::duration<double, std::ratio<60>>(clock.steady_now() - began).count();
    };
    const std::uint64_t items = run.data.items.size();
    const Recipe asked = for_serving(run.recipe, items);
    ATTUNE_TRY(const learn::Exam validation, validation_of(run.data.interactions, training.seed));
    SearchedRecipe out{.recipe = asked, .report = {}};
    learn::SearchOptions options{.tries_max = run.tries > 0 ? run.tries : kSearchTriesMax,
                                 .at_most = {{std::string(kLengthSetting), longest_vectors(items)}},
                                 .at = kPlaces,
                                 .may_repeat = true};
    if (run.champion && run.champion->learner == asked.learner)
        options.also.push_back(run.champion->settings);
    double done = 0;
    const auto tell = [&] {
        const double by_count = static_cast<double>(out.report.tried) / (options.tries_max + 1.0);
        const double by_time = run.minutes > 0 ? minutes_since() / run.minutes : 0;
        done = std::max(done, std::min(1.0, std::max(by_count, by_time)));
        if (training.progress) training.progress(done);
    };
    options.is_over = [&] {
        tell();
        return run.minutes > 0 && minutes_since() >= run.minutes;
    };
    options.on_try = [&](const learn::Settings::Given& tried, double ndcg) {
        ++out.report.tried;
        keep(out.report, {.settings = numbers_of(tried), .ndcg = ndcg});
        tell();
    };
    ATTUNE_TRY(learn::Found found, learn::search(*asked.learner, asked.settings, validation,
                                                 run.facts, options, training));
    out.recipe.settings = std::move(found.given);
    out.report.seconds = minutes_since() * 60;
    return out;
}

}  // namespace attune::engine
