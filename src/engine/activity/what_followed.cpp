#include "engine/activity/what_followed.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::engine {
namespace {

constexpr std::size_t kLastItems = 10;
constexpr std::size_t kPeopleOfLast = 400;  // of the latest item; less of each before it
constexpr std::size_t kPeopleLeast = 40;
constexpr double kPeopleDecay = 0.7;
constexpr std::size_t kAhead = 4;  // people whose memory is fetched while others are looked at
constexpr std::size_t kSteps = 5;
constexpr float kDecay = 0.8F;
constexpr float kHalfLifeSeconds = 90 * 86'400.0F;
constexpr float kDamping = 0.3F;

// Scores are summed as whole numbers of 2^-32, which come to the same in whatever order people are looked at: a start from the
// log or from a checkpoint, or a merge, may have them in another.
constexpr float kOne = 4'294'967'296.0F;

struct Followed {
    std::uint64_t score = 0;
    std::uint32_t people = 0;
};
using Scores = boost::unordered_flat_map<ItemNumber, std::uint64_t>;
using Pairs = boost::unordered_flat_map<ItemNumber, Followed>;

// The latest different items, the latest first.
std::vector<ItemNumber> last_items(learn::History history) {
    std::vector<ItemNumber> last;
    for (std::size_t i = history.size(); i > 0 && last.size() < kLastItems; --i) {
        const learn::Touch& touch = history[i - 1];
        if (touch.weight > 0 && std::ranges::find(last, touch.item) == last.end())
            last.push_back(touch.item);
    }
    return last;
}

// What one person did after they last touched `from`, where the mask allows it.
void add_steps(std::span<const KeptTouch> touches, ItemNumber from, float weight, std::int64_t now,
               const learn::ItemMask& mask, Pairs& pairs) {
    std::size_t at = touches.size();
    while (at > 0 && (touches[at - 1].item != from || touches[at - 1].weight <= 0)) --at;
    std::array<ItemNumber, kSteps> seen{};
    std::size_t steps = 0;
    for (; at < touches.size() && steps < kSteps; ++at) {
        const KeptTouch& touch = touches[at];
        if (touch.weight <= 0 ||
            std::find(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(steps),
                      touch.item) != seen.begin() + static_cast<std::ptrdiff_t>(steps))
            continue;
        if (touch.item < mask.items() && mask.allows(touch.item)) {
            const auto age = static_cast<float>(std::max<std::int64_t>(0, now - touch.time));
            Followed& pair = pairs[touch.item];
            // At most one each, of some 1,300 people and ten items: far from 2^64.
            pair.score +=
                static_cast<std::uint64_t>(weight * std::exp2(-age / kHalfLifeSeconds) * kOne);
            ++pair.people;
        }
        seen[steps++] = touch.item;
        weight *= kDecay;
    }
}

}  // namespace

std::vector<learn::Scored> what_followed(const TouchBook& book, learn::History history,
                                         std::size_t limit, const learn::ItemMask& mask,
                                         std::int64_t now, std::uint32_t people_min) {
    const std::vector<ItemNumber> last = last_items(history);
    Scores scores;
    Pairs pairs;
    float weight = 1;
    double room = kPeopleOfLast;
    for (const ItemNumber from : last) {
        const auto all = book.item_people().of(from);
        const auto people = all.last(std::min(all.size(), static_cast<std::size_t>(room)));
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (i + 2 * kAhead < people.size()) book.expect(people[i + 2 * kAhead]);
            if (i + kAhead < people.size()) book.expect_touches(people[i + kAhead]);
            add_steps(book.touches_of(people[i]), from, weight, now, mask, pairs);
        }
        for (const auto& [item, pair] : pairs)
            if (pair.people >= people_min) scores[item] += pair.score;
        pairs.clear();
        weight *= kDecay;
        room = std::max<double>(kPeopleLeast, room * kPeopleDecay);
    }
    for (const learn::Touch& touch : history) scores.erase(touch.item);
    std::vector<learn::Scored> list;
    list.reserve(scores.size());
    const ItemCounts& counts = book.item_people().counts();
    for (const auto& [item, score] : scores) {
        const auto people = static_cast<float>(std::max(1U, counts[item]));
        list.push_back({item, static_cast<float>(score) / kOne * std::pow(people, -kDamping)});
    }
    return learn::best_of_list(std::move(list), limit);
}

}  // namespace attune::engine
