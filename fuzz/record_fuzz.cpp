// Stored records: decoders take any bytes, and what one accepts it writes back as it was.
#include "store/rocksdb/backup_files.h"
#include "store/rocksdb/records.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace attune::store::rocks;

void require(bool holds) {
    if (!holds) std::abort();
}

void block(std::string_view body) {
    auto events = decode_block(body);
    if (!events) return;
    BlockBuilder builder;
    for (const BlockEvent& event : *events) builder.add(event.index, event.key, event.sealed);
    const std::string written = builder.body();
    auto again = decode_block(written);
    require(again && again->size() == events->size());
}

// The hash would keep a fuzzer out of the rest, so it is put right first.
void commit(std::string_view body) {
    Commit empty{.ledger = {.sequence = 1}};
    (void)encode_commit(empty);
    (void)decode_commit(1, body);
    auto read = decode_commit(1, hashed_commit(1, body));
    if (!read) return;
    auto again = decode_commit(1, encode_commit(*read));
    require(again && again->entries.size() == read->entries.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 6) {
        case 0:
            block(body);
            break;
        case 1:
            commit(body);
            break;
        case 2:
            if (auto person = decode_person(body))
                require(*decode_person(encode_person(*person)) == *person);
            break;
        case 3:
            (void)decode_checkpoint(body);
            break;
        case 4:
            (void)decode_document(body);
            break;
        default:
            (void)decode_manifest(body);
            (void)open_row(Family::people, "key", body);
    }
    return 0;
}
