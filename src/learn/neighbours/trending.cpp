#include "learn/neighbours/trending.h"

#include "learn/recommend/model_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace attune::learn {

namespace {

constexpr double kSecondsAnHour = 3'600;

constexpr std::array kSettings{
    Setting{.name = "half_life_hours",
            .doc = "Of what happens now.",
            .fallback = 6,
            .min = 0.01,
            .max = 10'000,
            .scale = Scale::logarithmic},
    Setting{.name = "usual_half_life_hours",
            .doc = "Of what usually happens.",
            .fallback = 14.0 * 24,
            .min = 0.01,
            .max = 100'000,
            .scale = Scale::logarithmic},
    Setting{.name = "people",
            .doc = "So many different people must have touched an item lately.",
            .fallback = 3,
            .min = 1,
            .max = TrendCounts::kPeople,
            .scale = Scale::whole},
    Setting{.name = "prior",
            .doc = "Added to what is expected of an item, so that a few events are no storm.",
            .fallback = 1,
            .min = 0.001,
            .max = 1'000},
};

class Trending final : public Recommender {
public:
    explicit Trending(Trends trends) : trends_(std::move(trends)) {}

    [[nodiscard]] std::string_view name() const override { return kTrending.name; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(trends_.quick.size());
    }
    void score(const Query& query, std::span<float> scores) const override {
        for (ItemIndex item = 0; item < items(); ++item)
            scores[item] = trends_.rise(item, query.now);
    }
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override {
        auto out = Recommender::best(query, limit, allowed);
        std::erase_if(out, [](const Scored& one) { return one.score <= 0; });
        return out;
    }
    // Nothing here is like anything else.
    [[nodiscard]] std::vector<Scored> like(ItemIndex, std::size_t, const ItemMask&) const override {
        return {};
    }
    void save(ModelWriter& writer) const override {
        writer.put("half_life", trends_.rules.half_life);
        writer.put("usual_half_life", trends_.rules.usual_half_life);
        writer.put("people", trends_.rules.people);
        writer.put("prior", trends_.rules.prior);
        writer.put("at", trends_.at);
        writer.put("quick_sum", trends_.quick_sum);
        writer.put("usual_sum", trends_.usual_sum);
        writer.put("quick", trends_.quick);
        writer.put("usual", trends_.usual);
        writer.put("lively_until", trends_.lively_until);
    }
    [[nodiscard]] std::size_t bytes() const override {
        return trends_.quick.size() * (2 * sizeof(float) + sizeof(std::int64_t));
    }

private:
    Trends trends_;
};

// Everybody's touches, in the order in which they happened.
Result<std::unique_ptr<Recommender>> learn_trending(const Lesson& lesson, const Settings& settings,
                                                    const Training& training) {
    const Interactions& interactions = lesson.interactions;
    std::vector<Deed> deeds;
    deeds.reserve(interactions.size());
    for (PersonIndex person = 0; person < interactions.people(); ++person)
        for (const Touch& touch : interactions.of_person(person))
            if (touch.weight > 0) deeds.push_back({person, touch});
    std::ranges::sort(deeds, {}, [](const Deed& deed) {
        return std::tuple(deed.touch.time, deed.person, deed.touch.item);
    });
    if (training.stop.stop_requested()) return fail(Code::cancelled, "learning was stopped");
    TrendCounts counts(interactions.items(),
                       {.half_life = settings["half_life_hours"] * kSecondsAnHour,
                        .usual_half_life = settings["usual_half_life_hours"] * kSecondsAnHour,
                        .people = settings.whole("people"),
                        .prior = settings["prior"]});
    for (const Deed& deed : deeds) counts.add(deed.touch.item, deed.person, deed.touch.time);
    return trending_of(counts.trends());
}

Result<std::unique_ptr<Recommender>> load_trending(ModelReader& reader) {
    Trends out;
    ATTUNE_TRY(out.rules.half_life, reader.number<double>("half_life"));
    ATTUNE_TRY(out.rules.usual_half_life, reader.number<double>("usual_half_life"));
    ATTUNE_TRY(out.rules.people, reader.number<std::uint32_t>("people"));
    ATTUNE_TRY(out.rules.prior, reader.number<double>("prior"));
    ATTUNE_TRY(out.at, reader.number<std::int64_t>("at"));
    ATTUNE_TRY(out.quick_sum, reader.number<double>("quick_sum"));
    ATTUNE_TRY(out.usual_sum, reader.number<double>("usual_sum"));
    ATTUNE_TRY(out.quick, reader.array<float>("quick"));
    ATTUNE_TRY(out.usual, reader.array<float>("usual"));
    ATTUNE_TRY(out.lively_until, reader.array<std::int64_t>("lively_until"));
    const auto are_sound = [](const std::vector<float>& counts) {
        return std::ranges::all_of(counts,
                                   [](float one) { return std::isfinite(one) && one >= 0; });
    };
    if (out.usual.size() != out.quick.size() || out.lively_until.size() != out.quick.size() ||
        !are_sound(out.quick) || !are_sound(out.usual))
        return reader.damaged("quick");
    if (!(out.rules.half_life > 0 && out.rules.prior > 0 && std::isfinite(out.quick_sum) &&
          std::isfinite(out.usual_sum)))
        return reader.damaged("half_life");
    return trending_of(std::move(out));
}

}  // namespace

std::unique_ptr<Recommender> trending_of(Trends trends) {
    return std::make_unique<Trending>(std::move(trends));
}

const Learner kTrending{
    .name = "trending",
    .summary = "What happens more than usual right now, the same for everybody.",
    .settings = kSettings,
    .learn = &learn_trending,
    .load = &load_trending};

}  // namespace attune::learn
