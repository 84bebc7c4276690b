#include "learn/evaluate/blend.h"

#include "learn/evaluate/learners.h"
#include "learn/recommend/model_file.h"

#include <algorithm>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::uint32_t kMembersMax = 64;

std::string section_of(std::size_t member) { return "member." + std::to_string(member); }

ItemMask untouched(ItemIndex items, History history) {
    ItemMask mask(items);
    for (const Touch& touch : history)
        if (touch.item < items) mask.forbid(touch.item);
    return mask;
}

// What any member proposes.
std::vector<ItemIndex> proposed(std::span<const BlendMember> members, const Query& query,
                                std::size_t depth, const ItemMask& allowed) {
    std::vector<ItemIndex> items;
    for (const BlendMember& member : members)
        for (const Scored& one : member.model->best(query, depth, allowed))
            items.push_back(one.item);
    std::ranges::sort(items);
    const auto repeated = std::ranges::unique(items);
    items.erase(repeated.begin(), repeated.end());
    return items;
}

double deviation_of(std::span<const float> values) {
    const auto count = static_cast<double>(values.size());
    double sum = 0;
    for (const float value : values) sum += value;
    double squares = 0;
    for (const float value : values) squares += std::pow(value - sum / count, 2);
    return values.empty() ? 0 : std::sqrt(squares / count);
}

CommonGround ground_on(std::span<const BlendMember> members, const Query& query,
                       std::vector<ItemIndex> items) {
    CommonGround ground{.items = std::move(items), .scales = {}};
    std::vector<float> own(ground.items.size());
    for (const BlendMember& member : members) {
        member.model->score_some(query, ground.items, own);
        const double deviation = deviation_of(own);
        // Differences that a float hardly holds would be blown up to noise.
        constexpr double kTooSmall = 1e-20;
        ground.scales.push_back(deviation > kTooSmall ? static_cast<float>(1 / deviation) : 0);
    }
    return ground;
}

}  // namespace

CommonGround common_ground(std::span<const BlendMember> members, const Query& query,
                           std::size_t depth) {
    const ItemMask unseen = untouched(members.front().model->items(), query.history);
    return ground_on(members, query, proposed(members, query, depth, unseen));
}

Blend::Blend(std::string_view name, std::vector<BlendMember> members, std::size_t depth)
    : name_(name), members_(std::move(members)), depth_(depth) {
    ATTUNE_CHECK(!members_.empty() && depth_ > 0);
}

template <class ScoreMember>
void Blend::add_up(const CommonGround& ground, std::span<float> scores,
                   const ScoreMember& score_member) const {
    std::ranges::fill(scores, 0.0F);
    std::vector<float> own(scores.size());
    for (std::size_t m = 0; m < members_.size(); ++m) {
        if (ground.scales[m] == 0) continue;
        const float factor = static_cast<float>(members_[m].weight) * ground.scales[m];
        score_member(*members_[m].model, std::span<float>(own));
        for (std::size_t i = 0; i < own.size(); ++i) scores[i] += factor * own[i];
    }
}

void Blend::score(const Query& query, std::span<float> scores) const {
    add_up(common_ground(members_, query, depth_), scores,
           [&](const Recommender& member, std::span<float> own) { member.score(query, own); });
}

void Blend::score_some(const Query& query, std::span<const ItemIndex> some,
                       std::span<float> scores) const {
    add_up(common_ground(members_, query, depth_), scores,
           [&](const Recommender& member, std::span<float> own) {
               member.score_some(query, some, own);
           });
}

std::vector<Scored> Blend::best(const Query& query, std::size_t limit,
                                const ItemMask& allowed) const {
    if (limit == 0) return {};
    const ItemMask unseen = untouched(items(), query.history);
    CommonGround ground = ground_on(members_, query, proposed(members_, query, depth_, unseen));
    // Mostly what is asked for is what was not touched, and then all is found already.
    const bool is_found = limit <= depth_ && std::ranges::equal(allowed.words(), unseen.words());
    const std::vector<ItemIndex> candidates =
        is_found ? ground.items : proposed(members_, query, std::max(limit, depth_), allowed);
    std::vector<float> scores(candidates.size());
    add_up(ground, scores, [&](const Recommender& member, std::span<float> own) {
        member.score_some(query, candidates, own);
    });
    std::vector<Scored> list(candidates.size());
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = {candidates[i], scores[i]};
    return best_of_list(std::move(list), limit);
}

std::size_t Blend::bytes() const {
    std::size_t sum = 0;
    for (const BlendMember& member : members_) sum += member.model->bytes();
    return sum;
}

void Blend::save(ModelWriter& writer) const {
    std::vector<double> weights;
    for (const BlendMember& member : members_) weights.push_back(member.weight);
    writer.put("weights", weights);
    writer.put("depth", static_cast<std::uint64_t>(depth_));
    for (std::size_t i = 0; i < members_.size(); ++i)
        writer.put(section_of(i), std::string_view(save_model(*members_[i].model)));
}

Result<std::unique_ptr<Recommender>> Blend::load(std::string_view name, ModelReader& reader) {
    ATTUNE_TRY(const auto weights, reader.array<double>("weights"));
    ATTUNE_TRY(const auto depth, reader.number<std::uint64_t>("depth"));
    if (weights.empty() || weights.size() > kMembersMax) return reader.damaged("weights");
    if (depth == 0) return reader.damaged("depth");
    std::vector<BlendMember> members;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        ATTUNE_TRY(const std::string_view bytes, reader.text(section_of(i)));
        ATTUNE_TRY(const auto inner, ModelReader::open(bytes));
        // A blend in a blend could nest as deep as its bytes allow.
        if (inner.kind() == name) return reader.damaged(section_of(i));
        ATTUNE_TRY(auto model, load_model(bytes));
        if (!members.empty() && model->items() != members.front().model->items())
            return reader.damaged(section_of(i));
        members.push_back({.model = std::move(model), .weight = weights[i]});
    }
    return std::make_unique<Blend>(name, std::move(members), depth);
}

}  // namespace attune::learn
