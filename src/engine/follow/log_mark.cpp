#include "engine/follow/log_mark.h"

#include "engine/follow/checkpoint_parts.h"

namespace attune::engine {
namespace {

store::Position just_before(const store::Position& position) {
    if (position.index > 0) return {position.sequence, position.index - 1};
    return {position.sequence - 1, UINT32_MAX};
}

}  // namespace

Result<bool> LogMark::stands_in(store::Store& store, domain::TenantId tenant) const {
    if (last.sequence == 0) return false;
    bool is_there = false;
    ATTUNE_TRY_VOID(
        store.scan_all(tenant, {just_before(last), last}, [&](const store::LoggedEvent& logged) {
            is_there = logged.key == last_key;
            return false;
        }));
    return is_there;
}

Result<void> LogMark::write(CheckpointWriter& to) const {
    ATTUNE_TRY_VOID(to.put(last.sequence));
    ATTUNE_TRY_VOID(to.put(last.index));
    ATTUNE_TRY_VOID(put_id(to, last_key));
    return to.put(events);
}

Result<LogMark> LogMark::read(CheckpointReader& from) {
    LogMark mark;
    ATTUNE_TRY(mark.last.sequence, from.get<store::Sequence>());
    ATTUNE_TRY(mark.last.index, from.get<std::uint32_t>());
    ATTUNE_TRY(mark.last_key, get_id(from));
    ATTUNE_TRY(mark.events, from.get<std::uint64_t>());
    return mark;
}

}  // namespace attune::engine
