#include "learn/factors/ials_model.h"

#include "learn/factors/evidence.h"
#include "learn/factors/ials.h"
#include "learn/factors/ridge.h"

#include <cmath>

namespace attune::learn {

float IalsPenalties::confidence(float weight) const {
    return emphasis == 0 ? 1 : std::pow(weight, emphasis) / usual;
}

float IalsPenalties::of(std::size_t touches) const {
    return regularization * std::pow(static_cast<float>(touches) + unobserved * others, nu);
}

IalsModel::IalsModel(Matrix factors, std::vector<float> diagonal, std::vector<float> everybody,
                     IalsPenalties penalties)
    : FactorRecommender(factors),
      diagonal_(std::move(diagonal)),
      everybody_(std::move(everybody)),
      penalties_(penalties) {}

std::string_view IalsModel::name() const { return kIals.name; }

std::vector<float> IalsModel::person(const Query& query) const {
    const auto evidence = evidence_of(query.history, items());
    if (evidence.empty()) return everybody_;
    std::vector<float> penalty(diagonal_);
    const float own = penalties_.of(evidence.size());
    for (float& value : penalty) value = penalties_.unobserved * value + own;
    Ridge ridge;
    ridge.begin(penalty, evidence.size());
    for (const Evidence& one : evidence)
        ridge.add(item_factors().row(one.item), penalties_.confidence(one.weight), 1);
    std::vector<float> x(penalty.size());
    return ridge.solve(x) ? x : everybody_;
}

void IalsModel::save(ModelWriter& writer) const {
    FactorRecommender::save(writer);
    writer.put("diagonal", diagonal_);
    writer.put("everybody", everybody_);
    writer.put("unobserved", penalties_.unobserved);
    writer.put("regularization", penalties_.regularization);
    writer.put("nu", penalties_.nu);
    writer.put("emphasis", penalties_.emphasis);
    writer.put("others", penalties_.others);
    writer.put("usual", penalties_.usual);
}

Result<std::unique_ptr<Recommender>> IalsModel::load(ModelReader& reader) {
    ATTUNE_TRY(Matrix factors, load_factors(reader));
    ATTUNE_TRY(auto diagonal, load_axis_values(reader, "diagonal", factors));
    ATTUNE_TRY(auto everybody, load_axis_values(reader, "everybody", factors));
    IalsPenalties penalties;
    ATTUNE_TRY(penalties.unobserved, reader.number<float>("unobserved"));
    ATTUNE_TRY(penalties.regularization, reader.number<float>("regularization"));
    ATTUNE_TRY(penalties.nu, reader.number<float>("nu"));
    ATTUNE_TRY(penalties.emphasis, reader.number<float>("emphasis"));
    ATTUNE_TRY(penalties.others, reader.number<float>("others"));
    ATTUNE_TRY(penalties.usual, reader.number<float>("usual"));
    if (!(penalties.of(1) > 0) || !(penalties.unobserved >= 0))
        return reader.damaged("regularization");
    if (!(penalties.usual > 0) || !std::isfinite(penalties.usual)) return reader.damaged("usual");
    return std::make_unique<IalsModel>(std::move(factors), std::move(diagonal),
                                       std::move(everybody), penalties);
}

}  // namespace attune::learn
