#include "learn/ranking/booster.h"
#include "learn/ranking/lambdas.h"
#include "learn/ranking/ranker.h"
#include "learn/ranking/xgboost_model.h"
#include "learn/recommend/parallel.h"

#include <cmath>
#include <string>

namespace attune::learn {

namespace {

// The rows once more, without what is held out, and XGBoost's: with their column numbers, and in bins.
constexpr std::size_t kBytesPerNumber = 24;
// Trees between two looks at what is held out.
constexpr std::size_t kStage = 20;
constexpr std::size_t kDecisionsAtOnce = 256;

// A decision that says something: one row earned more than another.
bool says_something(const RankingLog& log, std::size_t decision) {
    const std::size_t begin = log.begin_of(decision);
    for (std::size_t row = begin + 1; row < log.ends[decision]; ++row)
        if (log.gains[row] != log.gains[begin]) return true;
    return false;
}

// How many say something, of the decisions begin..end-1.
std::size_t telling(const RankingLog& log, std::size_t begin, std::size_t end) {
    std::size_t count = 0;
    for (std::size_t d = begin; d < end; ++d) count += says_something(log, d) ? 1 : 0;
    return count;
}

std::size_t held_out_from(const RankingLog& log, const RankerOptions& options) {
    const auto held_out = std::ceil(static_cast<double>(log.decisions()) * options.held_out);
    return log.decisions() - static_cast<std::size_t>(held_out);
}

Result<void> check(const RankingLog& log, const RankerOptions& options) {
    ATTUNE_TRY_VOID(log.check());
    if (!(options.held_out > 0 && options.held_out <= 0.5) || options.trees_max == 0)
        return fail(Code::invalid_argument,
                    "a ranker has at least one tree and holds out more than 0 and up to 0.5");
    const std::size_t bytes = log.rows.size() * kBytesPerNumber;
    if (bytes > options.bytes_max)
        return fail(Code::resource_exhausted,
                    "learning from " + std::to_string(log.gains.size()) + " rows would take " +
                        std::to_string(bytes >> 20) + " MB; learn from fewer decisions");
    const std::size_t all = telling(log, 0, log.decisions());
    if (all < options.decisions_min)
        return fail(
            Code::failed_precondition,
            "a ranker learns from " + std::to_string(options.decisions_min) +
                " decisions in which something was clicked and something was not, there are " +
                std::to_string(all));
    const std::size_t first = held_out_from(log, options);
    if (telling(log, 0, first) == 0 || telling(log, first, log.decisions()) == 0)
        return fail(Code::failed_precondition,
                    "nothing was clicked in the decisions to learn from, or in the later ones that "
                    "are held out");
    return {};
}

std::vector<float> as_shown(const RankingLog& log) {
    std::vector<float> scores(log.positions.size());
    for (std::size_t i = 0; i < scores.size(); ++i)
        scores[i] = -static_cast<float>(log.positions[i]);
    return scores;
}

// A ranker in the making: a booster, and the gradients that it follows.
class Course {
public:
    static Result<Course> of(const RankingLog& log, const PositionBias& bias,
                             const RankerOptions& options, const Training& training) {
        ATTUNE_TRY(auto booster, Booster::of(log.rows, log.features,
                                             {.learning_rate = options.learning_rate,
                                              .depth = options.depth,
                                              .leaf_weight_min = options.leaf_weight_min,
                                              .regularization = options.regularization,
                                              .seed = training.seed}));
        return Course(log, bias, training, std::move(booster));
    }

    Result<void> grow(std::size_t trees) {
        for (std::size_t tree = 0; tree < trees; ++tree) {
            ATTUNE_TRY_VOID(for_chunks(log_.decisions(), kDecisionsAtOnce, training_,
                                       [&](std::size_t begin, std::size_t end, unsigned) {
                                           write_lambdas(log_, bias_, scores_, begin, end,
                                                         gradients_);
                                       }));
            ATTUNE_TRY_VOID(booster_.grow(gradients_.first, gradients_.second));
            ATTUNE_TRY_VOID(booster_.score(scores_));
        }
        size_ += trees;
        return {};
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Result<Trees> trees() const {
        ATTUNE_TRY(const std::string json, booster_.save());
        return trees_of_xgboost(json);
    }

private:
    Course(const RankingLog& log, const PositionBias& bias, const Training& training,
           Booster booster)
        : log_(log),
          bias_(bias),
          training_(training),
          booster_(std::move(booster)),
          scores_(log.gains.size()),
          gradients_{.first = std::vector<float>(log.gains.size()),
                     .second = std::vector<float>(log.gains.size())} {}

    const RankingLog& log_;
    const PositionBias& bias_;
    const Training& training_;
    Booster booster_;
    std::size_t size_ = 0;
    std::vector<float> scores_;
    Gradients gradients_;
};

// Grows a ranker on the earlier decisions until the later ones no longer gain by it; says how many trees that took.
Result<RankerQuality> examine(const RankingLog& log, const PositionBias& bias,
                              const RankerOptions& options, const Training& training) {
    const std::size_t first = held_out_from(log, options);
    const RankingLog lesson = log.part(0, first);
    const RankingLog exam = log.part(first, log.decisions());
    std::vector<float> scores = as_shown(exam);
    RankerQuality quality{.before = ndcg(exam, scores, bias, options.limit)};
    ATTUNE_TRY(auto course, Course::of(lesson, bias, options, training));
    while (course.size() < options.trees_max &&
           course.size() < quality.trees + options.patience + kStage) {
        ATTUNE_TRY_VOID(course.grow(kStage));
        ATTUNE_TRY(const Trees trees, course.trees());
        trees.score(exam.rows, scores);
        const double after = ndcg(exam, scores, bias, options.limit);
        if (after > quality.after) {
            quality.after = after;
            quality.trees = course.size();
        }
        if (training.progress)
            training.progress(static_cast<double>(course.size()) / (2.0 * options.trees_max));
    }
    return quality;
}

}  // namespace

Result<LearnedRanker> learn_ranker(const RankingLog& log, std::vector<std::string> names,
                                   const PositionBias& bias, const RankerOptions& options,
                                   const Training& training) {
    ATTUNE_TRY_VOID(check(log, options));
    if (names.size() != log.features)
        return fail(Code::invalid_argument, std::to_string(names.size()) + " names for " +
                                                std::to_string(log.features) + " features");
    ATTUNE_TRY(RankerQuality quality, examine(log, bias, options, training));
    quality.decisions = telling(log, 0, log.decisions());
    // Once more with what was held out, which is what people do now.
    ATTUNE_TRY(auto course, Course::of(log, bias, options, training));
    ATTUNE_TRY_VOID(course.grow(quality.trees));
    ATTUNE_TRY(Trees trees, course.trees());
    ATTUNE_TRY(Ranker ranker, Ranker::of(std::move(names), std::move(trees)));
    if (training.progress) training.progress(1);
    return LearnedRanker{.ranker = std::move(ranker), .quality = quality};
}

}  // namespace attune::learn
