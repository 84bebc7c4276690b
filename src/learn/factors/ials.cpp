#include "learn/factors/ials.h"

#include "learn/factors/ials_model.h"
#include "learn/factors/ridge.h"
#include "learn/linear/parallel_algebra.h"
#include "learn/linear/random_matrix.h"
#include "learn/linear/vectors.h"
#include "learn/recommend/budget.h"
#include "learn/recommend/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "factors",
            .doc = "The length of a vector; 0 for what fits the catalogue.",
            .fallback = 0,
            .min = 0,
            .max = 2048,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 16,
            .search_high = 512},
    Setting{.name = "epochs",
            .doc = "How often people and items are solved in turn.",
            .fallback = 10,
            .min = 1,
            .max = 1000,
            .scale = Scale::whole},
    Setting{
        .name = "unobserved",
        .doc =
            "How much a pair that was not touched counts, against 1 for one that was; 0 for what "
            "fits the density of the data.",
        .fallback = 0,
        .min = 0,
        .max = 10,
        .scale = Scale::logarithmic,
        .is_searched = true,
        .search_low = 0.003,
        .search_high = 1},
    Setting{.name = "regularization",
            .doc = "How short vectors are kept; 0 for what fits the density of the data.",
            .fallback = 0,
            .min = 0,
            .max = 100,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.0005,
            .search_high = 0.05},
    Setting{
        .name = "nu",
        .doc =
            "How much more the regularisation of a row grows with its touches: 0 not, 1 in step.",
        .fallback = 1,
        .min = 0,
        .max = 2},
    Setting{.name = "emphasis",
            .doc = "How much the weight of a touch counts: 0 not, 1 in proportion.",
            .fallback = 0.5,
            .min = 0,
            .max = 2},
    Setting{.name = "block",
            .doc = "Factors that are solved together in rows of more touches than that, instead of "
                   "steps; 0 for all.",
            .fallback = 0,
            .min = 0,
            .max = 2048,
            .scale = Scale::whole},
    Setting{
        .name = "steps",
        .doc = "Steps of conjugate gradients a row and epoch, from where it was; 0 for exact rows.",
        .fallback = 3,
        .min = 0,
        .max = 100,
        .scale = Scale::whole},
    kMemoryGb,
};

// Few enough rows that a chunk of heavy ones does not leave the other threads waiting at the end.
constexpr std::size_t kChunk = 32;

// Vectors of the other side that are fetched before they are needed.
constexpr std::size_t kAhead = 8;

// Rows of no more touches are solved exactly as cheaply, and those of more would have to be held as a whole.
constexpr std::size_t kStepped = 12;
constexpr std::size_t kSteppedMost = 8192;

float touched(const SparseRows& rows) {
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row)
        if (!rows.columns_of(row).empty()) ++count;
    return static_cast<float>(count);
}

// Settings that are published for dense and sparse data, each found by a search, lie on one line against the logarithm of the
// density (the part of all pairs that was touched) within a factor of about two: 0.3 and 0.007 for MovieLens 1M (4.5 %), 0.1 and 0.003 for
// MovieLens 20M (0.4 %), 0.02 and 0.002 for the Million Song data (0.14 %).
struct Fitting {
    float unobserved = 0;
    float regularization = 0;
};

Fitting fitting(std::size_t pairs, float people, float items) {
    const float density = static_cast<float>(pairs) / (people * items);
    return {.unobserved = 3.2F * std::pow(density, 0.76F),
            .regularization = 0.013F * std::pow(density, 0.2F)};
}

// A number for every twenty items: with more, vectors of a small catalogue remember who touched what instead of what goes with
// what. Beyond 384 they cost more than they bring.
std::size_t fitting_length(std::size_t items) {
    return std::clamp<std::size_t>(items / 20, 16, 384);
}

std::span<const std::uint32_t> first_of(std::span<const std::uint32_t> columns) {
    return columns.first(std::min(columns.size(), kAhead));
}

// Solves the rows of one side, whose values are confidences, against the vectors of the other.
class Side {
public:
    Side(const SparseRows& rows, IalsPenalties penalties, const Settings& settings,
         unsigned threads)
        : rows_(rows),
          penalties_(penalties),
          block_(settings.whole("block")),
          steps_(settings.whole("steps")),
          rooms_(std::max(1U, threads)) {}

    [[nodiscard]] Result<void> solve(Matrix& own, const Matrix& other,
                                     std::span<const float> diagonal, const Training& training) {
        return for_chunks(rows_.rows(), kChunk, training,
                          [&](std::size_t begin, std::size_t end, unsigned worker) {
                              for (std::size_t row = begin; row < end; ++row)
                                  solve_row(row, own.row(row), other, diagonal, rooms_[worker]);
                          });
    }

private:
    struct Room {
        Ridge ridge;
        std::vector<float> penalty;
        std::vector<float> scores;
        std::vector<float> before;
    };

    void solve_row(std::size_t row, std::span<float> x, const Matrix& other,
                   std::span<const float> diagonal, Room& room) const {
        const auto touches = rows_.columns_of(row);
        const auto confidences = rows_.values_of(row);
        const float own = penalties_.of(touches.size());
        room.penalty.resize(diagonal.size());
        for (std::size_t k = 0; k < diagonal.size(); ++k)
            room.penalty[k] = penalties_.unobserved * diagonal[k] + own;
        // Those of the next row too, while this one is solved.
        if (row + 1 < rows_.rows())
            for (const std::uint32_t next : first_of(rows_.columns_of(row + 1)))
                fetch_ahead(other.row(next));
        const bool is_stepped = steps_ > 0 && block_ == 0 && touches.size() > kStepped &&
                                touches.size() <= kSteppedMost;
        if (is_stepped || block_ == 0 || touches.size() <= block_) {
            room.ridge.begin(room.penalty, touches.size(), is_stepped);
            for (std::size_t i = 0; i < touches.size(); ++i) {
                if (i + kAhead < touches.size()) fetch_ahead(other.row(touches[i + kAhead]));
                room.ridge.add(other.row(touches[i]), confidences[i], 1);
            }
            (void)(is_stepped ? room.ridge.improve(x, steps_) : room.ridge.solve(x));
            return;
        }
        room.scores.resize(touches.size());
        for (std::size_t i = 0; i < touches.size(); ++i)
            room.scores[i] = dot(other.row(touches[i]), x);
        // From the last, as the axes that explain most come last.
        for (std::size_t end = x.size(); end > 0; end -= std::min(block_, end))
            improve_block(row, x, end, other, room);
    }

    // Solves a block of the factors with the others as they are: the target of a touch is what the others leave of it. On
    // these axes the penalty does not tie one block to another.
    void improve_block(std::size_t row, std::span<float> x, std::size_t end, const Matrix& other,
                       Room& room) const {
        const auto touches = rows_.columns_of(row);
        const auto confidences = rows_.values_of(row);
        const std::size_t size = std::min(block_, end);
        const std::size_t begin = end - size;
        const std::span<float> part = x.subspan(begin, size);
        room.ridge.begin(std::span(room.penalty).subspan(begin, size), touches.size());
        for (std::size_t i = 0; i < touches.size(); ++i) {
            const auto vector = other.row(touches[i]).subspan(begin, size);
            const float target = 1 - room.scores[i] + dot(vector, part);
            room.ridge.add(vector, confidences[i], target);
        }
        room.before.assign(part.begin(), part.end());
        (void)room.ridge.solve(part);
        for (std::size_t k = 0; k < size; ++k) room.before[k] = part[k] - room.before[k];
        for (std::size_t i = 0; i < touches.size(); ++i)
            room.scores[i] += dot(other.row(touches[i]).subspan(begin, size), room.before);
    }

    const SparseRows& rows_;
    IalsPenalties penalties_;
    std::size_t block_;
    std::size_t steps_;
    std::vector<Room> rooms_;  // one a worker
};

// The vector that makes the loss of all people together least, if all had to have the same.
std::vector<float> vector_of_everybody(const SparseRows& by_item, const Matrix& items,
                                       std::span<const float> diagonal,
                                       const IalsPenalties& penalties, float people) {
    const float mean_touches = static_cast<float>(by_item.size()) / people;
    const float own = penalties.of(static_cast<std::size_t>(mean_touches) + 1);
    std::vector<float> penalty(diagonal.begin(), diagonal.end());
    for (float& value : penalty) value = penalties.unobserved * value + own;
    Ridge ridge;
    ridge.begin(penalty, by_item.rows());
    for (std::size_t item = 0; item < by_item.rows(); ++item) {
        float confidence = 0;
        for (const float weight : by_item.values_of(item))
            confidence += penalties.confidence(weight);
        if (confidence > 0) ridge.add(items.row(item), confidence / people, 1);
    }
    std::vector<float> x(penalty.size());
    (void)ridge.solve(x);
    return x;
}

float usual_confidence(std::span<const float> weights, const IalsPenalties& penalties) {
    double sum = 0;
    for (const float weight : weights) sum += penalties.confidence(weight);
    return static_cast<float>(sum / static_cast<double>(weights.size()));
}

Result<std::unique_ptr<Recommender>> learn_ials(const Lesson& lesson, const Settings& settings,
                                                const Training& training) {
    const Interactions& interactions = lesson.interactions;
    const std::size_t asked = settings.whole("factors");
    const std::size_t factors = asked > 0 ? asked : fitting_length(interactions.items());
    const double rows = static_cast<double>(interactions.people()) + interactions.items();
    ATTUNE_TRY_VOID(check_budget(kIals.name,
                                 rows * static_cast<double>(factors) * sizeof(float) +
                                     static_cast<double>(interactions.size()) * 40,
                                 settings["memory_gb"],
                                 "fewer factors fit, or a larger memory_gb"));
    SparseRows by_person = interactions.matrix();
    if (by_person.size() == 0)
        return fail(Code::invalid_argument, "ials: no interaction with a weight above zero");
    const auto fraction = [&](std::string_view name) { return static_cast<float>(settings[name]); };
    IalsPenalties of_people{fraction("unobserved"),
                            fraction("regularization"),
                            fraction("nu"),
                            fraction("emphasis"),
                            0,
                            1};
    of_people.usual = usual_confidence(by_person.values, of_people);
    for (float& value : by_person.values) value = of_people.confidence(value);
    const SparseRows by_item = by_person.transposed();
    of_people.others = touched(by_item);
    const Fitting fit = fitting(by_person.size(), touched(by_person), of_people.others);
    if (of_people.unobserved == 0) of_people.unobserved = fit.unobserved;
    if (of_people.regularization == 0) of_people.regularization = fit.regularization;
    IalsPenalties of_items = of_people;
    of_items.others = touched(by_person);
    Side people_side(by_person, of_people, settings, training.threads);
    Side item_side(by_item, of_items, settings, training.threads);

    Matrix people(interactions.people(), factors);
    Matrix items = normal_matrix(interactions.items(), factors,
                                 0.1F / std::sqrt(static_cast<float>(factors)), training.seed);
    // Exact rows do not look at what they were before.
    const bool is_warm = settings.whole("block") > 0 || settings.whole("steps") > 0;
    const std::uint32_t epochs = settings.whole("epochs");
    for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
        ATTUNE_TRY(const Axes item_axes, turn_to_axes(items, training));
        if (is_warm) ATTUNE_TRY_VOID(turn(people, item_axes.basis, training));
        ATTUNE_TRY_VOID(people_side.solve(people, items, item_axes.diagonal, training));
        ATTUNE_TRY(const Axes people_axes, turn_to_axes(people, training));
        if (is_warm) ATTUNE_TRY_VOID(turn(items, people_axes.basis, training));
        ATTUNE_TRY_VOID(item_side.solve(items, people, people_axes.diagonal, training));
        if (training.progress) training.progress((epoch + 1.0) / epochs);
    }
    ATTUNE_TRY(Axes axes, turn_to_axes(items, training));
    auto everybody = vector_of_everybody(by_item, items, axes.diagonal, of_people, of_items.others);
    return std::make_unique<IalsModel>(std::move(items), std::move(axes.diagonal),
                                       std::move(everybody), of_people);
}

}  // namespace

const Learner kIals{.name = "ials",
                    .summary = "Vectors of people and items by alternating least squares.",
                    .settings = kSettings,
                    .learn = &learn_ials,
                    .load = &IalsModel::load};

}  // namespace attune::learn
