// Blend: several models as one. Each says in its own unit how much it likes an item; put on one scale per question, the
// weighted sum ranks better than any of them, because they are wrong about different things.
//
//     score(item) = Σ over members: weight × score(item) ÷ deviation
//
// `deviation` is the standard deviation of the member's scores over what all members find best among what the history does
// not have, `depth` items each: the same items for everybody, among which the choice will be made. A member that tells none of
// them apart adds nothing. docs/decisions/0094 has what else was measured: ranks forget how sure a member is, and the range of its own
// best says nothing of how it ranks what others propose.
//
// best() looks at what the members' own best() find, `depth` each, so it costs what they cost and not the catalogue.
#pragma once

#include "learn/recommend/recommender.h"

#include <memory>
#include <string_view>
#include <vector>

namespace attune::learn {

class ModelReader;

struct BlendMember {
    std::shared_ptr<const Recommender> model;
    double weight = 1;
};

// What the members find best for one question, and what their scores are multiplied with.
struct CommonGround {
    std::vector<ItemIndex> items;  // ascending
    std::vector<float>
        scales;  // of each member, its weight left out; 0 where it tells nothing apart
};
[[nodiscard]] CommonGround common_ground(std::span<const BlendMember> members, const Query& query,
                                         std::size_t depth);

class Blend final : public Recommender {
public:
    // At least one member, all of one catalogue.
    Blend(std::string_view name, std::vector<BlendMember> members, std::size_t depth);

    [[nodiscard]] std::span<const BlendMember> members() const { return members_; }

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] ItemIndex items() const override { return members_.front().model->items(); }
    void score(const Query& query, std::span<float> scores) const override;
    void score_some(const Query& query, std::span<const ItemIndex> some,
                    std::span<float> scores) const override;
    [[nodiscard]] std::vector<Scored> best(const Query& query, std::size_t limit,
                                           const ItemMask& allowed) const override;
    void save(ModelWriter& writer) const override;
    [[nodiscard]] std::size_t bytes() const override;

    // data_loss also where a member is itself a blend.
    [[nodiscard]] static Result<std::unique_ptr<Recommender>> load(std::string_view name,
                                                                   ModelReader& reader);

private:
    template <class ScoreMember>
    void add_up(const CommonGround& ground, std::span<float> scores,
                const ScoreMember& score_member) const;

    std::string_view name_;
    std::vector<BlendMember> members_;
    std::size_t depth_;
};

}  // namespace attune::learn
