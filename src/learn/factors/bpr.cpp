#include "learn/factors/bpr.h"

#include "learn/factors/bpr_step.h"
#include "learn/factors/evidence.h"
#include "learn/factors/factor_recommender.h"
#include "learn/recommend/budget.h"

#include <array>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "factors",
            .doc = "The length of a vector, beside the bias.",
            .fallback = 64,
            .min = 1,
            .max = 2048,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 16,
            .search_high = 256},
    Setting{.name = "epochs",
            .doc = "As many steps as there are touched pairs, so often.",
            .fallback = 60,
            .min = 1,
            .max = 10'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 20,
            .search_high = 200},
    Setting{.name = "learning_rate",
            .doc = "How far a step goes; the last ones go a tenth as far.",
            .fallback = 0.1,
            .min = 1e-5,
            .max = 1,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.02,
            .search_high = 0.3},
    Setting{.name = "regularization",
            .doc = "How short vectors are kept.",
            .fallback = 0.005,
            .min = 0,
            .max = 1,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.002,
            .search_high = 0.05},
    Setting{.name = "fold_steps",
            .doc = "Steps a touched item when whoever asks is folded in.",
            .fallback = 40,
            .min = 1,
            .max = 10'000,
            .scale = Scale::whole},
    kMemoryGb,
};

class BprModel final : public FactorRecommender {
public:
    BprModel(Matrix factors, std::vector<float> everybody, BprRates rates, std::uint32_t fold_steps)
        : FactorRecommender(factors),
          everybody_(std::move(everybody)),
          rates_(rates),
          fold_steps_(fold_steps) {}

    [[nodiscard]] std::string_view name() const override { return kBpr.name; }

    [[nodiscard]] std::vector<float> person(const Query& query) const override {
        const auto evidence = evidence_of(query.history, items());
        std::vector<float> x(everybody_);
        if (evidence.empty()) return x;
        std::vector<ItemIndex> touched;
        for (const Evidence& one : evidence) touched.push_back(one.item);
        // Steps enough to get somewhere from a single touch, and not too many from a thousand.
        constexpr std::size_t kLeast = 200;
        constexpr std::size_t kMost = 20'000;
        const std::size_t steps = std::clamp(touched.size() * fold_steps_, kLeast, kMost);
        Draws draws(0, touched.size());
        std::vector<float> mean(x.size());
        const std::size_t first_kept = steps / 2;
        for (std::size_t step = 0; step < steps; ++step) {
            const auto good = item_factors().row(touched[step % touched.size()]);
            const auto other = item_factors().row(draw_other(touched, items(), draws));
            bpr_move_person(x, good, other, bpr_error(x, good, other), rates_);
            if (step >= first_kept) add_scaled(mean, 1 / static_cast<float>(steps - first_kept), x);
        }
        mean.back() = 1;
        return mean;
    }

    void save(ModelWriter& writer) const override {
        FactorRecommender::save(writer);
        writer.put("everybody", everybody_);
        writer.put("learning_rate", rates_.learning);
        writer.put("regularization", rates_.regularization);
        writer.put("fold_steps", fold_steps_);
    }

    static Result<std::unique_ptr<Recommender>> load(ModelReader& reader) {
        ATTUNE_TRY(Matrix factors, load_factors(reader));
        ATTUNE_TRY(auto everybody, load_axis_values(reader, "everybody", factors));
        BprRates rates;
        ATTUNE_TRY(rates.learning, reader.number<float>("learning_rate"));
        ATTUNE_TRY(rates.regularization, reader.number<float>("regularization"));
        ATTUNE_TRY(const auto fold_steps, reader.number<std::uint32_t>("fold_steps"));
        const auto is_rate = [](float value) { return value >= 0 && value <= 1; };
        if (!is_rate(rates.learning) || !is_rate(rates.regularization) || everybody.back() != 1)
            return reader.damaged("learning_rate");
        return std::make_unique<BprModel>(std::move(factors), std::move(everybody), rates,
                                          fold_steps);
    }

private:
    std::vector<float> everybody_;  // the mean of all people's vectors
    BprRates rates_;
    std::uint32_t fold_steps_;
};

// People and items while they are learned.
struct Pairing {
    const SparseRows& rows;
    Matrix people;
    Matrix items;
    std::vector<PersonIndex> person_of;  // of each touched pair

    void step(const BprRates& rates, Draws& draws) {
        const std::uint64_t pair = draws.below(rows.size());
        const PersonIndex person = person_of[pair];
        const auto x = people.row(person);
        const auto touched = items.row(rows.columns[pair]);
        const auto other = items.row(draw_other(rows.columns_of(person), rows.width, draws));
        const float error = bpr_error(x, touched, other);
        const float keep = 1 - rates.learning * rates.regularization;
        const float move = rates.learning * error;
        for (std::size_t k = 0; k < touched.size(); ++k) {
            const float was = x[k];
            x[k] = keep * was + move * (touched[k] - other[k]);
            touched[k] = keep * touched[k] + move * was;
            other[k] = keep * other[k] - move * was;
        }
        x.back() = 1;
    }
};

std::vector<float> mean_of_rows(const SparseRows& rows, const Matrix& people) {
    std::vector<float> mean(people.columns());
    float count = 0;
    for (std::size_t person = 0; person < rows.rows(); ++person)
        if (!rows.columns_of(person).empty()) count += 1;
    for (std::size_t person = 0; person < rows.rows(); ++person)
        if (!rows.columns_of(person).empty()) add_scaled(mean, 1 / count, people.row(person));
    mean.back() = 1;
    return mean;
}

Result<std::unique_ptr<Recommender>> learn_bpr(const Lesson& lesson, const Settings& settings,
                                               const Training& training) {
    const Interactions& interactions = lesson.interactions;
    const std::size_t width = settings.whole("factors") + std::size_t{1};
    const double all = static_cast<double>(interactions.people()) + interactions.items();
    ATTUNE_TRY_VOID(check_budget(kBpr.name,
                                 all * static_cast<double>(width) * sizeof(float) +
                                     static_cast<double>(interactions.size()) * 16,
                                 settings["memory_gb"],
                                 "fewer factors fit, or a larger memory_gb"));
    const SparseRows rows = interactions.matrix();
    if (rows.size() == 0)
        return fail(Code::invalid_argument, "bpr: no interaction with a weight above zero");
    const float deviation = 0.1F / std::sqrt(static_cast<float>(width));
    Pairing pairing{.rows = rows,
                    .people = normal_matrix(interactions.people(), width, deviation, training.seed),
                    .items = normal_matrix(interactions.items(), width, deviation,
                                           training.seed + 0x9E3779B97F4A7C15U),
                    .person_of = {}};
    pairing.person_of.reserve(rows.size());
    for (PersonIndex person = 0; person < rows.rows(); ++person) {
        pairing.people.row(person).back() = 1;
        pairing.person_of.insert(pairing.person_of.end(), rows.columns_of(person).size(), person);
    }
    for (ItemIndex item = 0; item < rows.width; ++item) pairing.items.row(item).back() = 0;

    Draws draws(training.seed, 1);
    const std::uint32_t epochs = settings.whole("epochs");
    const auto most = static_cast<float>(settings["learning_rate"]);
    BprRates rates{.learning = most,
                   .regularization = static_cast<float>(settings["regularization"])};
    for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
        if (training.stop.stop_requested()) return fail(Code::cancelled, "learning was stopped");
        const float done = static_cast<float>(epoch) / static_cast<float>(epochs);
        rates.learning = most * (1 - 0.9F * done);
        for (std::size_t i = 0; i < rows.size(); ++i) pairing.step(rates, draws);
        if (training.progress) training.progress((epoch + 1.0) / epochs);
    }
    auto everybody = mean_of_rows(rows, pairing.people);
    rates.learning = most;
    return std::make_unique<BprModel>(std::move(pairing.items), std::move(everybody), rates,
                                      settings.whole("fold_steps"));
}

}  // namespace

const Learner kBpr{.name = "bpr",
                   .summary = "Vectors that put what somebody touched above what they did not.",
                   .settings = kSettings,
                   .learn = &learn_bpr,
                   .load = &BprModel::load};

}  // namespace attune::learn
