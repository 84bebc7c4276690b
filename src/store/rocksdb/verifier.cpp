#include "store/rocksdb/verifier.h"

#include "store/rocksdb/codec.h"
#include "store/rocksdb/migrations.h"
#include "store/rocksdb/people_counts.h"
#include "store/rocksdb/rows.h"
#include "store/rocksdb/scans.h"
#include "store/rocksdb/unerased.h"

#include <rocksdb/options.h>

namespace attune::store::rocks {
namespace {

constexpr std::size_t kProblemsMax = 200;

std::string number(std::uint64_t value) { return std::to_string(value); }

Result<void> check_against_mark(const Ledger& ledger, const Mark& mark) {
    if (ledger.sequence < mark.sequence)
        return fail(Code::data_loss,
                    "commits " + number(ledger.sequence + 1) + " to " + number(mark.sequence) +
                        " were acknowledged and are missing (the last one found is " +
                        number(ledger.sequence) +
                        "); nothing was changed; run `attune restore` on a backup");
    if (ledger.sequence == mark.sequence && ledger.sequence > 0 && ledger.hash != mark.hash)
        return fail(Code::data_loss,
                    "commit " + number(mark.sequence) +
                        " is not the one that was acknowledged under that number; run "
                        "`attune restore` on a backup");
    return {};
}

// Follows the chain commit by commit.
class Chain {
public:
    explicit Chain(Ledger before) : last_(before) {}

    [[nodiscard]] Result<Commit> next(std::string_view key, std::string_view row) {
        const Sequence sequence = sequence_in(key);
        if (sequence != last_.sequence + 1)
            return fail(Code::data_loss, "commits " + number(last_.sequence + 1) + " to " +
                                             number(sequence - 1) + " are missing");
        auto commit = decode_commit(sequence, row);
        if (!commit) return fail(Code::data_loss, "commit " + number(sequence) + " is damaged");
        if (commit->previous != last_.hash)
            return fail(Code::data_loss,
                        "commit " + number(sequence) + " does not follow from the one before it");
        last_ = commit->ledger;
        return commit;
    }
    [[nodiscard]] const Ledger& last() const { return last_; }

private:
    Ledger last_;
};

class Audit {
public:
    Audit(const Database& database, const Mark& mark)
        : database_(database), mark_(mark), snapshot_(database) {}

    [[nodiscard]] Result<VerifyReport> run() {
        check_tables();
        check_unerased();
        check_commits();
        check_ids();
        check_state();
        check_people();
        return std::move(report_);
    }

private:
    void problem(std::string what) {
        if (report_.problems.size() < kProblemsMax) report_.problems.push_back(std::move(what));
        if (report_.problems.size() == kProblemsMax) report_.problems.push_back("… and more");
    }
    void note(const Result<void>& result) {
        if (!result) problem(result.error().message);
    }

    void check_tables() {
        rocksdb::ReadOptions options;
        options.readahead_size = 2u << 20;
        const rocksdb::Status status = database_.db().VerifyChecksum(options);
        if (!status.ok()) problem("the tables: " + status.ToString());
    }

    // What an erasure has still to delete is there or not, and its keys too.
    void check_unerased() {
        auto unerased = Unerased::load(database_, snapshot_.get());
        if (!unerased) return problem(unerased.error().message);
        unerased_ = *std::move(unerased);
    }

    void check_commits() {
        Chain chain({});
        auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
            auto commit = chain.next(key, row);
            if (!commit) {
                problem(commit.error().message);
                const Sequence sequence = sequence_in(key);
                auto alone = decode_commit(sequence, row);
                chain = Chain(alone ? alone->ledger : Ledger{.sequence = sequence});
                if (!alone) return true;
                commit = std::move(alone);
            }
            ++report_.commits_checked;
            if (commit->ledger.sequence == mark_.sequence && commit->ledger.hash != mark_.hash)
                problem("commit " + number(mark_.sequence) +
                        " is not the one that was acknowledged");
            for (const CommitEntry& entry : commit->entries)
                check_block(commit->ledger.sequence, entry);
            return true;
        };
        note(database_.walk(Family::commits, {}, {}, snapshot_.get(), visit));
        ledger_ = chain.last();
        report_.last_sequence = ledger_.sequence;
        note(check_against_mark(ledger_, mark_));
        if (report_.events_checked != ledger_.events)
            problem(number(ledger_.events) + " events should be there, " +
                    number(report_.events_checked) + " were found");
    }

    void check_block(Sequence sequence, const CommitEntry& entry) {
        auto body = read_block(database_, sequence, entry, snapshot_.get());
        if (!body) return problem(body.error().message);
        if (!*body) return;
        auto events = decode_block(**body);
        if (!events) return problem(events.error().message);
        if (events->size() != entry.events)
            problem("commit " + number(sequence) + " counts other events than it has");
        report_.events_checked += events->size();
        if (unerased_.covers(entry.who, sequence)) return;
        for (const BlockEvent& event : *events) {
            auto known =
                database_.get(Family::ids, id_key(entry.who.tenant, event.key), snapshot_.get());
            if (!known) return problem(known.error().message);
            if (!*known)
                problem("an event's key of commit " + number(sequence) +
                        " is missing from the index");
        }
    }

    void check_ids() {
        std::uint64_t ids = 0;
        auto visit = [&](std::string_view, std::string_view) -> Result<bool> {
            ++ids;
            return true;
        };
        note(database_.walk(Family::ids, {}, {}, snapshot_.get(), visit));
        if (ids > report_.events_checked)
            problem(number(ids - report_.events_checked) + " event keys have no event");
    }

    void check_state() {
        std::uint64_t state = 0;
        for (Family family :
             {Family::people, Family::aliases, Family::documents, Family::erasures}) {
            auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
                const bool is_index = (family == Family::aliases && key.starts_with('p')) ||
                                      (family == Family::erasures && key.starts_with('u'));
                if (is_index) return true;
                auto body = open_row(family, key, row);
                if (!body) {
                    problem(body.error().message);
                    return true;
                }
                state += state_of(family, key, *body);
                return true;
            };
            note(database_.walk(family, {}, {}, snapshot_.get(), visit));
        }
        if (state != ledger_.state)
            problem("people, aliases, documents and erasures are not those of the last commit");
    }

    void check_people() {
        const auto found = PeopleCounts::count(database_, snapshot_.get());
        if (!found) return problem(found.error().message);
        if (found->sum() != ledger_.people)
            problem(number(ledger_.people) + " people should be there, " + number(found->sum()) +
                    " were found");
        // Before format 2 they were not counted by tenant.
        const auto format = format_of(database_);
        if (!format) return problem(format.error().message);
        if (*format < 2) return;
        const auto counted = PeopleCounts::load(database_, snapshot_.get());
        if (!counted) return problem(counted.error().message);
        if (*counted != *found) problem("the people of a tenant are not as many as are counted");
    }

    const Database& database_;
    const Mark mark_;
    const Snapshot snapshot_;
    Unerased unerased_;
    Ledger ledger_;
    VerifyReport report_;
};

}  // namespace

Result<Ledger> verify_tail(const Database& database, const Mark& mark) {
    ATTUNE_TRY(const Ledger last, database.last_ledger());
    ATTUNE_TRY_VOID(check_against_mark(last, mark));
    Ledger before;
    if (mark.verified > 0) {
        ATTUNE_TRY(const auto row, database.get(Family::commits, commit_key(mark.verified)));
        if (!row) return fail(Code::data_loss, "commit " + number(mark.verified) + " is missing");
        ATTUNE_TRY(const Commit commit, decode_commit(mark.verified, *row));
        before = commit.ledger;
    }
    Chain chain(before);
    auto visit = [&](std::string_view key, std::string_view row) -> Result<bool> {
        ATTUNE_TRY(const Commit commit, chain.next(key, row));
        if (commit.ledger.sequence == mark.sequence && commit.ledger.hash != mark.hash)
            return fail(Code::data_loss, "commit " + number(mark.sequence) +
                                             " is not the one that was acknowledged");
        for (const CommitEntry& entry : commit.entries)
            ATTUNE_TRY_VOID(read_block(database, commit.ledger.sequence, entry, nullptr));
        return true;
    };
    ATTUNE_TRY_VOID(
        database.walk(Family::commits, {}, commit_key(mark.verified + 1), nullptr, visit));
    return chain.last();
}

Result<VerifyReport> verify_all(const Database& database, const Mark& mark) {
    return Audit(database, mark).run();
}

}  // namespace attune::store::rocks
