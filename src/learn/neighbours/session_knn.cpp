#include "learn/neighbours/session_knn.h"

#include "learn/neighbours/kindred_rows.h"
#include "learn/neighbours/sessions.h"

#include <algorithm>
#include <array>

namespace attune::learn {

namespace {

constexpr std::array kSettings{
    Setting{.name = "gap_minutes",
            .doc = "A longer pause ends a session; 0: a history is one.",
            .fallback = 60,
            .min = 0,
            .max = 1'000'000},
    Setting{.name = "neighbours",
            .doc = "How many of the most similar sessions have a say.",
            .fallback = 200,
            .min = 1,
            .max = 100'000,
            .scale = Scale::whole,
            .is_searched = true,
            .search_low = 20,
            .search_high = 2'000},
    Setting{
        .name = "recent",
        .doc = "An item leads to so many of the last sessions with it: what is current counts, and "
               "popular items cost no more than others.",
        .fallback = 2'000,
        .min = 1,
        .max = 1'000'000,
        .scale = Scale::whole},
    Setting{.name = "damping",
            .doc = "The power of an item's popularity that sharing it is divided by.",
            .fallback = 0.5,
            .min = 0,
            .max = 2,
            .is_searched = true,
            .search_low = 0,
            .search_high = 1},
    Setting{.name = "length",
            .doc = "The power of the length of other sessions that their likeness is divided by.",
            .fallback = 0.5,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.2,
            .search_high = 0.8},
    Setting{.name = "popularity",
            .doc = "The power of an item's popularity that its score is divided by.",
            .fallback = 0.2,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0,
            .search_high = 0.6},
    Setting{.name = "last",
            .doc = "How many of the latest items of the session are looked from.",
            .fallback = 20,
            .min = 1,
            .max = 1'000,
            .scale = Scale::whole},
    Setting{.name = "recency_decay",
            .doc = "What an item of the session weighs of the one touched after it.",
            .fallback = 0.8,
            .min = 0,
            .max = 1,
            .is_searched = true,
            .search_low = 0.5,
            .search_high = 1},
    Setting{
        .name = "history",
        .doc = "How many of a session's latest items are kept, and of somebody's latest sessions.",
        .fallback = 200,
        .min = 2,
        .max = 100'000,
        .scale = Scale::whole},
};

// Sessions by items, in the order in which they ended. Those with one item lead nowhere and are left out.
SparseRows sessions_by_items(const Interactions& interactions, std::int64_t gap,
                             std::uint32_t most) {
    struct Ended {
        std::int64_t at;
        PersonIndex person;
        History session;
    };
    std::vector<Ended> all;
    for (PersonIndex person = 0; person < interactions.people(); ++person) {
        const auto sessions = sessions_of(interactions.of_person(person), gap);
        const std::size_t kept = std::min<std::size_t>(sessions.size(), most);
        for (const History& session : std::span(sessions).last(kept))
            all.push_back({session.back().time, person, session});
    }
    std::ranges::sort(all, {}, [](const Ended& one) { return std::pair(one.at, one.person); });

    SparseRows out;
    out.width = interactions.items();
    std::vector<std::uint32_t> items;
    for (const Ended& one : all) {
        items.clear();
        for (const RowWeight& touched : read_history(one.session, {.last = most}, out.width))
            items.push_back(touched.item);
        if (items.size() < 2) continue;
        std::ranges::sort(items);
        out.columns.insert(out.columns.end(), items.begin(), items.end());
        out.begins.push_back(out.columns.size());
    }
    return out;
}

Result<std::unique_ptr<Recommender>> learn_session_knn(const Lesson& lesson,
                                                       const Settings& settings, const Training&) {
    const auto gap = static_cast<std::int64_t>(settings["gap_minutes"] * 60);
    const KindredShape shape{
        .neighbours = static_cast<std::uint32_t>(settings["neighbours"]),
        .damping = static_cast<float>(settings["damping"]),
        .length = static_cast<float>(settings["length"]),
        .popularity = static_cast<float>(settings["popularity"]),
        .recent = settings.whole("recent"),
        .session_gap = gap,
        .reading = {.last = settings.whole("last"),
                    .step_decay = static_cast<float>(settings["recency_decay"])}};
    return std::make_unique<KindredRows>(
        kSessionKnn.name, sessions_by_items(lesson.interactions, gap, settings.whole("history")),
        shape);
}

Result<std::unique_ptr<Recommender>> load_session_knn(ModelReader& reader) {
    return KindredRows::load(kSessionKnn.name, reader);
}

}  // namespace

const Learner kSessionKnn{
    .name = "session-knn",
    .summary = "What was touched in the sessions most like the one somebody is in.",
    .settings = kSettings,
    .keeps_people = true,
    .learn = &learn_session_knn,
    .load = &load_session_knn};

}  // namespace attune::learn
