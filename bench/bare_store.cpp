#include "bench/bare_store.h"

#include "base/json.h"
#include "domain/describe.h"
#include "domain/event.h"
#include "store/rocksdb/codec.h"
#include "store/rocksdb/open_store.h"
#include "store/rocksdb/records.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

namespace attune::bench {

using namespace store::rocks;

namespace {

const store::TenantId kTenant{1};

base::Id128 random_id(std::mt19937_64& random) {
    base::Id128 id;
    for (std::size_t i = 0; i < 16; i += 8) {
        const std::uint64_t word = random();
        std::memcpy(id.bytes.data() + i, &word, 8);
    }
    return id;
}

struct Row {
    Family family;
    std::string key;
    std::string value;
};

// The rows of one commit, in the order in which a commit of ours holds them.
std::vector<Row> rows_of(const std::vector<SampleEvent>& events, Ledger& ledger) {
    Commit commit{.ledger = ledger, .previous = ledger.hash, .time_us = 1'780'000'000'000'000};
    ++commit.ledger.sequence;
    commit.ledger.events += events.size();
    std::string sequence;
    Writer(sequence).varint(commit.ledger.sequence);

    std::vector<Row> rows;
    std::vector<Row> ids;
    std::map<store::PersonId, BlockBuilder> blocks;
    for (std::uint32_t index = 0; const auto& [who, event] : events) {
        blocks[who].add(index++, event.key, event.payload);
        ids.push_back({Family::ids, id_key(kTenant, event.key), sequence});
    }
    for (const auto& [who, block] : blocks) {
        const std::string key = block_key(kTenant, who, commit.ledger.sequence);
        const std::string body = block.body();
        commit.entries.push_back(
            {{kTenant, who}, row_digest(Family::events, key, body), block.size()});
        rows.push_back({Family::events, key, seal_row(Family::events, key, body)});
    }
    std::ranges::sort(ids, {}, &Row::key);
    std::ranges::move(ids, std::back_inserter(rows));
    std::string body = encode_commit(commit);
    rows.push_back({Family::commits, commit_key(commit.ledger.sequence), std::move(body)});
    ledger = commit.ledger;
    return rows;
}

}  // namespace

void stop(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

store::PersonId sample_person(std::uint64_t number) {
    std::mt19937_64 random(number);
    return random_id(random);
}

SampleEvent sample_event(std::mt19937_64& random) {
    const std::uint64_t number = random() % kPeople;
    domain::Event event{.id = "0-1-" + std::to_string(random() % 1'000'000),
                        .user_id = "u" + std::to_string(number),
                        .event = "view",
                        .item_id = "app-" + std::to_string(random() % 5'000)};
    event.properties = base::JsonText::trusted(
        R"({"category":"games","tags":["puzzle","offline"],"price":4.99,"position":3})");
    event.received_at = event.time =
        base::Time(std::chrono::microseconds(1'780'000'000'000'000 + random() % 1'000'000'000));
    event.enriched = {.device = "other", .local_hour = 12, .local_weekday = 3, .source = "api"};
    return {sample_person(number), {random_id(random), base::to_json(event)}};
}

Rate bare_commits(const std::string& directory, std::size_t batches, std::size_t events_of_batch) {
    base::SystemRandom ids;
    auto open = open_directory(directory, ids, {}, {});
    if (!open) stop(open.error().message);
    const Database& database = *open->database;

    rocksdb::WriteOptions synced;
    synced.sync = true;
    std::mt19937_64 random(1);
    Ledger ledger;
    Mark mark = open->mark->mark();
    std::vector<Row> rows;
    Stopwatch watch;
    for (std::size_t i = 0; i < batches; ++i) {
        watch.aside([&] {
            std::vector<SampleEvent> events;
            for (std::size_t k = 0; k < events_of_batch; ++k)
                events.push_back(sample_event(random));
            rows = rows_of(events, ledger);
            mark.sequence = ledger.sequence;
            mark.hash = ledger.hash;
        });
        rocksdb::WriteBatch batch;
        for (const Row& row : rows)
            (void)batch.Put(database.family(row.family), slice(row.key), slice(row.value));
        if (const auto status = database.db().Write(synced, &batch); !status.ok())
            stop(status.ToString());
        if (auto marked = open->mark->write(mark); !marked) stop(marked.error().message);
    }
    return watch.rate(batches * events_of_batch);
}

}  // namespace attune::bench
