#include "learn/simulate/world.h"

#include <algorithm>
#include <tuple>

namespace attune::learn::simulate {

namespace {

constexpr std::size_t kListLength = 10;
constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr std::uint32_t kDaysBeyondFactor = 20;

// A total order: two drafts that are equal in all of this are the same event to the byte.
bool earlier(const Draft& a, const Draft& b) {
    return std::tie(a.at, a.person, a.order, a.act, a.item) <
           std::tie(b.at, b.person, b.order, b.act, b.item);
}

// What has to be remembered of a person between two visits.
struct Memory {
    std::uint64_t owned = 0;      // Bloom filter of what they bought
    std::uint8_t identified = 0;  // a bit a device on which they logged in
};

// A search word: of a category or a tag the person likes, found by trying a few and keeping the
// best.
std::uint16_t draw_word(const WorldOptions& options, const Person& person, double day, Dice& dice) {
    std::uint16_t best = 0;
    double best_taste = -1e9;
    for (int attempt = 0; attempt < 5; ++attempt) {
        const auto category = static_cast<std::uint16_t>(dice.below(kCategoryCount));
        const double taste = category_taste(options.seed, person, category, day);
        if (taste > best_taste) {
            best_taste = taste;
            best = category;
        }
    }
    if (dice.chance(0.4)) return best;
    const auto tag =
        static_cast<std::uint16_t>(best * kTagsPerCategory + dice.below(kTagsPerCategory));
    return static_cast<std::uint16_t>(kCategoryCount + tag);
}

std::uint16_t category_of_word(std::uint16_t word) {
    return word < kCategoryCount
               ? word
               : static_cast<std::uint16_t>((word - kCategoryCount) / kTagsPerCategory);
}

}  // namespace

class Generator::Impl {
public:
    explicit Impl(const World& world)
        : world_(world), options_(world.options()), memory_(options_.people) {
        const auto since_epoch = std::chrono::floor<std::chrono::days>(options_.start);
        first_weekday_ = std::chrono::weekday(since_epoch).iso_encoding() - 1;
        if (options_.events != 0) scale_ = scale_for(options_.events);
    }

    bool next(domain::IncomingEvent& event) {
        if (options_.events != 0 && count_ == options_.events) return false;
        while (at_ == today_.size()) {
            if (!begin_day()) return false;
        }
        const Draft& draft = today_[at_++];
        if (draft.person != person_.number || count_ == 0)
            person_ = draw_person(options_, draft.person);
        event = world_.write(draft, person_,
                             "sim-" + std::to_string(options_.seed) + "-" + std::to_string(count_));
        ++count_;
        return true;
    }

    std::uint64_t count() const { return count_; }
    std::int32_t day() const { return day_; }

private:
    // Lets the day pass and puts what happened in order. What runs past midnight is kept for the
    // day after.
    bool begin_day() {
        const auto last_day = static_cast<std::int32_t>(options_.days);
        const bool over = options_.events == 0
                              ? day_ >= last_day
                              : day_ >= last_day * static_cast<std::int32_t>(kDaysBeyondFactor);
        if (over) {
            if (later_.empty()) return false;
        } else {
            for (std::uint32_t number = 0; number < options_.people; ++number) live(number);
        }
        const std::int64_t midnight = (day_ + 1) * kDayMicros;
        std::sort(later_.begin(), later_.end(), earlier);
        const auto tail =
            over ? later_.end()
                 : std::partition_point(later_.begin(), later_.end(),
                                        [midnight](const Draft& d) { return d.at < midnight; });
        today_.assign(later_.begin(), tail);
        later_.erase(later_.begin(), tail);
        at_ = 0;
        ++day_;
        return true;
    }

    void live(std::uint32_t number) {
        const Person person = draw_person(options_, number);
        if (!person.is_here(day_)) return;
        Dice dice(options_.seed, About::day, number, day_);
        const bool weekend = (first_weekday_ + static_cast<std::uint32_t>(day_)) % 7 >= 5;
        double visits = person.visits_per_day * scale_ * (weekend ? person.weekend_factor : 1);
        // The day somebody joins they are there for certain.
        if (day_ == person.joins_day) visits = std::max(visits, 1.0);
        int sessions = static_cast<int>(visits);
        if (dice.chance(visits - sessions)) ++sessions;
        for (int session = 0; session < sessions; ++session) visit(person, dice);
    }

    void visit(const Person& person, Dice& dice) {
        const double hour = dice.chance(0.7) ? person.main_hour : person.other_hour;
        const double local_minutes = 60 * hour + 50 * dice.normal();
        std::int64_t minutes =
            static_cast<std::int64_t>(local_minutes) - zones()[person.zone].offset_minutes;
        minutes = (minutes % 1440 + 1440) % 1440;
        std::int64_t at = day_ * kDayMicros + minutes * kMinuteMicros +
                          static_cast<std::int64_t>(dice.below(60'000)) * 1000;

        Memory& memory = memory_[person.number];
        const auto device =
            static_cast<std::uint8_t>(dice.chance(0.7) ? 0 : dice.below(person.device_count));
        const auto device_bit = static_cast<std::uint8_t>(1u << device);
        Visit where{.device = device, .named = (memory.identified & device_bit) != 0};
        const std::size_t first = later_.size();
        note(person, where, at, Act::page, 0);
        if (!where.named && day_ >= person.logs_in_day) {
            at += 20'000'000;
            where.named = true;
            memory.identified |= device_bit;
            note(person, where, at, Act::identify, 0);
        }
        int lists = 1;
        while (lists < 6 && dice.chance(0.45)) ++lists;
        for (int list = 0; list < lists; ++list)
            at = browse(person, where, at + 3'000'000, memory, dice);
        for (std::size_t i = first; i < later_.size(); ++i) {
            later_[i].order = static_cast<std::uint16_t>(std::min<std::size_t>(i - first, 0xffff));
        }
    }

    // One list: the storefront, or the answer to a search.
    std::int64_t browse(const Person& person, Visit where, std::int64_t at, Memory& memory,
                        Dice& dice) {
        const Catalogue& catalogue = world_.catalogue();
        std::array<std::uint32_t, kListLength> shown{};
        std::size_t length = 0;
        std::optional<std::uint16_t> category;
        if (dice.chance(0.35)) {
            const double day = static_cast<double>(at) / static_cast<double>(kDayMicros);
            const std::uint16_t word = draw_word(options_, person, day, dice);
            category = category_of_word(word);
            note(person, where, at, Act::search, word);
            at += 1'000'000;
        }
        for (int attempt = 0; attempt < 40 && length < kListLength; ++attempt) {
            const auto item = category
                                  ? catalogue.draw_of(*category, dice)
                                  : std::optional(dice.chance(0.6) ? catalogue.draw(dice)
                                                                   : dice.below(catalogue.size()));
            if (!item) break;
            if (catalogue[*item].released_day > day_) continue;
            const auto end = shown.begin() + static_cast<std::ptrdiff_t>(length);
            if (std::find(shown.begin(), end, *item) == end) shown[length++] = *item;
        }
        return react(options_, catalogue, person, where, {shown.data(), length}, at, memory.owned,
                     dice, later_);
    }

    void note(const Person& person, Visit where, std::int64_t at, Act act, std::uint16_t word) {
        later_.push_back({.at = at,
                          .person = person.number,
                          .act = act,
                          .device = where.device,
                          .named = where.named,
                          .word = word});
    }

    // How much more often people have to come by for the log to be `events` long: one sample of
    // people lives through the whole time at the usual rate.
    double scale_for(std::uint64_t events) {
        const std::uint32_t sample = std::min<std::uint32_t>(options_.people, 300);
        const std::uint32_t stride = options_.people / sample;
        for (day_ = 0; day_ < static_cast<std::int32_t>(options_.days); ++day_) {
            for (std::uint32_t i = 0; i < sample; ++i) live(i * stride);
        }
        const double usual = static_cast<double>(later_.size()) * options_.people / sample;
        for (std::uint32_t i = 0; i < sample; ++i) memory_[i * stride] = {};
        later_.clear();
        day_ = 0;
        return usual > 0 ? static_cast<double>(events) / usual : 1;
    }

    const World& world_;
    const WorldOptions& options_;
    std::uint32_t first_weekday_ = 0;
    double scale_ = 1;
    std::vector<Memory> memory_;
    std::vector<Draft> today_;
    std::vector<Draft> later_;
    std::size_t at_ = 0;
    Person person_;
    std::int32_t day_ = 0;
    std::uint64_t count_ = 0;
};

Generator::Generator(const World& world) : impl_(std::make_unique<Impl>(world)) {}
Generator::~Generator() = default;
bool Generator::next(domain::IncomingEvent& event) { return impl_->next(event); }
std::uint64_t Generator::count() const { return impl_->count(); }
std::int32_t Generator::day() const { return impl_->day(); }

}  // namespace attune::learn::simulate
