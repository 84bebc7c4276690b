#include "engine/calendar/schedule.h"

namespace attune::engine {
namespace {

constexpr std::uint64_t kDaysMax = 31;
constexpr std::uint64_t kSecondsMax = kDaysMax * 86'400;

}  // namespace

Result<std::unique_ptr<const Schedule>> Schedule::compile(const domain::Schedule& schedule,
                                                          const TimeZones& zones) {
    auto compiled = std::make_unique<Schedule>();
    compiled->from_ = schedule.from;
    compiled->until_ = schedule.until;
    if (schedule.from && schedule.until && *schedule.from >= *schedule.until)
        return fail_field("/until", "it must be later than from");
    compiled->zone_ = schedule.time_zone ? zones.find(*schedule.time_zone) : &utc();
    if (compiled->zone_ == nullptr)
        return fail_field("/time_zone", "there is no time zone '" +
                                            schedule.time_zone->substr(0, 64) +
                                            "'; they are named like Europe/Zurich");
    if (!schedule.cron) {
        if (schedule.duration_seconds)
            return fail_field("/duration_seconds",
                              "it says how long each firing of cron lasts, and there is none");
        return compiled;
    }
    auto cron = Cron::parse(*schedule.cron);
    if (!cron) return fail_field("/cron", cron.error().message);
    compiled->cron_ = *cron;
    const std::uint64_t seconds = schedule.duration_seconds.value_or(0);
    if (seconds == 0 || seconds % 60 != 0 || seconds > kSecondsMax)
        return fail_field(
            "/duration_seconds",
            "a cron needs how long each firing lasts: whole minutes in seconds, at most " +
                std::to_string(kSecondsMax));
    compiled->duration_ = std::chrono::seconds(seconds);
    return compiled;
}

bool Schedule::is_on(base::Time now) const {
    if (from_ && now < *from_) return false;
    if (until_ && now >= *until_) return false;
    if (!cron_) return true;
    const std::int64_t minute =
        std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count();
    const std::int64_t remembered = remembered_.load(std::memory_order_relaxed);
    if (remembered >> 1 == minute) return (remembered & 1) != 0;
    const bool on = is_within_firing(now);
    remembered_.store(minute << 1 | static_cast<std::int64_t>(on), std::memory_order_relaxed);
    return on;
}

bool Schedule::is_within_firing(base::Time now) const {
    const auto fired = cron_->last_at_or_before(zone_->local(now), kDaysMax + 1);
    // Where a clock went back, the last firing by the clock may lie ahead of now.
    return fired && now - zone_->time(*fired) < duration_;
}

}  // namespace attune::engine
