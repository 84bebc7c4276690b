#include "learn/evaluate/protocols.h"

#include "base/random.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>

namespace attune::learn {

namespace {

void want(Examinee& one, ItemIndex item) {
    if (std::ranges::find(one.wanted, item) == one.wanted.end()) one.wanted.push_back(item);
}

void see(std::vector<Deed>& deeds, PersonIndex person, History touches) {
    for (const Touch& touch : touches) deeds.push_back({person, touch});
}

bool is_wanted(const Touch& touch) { return touch.weight > 0; }

bool is_new(History before, ItemIndex item) {
    return std::ranges::find(before, item, &Touch::item) == before.end();
}

// An item goes by its first touch, and all others with it: what somebody is asked for they have not touched.
void take_whole_items(History history, std::vector<bool>& is_tested) {
    boost::unordered_flat_map<ItemIndex, bool> by_item;
    for (std::size_t i = 0; i < history.size(); ++i)
        is_tested[i] = by_item.emplace(history[i].item, is_tested[i]).first->second;
    // Nothing would be left to answer from.
    if (std::ranges::find(is_tested, false) == is_tested.end())
        is_tested.assign(history.size(), false);
}

// Tests the wanted touches of `tail`, which follow `head` in time.
Examinee asked_for(PersonIndex person, History head, History tail) {
    Examinee one{.person = person, .now = head.empty() ? 0 : head.back().time};
    for (const Touch& touch : tail) {
        if (!is_wanted(touch)) continue;
        if (one.wanted.empty()) one.now = std::max(one.now, touch.time);
        want(one, touch.item);
    }
    return one;
}

Result<Exam> made(std::vector<Deed> train, std::vector<Examinee> people, const Interactions& all) {
    if (people.empty())
        return fail(Code::invalid_argument,
                    "nobody is left to ask: no person has something to test beside a history");
    ATTUNE_TRY(auto interactions, Interactions::of(std::move(train), all.people(), all.items()));
    return Exam{.train = std::move(interactions), .people = std::move(people)};
}

// Asks everybody for the last of their touches for which `is_tested(what was touched before, touch)`
// holds. What follows it is left out of the training part too; who has nothing before it is not asked.
template <class IsTested>
Result<Exam> leave_last_out(const Interactions& all, const IsTested& is_tested) {
    std::vector<Deed> train;
    train.reserve(all.size());
    std::vector<Examinee> people;
    for (PersonIndex person = 0; person < all.people(); ++person) {
        const History history = all.of_person(person);
        std::size_t last = history.size();
        while (last > 0 && !is_tested(history.first(last - 1), history[last - 1])) --last;
        if (last < 2) {
            see(train, person, history);
            continue;
        }
        see(train, person, history.first(last - 1));
        people.push_back(asked_for(person, history.first(last - 1), history.subspan(last - 1, 1)));
    }
    return made(std::move(train), std::move(people), all);
}

Result<void> check_share(double share) {
    if (share > 0 && share < 1) return {};
    return fail(Code::invalid_argument, "the share that is tested lies between 0 and 1");
}

}  // namespace

Result<Exam> leave_one_out(const Interactions& all) {
    return leave_last_out(all, [](History, const Touch& touch) { return is_wanted(touch); });
}

Result<Exam> leave_last_item_out(const Interactions& all) {
    // Whose first touch is the latest: what was touched since was touched before.
    return leave_last_out(all, [](History before, const Touch& touch) {
        return is_wanted(touch) && is_new(before, touch.item);
    });
}

Result<Exam> cut_in_time(const Interactions& all, double share) {
    ATTUNE_TRY_VOID(check_share(share));
    std::vector<std::int64_t> times;
    times.reserve(all.size());
    for (PersonIndex person = 0; person < all.people(); ++person)
        for (const Touch& touch : all.of_person(person)) times.push_back(touch.time);
    if (times.empty()) return made({}, {}, all);
    const auto before = static_cast<std::size_t>(static_cast<double>(times.size()) * (1 - share));
    const auto at = times.begin() + static_cast<std::ptrdiff_t>(std::min(before, times.size() - 1));
    std::ranges::nth_element(times, at);
    const std::int64_t cut = *at;

    std::vector<Deed> train;
    std::vector<Examinee> people;
    for (PersonIndex person = 0; person < all.people(); ++person) {
        const History history = all.of_person(person);
        const auto seen = static_cast<std::size_t>(
            std::ranges::lower_bound(history, cut, {}, &Touch::time) - history.begin());
        see(train, person, history.first(seen));
        // Asked at the moment of the cut: what happened since is not known to anybody.
        Examinee one = asked_for(person, history.first(seen), history.subspan(seen));
        one.now = cut;
        if (seen > 0 && !one.wanted.empty()) people.push_back(std::move(one));
    }
    return made(std::move(train), std::move(people), all);
}

Result<Exam> hold_out_people(const Interactions& all, double share, std::uint64_t seed) {
    ATTUNE_TRY_VOID(check_share(share));
    base::SeededRandom random(seed);
    std::vector<Deed> train;
    std::vector<Deed> brought;
    std::vector<Examinee> people;
    for (PersonIndex person = 0; person < all.people(); ++person) {
        const History history = all.of_person(person);
        if (random.unit() >= share || history.size() < 2) {
            see(train, person, history);
            continue;
        }
        const auto tested = std::clamp<std::size_t>(
            static_cast<std::size_t>(std::lround(share * static_cast<double>(history.size()))), 1,
            history.size() - 1);
        const History head = history.first(history.size() - tested);
        Examinee one = asked_for(person, head, history.last(tested));
        if (one.wanted.empty()) continue;
        see(brought, person, head);
        people.push_back(std::move(one));
    }
    ATTUNE_TRY(auto exam, made(std::move(train), std::move(people), all));
    ATTUNE_TRY(exam.brought, Interactions::of(std::move(brought), all.people(), all.items()));
    return exam;
}

Result<Exam> hold_out_touches(const Interactions& all, double share, std::uint64_t seed) {
    ATTUNE_TRY_VOID(check_share(share));
    base::SeededRandom random(seed);
    std::vector<Deed> train;
    train.reserve(all.size());
    std::vector<Examinee> people;
    std::vector<bool> is_tested;
    for (PersonIndex person = 0; person < all.people(); ++person) {
        const History history = all.of_person(person);
        is_tested.assign(history.size(), false);
        std::size_t count = 0;
        for (std::size_t i = 0; i < history.size(); ++i)
            if (random.unit() < share && is_wanted(history[i]) && count + 1 < history.size()) {
                is_tested[i] = true;
                ++count;
            }
        if (const std::size_t drawn = history.empty() ? 0 : random.below(history.size());
            count == 0 && history.size() > 1 && is_wanted(history[drawn]))
            is_tested[drawn] = true;
        take_whole_items(history, is_tested);
        Examinee one{.person = person, .now = history.empty() ? 0 : history.back().time};
        for (std::size_t i = 0; i < history.size(); ++i) {
            if (is_tested[i]) {
                want(one, history[i].item);
            } else {
                train.push_back({person, history[i]});
            }
        }
        if (!one.wanted.empty()) people.push_back(std::move(one));
    }
    return made(std::move(train), std::move(people), all);
}

Result<Exam> exam_of_files(const Vocabulary& vocabulary, Touches train, Touches test,
                           std::optional<Touches> candidates) {
    const PersonIndex people = vocabulary.people.size();
    const ItemIndex items = vocabulary.items.size();
    // A test without times, beside a training part that has them, is asked right after it.
    if (train.has_times && !test.has_times)
        for (Deed& deed : test.deeds) deed.touch.time = INT64_MIN;
    ATTUNE_TRY(auto seen, Interactions::of(std::move(train.deeds), people, items));
    ATTUNE_TRY(const auto tested, Interactions::of(std::move(test.deeds), people, items));

    std::vector<Examinee> examined;
    std::vector<std::size_t> place_of(people, SIZE_MAX);
    for (PersonIndex person = 0; person < people; ++person) {
        Examinee one = asked_for(person, seen.of_person(person), tested.of_person(person));
        if (one.wanted.empty()) continue;
        place_of[person] = examined.size();
        examined.push_back(std::move(one));
    }
    if (candidates) {
        for (const Deed& deed : candidates->deeds) {
            const std::size_t place = place_of[deed.person];
            if (place == SIZE_MAX) continue;
            examined[place].candidates.push_back(deed.touch.item);
        }
        for (Examinee& one : examined) {
            std::ranges::sort(one.candidates);
            const auto repeated = std::ranges::unique(one.candidates);
            one.candidates.erase(repeated.begin(), repeated.end());
            std::erase_if(one.candidates, [&](ItemIndex item) {
                return std::ranges::find(one.wanted, item) != one.wanted.end();
            });
            if (one.candidates.empty())
                return fail(Code::invalid_argument, "the candidates have nothing for user " +
                                                        vocabulary.people[one.person] +
                                                        ", who is in the test");
        }
    }
    if (examined.empty())
        return fail(Code::invalid_argument, "the test has nothing of positive weight");
    return Exam{.train = std::move(seen), .people = std::move(examined)};
}

Result<Exam> cut_again(const Interactions& train, const Validation& validation,
                       std::uint64_t seed) {
    ATTUNE_TRY(Exam exam, [&]() -> Result<Exam> {
        switch (validation.cut) {
            case Cut::time:
                return cut_in_time(train, validation.share);
            case Cut::people:
                return hold_out_people(train, validation.share, seed);
            case Cut::touches:
                return hold_out_touches(train, validation.share, seed);
            case Cut::last:
                break;
        }
        return leave_last_item_out(train);
    }());
    const std::size_t step = (exam.people.size() + validation.people_max - 1) /
                             std::max<std::size_t>(1, validation.people_max);
    if (step > 1) {
        std::vector<Examinee> picked;
        for (std::size_t i = 0; i < exam.people.size(); i += step)
            picked.push_back(std::move(exam.people[i]));
        exam.people = std::move(picked);
    }
    if (validation.candidates == 0) return exam;

    base::SeededRandom random(seed ^ 0xca9d1da7e5);
    for (Examinee& one : exam.people) {
        std::vector<ItemIndex> taken = one.wanted;
        for (const Touch& touch : train.of_person(one.person)) taken.push_back(touch.item);
        std::ranges::sort(taken);
        // Twice as many draws as are needed end the search where somebody has touched nearly everything.
        for (std::size_t draw = 0; draw < 2 * validation.candidates + 100 &&
                                   one.candidates.size() < validation.candidates;
             ++draw) {
            const auto item = static_cast<ItemIndex>(random.below(train.items()));
            if (!std::ranges::binary_search(taken, item) &&
                std::ranges::find(one.candidates, item) == one.candidates.end())
                one.candidates.push_back(item);
        }
    }
    std::erase_if(exam.people, [](const Examinee& one) { return one.candidates.empty(); });
    if (exam.people.empty())
        return fail(Code::invalid_argument, "everybody has touched nearly everything");
    return exam;
}

Validation validation_like(const Exam& exam) {
    std::size_t wanted = 0;
    std::size_t candidates = 0;
    for (const Examinee& one : exam.people) {
        wanted += one.wanted.size();
        candidates += one.candidates.size();
    }
    Validation out;
    const double each = static_cast<double>(wanted) / static_cast<double>(exam.people.size());
    out.candidates = candidates / exam.people.size();
    if (each >= 1.5) {
        out.cut = Cut::touches;
        const auto rows = static_cast<double>(wanted + exam.train.size());
        out.share = std::clamp(static_cast<double>(wanted) / rows, 0.05, 0.5);
    }
    return out;
}

void set_groups(Exam& exam, const Vocabulary& vocabulary) {
    if (vocabulary.groups.size() == 0) return;
    for (std::uint32_t i = 0; i < vocabulary.groups.size(); ++i)
        exam.groups.push_back(vocabulary.groups[i]);
    // Those for whom no file says a group are in the means of all, and of no group.
    const auto none = static_cast<std::uint32_t>(exam.groups.size());
    for (Examinee& one : exam.people) {
        const auto found = vocabulary.group_of.find(one.person);
        one.group = found == vocabulary.group_of.end() ? none : found->second;
    }
}

}  // namespace attune::learn
