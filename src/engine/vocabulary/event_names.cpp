#include "engine/vocabulary/event_names.h"

#include "base/json.h"
#include "engine/follow/log_batch.h"
#include "engine/follow/log_follower.h"
#include "engine/profile/member_scan.h"
#include "engine/vocabulary/spelling.h"

#include <algorithm>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::string_view kCollection = "event_names";
constexpr std::string_view kName = "heard";
constexpr int kBatchesOfALook = 50;
constexpr std::size_t kEventsBetweenSaves = 1'000'000;
constexpr std::size_t kAlikeMax = 3;
constexpr std::size_t kLettersOff = 4;  // what is further off is another word

std::string_view event_of(std::string_view payload) {
    for (MemberScan scan(payload); scan.next();)
        if (scan.key() == "event") return scan.value();
    return {};
}

}  // namespace

bool HeardNames::has(std::string_view name) const {
    if (!is_whole || names.empty() || names.size() >= kNamesMax) return true;
    return name.starts_with('$') || names.contains(name);
}

std::vector<std::string> HeardNames::alike(std::string_view name) const {
    const std::size_t far = std::clamp<std::size_t>(name.size() / 3, 2, kLettersOff);
    std::vector<std::pair<std::size_t, std::string_view>> near;
    for (const std::string& one : names)
        if (const std::size_t apart = letters_apart(name, one, far); apart <= far)
            near.emplace_back(apart, one);
    std::ranges::sort(near);
    std::vector<std::string> found;
    for (const auto& [apart, one] : near)
        if (found.size() < kAlikeMax) found.emplace_back(one);
    return found;
}

std::string HeardNames::describe_unknown(std::string_view name) const {
    std::string text = "no event '" + std::string(name) + "' was ever sent";
    std::string_view before = "; did you mean ";
    for (const std::string& one : alike(name)) {
        text.append(before).append("'").append(one).append("'");
        before = " or ";
    }
    if (before == " or ") text += '?';
    return text;
}

namespace {

// One tenant's. Idle once it has caught up, until somebody asks again.
class HeardReading final : public LogReading {
public:
    HeardReading(store::Store& store, domain::TenantId tenant) : store_(store), tenant_(tenant) {}

    Result<bool> step() override;
    [[nodiscard]] bool is_idle() const override { return heard_.is_whole; }

    Result<std::shared_ptr<const HeardNames>> ask() {
        heard_.is_whole = false;
        ATTUNE_TRY_VOID(read_on(kBatchesOfALook));
        if (!told_ || told_->is_whole != heard_.is_whole ||
            told_->names.size() != heard_.names.size())
            told_ = std::make_shared<const HeardNames>(heard_);
        return told_;
    }

    // Where the disk has no room even for that, the document is written over when somebody asks.
    void start_over() {
        (void)store_.delete_document(tenant_, kCollection, kName, std::nullopt);
        heard_ = {};
        told_.reset();
        is_loaded_ = true;
        upto_ = {};
        last_.clear();
        is_news_ = true;
        unsaved_ = 0;
    }

private:
    Result<void> load();
    Result<void> save();
    void hear(std::string_view payload);

    store::Store& store_;
    const domain::TenantId tenant_;
    HeardNames heard_;
    std::shared_ptr<const HeardNames>
        told_;  // names only come, so it holds while there are no more
    bool is_loaded_ = false;
    store::Position upto_;
    std::string
        last_;  // heard last, as it stands in the log: most events are called what others are
    bool is_news_ = false;
    std::size_t unsaved_ = 0;
};

Result<bool> HeardReading::step() {
    ATTUNE_TRY_VOID(load());
    ATTUNE_TRY(const LogBatch batch,
               read_batch(store_, tenant_, {upto_},
                          [&](const store::LoggedEvent& logged) { hear(logged.payload); }));
    upto_ = batch.upto;
    unsaved_ += batch.events;
    heard_.is_whole = batch.is_end;
    if (unsaved_ >= kEventsBetweenSaves || (is_news_ && batch.is_end)) ATTUNE_TRY_VOID(save());
    return batch.is_end;
}

void HeardReading::hear(std::string_view payload) {
    const std::string_view quoted = event_of(payload);
    if (quoted == last_) return;
    last_ = quoted;
    auto name = text_of(quoted);
    if (!name || name->empty() || name->starts_with('$')) return;
    if (heard_.names.size() < HeardNames::kNamesMax)
        is_news_ |= heard_.names.insert(*std::move(name)).second;
}

// A document that cannot be read is as none: the log tells it all again.
Result<void> HeardReading::load() {
    if (is_loaded_) return {};
    ATTUNE_TRY(const auto document, store_.get_document(tenant_, kCollection, kName));
    is_loaded_ = true;
    if (!document) return {};
    const auto json = base::JsonDocument::parse(document->value, {.bytes_max = 16u << 20});
    if (!json) return {};
    const auto sequence = json->root().find("sequence");
    const auto index = json->root().find("index");
    const auto names = json->root().find("names");
    if (!sequence || !index || !names) return {};
    upto_ = {.sequence = sequence->as_uint64().value_or(0),
             .index = static_cast<std::uint32_t>(index->as_uint64().value_or(0))};
    for (const base::JsonView name : names->elements())
        if (const auto text = name.as_string()) heard_.names.emplace(*text);
    return {};
}

Result<void> HeardReading::save() {
    std::string text = R"({"sequence":)" + std::to_string(upto_.sequence) + R"(,"index":)" +
                       std::to_string(upto_.index) + R"(,"names":)";
    text += base::to_json(std::vector<std::string>(heard_.names.begin(), heard_.names.end()));
    text += '}';
    ATTUNE_TRY_VOID(store_.put_document(tenant_, kCollection, kName, text, std::nullopt));
    is_news_ = false;
    unsaved_ = 0;
    return {};
}

}  // namespace

class EventNames::Impl {
public:
    explicit Impl(store::Store& store)
        : follower(store, [&store](domain::TenantId tenant) {
              return std::make_unique<HeardReading>(store, tenant);
          }) {}

    LogFollower<HeardReading> follower;
};

EventNames::EventNames(store::Store& store) : impl_(std::make_unique<Impl>(store)) {}
EventNames::~EventNames() = default;

void EventNames::forget(domain::TenantId tenant) {
    (void)impl_->follower.with(tenant, [](HeardReading& reading) -> Result<void> {
        reading.start_over();
        return {};
    });
}

Result<std::shared_ptr<const HeardNames>> EventNames::heard(domain::TenantId tenant) {
    std::shared_ptr<const HeardNames> heard;
    ATTUNE_TRY_VOID(impl_->follower.look(tenant, [&](HeardReading& reading) -> Result<bool> {
        ATTUNE_TRY(heard, reading.ask());
        return heard->is_whole;
    }));
    return heard;
}

}  // namespace attune::engine
