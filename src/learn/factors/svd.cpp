#include "learn/factors/svd.h"

#include "learn/factors/damping.h"
#include "learn/factors/evidence.h"
#include "learn/factors/factor_recommender.h"
#include "learn/linear/truncated_svd.h"
#include "learn/linear/vectors.h"
#include "learn/recommend/budget.h"

#include <array>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "factors",
            .doc = "The number of axes.",
            .fallback = 64,
            .min = 1,
            .max = 2048,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 16,
            .search_high = 512},
    Setting{.name = "iterations",
            .doc = "How often the subspace is multiplied by the matrix and back.",
            .fallback = 6,
            .min = 1,
            .max = 100,
            .scale = Scale::whole},
    Setting{.name = "item_damping",
            .doc = "How much smaller what many touched is made: 0 not, 0.5 all items alike.",
            .fallback = 0.3,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.6},
    Setting{.name = "person_damping",
            .doc = "How much less somebody who touched much counts: 0 not, 0.5 all people alike.",
            .fallback = 0.3,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.6},
    Setting{.name = "emphasis",
            .doc = "How much the weight of a touch counts: 0 not, 1 in proportion.",
            .fallback = 0.5,
            .min = 0,
            .max = 2},
    kMemoryGb,
};

class SvdModel final : public FactorRecommender {
public:
    SvdModel(Matrix factors, std::vector<float> everybody, float emphasis)
        : FactorRecommender(factors), everybody_(std::move(everybody)), emphasis_(emphasis) {}

    [[nodiscard]] std::string_view name() const override { return kSvd.name; }

    [[nodiscard]] std::vector<float> person(const Query& query) const override {
        const auto evidence = evidence_of(query.history, items());
        if (evidence.empty()) return everybody_;
        std::vector<float> x(item_factors().dimensions());
        for (const Evidence& one : evidence)
            add_scaled(x, emphasised(one.weight, emphasis_), item_factors().row(one.item));
        return x;
    }

    void save(ModelWriter& writer) const override {
        FactorRecommender::save(writer);
        writer.put("everybody", everybody_);
        writer.put("emphasis", emphasis_);
    }

    static Result<std::unique_ptr<Recommender>> load(ModelReader& reader) {
        ATTUNE_TRY(Matrix factors, load_factors(reader));
        ATTUNE_TRY(auto everybody, load_axis_values(reader, "everybody", factors));
        ATTUNE_TRY(const auto emphasis, reader.number<float>("emphasis"));
        if (!(emphasis >= 0)) return reader.damaged("emphasis");
        return std::make_unique<SvdModel>(std::move(factors), std::move(everybody), emphasis);
    }

private:
    std::vector<float> everybody_;  // the mean of everybody's history, projected
    float emphasis_;
};

Result<std::unique_ptr<Recommender>> learn_svd(const Lesson& lesson, const Settings& settings,
                                               const Training& training) {
    const Interactions& interactions = lesson.interactions;
    const double rank = 1.2 * settings["factors"] + 16;
    ATTUNE_TRY_VOID(
        check_budget(kSvd.name,
                     4 * sizeof(float) * rank *
                             (static_cast<double>(interactions.people()) + interactions.items()) +
                         static_cast<double>(interactions.size()) * 24,
                     settings["memory_gb"], "fewer factors fit, or a larger memory_gb"));
    const auto of = [&](std::string_view name) { return static_cast<float>(settings[name]); };
    const DampedRows damped_rows = damped(
        interactions,
        {.emphasis = of("emphasis"), .person = of("person_damping"), .item = of("item_damping")});
    if (damped_rows.rows.size() == 0)
        return fail(Code::invalid_argument, "svd: no interaction with a weight above zero");
    ATTUNE_TRY(TruncatedSvd svd, truncated_svd(damped_rows.rows,
                                               {.rank = settings.whole("factors"),
                                                .iterations = settings.whole("iterations")},
                                               training));
    std::vector<float> everybody(svd.values.size());
    const auto people = static_cast<float>(interactions.people());
    for (std::size_t item = 0; item < damped_rows.item_sums.size(); ++item)
        add_scaled(everybody, damped_rows.item_sums[item] / people, svd.right.row(item));
    return std::make_unique<SvdModel>(std::move(svd.right), std::move(everybody), of("emphasis"));
}

}  // namespace

const Learner kSvd{.name = "svd",
                   .summary = "Items on the axes along which people differ most.",
                   .settings = kSettings,
                   .learn = &learn_svd,
                   .load = &SvdModel::load};

}  // namespace attune::learn
