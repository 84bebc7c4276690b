// The stored form of a FoldState: docs/formats/fold_state.md. Lists are written in the order in
// which the state keeps them, which is sorted, so equal states have equal bytes. A stored state is
// a remembered computation, not data: one that another version wrote is not read but folded again
// from the log, which keeps what every version wrote.
#include "engine/profile/fold_state.h"
#include "engine/profile/wire.h"

#include <utility>

namespace attune::engine {
namespace {

enum Field : std::uint32_t {
    kFormat = 1,
    kFingerprint = 2,
    kVersion = 3,
    kTruncatedMask = 4,
    kFirstSeen = 5,
    kLastSeen = 6,
    kCount = 7,
    kTopic = 8,
    kPage = 9,
    kFeature = 10,
    kDevice = 11,
    kSetting = 12,
    kHour = 13,
    kSession = 14,
    kArchivedSessions = 15,
    kTrait = 16,
    kPreference = 17,
    kConsent = 18,
    kGroup = 19,
    kUserId = 20,
    kAnonymousId = 21,
    kRecentItem = 22,
    kSearch = 23,
    kFeedback = 24,
    kPurchase = 25,
    kAssignment = 26,
    kEnd = 27,  // present in every whole state, so that one cut short is noticed
};

std::string_view wide_bytes(const Wide& wide, char (&buffer)[16]) {
    const auto value = static_cast<unsigned __int128>(wide.value());
    for (int i = 0; i < 16; ++i) buffer[i] = static_cast<char>(value >> (8 * i));
    // Cut where the rest only repeats the sign.
    std::size_t size = 16;
    const char fill = wide.value() < 0 ? '\xff' : '\0';
    while (size > 1 && buffer[size - 1] == fill && ((buffer[size - 2] ^ fill) & 0x80) == 0) --size;
    return wide.value() == 0 ? std::string_view{} : std::string_view{buffer, size};
}

Wide wide_of(std::string_view bytes) {
    const bool negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
    unsigned __int128 value = negative ? ~static_cast<unsigned __int128>(0) : 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = (value << 8) | static_cast<std::uint8_t>(bytes[i]);
    return Wide(static_cast<__int128>(value));
}

void write_sum(WireWriter& w, std::uint32_t field, const DecayedSum& sum) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
        const DecayCell& cell = sum.cell(i);
        w.message(field, [&] {
            char buffer[16];
            w.varint(1, cell.half_life.seconds);
            w.zigzag(2, cell.epoch);
            w.bytes(3, wide_bytes(cell.sum, buffer));
        });
    }
}

bool read_cell(std::string_view bytes, DecayedSum& sum) {
    DecayCell cell;
    WireReader r(bytes);
    while (r.next()) {
        if (r.field() == 1)
            cell.half_life.seconds = static_cast<std::uint32_t>(r.number());
        else if (r.field() == 2)
            cell.epoch = static_cast<std::int32_t>(r.zigzag());
        else if (r.field() == 3)
            cell.sum = wide_of(r.bytes().substr(0, 16));
    }
    if (cell.half_life.seconds == 0) return false;
    sum.add(cell);
    return r.ok();
}

void write(WireWriter& w, const EventTally& e) {
    char buffer[16];
    w.bytes(1, e.key.view());
    w.varint(2, e.count);
    write_sum(w, 3, e.recent);
    w.bytes(4, wide_bytes(e.value_micros, buffer));
    w.zigzag(5, e.first);
    w.zigzag(6, e.last);
}

bool read(std::string_view bytes, EventTally& e) {
    WireReader r(bytes);
    while (r.next()) {
        switch (r.field()) {
            case 1:
                e.key = r.bytes();
                break;
            case 2:
                e.count = r.number();
                break;
            case 3:
                if (!read_cell(r.bytes(), e.recent)) return false;
                break;
            case 4:
                e.value_micros = wide_of(r.bytes().substr(0, 16));
                break;
            case 5:
                e.first = r.zigzag();
                break;
            case 6:
                e.last = r.zigzag();
                break;
            default:
                break;
        }
    }
    return r.ok();
}

void write(WireWriter& w, const TopicTally& t) {
    w.bytes(1, t.key.view());
    write_sum(w, 2, t.weight);
    w.zigzag(3, t.last);
    w.varint(4, t.count);
}

bool read(std::string_view bytes, TopicTally& t) {
    WireReader r(bytes);
    while (r.next()) {
        switch (r.field()) {
            case 1:
                t.key = r.bytes();
                break;
            case 2:
                if (!read_cell(r.bytes(), t.weight)) return false;
                break;
            case 3:
                t.last = r.zigzag();
                break;
            case 4:
                t.count = static_cast<std::uint32_t>(r.number());
                break;
            default:
                break;
        }
    }
    return r.ok();
}

void write(WireWriter& w, const UseTally& u) {
    w.bytes(1, u.key.view());
    w.zigzag(2, u.last);
    w.varint(3, u.count);
}

bool read(std::string_view bytes, UseTally& u) {
    WireReader r(bytes);
    while (r.next()) {
        if (r.field() == 1)
            u.key = r.bytes();
        else if (r.field() == 2)
            u.last = r.zigzag();
        else if (r.field() == 3)
            u.count = static_cast<std::uint32_t>(r.number());
    }
    return r.ok();
}

void write(WireWriter& w, const Word& word) {
    w.bytes(1, word.key.view());
    w.zigzag(2, word.at.time_us);
    w.fixed64(3, word.at.tie);
    w.bytes(4, word.value.view());
}

bool read(std::string_view bytes, Word& word) {
    WireReader r(bytes);
    while (r.next()) {
        if (r.field() == 1)
            word.key = r.bytes();
        else if (r.field() == 2)
            word.at.time_us = r.zigzag();
        else if (r.field() == 3)
            word.at.tie = r.number();
        else if (r.field() == 4)
            word.value = r.bytes();
    }
    return r.ok();
}

void write(WireWriter& w, const HourCount& hour) {
    w.varint(1, hour.slot);
    w.varint(2, hour.count);
}

bool read(std::string_view bytes, HourCount& hour) {
    WireReader r(bytes);
    while (r.next()) {
        if (r.field() == 1)
            hour.slot = static_cast<std::uint8_t>(r.number());
        else if (r.field() == 2)
            hour.count = static_cast<std::uint32_t>(r.number());
    }
    return r.ok() && hour.slot < 168;
}

void write(WireWriter& w, const Session& session) {
    w.zigzag(1, session.start);
    w.varint(2, static_cast<std::uint64_t>(session.end - session.start));
    w.varint(3, session.events);
}

bool read(std::string_view bytes, Session& session) {
    std::uint64_t length = 0;
    WireReader r(bytes);
    while (r.next()) {
        if (r.field() == 1)
            session.start = r.zigzag();
        else if (r.field() == 2)
            length = r.number();
        else if (r.field() == 3)
            session.events = static_cast<std::uint32_t>(r.number());
    }
    session.end = static_cast<std::int64_t>(static_cast<std::uint64_t>(session.start) + length);
    return r.ok() && session.end >= session.start;
}

void write(WireWriter& w, const PurchaseEntry& p) {
    w.zigzag(1, p.at.time_us);
    w.fixed64(2, p.at.tie);
    w.bytes(3, p.item.view());
    w.varint(4, p.value_micros ? 1 : 0);
    if (p.value_micros) w.zigzag(5, *p.value_micros);
}

bool read(std::string_view bytes, PurchaseEntry& p) {
    bool has_value = false;
    std::int64_t value = 0;
    WireReader r(bytes);
    while (r.next()) {
        switch (r.field()) {
            case 1:
                p.at.time_us = r.zigzag();
                break;
            case 2:
                p.at.tie = r.number();
                break;
            case 3:
                p.item = r.bytes();
                break;
            case 4:
                has_value = r.number() != 0;
                break;
            case 5:
                value = r.zigzag();
                break;
            default:
                break;
        }
    }
    if (has_value) p.value_micros = value;
    return r.ok();
}

void write(WireWriter& w, const AssignmentTally& a) {
    w.bytes(1, a.key.view());
    w.zigzag(2, a.first.time_us);
    w.fixed64(3, a.first.tie);
    w.bytes(4, a.variant.view());
    w.varint(5, static_cast<std::uint64_t>(a.last) - static_cast<std::uint64_t>(a.first.time_us));
    w.bytes(6, a.unit.view());
}

bool read(std::string_view bytes, AssignmentTally& a) {
    std::uint64_t later = 0;
    WireReader r(bytes);
    while (r.next()) {
        switch (r.field()) {
            case 1:
                a.key = r.bytes();
                break;
            case 2:
                a.first.time_us = r.zigzag();
                break;
            case 3:
                a.first.tie = r.number();
                break;
            case 4:
                a.variant = r.bytes();
                break;
            case 5:
                later = r.number();
                break;
            case 6:
                a.unit = r.bytes();
                break;
            default:
                break;
        }
    }
    a.last = static_cast<std::int64_t>(static_cast<std::uint64_t>(a.first.time_us) + later);
    return r.ok();
}

void write(WireWriter& w, const ArchivedSessions& a) {
    w.varint(1, a.count);
    w.varint(2, a.duration_us);
    w.varint(3, a.events);
}

bool read(std::string_view bytes, ArchivedSessions& a) {
    WireReader r(bytes);
    while (r.next()) {
        if (r.field() == 1)
            a.count = r.number();
        else if (r.field() == 2)
            a.duration_us = r.number();
        else if (r.field() == 3)
            a.events = r.number();
    }
    return r.ok();
}

template <class Entries>
void write_all(WireWriter& w, std::uint32_t field, const Entries& entries) {
    for (const auto& entry : entries) {
        w.message(field, [&] { write(w, entry); });
    }
}

// The lists of a state while it is read; the containers take them over whole, without searching.
struct Lists {
    std::vector<EventTally> counts;
    std::vector<TopicTally> topics;
    std::vector<UseTally> uses[kSetting - kPage + 1];
    std::vector<Session> sessions;
    ArchivedSessions archived;
    std::vector<Word> words[kFeedback - kTrait + 1];
    std::vector<AssignmentTally> assignments;
};

template <class Entry>
bool append(std::vector<Entry>& list, std::string_view bytes) {
    return read(bytes, list.emplace_back());
}

bool read_field(const WireReader& r, FoldState& state, Lists& lists) {
    const std::uint32_t field = r.field();
    if (field >= kPage && field <= kSetting) return append(lists.uses[field - kPage], r.bytes());
    if (field >= kTrait && field <= kFeedback)
        return append(lists.words[field - kTrait], r.bytes());
    switch (field) {
        case kVersion:
            state.version = r.number();
            return true;
        case kTruncatedMask:
            state.truncated = static_cast<std::uint32_t>(r.number());
            return true;
        case kFirstSeen:
            state.first_seen = r.zigzag();
            return true;
        case kLastSeen:
            state.last_seen = r.zigzag();
            return true;
        case kCount:
            return append(lists.counts, r.bytes());
        case kTopic:
            return append(lists.topics, r.bytes());
        case kHour:
            return append(state.activity, r.bytes());
        case kSession:
            return append(lists.sessions, r.bytes());
        case kArchivedSessions:
            return read(r.bytes(), lists.archived);
        case kPurchase:
            return append(state.purchases, r.bytes());
        case kAssignment:
            return append(lists.assignments, r.bytes());
        default:
            return true;
    }
}

// Spare room in many small vectors is what a million cached people would pay most for.
template <class T>
std::vector<T> fitted(std::vector<T>& list) {
    list.shrink_to_fit();
    return std::move(list);
}

void place(FoldState& state, Lists& lists) {
    state.counts.restore(fitted(lists.counts));
    state.topics.restore(fitted(lists.topics));
    TallyMap<UseTally>* uses[] = {&state.pages, &state.features, &state.devices, &state.settings};
    for (std::size_t i = 0; i < std::size(uses); ++i) uses[i]->restore(fitted(lists.uses[i]));
    LatestMap* words[] = {&state.traits,       &state.preferences, &state.consent,
                          &state.groups,       &state.user_ids,    &state.anonymous_ids,
                          &state.recent_items, &state.searches,    &state.feedback};
    for (std::size_t i = 0; i < std::size(words); ++i) words[i]->restore(fitted(lists.words[i]));
    state.sessions.restore(fitted(lists.sessions), lists.archived);
    state.assignments.restore(fitted(lists.assignments));
    state.activity.shrink_to_fit();
    state.purchases.shrink_to_fit();
}

}  // namespace

std::string encode(const FoldState& state) {
    WireWriter w;
    w.varint(kFormat, kFoldVersion);
    w.fixed64(kFingerprint, state.weights_fingerprint);
    w.varint(kVersion, state.version);
    w.varint(kTruncatedMask, state.truncated);
    w.zigzag(kFirstSeen, state.first_seen);
    w.zigzag(kLastSeen, state.last_seen);
    write_all(w, kCount, state.counts.entries());
    write_all(w, kTopic, state.topics.entries());
    write_all(w, kPage, state.pages.entries());
    write_all(w, kFeature, state.features.entries());
    write_all(w, kDevice, state.devices.entries());
    write_all(w, kSetting, state.settings.entries());
    write_all(w, kHour, state.activity);
    write_all(w, kSession, state.sessions.kept());
    if (state.sessions.archived().count > 0) {
        w.message(kArchivedSessions, [&] { write(w, state.sessions.archived()); });
    }
    write_all(w, kTrait, state.traits.words());
    write_all(w, kPreference, state.preferences.words());
    write_all(w, kConsent, state.consent.words());
    write_all(w, kGroup, state.groups.words());
    write_all(w, kUserId, state.user_ids.words());
    write_all(w, kAnonymousId, state.anonymous_ids.words());
    write_all(w, kRecentItem, state.recent_items.words());
    write_all(w, kSearch, state.searches.words());
    write_all(w, kFeedback, state.feedback.words());
    write_all(w, kPurchase, state.purchases);
    write_all(w, kAssignment, state.assignments.entries());
    w.varint(kEnd, 1);
    return w.take();
}

Result<FoldState> decode_fold_state(std::string_view stored, std::uint64_t weights_fingerprint) {
    WireReader r(stored);
    if (!r.next() || r.field() != kFormat)
        return fail(Code::data_loss, "a stored profile state is damaged");
    if (r.number() != kFoldVersion)
        return fail(Code::failed_precondition, "folded by another version");
    if (!r.next() || r.field() != kFingerprint || r.number() != weights_fingerprint) {
        return fail(Code::failed_precondition, "folded with other weights");
    }
    FoldState state(weights_fingerprint);
    Lists lists;
    bool whole = false;
    while (r.next()) {
        if (r.field() == kEnd)
            whole = true;
        else if (!read_field(r, state, lists))
            return fail(Code::data_loss, "a stored profile state is damaged");
    }
    if (!r.ok() || !whole) return fail(Code::data_loss, "a stored profile state is damaged");
    place(state, lists);
    return state;
}

}  // namespace attune::engine
