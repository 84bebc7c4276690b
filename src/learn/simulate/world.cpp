#include "learn/simulate/world.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace attune::learn::simulate {

namespace {

using base::JsonText;

std::string_view event_name(Act act) {
    switch (act) {
        case Act::page:
            return "page";
        case Act::identify:
            return "$identify";
        case Act::search:
            return "search";
        case Act::impression:
            return "impression";
        case Act::click:
            return "click";
        case Act::view:
            return "view";
        case Act::dwell:
            return "dwell";
        case Act::favourite:
            return "favourite";
        case Act::share:
            return "share";
        case Act::add_to_cart:
            return "add_to_cart";
        case Act::install:
            return "install";
        case Act::purchase:
            return "purchase";
        case Act::rating:
            return "rating";
        case Act::review:
            return "review";
    }
    return "other";
}

bool has_value(Act act) {
    return act == Act::dwell || act == Act::add_to_cart || act == Act::purchase ||
           act == Act::rating || act == Act::review;
}

// The world's own words need no escaping: its tables hold no quotes, backslashes or control
// characters.
class ObjectText {
public:
    ObjectText& add(std::string_view name, std::string_view value) {
        return raw(name, "\"" + std::string(value) + "\"");
    }
    ObjectText& add(std::string_view name, double value) {
        std::array<char, 32> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        return raw(name,
                   std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
    }
    ObjectText& raw(std::string_view name, std::string_view json) {
        text_ += text_.size() == 1 ? "\"" : ",\"";
        text_.append(name).append("\":").append(json);
        return *this;
    }
    [[nodiscard]] JsonText finish() && { return JsonText::trusted(std::move(text_) + "}"); }

private:
    std::string text_ = "{";
};

std::string_view review_text(double stars) {
    if (stars >= 4) return "Just what I was looking for.";
    if (stars >= 3) return "Does what it says.";
    return "Not for me.";
}

std::string_view search_text(std::uint16_t word) {
    return word < kCategoryCount ? category_name(word)
                                 : tag_name(static_cast<std::uint16_t>(word - kCategoryCount));
}

JsonText item_properties(const Catalogue& catalogue, const Draft& draft) {
    const ItemTraits& traits = catalogue[draft.item];
    ObjectText object;
    object.add("category", category_name(traits.category));
    std::string tags = "[\"" + std::string(tag_name(traits.tags[0])) + "\",\"" +
                       std::string(tag_name(traits.tags[1])) + "\"";
    if (traits.tags[2] != traits.tags[0] && traits.tags[2] != traits.tags[1]) {
        tags += ",\"" + std::string(tag_name(traits.tags[2])) + "\"";
    }
    object.raw("tags", tags + "]");
    object.add("brand", catalogue.publisher_of(draft.item));
    object.add("price", traits.price());
    if (draft.act == Act::impression || draft.act == Act::click)
        object.add("position", draft.position);
    if (draft.act == Act::review) object.add("text", review_text(draft.value));
    return std::move(object).finish();
}

JsonText properties_of(const Catalogue& catalogue, const Draft& draft, const Person& person) {
    if (draft.item != kNoItem) return item_properties(catalogue, draft);
    ObjectText object;
    if (draft.act == Act::page) object.add("name", "Storefront").add("path", "/");
    if (draft.act == Act::search) object.add("query", search_text(draft.word));
    if (draft.act == Act::identify) {
        const Zone& zone = zones()[person.zone];
        object.add("country", zone.country).add("language", zone.locale.substr(0, 2));
    }
    return std::move(object).finish();
}

JsonText context_of(const Draft& draft, const Person& person) {
    const Device& device = devices()[person.devices[draft.device]];
    const Zone& zone = zones()[person.zone];
    ObjectText object;
    object.add("user_agent", device.user_agent)
        .add("timezone", zone.name)
        .add("locale", zone.locale);
    object.raw("app", R"({"name":"Corner App Store","version":")" +
                          std::string(device.app_version) + "\"}");
    return std::move(object).finish();
}

}  // namespace

World::World(const WorldOptions& options) : options_(options), catalogue_(options) {}

Result<void> World::check(const WorldOptions& options) {
    constexpr std::uint32_t kCountMax = 1u << 31;
    if (options.people == 0 || options.people > kCountMax)
        return fail_field("/people", "must be 1 to 2147483648");
    if (options.items == 0 || options.items > kCountMax)
        return fail_field("/items", "must be 1 to 2147483648");
    if (options.days == 0 || options.days > 3'650) return fail_field("/days", "must be 1 to 3650");
    return {};
}

double World::affinity(const Person& person, std::uint32_t item, base::Time at) const {
    const double day =
        static_cast<double>((at - options_.start).count()) / static_cast<double>(kDayMicros);
    return simulate::affinity(options_.seed, person, catalogue_[item], day);
}

std::vector<domain::IncomingEvent> World::respond(std::uint32_t number,
                                                  std::span<const std::uint32_t> shown,
                                                  base::Time at,
                                                  std::string_view decision_id) const {
    const Person person = draw_person(options_, number);
    const std::int64_t since = (at - options_.start).count();
    if (since < 0 || !person.is_here(static_cast<std::int32_t>(since / kDayMicros))) return {};
    Dice dice(options_.seed, About::reaction, number, since);
    const bool named = since / kDayMicros >= person.logs_in_day;
    const Visit visit{.device = static_cast<std::uint8_t>(dice.below(person.device_count)),
                      .named = named};
    std::vector<Draft> drafts;
    std::uint64_t owned = 0;
    (void)react(options_, catalogue_, person, visit, shown, since, owned, dice, drafts);

    std::vector<domain::IncomingEvent> events;
    events.reserve(drafts.size());
    const std::string prefix = "sim-" + std::to_string(options_.seed) + "-r" +
                               std::to_string(number) + "-" + std::to_string(since) + "-";
    for (const Draft& draft : drafts) {
        events.push_back(write(draft, person, prefix + std::to_string(events.size())));
        if (!decision_id.empty()) events.back().decision_id = std::string(decision_id);
    }
    return events;
}

domain::IncomingEvent World::write(const Draft& draft, const Person& person, std::string id) const {
    domain::IncomingEvent event;
    event.id = std::move(id);
    if (draft.named) event.user_id = user_id_of(person.number);
    event.anonymous_id = anonymous_id_of(person.number, draft.device);
    event.event = std::string(event_name(draft.act));
    if (draft.item != kNoItem) event.item_id = Catalogue::id_of(draft.item);
    if (has_value(draft.act)) event.value = draft.value;
    event.properties = properties_of(catalogue_, draft, person);
    event.context = context_of(draft, person);
    event.time = options_.start + base::Duration(draft.at);
    return event;
}

}  // namespace attune::learn::simulate
