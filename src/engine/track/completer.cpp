#include "engine/track/completer.h"

#include "engine/track/event_id.h"
#include "engine/track/event_rules.h"
#include "engine/track/event_time.h"

#include <utility>

namespace attune::engine {
namespace {

using domain::EventKind;

constexpr std::size_t kShortBytesMax = 64;
constexpr std::size_t kLongBytesMax = 512;

// What an enrichment may hold: the beginning that fits, cut between characters; empty when there is nothing.
std::optional<std::string> kept(std::string text, std::size_t bytes_max) {
    if (text.size() > bytes_max) {
        while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80)
            --bytes_max;
        text.resize(bytes_max);
    }
    if (text.empty() || !is_clean_text(text)) return std::nullopt;
    return text;
}

std::string named(std::string_view name, std::string_view version) {
    std::string text(name);
    if (!text.empty() && !version.empty()) text.append(" ").append(version);
    return text;
}

std::string_view or_empty(const std::optional<std::string>& text) {
    return text ? std::string_view(*text) : std::string_view{};
}

std::string_view major_of(std::string_view version) { return version.substr(0, version.find('.')); }

bool is_country(std::string_view text) {
    return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

const UserAgent& agent_of(std::string_view header, AgentMemo& agents) {
    if (agents.header != header) {
        agents.agent = parse_user_agent(header);
        agents.header = header;
    }
    return agents.agent;
}

// What the device says of itself counts more than its header.
void enrich_device(domain::Enrichment& enriched, const ContextFacts& facts,
                   const UserAgent& agent) {
    std::string_view device = device_class(facts.device, facts.device_model);
    if (device.empty() && !agent.device.empty() && agent.device != "other") device = agent.device;
    if (device.empty() && facts.is_mobile) device = *facts.is_mobile ? "mobile" : "desktop";
    if (device.empty()) device = agent.device;
    enriched.device = kept(std::string(device), kShortBytesMax);

    std::string os = agent.os;
    if (!facts.os.empty()) {
        const std::string_view name = facts.os == "iPhone OS" ? "iOS" : facts.os;
        // A header knows versions that client hints leave out.
        if (!facts.os_version.empty() || !agent.os.starts_with(name))
            os = named(name, facts.os_version);
    }
    enriched.os = kept(std::move(os), kShortBytesMax);
    enriched.browser =
        kept(facts.browser.empty() ? agent.browser
                                   : named(facts.browser, major_of(facts.browser_version)),
             kShortBytesMax);
}

// The context as it is stored: without full addresses, with the time by the client's own clock where that was corrected.
base::JsonText stored_context(base::JsonText context, std::optional<std::string> redacted,
                              const std::optional<base::Time>& original_time) {
    if (redacted) context = base::JsonText::trusted(*std::move(redacted));
    if (!original_time) return context;
    std::string text = context.is_null() ? "{}" : std::string(context.text());
    text.pop_back();
    if (text.size() > 1) text += ',';
    text += R"("original_time":")";
    base::append_time(text, *original_time);
    text += "\"}";
    return base::JsonText::trusted(std::move(text));
}

}  // namespace

// The context, parsed, and what was found in it. The facts borrow from the document.
struct Completer::Surroundings {
    std::optional<base::JsonDocument> document;
    ContextFacts facts;
    bool has_original_time = false;
};

Result<Completer> Completer::open(base::Random& random, TrackOptions options) {
    ATTUNE_TRY(Geo geo, Geo::open(options.geo_file));
    return Completer(random, std::move(options), std::move(geo), TimeZones::of_system());
}

Completer::Surroundings Completer::read_surroundings(const domain::IncomingEvent& incoming,
                                                     WrongFields& wrong) const {
    Surroundings found;
    if (incoming.context.is_null()) return found;
    if (!incoming.context.is_object()) {
        wrong.add("/context", "must be an object");
        return found;
    }
    auto document = base::JsonDocument::parse(incoming.context.text(),
                                              {.bytes_max = options_.context_bytes_max,
                                               .depth_max = options_.depth_max,
                                               .string_bytes_max = options_.string_bytes_max,
                                               .members_max = options_.properties_max});
    if (!document) {
        wrong.add("/context", document.error());
        return found;
    }
    found.document = *std::move(document);
    found.facts = read_context(found.document->root());
    found.has_original_time = found.document->root().find("original_time").has_value();
    return found;
}

Result<Completed> Completer::complete(const domain::Tenant& tenant, domain::IncomingEvent incoming,
                                      const Origin& origin, base::Time received_at,
                                      AgentMemo& agents) const {
    const EventKind kind = domain::event_kind(incoming.event);
    WrongFields wrong;
    check_names(incoming, kind, options_, wrong);
    const Surroundings context = read_surroundings(incoming, wrong);

    const bool is_client = origin.address_is_client;
    const AddressRedaction redaction{
        .keep_truncated = tenant.ip_policy != "drop",
        .known = {context.facts.ip, is_client ? origin.address : std::string_view{}}};
    Properties properties = read_properties(incoming, kind, options_, redaction, wrong);

    std::optional<double> value = incoming.value;
    const bool is_rating = kind == EventKind::rating || kind == EventKind::review;
    if (!value && properties.value) value = properties.value;
    if (value && is_rating && properties.scale_max && *properties.scale_max > 0)
        *value *= 5 / *properties.scale_max;
    if (value && !is_value_in_range(kind, *value)) {
        // A number in the sender's own properties breaks no rule of ours; it only means nothing to us.
        if (incoming.value) check_value(kind, *value, wrong);
        value.reset();
    }
    if (kind == EventKind::rating && !value && wrong.empty()) {
        wrong.add("/value", "a rating needs a value from 0 to 5");
    }

    const auto time =
        resolve_time({incoming.time, incoming.sent_at}, received_at, options_.future_max);
    if (!wrong.empty()) {
        if (!time) wrong.add("", time.error());
        return std::move(wrong).failure();
    }
    if (!time) return std::unexpected(time.error());

    Completed completed;
    domain::Event& event = completed.event;
    event.id = incoming.id ? *std::move(incoming.id) : make_event_id(received_at, *random_);
    event.user_id = std::move(incoming.user_id);
    event.anonymous_id = std::move(incoming.anonymous_id);
    event.event = std::move(incoming.event);
    event.item_id = incoming.item_id ? std::move(incoming.item_id) : std::move(properties.item_id);
    event.value = value;
    event.decision_id = std::move(incoming.decision_id);
    event.time = time->time;
    event.received_at = received_at;
    const std::string_view address = !context.facts.ip.empty() ? context.facts.ip
                                     : is_client               ? origin.address
                                                               : std::string_view{};
    enrich(event, context.facts, properties, origin, address, tenant, agents);
    auto redacted = context.document ? redaction.apply(context.document->root()) : std::nullopt;
    event.context = stored_context(
        std::move(incoming.context), std::move(redacted),
        time->corrected && !context.has_original_time ? incoming.time : std::nullopt);
    event.properties = std::move(properties.json);
    completed.previous_id = std::move(properties.previous_id);
    return completed;
}

void Completer::enrich(domain::Event& event, const ContextFacts& facts,
                       const Properties& properties, const Origin& origin, std::string_view address,
                       const domain::Tenant& tenant, AgentMemo& agents) const {
    domain::Enrichment& enriched = event.enriched;
    const std::string_view header = !facts.user_agent.empty()  ? facts.user_agent
                                    : origin.address_is_client ? origin.user_agent
                                                               : std::string_view{};
    enrich_device(enriched, facts, agent_of(header, agents));
    enriched.app_version = kept(std::string(facts.app_version), kShortBytesMax);
    enriched.locale = kept(locale_of(facts.locale), kShortBytesMax);

    if (const auto parsed = IpAddress::parse(address)) {
        enriched.country = geo_.country(*parsed);
        if (tenant.ip_policy != "drop") enriched.ip = parsed->truncated();
    }
    if (!enriched.country && is_country(facts.country))
        enriched.country = std::string(facts.country);

    const TimeZone* zone = zones_.find(facts.time_zone);
    if (zone != nullptr) enriched.time_zone = std::string(facts.time_zone);
    const LocalTime local = (zone != nullptr ? *zone : utc()).local(event.time);
    enriched.local_hour = local.hour;
    enriched.local_weekday = weekday_of(local);

    enriched.page =
        kept(page_of(!facts.page.empty() ? facts.page : or_empty(properties.page)), kLongBytesMax);
    enriched.referrer =
        kept(referrer_of(!facts.referrer.empty() ? facts.referrer : or_empty(properties.referrer)),
             kLongBytesMax);
    enriched.campaign =
        kept(facts.campaign.empty() ? campaign_of(facts.search) : std::string(facts.campaign),
             kLongBytesMax);
    enriched.source = kept(std::string(origin.source), kShortBytesMax);
}

}  // namespace attune::engine
