#include "learn/recommend/popularity.h"

#include "learn/recommend/model_file.h"
#include "learn/recommend/pair_people.h"

#include <algorithm>
#include <array>

namespace attune::learn {

namespace {

constexpr std::array kSettings{kPeopleMin};

class Popularity final : public Recommender {
public:
    explicit Popularity(std::vector<float> people) : people_(std::move(people)) {}

    [[nodiscard]] std::string_view name() const override { return kPopularity.name; }
    [[nodiscard]] ItemIndex items() const override {
        return static_cast<ItemIndex>(people_.size());
    }
    void score(const Query&, std::span<float> scores) const override {
        std::ranges::copy(people_, scores.begin());
    }
    // What nobody touched, or too few, is not popular.
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override {
        std::vector<Scored> list = Recommender::best(query, limit, allowed);
        std::erase_if(list, [](const Scored& one) { return one.score <= 0; });
        return list;
    }
    void save(ModelWriter& writer) const override { writer.put("people", people_); }
    [[nodiscard]] std::size_t bytes() const override { return people_.size() * sizeof(float); }

private:
    std::vector<float> people_;
};

Result<std::unique_ptr<Recommender>> learn_popularity(const Lesson& lesson,
                                                      const Settings& settings, const Training&) {
    std::vector<float> people(lesson.interactions.items());
    for (const ItemIndex item : lesson.interactions.matrix().columns) people[item] += 1;
    const auto least = static_cast<float>(settings[kPeopleMin.name]);
    for (float& count : people)
        if (count < least) count = 0;
    return std::make_unique<Popularity>(std::move(people));
}

Result<std::unique_ptr<Recommender>> load_popularity(ModelReader& reader) {
    ATTUNE_TRY(auto people, reader.array<float>("people"));
    return std::make_unique<Popularity>(std::move(people));
}

}  // namespace

const Learner kPopularity{.name = "popularity",
                          .summary = "What most people touched, the same for everybody.",
                          .settings = kSettings,
                          .learn = &learn_popularity,
                          .load = &load_popularity};

}  // namespace attune::learn
