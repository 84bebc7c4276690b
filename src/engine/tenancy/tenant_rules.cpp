#include "engine/tenancy/tenant_rules.h"

#include "domain/event_spelling.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace attune::engine {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kEventWeightsMax = 500;
constexpr double kWeightMax = 1000;
constexpr double kHalfLifeDaysMax = 36'500;
constexpr std::uint32_t kBatchEventsMax = 100'000;
constexpr std::uint64_t kRateMax = 1'000'000'000;

// RFC 6901: '~' and '/' are escaped.
std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

void check_weights(const domain::Tenant& tenant, std::vector<FieldError>& wrong) {
    if (tenant.event_weights.size() > kEventWeightsMax) {
        wrong.push_back({"/event_weights", "must have at most 500 entries"});
        return;
    }
    std::map<std::string, std::string_view> spelled;
    for (const auto& [event, weight] : tenant.event_weights) {
        const std::string at = "/event_weights/" + escaped(event);
        const auto [first, is_new] = spelled.emplace(domain::plain_event_name(event), event);
        if (!is_new) {
            wrong.push_back({at, "is the same event as \"" + std::string(first->second) + "\""});
        }
        if (event.empty() || event.size() > kNameBytesMax) {
            wrong.push_back({at, "must be named after an event, 1 to 200 bytes"});
        }
        if (!(std::abs(weight.weight) <= kWeightMax)) {
            wrong.push_back({at + "/weight", "must be from -1000 to 1000"});
        }
        if (!(weight.half_life_days > 0 && weight.half_life_days <= kHalfLifeDaysMax)) {
            wrong.push_back({at + "/half_life_days", "must be above 0 and at most 36500"});
        }
    }
}

}  // namespace

bool is_tenant_name(std::string_view name) noexcept {
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 63 && is_plain(name.front()) &&
           std::ranges::all_of(name, [&](char c) { return is_plain(c) || c == '-'; });
}

Result<void> check_tenant(const domain::Tenant& tenant) {
    std::vector<FieldError> wrong;
    if (!is_tenant_name(tenant.id)) {
        wrong.push_back({"/id", "must be 1 to 63 of a-z, 0-9 and '-', and not begin with '-'"});
    }
    if (tenant.name.size() > kNameBytesMax) wrong.push_back({"/name", "must be at most 200 bytes"});
    if (tenant.ip_policy != "truncate" && tenant.ip_policy != "drop") {
        wrong.push_back({"/ip_policy", "must be \"truncate\" or \"drop\""});
    }
    if (tenant.limits.batch_events_max < 1 || tenant.limits.batch_events_max > kBatchEventsMax) {
        wrong.push_back({"/limits/batch_events_max", "must be from 1 to 100000"});
    }
    if (tenant.limits.events_per_second_max > kRateMax) {
        wrong.push_back(
            {"/limits/events_per_second_max", "must be at most 1000000000 (0: no limit)"});
    }
    if (tenant.limits.events_burst_max > kRateMax) {
        wrong.push_back(
            {"/limits/events_burst_max", "must be at most 1000000000 (0: one second's worth)"});
    }
    check_weights(tenant, wrong);
    if (wrong.empty()) return {};
    Error error{
        Code::invalid_argument, wrong.front().pointer + ": " + wrong.front().detail, {}, {}};
    error.fields = std::move(wrong);
    return std::unexpected(std::move(error));
}

}  // namespace attune::engine
