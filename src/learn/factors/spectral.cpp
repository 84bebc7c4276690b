#include "learn/factors/spectral.h"

#include "learn/factors/damping.h"
#include "learn/factors/factor_recommender.h"
#include "learn/factors/item_weights.h"
#include "learn/linear/truncated_svd.h"
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
            .doc = "The number of axes that the low pass keeps.",
            .fallback = 256,
            .min = 1,
            .max = 2048,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 32,
            .search_high = 512},
    Setting{.name = "low_pass",
            .doc = "How much the low pass counts beside what was touched together.",
            .fallback = 0.3,
            .min = 0,
            .max = 10,
            .scale = Scale::logarithmic,
            .is_searched = true,
            .search_low = 0.05,
            .search_high = 2},
    Setting{.name = "item_damping",
            .doc = "How much smaller what many touched is made: 0 not, 0.5 all items alike.",
            .fallback = 0.5,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.3,
            .search_high = 0.6},
    Setting{.name = "person_damping",
            .doc = "How much less somebody who touched much counts: 0 not, 0.5 all people alike.",
            .fallback = 0.5,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.2,
            .search_high = 0.7},
    Setting{.name = "neighbours",
            .doc = "How many items touched together with one are kept for it.",
            .fallback = 500,
            .min = 1,
            .max = 100'000,
            .scale = Scale::whole},
    Setting{.name = "iterations",
            .doc = "How often the subspace is multiplied by the matrix and back.",
            .fallback = 6,
            .min = 1,
            .max = 100,
            .scale = Scale::whole},
    Setting{.name = "emphasis",
            .doc = "How much the weight of a touch counts: 0 not, 1 in proportion.",
            .fallback = 0.5,
            .min = 0,
            .max = 2},
    kMemoryGb,
};

struct Filter {
    float low_pass = 0.3F;
    float item_damping = 0.5F;
    float emphasis = 0.5F;
};

class SpectralModel final : public Recommender {
public:
    SpectralModel(ItemWeights together, Matrix axes, std::vector<float> item_sums, Filter filter)
        : together_(std::move(together)),
          axes_(std::move(axes)),
          item_sums_(std::move(item_sums)),
          filter_(filter),
          loudness_(item_sums_) {
        for (float& value : loudness_) value = std::pow(value, filter_.item_damping);
    }

    [[nodiscard]] std::string_view name() const override { return kSpectral.name; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(item_sums_.size());
    }

    void score(const Query& query, std::span<float> scores) const override {
        const auto evidence = evidence_of(query.history, items());
        if (evidence.empty()) {
            std::ranges::copy(item_sums_, scores.begin());
            return;
        }
        std::vector<float> near(item_sums_.size());
        together_.add(evidence, filter_.emphasis, near);
        dots(axes_.values(), projected(evidence), scores);
        for (std::size_t item = 0; item < scores.size(); ++item)
            scores[item] = whole_score(near[item], scores[item], item);
    }

    void score_some(const Query& query, std::span<const ItemIndex> some,
                    std::span<float> scores) const override {
        const auto evidence = evidence_of(query.history, items());
        std::vector<float> near(evidence.empty() ? 0 : item_sums_.size());
        if (!evidence.empty()) together_.add(evidence, filter_.emphasis, near);
        const std::vector<float> x = projected(evidence);
        for (std::size_t i = 0; i < some.size(); ++i) {
            const ItemIndex item = some[i];
            scores[i] = evidence.empty() ? item_sums_[item]
                                         : whole_score(near[item], dot(axes_.row(item), x), item);
        }
    }

    void save(ModelWriter& writer) const override {
        together_.save(writer);
        writer.put("axes", axes_.values());
        writer.put("item_sums", item_sums_);
        writer.put("low_pass", filter_.low_pass);
        writer.put("item_damping", filter_.item_damping);
        writer.put("emphasis", filter_.emphasis);
    }

    [[nodiscard]] std::size_t bytes() const override {
        return together_.bytes() + (axes_.values().size() + 2 * item_sums_.size()) * sizeof(float);
    }

    static Result<std::unique_ptr<Recommender>> load(ModelReader& reader) {
        ATTUNE_TRY(auto together, ItemWeights::load(reader));
        const std::size_t items = together.rows().width;
        ATTUNE_TRY(const auto values, reader.array<float>("axes"));
        ATTUNE_TRY(auto item_sums, reader.array<float>("item_sums"));
        Filter filter;
        ATTUNE_TRY(filter.low_pass, reader.number<float>("low_pass"));
        ATTUNE_TRY(filter.item_damping, reader.number<float>("item_damping"));
        ATTUNE_TRY(filter.emphasis, reader.number<float>("emphasis"));
        const auto is_sound = [](float value) { return std::isfinite(value) && value >= 0; };
        if (item_sums.size() != items || items == 0 || !std::ranges::all_of(item_sums, is_sound))
            return reader.damaged("item_sums");
        if (values.size() % items != 0 ||
            !std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
            return reader.damaged("axes");
        if (!is_sound(filter.low_pass) || !is_sound(filter.item_damping) ||
            !is_sound(filter.emphasis))
            return reader.damaged("low_pass");
        Matrix axes(items, values.size() / items);
        std::ranges::copy(values, axes.data());
        return std::make_unique<SpectralModel>(std::move(together), std::move(axes),
                                               std::move(item_sums), filter);
    }

private:
    // What the history looks like to the low pass.
    [[nodiscard]] std::vector<float> projected(std::span<const Evidence> evidence) const {
        std::vector<float> x(axes_.columns());
        for (const Evidence& one : evidence) {
            if (loudness_[one.item] > 0)
                add_scaled(x, emphasised(one.weight, filter_.emphasis) / loudness_[one.item],
                           axes_.row(one.item));
        }
        return x;
    }

    [[nodiscard]] float whole_score(float near, float passed, std::size_t item) const {
        return near + filter_.low_pass * loudness_[item] * passed;
    }

    ItemWeights together_;
    Matrix axes_;
    std::vector<float> item_sums_;
    Filter filter_;
    std::vector<float> loudness_;  // item_sums^item_damping
};

// The largest entries of each row of RᵀR.
Result<ItemWeights> touched_together(const SparseRows& by_person, std::size_t limit,
                                     const Training& training) {
    const SparseRows by_item = by_person.transposed();
    ItemWeights out(by_person.width);
    struct Room {
        std::vector<float> sums;
        std::vector<ItemIndex> seen;
    };
    std::vector<Room> rooms(std::max(1U, training.threads));
    const auto fill = [&](std::size_t item, Room& room) {
        room.sums.resize(by_person.width);
        room.seen.clear();
        const auto people = by_item.columns_of(item);
        const auto weights = by_item.values_of(item);
        for (std::size_t i = 0; i < people.size(); ++i) {
            const auto others = by_person.columns_of(people[i]);
            const auto values = by_person.values_of(people[i]);
            for (std::size_t j = 0; j < others.size(); ++j) {
                if (room.sums[others[j]] == 0) room.seen.push_back(others[j]);
                room.sums[others[j]] += weights[i] * values[j];
            }
        }
        std::vector<ItemWeight> row;
        row.reserve(room.seen.size());
        for (const ItemIndex other : room.seen) {
            if (room.sums[other] > 0) row.push_back({other, room.sums[other]});
            room.sums[other] = 0;
        }
        keep_largest(row, limit);
        row.shrink_to_fit();
        out.set(static_cast<ItemIndex>(item), std::move(row));
    };
    ATTUNE_TRY_VOID(for_chunks(by_item.rows(), 16, training,
                               [&](std::size_t begin, std::size_t end, unsigned worker) {
                                   for (std::size_t item = begin; item < end; ++item)
                                       fill(item, rooms[worker]);
                               }));
    out.pack();
    return out;
}

Result<std::unique_ptr<Recommender>> learn_spectral(const Lesson& lesson, const Settings& settings,
                                                    const Training& training) {
    const Interactions& interactions = lesson.interactions;
    const double rank = 1.2 * settings["factors"] + 16;
    ATTUNE_TRY_VOID(check_budget(
        kSpectral.name,
        4 * sizeof(float) * rank *
                (static_cast<double>(interactions.people()) + interactions.items()) +
            16.0 * settings["neighbours"] * interactions.items() +
            static_cast<double>(interactions.size()) * 24,
        settings["memory_gb"], "fewer factors or neighbours fit, or a larger memory_gb"));
    const auto of = [&](std::string_view name) { return static_cast<float>(settings[name]); };
    const Filter filter{of("low_pass"), of("item_damping"), of("emphasis")};
    DampedRows people = damped(
        interactions,
        {.emphasis = filter.emphasis, .person = of("person_damping"), .item = filter.item_damping});
    if (people.rows.size() == 0)
        return fail(Code::invalid_argument, "spectral: no interaction with a weight above zero");
    ATTUNE_TRY(ItemWeights together,
               touched_together(people.rows, settings.whole("neighbours"), training));
    if (training.progress) training.progress(0.5);
    ATTUNE_TRY(TruncatedSvd svd, truncated_svd(people.rows,
                                               {.rank = settings.whole("factors"),
                                                .iterations = settings.whole("iterations")},
                                               training));
    if (training.progress) training.progress(1);
    return std::make_unique<SpectralModel>(std::move(together), std::move(svd.right),
                                           std::move(people.item_sums), filter);
}

}  // namespace

const Learner kSpectral{.name = "spectral",
                        .summary = "What was touched together, smoothed over the graph of items.",
                        .settings = kSettings,
                        .learn = &learn_spectral,
                        .load = &SpectralModel::load};

}  // namespace attune::learn
