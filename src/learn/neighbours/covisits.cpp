#include "learn/neighbours/covisits.h"

#include "learn/neighbours/item_rows.h"
#include "learn/neighbours/sessions.h"
#include "learn/neighbours/similarity.h"
#include "learn/recommend/budget.h"
#include "learn/recommend/pair_people.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "gap_minutes",
            .doc = "A longer pause ends a session; 0: a history is one.",
            .fallback = 60,
            .min = 0,
            .max = 1'000'000},
    Setting{.name = "neighbours",
            .doc = "How many items each item looks at.",
            .fallback = 200,
            .min = 1,
            .max = 10'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 10,
            .search_high = 1'000},
    Setting{
        .name = "shrinkage",
        .doc = "Added to what a pair's count is divided by: what rests on few people counts less.",
        .fallback = 5,
        .min = 0,
        .max = 10'000,
        .is_searched = true,
        .search_low = 0,
        .search_high = 50},
    Setting{
        .name = "asymmetry",
        .doc = "The share of the norm that the recommended item has; less favours what is popular.",
        .fallback = 0.4,
        .min = 0,
        .max = 1,
        .is_searched = true,
        .search_low = 0.2,
        .search_high = 0.8},
    Setting{.name = "last",
            .doc = "How many of the latest items of a history are looked from.",
            .fallback = 20,
            .min = 1,
            .max = 1'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 1,
            .search_high = 50},
    Setting{.name = "recency_decay",
            .doc = "What an item of the history weighs of the one touched after it.",
            .fallback = 0.8,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 1},
    Setting{
        .name = "history",
        .doc = "How many different items of a session, and sessions of somebody, are learned from.",
        .fallback = 500,
        .min = 2,
        .max = 100'000,
        .scale = Scale::whole},
    kPairPeople,
    kMemoryGb,
};

struct SessionRows {
    SparseRows items;
    std::vector<std::uint32_t> people;  // whose each is
};

// Sessions by items. Those with one item say nothing and are left out.
SessionRows session_rows(const Interactions& interactions, std::int64_t gap, std::uint32_t most) {
    SessionRows all;
    SparseRows& out = all.items;
    out.width = interactions.items();
    std::vector<float> sessions_with(interactions.items());
    std::vector<ItemIndex> items;
    for (PersonIndex person = 0; person < interactions.people(); ++person) {
        auto sessions = sessions_of(interactions.of_person(person), gap);
        if (sessions.size() > most)
            sessions.erase(sessions.begin(), sessions.end() - static_cast<std::ptrdiff_t>(most));
        const std::size_t begin = out.columns.size();
        for (const History& session : sessions) {
            items.clear();
            for (const RowWeight& one : read_history(session, {.last = most}, out.width))
                items.push_back(one.item);
            if (items.size() < 2) continue;
            std::ranges::sort(items);
            out.columns.insert(out.columns.end(), items.begin(), items.end());
            out.begins.push_back(out.columns.size());
            all.people.push_back(person);
        }
        const auto added = std::span(out.columns).subspan(begin);
        for (const ItemIndex item : added) sessions_with[item] += 1;
        for (const ItemIndex item : added) out.values.push_back(1 / std::sqrt(sessions_with[item]));
        for (const ItemIndex item : added) sessions_with[item] = 0;
    }
    return all;
}

Result<std::unique_ptr<Recommender>> learn_covisits(const Lesson& lesson, const Settings& settings,
                                                    const Training& training) {
    const SessionRows sessions =
        session_rows(lesson.interactions, static_cast<std::int64_t>(settings["gap_minutes"] * 60),
                     settings.whole("history"));
    ATTUNE_TRY_VOID(check_budget(
        kCovisits.name,
        similarity_bytes(sessions.items, settings.whole("neighbours"), training.threads),
        settings["memory_gb"], "fewer neighbours, or a shorter history"));
    ATTUNE_TRY(const SparseRows similar,
               similar_items(sessions.items,
                             {.neighbours = settings.whole("neighbours"),
                              .shrinkage = static_cast<float>(settings["shrinkage"]),
                              .asymmetry = static_cast<float>(settings["asymmetry"]),
                              .pair_people = settings.whole(kPairPeople.name),
                              .owners = sessions.people},
                             training));
    return std::make_unique<ItemRows>(
        kCovisits.name, similar.transposed(),
        HistoryReading{.last = settings.whole("last"),
                       .step_decay = static_cast<float>(settings["recency_decay"])});
}

Result<std::unique_ptr<Recommender>> load_covisits(ModelReader& reader) {
    return ItemRows::load(kCovisits.name, reader);
}

}  // namespace

const Learner kCovisits{
    .name = "covisits",
    .summary = "What people look at in the same session as the items somebody touched last.",
    .settings = kSettings,
    .learn = &learn_covisits,
    .load = &load_covisits};

}  // namespace attune::learn
