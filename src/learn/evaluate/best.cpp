#include "learn/evaluate/best.h"

#include "learn/evaluate/learners.h"
#include "learn/factors/ease.h"
#include "learn/recommend/pair_people.h"
#include "learn/recommend/popularity.h"

#include <algorithm>
#include <array>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "at",
            .doc = "How many places of a ranking count.",
            .fallback = 10,
            .min = 1,
            .max = 1'000,
            .scale = Scale::whole},
    Setting{.name = "drawn",
            .doc = "What the members are weighed on: 0 the last touch of each person, 1 touches "
                   "drawn from all of theirs.",
            .fallback = 0,
            .min = 0,
            .max = 1,
            .scale = Scale::whole},
    Setting{.name = "share",
            .doc = "How many touches are drawn.",
            .fallback = kShare,
            .min = 0.01,
            .max = 0.9},
    Setting{.name = "candidates",
            .doc = "How many items that they have not touched each person's are ranked among; 0: "
                   "all.",
            .fallback = 0,
            .min = 0,
            .max = 100'000,
            .scale = Scale::whole},
    Setting{.name = "people",
            .doc = "How many people are asked at most.",
            .fallback = 5'000,
            .min = 10,
            .max = 1'000'000,
            .scale = Scale::whole},
    Setting{.name = "depth",
            .doc = "How many items of each member are looked at.",
            .fallback = 100,
            .min = 10,
            .max = 10'000,
            .scale = Scale::whole},
    Setting{.name = "tries",
            .doc = "With how many tries the settings of each member are searched first.",
            .fallback = 0,
            .min = 0,
            .max = 10'000,
            .scale = Scale::whole},
    kPairPeople,
};

// Work that grows with the cube of the items: twice the items would take a blend eight times as long, and whoever touched
// less than these is served by the other members.
constexpr double kEaseItems = 10'000;

void tell(const BestOptions& options, std::string_view learner, std::string_view what) {
    if (options.on_member) options.on_member(learner, what);
}

struct Pupil {
    const Learner* learner = nullptr;
    Settings settings;
    std::shared_ptr<const Recommender> model;
};

// What every member would be refused for is nobody's fault; a stop is everybody's.
bool is_final(const Error& error) {
    return error.code != Code::resource_exhausted && error.code != Code::invalid_argument &&
           error.code != Code::unimplemented;
}

// The training of one member, which is stopped when all is, or when it is late.
struct InTime {
    InTime(const Training& whole, const BestOptions& options)
        : training(whole), with_all(whole.stop, Stop{&late}) {
        training.stop = late.get_token();
        training.progress = [this, tell = whole.progress, &options](double done) {
            if (options.is_late()) late.request_stop();
            if (tell) tell(done);
        };
    }
    struct Stop {
        std::stop_source* late;
        void operator()() const { late->request_stop(); }
    };
    std::stop_source late;
    Training training;
    std::stop_callback<Stop> with_all;
};

// Nothing, and why, where the blend does without it.
Result<std::optional<Pupil>> try_out(const Learner& learner, const Exam& exam,
                                     const ItemFacts* facts, const BestOptions& options,
                                     const Training& training) {
    const auto without = [&](const Error& why) -> Result<std::optional<Pupil>> {
        const bool is_late = why.code == Code::cancelled && !training.stop.stop_requested();
        if (!is_late && is_final(why)) return std::unexpected(why);
        tell(options, learner.name,
             "is left out: " + (is_late ? std::string("it takes too long") : why.message));
        return std::optional<Pupil>{};
    };
    tell(options, learner.name, "learns from a part");
    Settings::Given given = given_to_member(options.given, learner, options.pair_people);
    if (options.tries > 0) {
        auto found =
            search(learner, given, exam, facts,
                   {.tries_max = options.tries, .at = options.weigh.at, .is_over = options.is_over},
                   training);
        if (!found) return without(found.error());
        given = std::move(found->given);
    }
    ATTUNE_TRY(auto settings, Settings::of(learner, given));
    const InTime in_time(training, options);
    auto model = learner.learn({exam.train, facts}, settings, in_time.training);
    if (!model) return without(model.error());
    return Pupil{&learner, std::move(settings), *std::move(model)};
}

// Training whose progress is a part of the whole's.
Training part_of(const Training& whole, double from, double share) {
    Training part = whole;
    if (whole.progress)
        part.progress = [tell = whole.progress, from, share](double done) {
            tell(from + share * std::clamp(done, 0.0, 1.0));
        };
    return part;
}

Result<Best> popular(const Lesson& lesson, const BestOptions& options, const Training& training) {
    ATTUNE_TRY(const auto settings, Settings::of(kPopularity));
    ATTUNE_TRY(auto model, kPopularity.learn(lesson, settings, training));
    std::vector<BlendMember> only{{.model = std::move(model)}};
    return Best{.model = std::make_unique<Blend>(kBest.name, std::move(only), options.weigh.depth),
                .members = {{.name = std::string(kPopularity.name), .settings = {}, .weight = 1}}};
}

Result<std::unique_ptr<Recommender>> learn(const Lesson& lesson, const Settings& settings,
                                           const Training& training) {
    ATTUNE_TRY(auto best, learn_best(lesson, best_options(settings), training));
    return std::move(best.model);
}

Result<std::unique_ptr<Recommender>> load(ModelReader& reader) {
    return Blend::load(kBest.name, reader);
}

}  // namespace

BestOptions best_options(const Settings& settings) {
    BestOptions options;
    options.validation.cut = settings["drawn"] > 0 ? Cut::touches : Cut::last;
    options.validation.share = settings["share"];
    options.validation.candidates = settings.whole("candidates");
    options.validation.people_max = settings.whole("people");
    options.weigh.at = settings.whole("at");
    options.weigh.depth = settings.whole("depth");
    options.tries = settings.whole("tries");
    options.pair_people = settings[kPairPeople.name];
    return options;
}

Settings::Given given_to_member(const MemberSettings& given, const Learner& learner,
                                double pair_people) {
    const auto found = given.find(learner.name);
    Settings::Given out = found == given.end() ? Settings::Given{} : found->second;
    for (const std::string_view name : {kPairPeople.name, kPeopleMin.name})
        if (std::ranges::count(learner.settings, name, &Setting::name) > 0)
            out.try_emplace(std::string(name), pair_people);
    if (learner.name == kEase.name) out.try_emplace("dense", kEaseItems);
    return out;
}

std::vector<const Learner*> members_for(const BestOptions& options, const ItemFacts* facts) {
    std::vector<const Learner*> members;
    for (const Learner* learner : all_learners()) {
        const bool is_out = learner == &kBest || options.without.contains(learner->name) ||
                            (learner->needs_facts && facts == nullptr) ||
                            (learner->keeps_people && !options.may_keep_people);
        if (!is_out) members.push_back(learner);
    }
    return members;
}

Result<Best> learn_best(const Lesson& lesson, const BestOptions& options,
                        const Training& training) {
    auto exam = cut_again(lesson.interactions, options.validation, training.seed);
    if (!exam) return popular(lesson, options, training);

    const auto learners = members_for(options, lesson.facts);
    // Everybody learns once on the cut, and those who are taken once more.
    const double share = 0.5 / static_cast<double>(std::max<std::size_t>(1, learners.size()));
    std::vector<Pupil> pupils;
    double done = 0;
    for (const Learner* learner : learners) {
        ATTUNE_TRY(auto pupil,
                   try_out(*learner, *exam, lesson.facts, options, part_of(training, done, share)));
        done += share;
        if (pupil) pupils.push_back(*std::move(pupil));
    }
    if (pupils.empty()) return popular(lesson, options, training);
    tell(options, kBest.name, "weighs them");
    std::vector<BlendMember> tried;
    for (const Pupil& pupil : pupils) tried.push_back({.model = pupil.model});
    ATTUNE_TRY(const Weighed weighed, weigh(tried, *exam, options.weigh, training));
    tried.clear();

    Best best{.model = nullptr, .members = {}, .ndcg = weighed.ndcg};
    std::vector<BlendMember> members;
    for (std::size_t i = 0; i < pupils.size(); ++i) {
        Pupil& pupil = pupils[i];
        pupil.model.reset();
        best.members.push_back({.name = std::string(pupil.learner->name),
                                .settings = pupil.settings.all(),
                                .weight = weighed.weights[i],
                                .alone = weighed.alone[i]});
        if (weighed.weights[i] <= 0) continue;
        tell(options, pupil.learner->name, "learns from everything");
        auto model = pupil.learner->learn(lesson, pupil.settings, part_of(training, done, share));
        done += share;
        if (!model && is_final(model.error())) return std::unexpected(std::move(model).error());
        // What fitted a part may not fit the whole.
        if (!model) {
            tell(options, pupil.learner->name, "is left out: " + model.error().message);
            best.members.back().weight = 0;
            continue;
        }
        members.push_back({.model = *std::move(model), .weight = weighed.weights[i]});
    }
    if (members.empty()) return popular(lesson, options, training);
    best.model = std::make_unique<Blend>(kBest.name, std::move(members), options.weigh.depth);
    return best;
}

const Learner kBest{.name = "best",
                    .summary = "All that fit, weighed on what they did not see, as one.",
                    .settings = kSettings,
                    .learn = &learn,
                    .load = &load};

}  // namespace attune::learn
