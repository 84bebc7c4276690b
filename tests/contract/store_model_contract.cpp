// A random walk over the whole contract beside a model so naive that it can hardly be wrong: a list
// of everything that happened, searched from the beginning for each answer. The seed is printed;
// ATTUNE_SEED replays it.
#include "tests/contract/store_contract.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <random>

namespace attune::store::testing_contract {
namespace {

class Model {
public:
    PersonId root(PersonId person) const {
        for (const auto& [from, into] : merges_)
            if (from == person) person = into;  // in merge order, so later merges carry it on
        return person;
    }
    std::vector<PersonId> everyone(PersonId root_id) const {
        std::vector<PersonId> all{root_id};
        for (const auto& [from, into] : merges_)
            if (root(from) == root_id) all.push_back(from);
        return all;
    }
    void merge(PersonId from, PersonId into) {
        from = root(from), into = root(into);
        if (from != into) merges_.emplace_back(from, into);
    }
    void erase(PersonId person) {
        const auto gone = everyone(root(person));
        auto is_gone = [&](PersonId one) { return std::ranges::find(gone, one) != gone.end(); };
        std::erase_if(events, [&](const Seen& event) { return is_gone(event.person); });
        std::erase_if(aliases, [&](const auto& alias) { return is_gone(alias.second); });
        std::erase_if(merges_, [&](const auto& merge) { return is_gone(merge.first); });
        std::erase_if(known, is_gone);
    }
    std::vector<Seen> of(PersonId person) const {
        std::vector<Seen> found;
        const PersonId wanted = root(person);
        for (const Seen& event : events)
            if (root(event.person) == wanted) found.push_back(event);
        return found;
    }

    std::vector<Seen> events;
    std::map<Alias, PersonId> aliases;
    std::vector<PersonId> known;
    std::map<std::pair<std::string, std::string>, std::pair<std::uint64_t, std::string>> documents;

private:
    std::vector<std::pair<PersonId, PersonId>> merges_;
};

class Walk {
public:
    explicit Walk(StoreContract& test) : test_(test) {}
    void step(std::mt19937_64& random);
    void compare();

private:
    void append_step(std::mt19937_64& random);
    void document_step(std::mt19937_64& random);
    Store& store() { return test_.store(); }

    StoreContract& test_;
    Model model_;
    std::uint64_t next_key_ = 1;
};

constexpr std::uint64_t kPeople = 12;
PersonId any_person(std::mt19937_64& random) { return id_of(1 + random() % kPeople); }

void Walk::append_step(std::mt19937_64& random) {
    Append append{.tenant = kTenant, .person = any_person(random)};
    for (std::uint64_t n = random() % 4; n > 0; --n) {
        std::string payload(random() % 40, static_cast<char>(random()));
        append.events.push_back({id_of(next_key_++), std::move(payload)});
    }
    if (random() % 4 == 0) append.aliases.push_back(id_of(10'000 + random() % 20));
    if (random() % 8 == 0)
        if (PersonId from = any_person(random); from != append.person)
            append.merges.push_back({from, append.person});
    auto note = [&](PersonId person) {
        if (std::ranges::find(model_.known, person) == model_.known.end())
            model_.known.push_back(person);
    };
    note(append.person);
    for (Alias alias : append.aliases) model_.aliases[alias] = append.person;
    for (const Merge& merge : append.merges) {
        note(merge.from);
        model_.merge(merge.from, merge.into);
    }
    for (const auto& event : append.events)
        model_.events.push_back({append.person, event.key, event.payload});
    ASSERT_TRUE(store().append(std::move(append)));
}

// One document or several of them together: all of them are as expected, or none changes.
void Walk::document_step(std::mt19937_64& random) {
    static constexpr std::array<std::string_view, 2> kCollections = {"a", "b"};
    static constexpr std::array<std::string_view, 3> kNames = {"x", "y", "z"};
    const std::string value = std::to_string(random());
    auto documents = model_.documents;
    bool holds = true;
    std::vector<DocumentWrite> writes;
    std::vector<std::uint64_t> versions;
    const std::size_t first = random() % 6;
    const std::size_t count = 1 + random() % 3;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t which = (first + i) % 6;
        DocumentWrite& one = writes.emplace_back(kCollections[which % 2], kNames[which % 3]);
        if (random() % 4 != 0) one.value = value;
        auto& [version, text] = documents[{std::string(one.collection), std::string(one.name)}];
        if (random() % 4 != 0) one.expected = random() % 4 != 0 ? version : random() % 3;
        holds = holds && one.expected.value_or(version) == version && (one.value || version != 0);
        version = versions.emplace_back(one.value ? version + 1 : 0);
        text = value;
    }
    const auto written = store().put_documents(kTenant, writes);
    ASSERT_EQ(written.has_value(), holds);
    if (!holds) return;
    EXPECT_EQ(*written, versions);
    std::erase_if(documents, [](const auto& one) { return one.second.first == 0; });
    model_.documents = std::move(documents);
}

void Walk::step(std::mt19937_64& random) {
    const std::uint64_t kind = random() % 100;
    if (kind < 85) return append_step(random);
    if (kind < 93) return document_step(random);
    if (kind < 96) {
        const PersonId person = any_person(random);
        model_.erase(person);
        ASSERT_TRUE(store().erase(kTenant, person));
    } else if (kind < 97) {
        ASSERT_TRUE(store().flush());
        (void)test_.harness().reopen();
    } else {
        compare();
    }
}

void Walk::compare() {
    ASSERT_TRUE(store().flush());
    auto seen = [](const std::vector<LoggedEvent>& events) {
        std::vector<Seen> all;
        for (const auto& event : events) all.push_back({event.person, event.key, event.payload});
        return all;
    };
    EXPECT_EQ(seen(test_.everything()), model_.events);
    std::vector<PersonId> roots;
    for (std::uint64_t i = 1; i <= kPeople; ++i) {
        const PersonId id = id_of(i);
        EXPECT_EQ(seen(test_.events_of(id)), model_.of(id));
        auto back = seen(test_.events_back(id));
        std::ranges::reverse(back);
        EXPECT_EQ(back, model_.of(id));
        const bool known = std::ranges::find(model_.known, id) != model_.known.end();
        auto person = store().person(kTenant, id);
        ASSERT_TRUE(person);
        ASSERT_EQ(person->has_value(), known);
        if (!known) continue;
        EXPECT_EQ((*person)->id, model_.root(id));
        auto everyone = model_.everyone(model_.root(id));
        auto members = (*person)->members;
        members.insert(members.begin(), (*person)->id);
        std::ranges::sort(everyone);
        std::ranges::sort(members);
        EXPECT_EQ(members, everyone);
        if (model_.root(id) == id) roots.push_back(id);
    }
    EXPECT_EQ(store().list_people(kTenant, {})->items, roots);
    EXPECT_EQ(*store().count_people(kTenant), roots.size());
    for (std::uint64_t i = 0; i < 20; ++i) {
        auto at = model_.aliases.find(id_of(10'000 + i));
        auto found = store().find_person(kTenant, id_of(10'000 + i));
        ASSERT_EQ(found->has_value(), at != model_.aliases.end());
        if (*found) EXPECT_EQ(**found, model_.root(at->second));
    }
    for (const auto& [key, document] : model_.documents) {
        auto found = store().get_document(kTenant, key.first, key.second);
        ASSERT_TRUE(found && *found);
        EXPECT_EQ((*found)->version, document.first);
        EXPECT_EQ((*found)->value, document.second);
    }
    EXPECT_EQ(store().stats().events, model_.events.size());
    EXPECT_EQ(store().stats().people, roots.size());
    test_.expect_sound();
}

}  // namespace

TEST_P(StoreContract, AnswersLikeAListOfEverythingThatHappened) {
    const char* given = std::getenv("ATTUNE_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : 20260301;
    RecordProperty("seed", std::to_string(seed));
    std::mt19937_64 random(seed);
    Walk walk(*this);
    for (int i = 0; i < 400 && !HasFailure(); ++i) walk.step(random);
    walk.compare();
    if (HasFailure())
        std::fprintf(stderr, "ATTUNE_SEED=%llu\n", static_cast<unsigned long long>(seed));
}

}  // namespace attune::store::testing_contract
