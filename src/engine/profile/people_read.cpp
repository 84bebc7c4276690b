// Reading people: profiles, their events, all of them; and erasing them.
#include "engine/profile/people_impl.h"
#include "engine/profile/render.h"

#include "base/encoding.h"
#include "base/fingerprint.h"
#include "base/json.h"
#include "domain/describe.h"
#include "domain/event_spelling.h"

#include <algorithm>
#include <charconv>

namespace attune::engine {

namespace {

constexpr std::size_t kInteractionsMax = 1'000;  // of one page
// Events that one page reads to find those that pass its filter: some 20 ms.
constexpr std::size_t kLookedAtMax = 10'000;

std::string etag_of(std::uint64_t version, std::string_view json) {
    const base::Id128 digest = base::fingerprint(json);
    return '"' + std::to_string(version) + '-' + digest.to_text().substr(0, 16) + '"';
}

std::string cursor_of(store::Position last) {
    return base::to_base64url(std::to_string(last.sequence) + ":" + std::to_string(last.index));
}

// Where a page begins: behind the last event that the page before looked at.
Result<store::Position> place_of(const std::optional<std::string>& cursor) {
    if (!cursor) return store::kLogEnd;
    const auto wrong = [] {
        return fail_field("/cursor", "must be the cursor of a page before this one");
    };
    const auto text = base::from_base64url(*cursor);
    if (!text) return wrong();
    store::Position place;
    const char* const end = text->data() + text->size();
    const auto sequence = std::from_chars(text->data(), end, place.sequence);
    if (sequence.ec != std::errc{} || sequence.ptr == end || *sequence.ptr != ':') return wrong();
    const auto index = std::from_chars(sequence.ptr + 1, end, place.index);
    if (index.ec != std::errc{} || index.ptr != end) return wrong();
    return place;
}

bool matches(const InteractionQuery& query, const std::optional<domain::EventNamed>& named,
             const domain::Event& event) {
    return (!named || named->includes(event.event)) &&
           (!query.item_id || query.item_id == event.item_id) &&
           (!query.since || event.time >= *query.since) &&
           (!query.until || event.time < *query.until);
}

UserSummary summary_of(const FoldState& state) {
    UserSummary summary;
    for (const Word& id : state.user_ids.words()) summary.user_ids.emplace_back(id.key.view());
    for (const Word& id : state.anonymous_ids.words()) {
        if (!state.user_ids.find(id.key.view())) summary.anonymous_ids.emplace_back(id.key.view());
    }
    if (!summary.user_ids.empty())
        summary.user_id = summary.user_ids.front();
    else if (!summary.anonymous_ids.empty())
        summary.user_id = summary.anonymous_ids.front();
    summary.version = state.version;
    if (state.version > 0) {
        summary.first_seen_at = base::Time(base::Duration(state.first_seen));
        summary.last_seen_at = base::Time(base::Duration(state.last_seen));
    }
    return summary;
}

}  // namespace

std::vector<RememberedAssignment> assignments_of(const FoldState& state) {
    std::vector<RememberedAssignment> assignments;
    assignments.reserve(state.assignments.entries().size());
    for (const AssignmentTally& one : state.assignments.entries())
        assignments.push_back({std::string(one.key.view()), std::string(one.variant.view()),
                               std::string(one.unit.view())});
    return assignments;
}

std::shared_ptr<const RenderedProfile> People::Impl::rendered(LockedPerson& person,
                                                              std::string_view user_id) {
    if (person->rendered && person->rendered_for == user_id) return person->rendered;
    auto made = std::make_shared<RenderedProfile>();
    made->version = person->state.version;
    made->json = base::to_json(render(person->state, user_id));
    made->json.shrink_to_fit();
    made->assignments = assignments_of(person->state);
    made->etag = etag_of(made->version, made->json);
    person->forget_rendered();
    person->rendered = std::move(made);
    person->rendered_for = user_id;
    settle(person);
    return person->rendered;
}

Result<People::Recomputed> People::Impl::recompute(TenantId tenant, std::string_view user_id) {
    ATTUNE_TRY(LockedPerson person, find_any(tenant, user_id));
    if (person.entry().pending != 0) ATTUNE_TRY_VOID(store_.flush());
    if (person->refold) ATTUNE_TRY_VOID(load(person, false));
    const std::uint64_t weights_before = person->state.weights_fingerprint;
    const std::string before = encode(person->state);
    ATTUNE_TRY_VOID(load(person, false));
    if (person->life != Life::live) return fail(Code::not_found, "no such user");
    Recomputed result;
    result.changed =
        person->state.weights_fingerprint == weights_before && encode(person->state) != before;
    if (result.changed) anomalies_.fetch_add(1, std::memory_order_relaxed);
    result.events = person->state.version;
    result.profile = rendered(person, user_id);
    return result;
}

// Backwards through the person's log until the page is full. A filter that few events pass may leave it short: what one
// request looks at is bounded, and the cursor goes on from there.
Result<store::Listing<domain::Event>> People::Impl::interactions(TenantId tenant,
                                                                 std::string_view user_id,
                                                                 const InteractionQuery& query) {
    ATTUNE_TRY(const store::Position place, place_of(query.cursor));
    const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kInteractionsMax);
    std::optional<store::PersonId> id;
    {
        ATTUNE_TRY(LockedPerson person, find_any(tenant, user_id));
        id = person.entry().id;
    }
    std::optional<domain::EventNamed> named;
    if (query.event) named.emplace(*query.event);
    store::Listing<domain::Event> page;
    std::size_t looked_at = 0;
    store::Position last = place;
    Result<void> read;
    const auto visit = [&](const store::LoggedEvent& logged) {
        if (page.items.size() == limit || looked_at == kLookedAtMax) {
            page.cursor = cursor_of(last);  // there is more, or at least more to look at
            return false;
        }
        auto event = base::from_json<domain::Event>(
            logged.payload, {.unknown = base::Unknown::ignore, .require_members = false});
        if (!event) {
            read = fail(Code::data_loss, "a stored event cannot be read: " + event.error().message);
            return false;
        }
        ++looked_at;
        last = logged.position;
        if (matches(query, named, *event)) page.items.push_back(*std::move(event));
        return true;
    };
    ATTUNE_TRY_VOID(store_.scan_user_back(tenant, *id, place, visit));
    ATTUNE_TRY_VOID(std::move(read));
    return page;
}

Result<store::Listing<UserSummary>> People::Impl::list(TenantId tenant, const store::Page& page) {
    ATTUNE_TRY(auto people, store_.list_people(tenant, page));
    store::Listing<UserSummary> listing{{}, std::move(people.cursor)};
    for (const store::PersonId& id : people.items) {
        // Merged or erased since the list was made; whom they were merged into has an entry of their own.
        ATTUNE_TRY(auto summary_now, summary(tenant, id));
        if (summary_now) listing.items.push_back(*std::move(summary_now));
    }
    return listing;
}

Result<std::optional<UserSummary>> People::Impl::summary(TenantId tenant,
                                                         const store::PersonId& id) {
    std::optional<UserSummary> found;
    {
        ATTUNE_TRY(auto person, open(tenant, id));
        if (!person || person->entry().id != id) return found;
        found = summary_of((*person)->state);
        found->person = id;
    }
    trim();
    return found;
}

Result<base::Ticket> People::Impl::begin_erase(TenantId tenant, store::PersonId id) {
    constexpr PeopleChange kChange{.fewer = 1};
    ATTUNE_TRY_VOID(on_the_way_->people.begin(tenant, kChange, 0));
    auto erased = store_.begin_erase(tenant, id);
    on_the_way_->people.finish(tenant, kChange, erased.has_value());
    return erased;
}

Result<void> People::Impl::erase(TenantId tenant, std::string_view user_id) {
    std::vector<std::pair<IdKind, std::string>> ids;
    std::optional<store::PersonId> id;
    std::optional<store::Person> whole;
    std::shared_ptr<void> erasure;
    base::Ticket deleted = base::Ticket::done();
    {
        ATTUNE_TRY(LockedPerson person, find_any(tenant, user_id));
        id = person.entry().id;
        ATTUNE_TRY(whole, store_.person(tenant, *id));
        for (const Word& word : person->state.user_ids.words())
            ids.emplace_back(IdKind::user, word.key.view());
        for (const Word& word : person->state.anonymous_ids.words())
            ids.emplace_back(IdKind::anonymous, word.key.view());
        std::vector<std::string> names{std::string(user_id)};
        for (const auto& [kind, text] : ids) names.push_back(text);
        ATTUNE_TRY(erasure, erasure_begins_(tenant, names));
        ATTUNE_TRY(deleted, begin_erase(tenant, *id));
        lose(person, std::nullopt);
        cache_.drop(person.entry());
    }
    for (const auto& [kind, text] : ids) {
        on_the_way_->directory.correct(Directory::key(tenant, kind, text), *id, std::nullopt);
    }
    // Who reads along may not have come to where they turned out to be one.
    if (whole)
        for (const store::PersonId& member : whole->members) erased_(tenant, member);
    erased_(tenant, *id);
    erasure.reset();
    // With no lock held: who asks for them meanwhile, or writes of them, would wait for a long history.
    return deleted.wait();
}

Result<void> People::Impl::checkpoint_all() {
    ATTUNE_TRY_VOID(store_.flush());
    Result<void> outcome;
    cache_.for_each([&](const std::shared_ptr<PersonEntry>& entry) {
        LockedPerson person(entry);
        if (auto written = checkpoint(person); !written && outcome) outcome = written;
    });
    return outcome;
}

}  // namespace attune::engine
