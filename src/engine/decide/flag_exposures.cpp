#include "engine/decide/flag_exposures.h"

#include "base/keyed_hash.h"
#include "engine/decide/person_facts.h"

#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kWaitingMax = 16'384;

// Of the person and the stage; the version too, since evidence begins anew with it. Never 0.
std::uint64_t mark_of(TenantId tenant, const Flag& flag, const FlagDraw& draw) {
    constexpr base::HashKey kKey{0x6472617773, 1};
    const std::array<std::uint64_t, 4> words{
        base::keyed_hash(kKey, draw.unit), base::keyed_hash(kKey, draw.stage->of), flag.version,
        (std::uint64_t{tenant.value} << 1) | static_cast<std::uint64_t>(draw.is_in)};
    return base::keyed_hash(kKey, {reinterpret_cast<const char*>(words.data()), sizeof words}) | 1;
}

}  // namespace

domain::Decision exposure_of(const Flag& flag, const FlagDraw& draw) {
    const double share = draw.stage->share;
    return {.kind = "flag",
            .subject = flag.key,
            .choices = {{.of = draw.stage->of,
                         .chosen = draw.is_in ? "in" : "out",
                         .probability = draw.is_in ? share : 1 - share,
                         .version = flag.version,
                         .among = {"out", "in"}}}};
}

FlagExposures::FlagExposures(People& people, DecisionLog& log)
    : people_(people), log_(log), waiting_({.items_max = kWaitingMax}) {
    thread_ = std::thread([this] { run(); });
}

FlagExposures::~FlagExposures() {
    waiting_.close();
    thread_.join();
}

void FlagExposures::note(TenantId tenant, const Flag& flag, const FlagDraw& draw) {
    const std::uint64_t mark = mark_of(tenant, flag, draw);
    std::atomic<std::uint64_t>& slot = (*recent_)[mark % kSlots];
    if (slot.load(std::memory_order_relaxed) == mark) return;
    Noted noted{.tenant = tenant,
                .user_id = std::string(draw.unit),
                .decision = exposure_of(flag, draw),
                .mark = mark,
                .flushed = nullptr};
    // Before it is queued, for whoever records it may take the mark away again.
    slot.store(mark, std::memory_order_relaxed);
    if (waiting_.try_push(std::move(noted))) return;
    dropped_.fetch_add(1, std::memory_order_relaxed);
    forget(mark);
}

void FlagExposures::forget(std::uint64_t mark) {
    (*recent_)[mark % kSlots].compare_exchange_strong(mark, 0, std::memory_order_relaxed);
}

void FlagExposures::flush() {
    auto issuer = std::make_shared<base::TicketIssuer>();
    const base::Ticket done = issuer->ticket();
    Noted marker{
        .tenant = {}, .user_id = {}, .decision = {}, .mark = 0, .flushed = std::move(issuer)};
    if (waiting_.try_push(std::move(marker))) (void)done.wait();
}

void FlagExposures::run() {
    while (auto noted = waiting_.pop()) record(*std::move(noted));
}

void FlagExposures::record(Noted noted) {
    if (noted.flushed) {
        noted.flushed->complete({});
        return;
    }
    const auto facts = facts_of(people_, noted.tenant, noted.user_id);
    if (facts && *facts != nullptr && !(*facts)->opted_out) {
        (void)log_.record(noted.tenant, (*facts)->who, kExposureSession, std::move(noted.decision));
        return;
    }
    // They may be known the next time.
    forget(noted.mark);
}

}  // namespace attune::engine
