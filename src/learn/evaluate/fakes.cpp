#include "base/random.h"
#include "learn/evaluate/poisoning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace attune::learn {

namespace {

constexpr std::array<std::string_view, std::size(kAttacks)> kAttackNames{
    "random", "average", "bandwagon", "segment", "copied", "sleeper", "burst", "adaptive"};

constexpr std::size_t kPopular = 50;  // items that bandwagon fills itself with
constexpr std::size_t kAgain = 50;  // how often the target is touched where repeating costs nothing

struct Span {
    std::int64_t begin = INT64_MAX;
    std::int64_t end = INT64_MIN;
};

class Forger {
public:
    Forger(const Interactions& honest, ItemIndex target, const PoisoningOptions& options,
           std::uint64_t seed)
        : honest_(honest), target_(target), options_(options), random_(seed) {
        std::vector<std::size_t> counts(honest.items());
        for (PersonIndex person = 0; person < honest.people(); ++person)
            for (const Touch& touch : honest.of_person(person)) {
                ++counts[touch.item];
                touched_.push_back(touch.item);
                span_.begin = std::min(span_.begin, touch.time);
                span_.end = std::max(span_.end, touch.time);
            }
        by_popularity_.resize(honest.items());
        std::iota(by_popularity_.begin(), by_popularity_.end(), 0U);
        std::ranges::sort(by_popularity_, [&](ItemIndex a, ItemIndex b) {
            return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
        });
        if (options.attack == Attack::segment) find_segment(by_popularity_.front());
    }

    // One account after the other; `number` of `all`.
    void add_account(std::vector<Deed>& deeds, PersonIndex person, std::size_t number,
                     std::size_t all) {
        const Attack attack = options_.attack;
        const std::int64_t length = span_.end - span_.begin;
        const bool is_old = attack == Attack::sleeper || attack == Attack::adaptive;
        // The last window before the end is when the target is pushed, unless the bounds are known.
        const std::int64_t push_begin = std::max(span_.begin, span_.end - options_.bounds.window);
        const std::int64_t begin = is_old ? span_.begin
                                   : attack == Attack::burst
                                       ? std::max(span_.begin, span_.end - 3'600)
                                       : push_begin;
        const std::vector<ItemIndex> fill = filler();
        for (std::size_t i = 0; i < fill.size(); ++i) {
            // Old accounts live from the beginning on, the first touch right there.
            const std::int64_t at = i == 0 ? begin : begin + between(span_.end - begin);
            deeds.push_back({person, {.item = fill[i], .weight = 1, .time = at}});
        }
        std::int64_t at = push_begin + between(span_.end - push_begin);
        if (attack == Attack::adaptive) {
            // Spread over all windows after the accounts have come of age, evenly.
            const std::int64_t from = span_.begin + std::min(length, options_.bounds.young);
            at = from + static_cast<std::int64_t>(static_cast<double>(span_.end - from) *
                                                  (static_cast<double>(number) + 0.5) /
                                                  static_cast<double>(all));
        }
        const std::size_t times = attack == Attack::adaptive ? 1 : kAgain;
        for (std::size_t i = 0; i < times; ++i)
            deeds.push_back({person, {.item = target_, .weight = 1, .time = at}});
    }

private:
    std::int64_t between(std::int64_t length) {
        return length <= 0 ? 0
                           : static_cast<std::int64_t>(
                                 random_.below(static_cast<std::uint64_t>(length) + 1));
    }

    History somebody() {
        for (;;) {
            const auto person = static_cast<PersonIndex>(random_.below(honest_.people()));
            if (!honest_.of_person(person).empty()) return honest_.of_person(person);
        }
    }

    void find_segment(ItemIndex of) {
        for (PersonIndex person = 0; person < honest_.people(); ++person) {
            const History history = honest_.of_person(person);
            if (std::ranges::count(history, of, &Touch::item) == 0) continue;
            for (const Touch& touch : history) segment_.push_back(touch.item);
        }
    }

    std::vector<ItemIndex> filler() {
        const History like = somebody();
        std::vector<ItemIndex> items;
        if (options_.attack == Attack::copied || options_.attack == Attack::adaptive) {
            for (const Touch& touch : like) items.push_back(touch.item);
        } else {
            for (std::size_t i = 0; i < like.size(); ++i) items.push_back(one_more());
        }
        std::erase(items, target_);
        std::ranges::sort(items);
        const auto repeated = std::ranges::unique(items);
        items.erase(repeated.begin(), repeated.end());
        for (std::size_t i = items.size(); i > 1; --i)
            std::swap(items[i - 1], items[random_.below(i)]);
        return items;
    }

    ItemIndex one_more() {
        switch (options_.attack) {
            case Attack::random:
            case Attack::burst:
                return static_cast<ItemIndex>(random_.below(honest_.items()));
            case Attack::bandwagon:
                return by_popularity_[random_.below(std::min(kPopular, by_popularity_.size()))];
            case Attack::segment:
                return segment_[random_.below(segment_.size())];
            default:
                return touched_[random_.below(touched_.size())];
        }
    }

    const Interactions& honest_;
    const ItemIndex target_;
    const PoisoningOptions& options_;
    base::SeededRandom random_;
    Span span_;
    std::vector<ItemIndex> touched_;  // as often as it was
    std::vector<ItemIndex> by_popularity_;
    std::vector<ItemIndex> segment_;
};

}  // namespace

std::string_view name_of(Attack attack) { return kAttackNames[static_cast<std::size_t>(attack)]; }

std::vector<Deed> fakes_of(const Interactions& honest, ItemIndex target,
                           const PoisoningOptions& options, std::uint64_t seed) {
    const auto all = static_cast<std::size_t>(std::lround(options.share * honest.people()));
    std::vector<Deed> deeds;
    Forger forger(honest, target, options, seed);
    for (std::size_t i = 0; i < all; ++i)
        forger.add_account(deeds, honest.people() + static_cast<PersonIndex>(i), i, all);
    return deeds;
}

}  // namespace attune::learn
