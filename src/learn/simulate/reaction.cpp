#include "learn/simulate/reaction.h"

#include "learn/simulate/curves.h"

#include <algorithm>

namespace attune::learn::simulate {

namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::uint64_t owned_bit(std::uint32_t item) { return std::uint64_t{1} << (Dice(item).next() & 63); }

// Writes one person's acts down, each a little later than the one before.
class Diary {
public:
    Diary(const Person& person, Visit visit, std::int64_t at, Dice& dice, std::vector<Draft>& out)
        : person_(person), visit_(visit), at_(at), dice_(dice), out_(out) {}

    void add(Act act, std::uint32_t item, std::size_t position, double value = 0) {
        out_.push_back(
            {.at = at_,
             .value = value,
             .person = person_.number,
             .item = item,
             .act = act,
             .device = visit_.device,
             .named = visit_.named,
             .position = static_cast<std::uint8_t>(std::min<std::size_t>(position, 255)),
             .order = static_cast<std::uint16_t>(std::min<std::size_t>(out_.size(), 0xffff))});
    }
    void wait(double low_seconds, double high_seconds) {
        at_ += static_cast<std::int64_t>(dice_.between(low_seconds, high_seconds) * 1000) *
               (kSecond / 1000);
    }
    [[nodiscard]] std::int64_t now() const { return at_; }

private:
    const Person& person_;
    Visit visit_;
    std::int64_t at_;
    Dice& dice_;
    std::vector<Draft>& out_;
};

double rating_of(const Person& person, double liking, Dice& dice) {
    const double stars = 3.2 + 0.7 * liking + person.generosity + 0.5 * dice.normal();
    return static_cast<double>(static_cast<int>(std::clamp(stars + 0.5, 1.0, 5.0)));
}

// Whether the item is acquired, and what is said about it.
void decide(const Person& person, const ItemTraits& traits, std::uint32_t item,
            std::size_t position, double liking, std::uint64_t& owned, Dice& dice, Diary& diary) {
    if ((owned & owned_bit(item)) != 0 || !dice.chance(sigmoid(1.2 * liking - 2.4))) return;
    if (traits.price_cents == 0) {
        diary.add(Act::install, item, position);
    } else {
        diary.add(Act::add_to_cart, item, position, traits.price());
        diary.wait(5, 90);
        // The price puts people off once more when the card is to be drawn.
        if (!dice.chance(0.85 - 0.25 * person.price_sensitivity)) return;
        diary.add(Act::purchase, item, position, traits.price());
    }
    owned |= owned_bit(item);
    if (!dice.chance(0.3)) return;
    diary.wait(20, 200);
    const double stars = rating_of(person, liking, dice);
    diary.add(Act::rating, item, position, stars);
    if (dice.chance(0.15)) {
        diary.wait(10, 60);
        diary.add(Act::review, item, position, stars);
    }
}

}  // namespace

double examination(const Person& person, std::size_t position) {
    return person.patience / (person.patience + 0.35 * static_cast<double>(position));
}

double click_chance(double affinity) { return sigmoid(1.1 * affinity - 2.2); }

std::int64_t react(const WorldOptions& options, const Catalogue& catalogue, const Person& person,
                   Visit visit, std::span<const std::uint32_t> shown, std::int64_t at,
                   std::uint64_t& owned, Dice& dice, std::vector<Draft>& out) {
    Diary diary(person, visit, at, dice, out);
    const double day = static_cast<double>(at) / static_cast<double>(kDayMicros);
    for (std::size_t position = 0; position < shown.size(); ++position) {
        if (!dice.chance(examination(person, position))) continue;
        const std::uint32_t item = shown[position];
        const ItemTraits& traits = catalogue[item];
        diary.add(Act::impression, item, position);
        diary.wait(0.3, 2.5);
        const double liking = affinity(options.seed, person, traits, day);
        if (!dice.chance(click_chance(liking))) continue;
        diary.add(Act::click, item, position);
        diary.wait(0.2, 0.9);
        diary.add(Act::view, item, position);
        const double seconds =
            std::clamp(12 * exp_of(0.5 * liking + 0.5 * dice.normal()), 1.0, 600.0);
        diary.wait(seconds, seconds + 0.5);
        diary.add(Act::dwell, item, position,
                  static_cast<double>(static_cast<int>(seconds * 10)) / 10);
        if (dice.chance(0.10 * sigmoid(liking))) diary.add(Act::favourite, item, position);
        if (dice.chance(0.04 * sigmoid(liking))) diary.add(Act::share, item, position);
        decide(person, traits, item, position, liking, owned, dice, diary);
    }
    return diary.now();
}

}  // namespace attune::learn::simulate
