#include "domain/event_kind.h"

#include "domain/event.h"

#include <algorithm>
#include <array>

namespace attune::domain {
namespace {

struct Meaning {
    std::string_view name;  // lower case, letters and digits only
    EventKind kind;
};

// Sorted by name. Segment's e-commerce names and their first version ("Viewed Product"), Google
// Analytics' names, and what people write when nobody told them.
constexpr Meaning kMeanings[] = {
    {"addedproduct", EventKind::add_to_cart},
    {"addedproducttowishlist", EventKind::favourite},
    {"addedtobasket", EventKind::add_to_cart},
    {"addedtocart", EventKind::add_to_cart},
    {"addedtowishlist", EventKind::favourite},
    {"addtobasket", EventKind::add_to_cart},
    {"addtocart", EventKind::add_to_cart},
    {"addtofavorites", EventKind::favourite},
    {"addtofavourites", EventKind::favourite},
    {"addtowishlist", EventKind::favourite},
    {"bookmark", EventKind::favourite},
    {"bookmarked", EventKind::favourite},
    {"bought", EventKind::purchase},
    {"buy", EventKind::purchase},
    {"cartadd", EventKind::add_to_cart},
    {"cartremove", EventKind::remove_from_cart},
    {"cartshared", EventKind::share},
    {"checkoutcompleted", EventKind::purchase},
    {"click", EventKind::click},
    {"clicked", EventKind::click},
    {"clickedlink", EventKind::click},
    {"clickedproduct", EventKind::click},
    {"clickedpromotion", EventKind::click},
    {"completedorder", EventKind::purchase},
    {"contentview", EventKind::view},
    {"contentviewed", EventKind::view},
    {"detailview", EventKind::view},
    {"dislike", EventKind::dislike},
    {"disliked", EventKind::dislike},
    {"downvote", EventKind::thumbs_down},
    {"downvoted", EventKind::thumbs_down},
    {"dwell", EventKind::dwell},
    {"dwelltime", EventKind::dwell},
    {"emaillinkclicked", EventKind::click},
    {"exposure", EventKind::impression},
    {"favorite", EventKind::favourite},
    {"favorited", EventKind::favourite},
    {"favourite", EventKind::favourite},
    {"favourited", EventKind::favourite},
    {"filteredproductlist", EventKind::impression},
    {"impression", EventKind::impression},
    {"impressions", EventKind::impression},
    {"itemclick", EventKind::click},
    {"itemclicked", EventKind::click},
    {"itemdisliked", EventKind::dislike},
    {"itemliked", EventKind::like},
    {"itemrated", EventKind::rating},
    {"itemreviewed", EventKind::review},
    {"itemshared", EventKind::share},
    {"itemshown", EventKind::impression},
    {"itemview", EventKind::view},
    {"itemviewed", EventKind::view},
    {"like", EventKind::like},
    {"liked", EventKind::like},
    {"linkclicked", EventKind::click},
    {"listen", EventKind::view},
    {"loadedapage", EventKind::page},
    {"ordercancelled", EventKind::refund},
    {"ordercompleted", EventKind::purchase},
    {"orderplaced", EventKind::purchase},
    {"orderrefunded", EventKind::refund},
    {"page", EventKind::page},
    {"pageview", EventKind::page},
    {"pageviewed", EventKind::page},
    {"play", EventKind::view},
    {"played", EventKind::view},
    {"productadded", EventKind::add_to_cart},
    {"productaddedtowishlist", EventKind::favourite},
    {"productclicked", EventKind::click},
    {"productdisliked", EventKind::dislike},
    {"productimpression", EventKind::impression},
    {"productliked", EventKind::like},
    {"productlistfiltered", EventKind::impression},
    {"productlistviewed", EventKind::impression},
    {"productrated", EventKind::rating},
    {"productremoved", EventKind::remove_from_cart},
    {"productremovedfromwishlist", EventKind::unfavourite},
    {"productreviewed", EventKind::review},
    {"productsearched", EventKind::search},
    {"productshared", EventKind::share},
    {"productssearched", EventKind::search},
    {"productview", EventKind::view},
    {"productviewed", EventKind::view},
    {"promotionclicked", EventKind::click},
    {"promotionviewed", EventKind::impression},
    {"purchase", EventKind::purchase},
    {"purchased", EventKind::purchase},
    {"pushnotificationtapped", EventKind::click},
    {"rate", EventKind::rating},
    {"rated", EventKind::rating},
    {"ratedproduct", EventKind::rating},
    {"rating", EventKind::rating},
    {"read", EventKind::view},
    {"refund", EventKind::refund},
    {"refunded", EventKind::refund},
    {"refundedorder", EventKind::refund},
    {"removedfromcart", EventKind::remove_from_cart},
    {"removedproduct", EventKind::remove_from_cart},
    {"removedproductfromwishlist", EventKind::unfavourite},
    {"removefrombasket", EventKind::remove_from_cart},
    {"removefromcart", EventKind::remove_from_cart},
    {"removefromfavorites", EventKind::unfavourite},
    {"removefromfavourites", EventKind::unfavourite},
    {"removefromwishlist", EventKind::unfavourite},
    {"review", EventKind::review},
    {"reviewed", EventKind::review},
    {"reviewedproduct", EventKind::review},
    {"save", EventKind::favourite},
    {"saved", EventKind::favourite},
    {"screen", EventKind::screen},
    {"screenview", EventKind::screen},
    {"screenviewed", EventKind::screen},
    {"scroll", EventKind::scroll},
    {"scrolldepth", EventKind::scroll},
    {"scrolled", EventKind::scroll},
    {"search", EventKind::search},
    {"searched", EventKind::search},
    {"searchedproduct", EventKind::search},
    {"searchedproducts", EventKind::search},
    {"selectcontent", EventKind::click},
    {"selectitem", EventKind::click},
    {"selectpromotion", EventKind::click},
    {"share", EventKind::share},
    {"shared", EventKind::share},
    {"sharedcart", EventKind::share},
    {"sharedproduct", EventKind::share},
    {"sitesearch", EventKind::search},
    {"tap", EventKind::click},
    {"tapped", EventKind::click},
    {"thumbdown", EventKind::thumbs_down},
    {"thumbsdown", EventKind::thumbs_down},
    {"thumbsup", EventKind::thumbs_up},
    {"thumbup", EventKind::thumbs_up},
    {"timespent", EventKind::dwell},
    {"transaction", EventKind::purchase},
    {"unbookmark", EventKind::unfavourite},
    {"unfavorite", EventKind::unfavourite},
    {"unfavorited", EventKind::unfavourite},
    {"unfavourite", EventKind::unfavourite},
    {"unfavourited", EventKind::unfavourite},
    {"unsave", EventKind::unfavourite},
    {"upvote", EventKind::thumbs_up},
    {"upvoted", EventKind::thumbs_up},
    {"videoplayed", EventKind::view},
    {"view", EventKind::view},
    {"viewcontent", EventKind::view},
    {"viewed", EventKind::view},
    {"vieweditem", EventKind::view},
    {"viewedpage", EventKind::page},
    {"viewedproduct", EventKind::view},
    {"viewedproductcategory", EventKind::impression},
    {"viewedproductlist", EventKind::impression},
    {"viewedpromotion", EventKind::impression},
    {"viewedscreen", EventKind::screen},
    {"viewitem", EventKind::view},
    {"viewitemlist", EventKind::impression},
    {"viewpromotion", EventKind::impression},
    {"viewsearchresults", EventKind::search},
    {"watch", EventKind::view},
    {"watched", EventKind::view},
    {"wishlistproductadded", EventKind::favourite},
    {"wishlistproductremoved", EventKind::unfavourite},
    {"writereview", EventKind::review},
};
static_assert(std::ranges::is_sorted(kMeanings, {}, &Meaning::name));

constexpr std::size_t kLongest =
    std::ranges::max(kMeanings, {}, [](const Meaning& m) { return m.name.size(); }).name.size();

constexpr Meaning kReserved[] = {
    {event_names::kIdentify, EventKind::identify},
    {event_names::kAlias, EventKind::alias},
    {event_names::kGroup, EventKind::group},
    {event_names::kConsent, EventKind::consent},
    {event_names::kPreference, EventKind::preference},
    {event_names::kRectify, EventKind::rectify},
    {event_names::kMerge, EventKind::merge},
    {event_names::kDecision, EventKind::decision},
};

}  // namespace

EventKind event_kind(std::string_view event) noexcept {
    if (event.starts_with('$')) {
        const auto* found = std::ranges::find(kReserved, event, &Meaning::name);
        return found != std::end(kReserved) ? found->kind : EventKind::other;
    }
    std::array<char, kLongest> plain;
    std::size_t length = 0;
    for (const char c : event) {
        if (c == ' ' || c == '_' || c == '-' || c == '.') continue;
        if (length == plain.size()) return EventKind::other;
        plain[length++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const std::string_view name{plain.data(), length};
    const auto* found = std::ranges::lower_bound(kMeanings, name, {}, &Meaning::name);
    return found != std::end(kMeanings) && found->name == name ? found->kind : EventKind::other;
}

std::string_view name_of(EventKind kind) noexcept {
    switch (kind) {
        case EventKind::other:
            return "other";
        case EventKind::view:
            return "view";
        case EventKind::click:
            return "click";
        case EventKind::dwell:
            return "dwell";
        case EventKind::scroll:
            return "scroll";
        case EventKind::impression:
            return "impression";
        case EventKind::search:
            return "search";
        case EventKind::add_to_cart:
            return "add_to_cart";
        case EventKind::remove_from_cart:
            return "remove_from_cart";
        case EventKind::purchase:
            return "purchase";
        case EventKind::refund:
            return "refund";
        case EventKind::share:
            return "share";
        case EventKind::page:
            return "page";
        case EventKind::screen:
            return "screen";
        case EventKind::rating:
            return "rating";
        case EventKind::like:
            return "like";
        case EventKind::dislike:
            return "dislike";
        case EventKind::thumbs_up:
            return "thumbs_up";
        case EventKind::thumbs_down:
            return "thumbs_down";
        case EventKind::favourite:
            return "favourite";
        case EventKind::unfavourite:
            return "unfavourite";
        case EventKind::review:
            return "review";
        case EventKind::identify:
            return event_names::kIdentify;
        case EventKind::alias:
            return event_names::kAlias;
        case EventKind::group:
            return event_names::kGroup;
        case EventKind::consent:
            return event_names::kConsent;
        case EventKind::preference:
            return event_names::kPreference;
        case EventKind::rectify:
            return event_names::kRectify;
        case EventKind::merge:
            return event_names::kMerge;
        case EventKind::decision:
            return event_names::kDecision;
    }
    return "other";
}

}  // namespace attune::domain
