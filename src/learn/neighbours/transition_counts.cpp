#include "learn/neighbours/transition_counts.h"

#include "learn/recommend/parallel.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace attune::learn {

namespace {

// Counts are sums of 64ths: such sums are exact in a float up to 262,144 people a pair, whatever their order, which is
// what makes forgetting exact.
constexpr float kGrain = 64;

// Weights grow with time from the landmark on; beyond this many halvings it moves, and a count that has shrunk below
// kLeast is nothing.
constexpr double kHalvingsMax = 20;
constexpr float kLeast = 1e-9F;

constexpr bool is_more(float a, ItemIndex a_item, float b, ItemIndex b_item) {
    return a != b ? a > b : a_item < b_item;
}

// Where each item was touched: by whom, and at which place of their history.
struct Spot {
    PersonIndex person = 0;
    std::uint32_t at = 0;
};

struct Spots {
    std::vector<std::uint64_t> begins;
    std::vector<Spot> spots;

    explicit Spots(const Interactions& interactions)
        : begins(std::size_t{interactions.items()} + 1), spots(interactions.size()) {
        for (PersonIndex person = 0; person < interactions.people(); ++person)
            for (const Touch& touch : interactions.of_person(person)) ++begins[touch.item + 1];
        for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
        std::vector<std::uint64_t> next(begins.begin(), begins.end() - 1);
        for (PersonIndex person = 0; person < interactions.people(); ++person) {
            const History history = interactions.of_person(person);
            for (std::uint32_t at = 0; at < history.size(); ++at)
                spots[next[history[at].item]++] = {person, at};
        }
    }

    [[nodiscard]] std::span<const Spot> of(ItemIndex item) const {
        return std::span(spots).subspan(begins[item], begins[item + 1] - begins[item]);
    }
};

// What one worker needs to sum a row: a place for each item, and what the person at hand gave it so far.
struct RowSum {
    explicit RowSum(ItemIndex items)
        : sums(items), given(items), giver(items, kNobody), people(items) {}

    static constexpr PersonIndex kNobody = ~PersonIndex{0};

    void add(PersonIndex person, ItemIndex item, float count) {
        if (sums[item] == 0) touched.push_back(item);
        if (giver[item] != person) {
            // A person's places in a row stand together.
            giver[item] = person;
            given[item] = 0;
            ++people[item];
        }
        if (count > given[item]) {
            sums[item] += count - given[item];
            given[item] = count;
        }
    }
    void clear() {
        for (const ItemIndex item : touched) {
            sums[item] = 0;
            giver[item] = kNobody;
            people[item] = 0;
        }
        touched.clear();
    }

    std::vector<float> sums;
    std::vector<float> given;
    std::vector<PersonIndex> giver;
    std::vector<std::uint32_t> people;
    std::vector<ItemIndex> touched;
};

}  // namespace

TransitionCounts::TransitionCounts(ItemIndex items, const TransitionRules& rules)
    : rules_(rules), rows_(items), people_(items) {
    ATTUNE_CHECK(rules.window <= TransitionRules::kWindowMax && rules.followers > 0);
    for (std::size_t i = 0; i < step_weights_.size(); ++i)
        step_weights_[i] =
            static_cast<float>(std::round(std::pow(rules.step_decay, i) * kGrain)) / kGrain;
}

bool TransitionCounts::counts_for(const Touch& touch) const {
    return touch.weight > 0 && touch.item < rows_.size();
}

float TransitionCounts::decay_at(std::int64_t time) const {
    if (rules_.half_life <= 0) return 1;
    const double halvings = static_cast<double>(time - landmark_) / rules_.half_life;
    return static_cast<float>(std::exp2(std::clamp(halvings, -120.0, 120.0)));
}

float TransitionCounts::weight_at(std::int64_t time) {
    if (rules_.half_life <= 0) return 1;
    if (!has_landmark_) {
        landmark_ = time;
        has_landmark_ = true;
    }
    if (static_cast<double>(time - landmark_) > kHalvingsMax * rules_.half_life)
        move_landmark(time);
    return decay_at(time);
}

void TransitionCounts::move_landmark(std::int64_t time) {
    const float shrink =
        static_cast<float>(std::exp2(-static_cast<double>(time - landmark_) / rules_.half_life));
    landmark_ = time;
    for (float& people : people_) people *= shrink;
    for (Row& row : rows_) {
        for (Follower& one : row) one.count *= shrink;
        std::erase_if(row, [](const Follower& one) { return one.count < kLeast; });
    }
}

// By item rather than by person: each row is one worker's, and is summed whole before the least of it goes.
Result<TransitionCounts> TransitionCounts::of(const Interactions& interactions,
                                              const TransitionRules& rules,
                                              const Training& training) {
    TransitionCounts out(interactions.items(), rules);
    out.set_landmark(interactions);
    const Spots spots(interactions);
    std::vector<std::unique_ptr<RowSum>> workers(std::max(1U, training.threads));
    const auto sum_row = [&](ItemIndex from, RowSum& sum) {
        PersonIndex last = RowSum::kNobody;
        for (const Spot& spot : spots.of(from)) {
            const History history = interactions.of_person(spot.person);
            if (!out.counts_for(history[spot.at])) continue;
            if (spot.person != last) out.people_[from] += out.decay_at(history[spot.at].time);
            last = spot.person;
            std::uint32_t step = 0;
            for (std::size_t i = spot.at + 1; i < history.size() && step < rules.window; ++i) {
                if (!out.counts_for(history[i])) continue;
                if (history[i].item != from)
                    sum.add(spot.person, history[i].item,
                            out.step_weights_[step] * out.decay_at(history[i].time));
                ++step;
            }
        }
        for (const ItemIndex item : sum.touched)
            if (sum.sums[item] > 0 && sum.people[item] >= rules.people_min)
                out.rows_[from].push_back({item, sum.sums[item]});
        sum.clear();
        out.cut(out.rows_[from]);
        out.rows_[from].shrink_to_fit();
    };
    ATTUNE_TRY_VOID(for_chunks(out.rows_.size(), 64, training,
                               [&](std::size_t begin, std::size_t end, unsigned worker) {
                                   auto& sum = workers[worker];
                                   if (!sum) sum = std::make_unique<RowSum>(out.items());
                                   for (std::size_t item = begin; item < end; ++item)
                                       sum_row(static_cast<ItemIndex>(item), *sum);
                               }));
    return out;
}

double TransitionCounts::bytes_for(const Interactions& interactions, const TransitionRules& rules,
                                   unsigned threads) {
    std::vector<std::uint64_t> steps(interactions.items());
    for (PersonIndex person = 0; person < interactions.people(); ++person)
        for (const Touch& touch : interactions.of_person(person)) steps[touch.item] += rules.window;
    double pairs = 0;
    for (const std::uint64_t one : steps)
        pairs += static_cast<double>(
            std::min<std::uint64_t>({one, rules.followers, interactions.items()}));
    const double workers =
        static_cast<double>(std::max(1U, threads)) * interactions.items() *
        (2 * sizeof(float) + sizeof(PersonIndex) + sizeof(std::uint32_t) + sizeof(ItemIndex));
    return pairs * sizeof(Follower) + static_cast<double>(interactions.size()) * sizeof(Spot) +
           workers;
}

void TransitionCounts::set_landmark(const Interactions& interactions) {
    for (PersonIndex person = 0; person < interactions.people(); ++person) {
        const History history = interactions.of_person(person);
        if (history.empty()) continue;
        landmark_ = has_landmark_ ? std::max(landmark_, history.back().time) : history.back().time;
        has_landmark_ = true;
    }
}

void TransitionCounts::add(History before, const Touch& touch) { change(before, touch, 1); }

void TransitionCounts::forget(History history) {
    for (std::size_t i = 0; i < history.size(); ++i) change(history.first(i), history[i], -1);
}

void TransitionCounts::change(History before, const Touch& touch, float sign) {
    if (!counts_for(touch)) return;
    const History past = before.last(std::min<std::size_t>(before.size(), rules_.history));
    const float weight = weight_at(touch.time);

    // Where they touched the same before: what they gave then, each pair at its best, is not given again.
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < past.size(); ++i)
        if (past[i].item == touch.item && counts_for(past[i])) again.push_back(i);
    if (again.empty()) people_[touch.item] = std::max(0.0F, people_[touch.item] + sign * weight);

    // The steps that lead to past[end], nearest first; each item once.
    const auto each_step = [&](std::size_t end, const auto& call) {
        std::array<ItemIndex, TransitionRules::kWindowMax> seen{};
        std::uint32_t step = 0;
        for (std::size_t i = end; i > 0 && step < rules_.window; --i) {
            if (!counts_for(past[i - 1])) continue;
            const ItemIndex from = past[i - 1].item;
            const auto known = std::span(seen).first(step);
            const bool is_new = from != touch.item && std::ranges::find(known, from) == known.end();
            seen[step] = from;
            if (is_new) call(from, step_weights_[step]);
            ++step;
        }
    };
    each_step(past.size(), [&](ItemIndex from, float step_weight) {
        float given = 0;
        for (const std::size_t end : again) {
            each_step(end, [&](ItemIndex earlier, float earlier_weight) {
                if (earlier == from)
                    given = std::max(given, earlier_weight * decay_at(past[end].time));
            });
        }
        const float more = step_weight * weight - given;
        if (more > 0) change_row(from, touch.item, sign * more);
    });
}

void TransitionCounts::change_row(ItemIndex from, ItemIndex to, float by) {
    Row& row = rows_[from];
    const auto found = std::ranges::find(row, to, &Follower::item);
    if (found == row.end()) {
        if (by <= 0) return;
        if (row.size() >= rules_.followers + rules_.followers / 4) cut(row);
        row.push_back({to, by});
        return;
    }
    found->count += by;
    if (found->count < kLeast) {
        *found = row.back();
        row.pop_back();
    }
}

void TransitionCounts::cut(Row& row) const {
    if (row.size() <= rules_.followers) return;
    const auto middle = row.begin() + rules_.followers;
    std::ranges::nth_element(row, middle, [](const Follower& a, const Follower& b) {
        return is_more(a.count, a.item, b.count, b.item);
    });
    row.erase(middle, row.end());
}

void TransitionCounts::grow(ItemIndex items) {
    if (items <= rows_.size()) return;
    rows_.resize(items);
    people_.resize(items);
}

SparseRows TransitionCounts::followers() const {
    SparseRows out;
    out.width = items();
    out.begins.reserve(rows_.size() + 1);
    Row row;
    for (const Row& source : rows_) {
        row = source;
        cut(row);
        std::ranges::sort(row, {}, &Follower::item);
        for (const Follower& one : row) {
            out.columns.push_back(one.item);
            out.values.push_back(one.count);
        }
        out.begins.push_back(out.columns.size());
    }
    return out;
}

std::size_t TransitionCounts::bytes() const {
    std::size_t sum = rows_.size() * sizeof(Row) + people_.size() * sizeof(float);
    for (const Row& row : rows_) sum += row.capacity() * sizeof(Follower);
    return sum;
}

}  // namespace attune::learn
