#include "learn/simulate/vocabulary.h"

namespace attune::learn::simulate {

namespace {

constexpr std::array<std::string_view, kCategoryCount> kCategories = {
    "games", "photo", "music",    "productivity", "finance", "health", "education", "travel",
    "food",  "news",  "shopping", "social",       "weather", "kids",   "sports",    "utilities"};

constexpr std::array<std::string_view, kTagCount> kTags = {
    "puzzle",      "racing",      "strategy",    "roleplay",  "arcade",     "cards",
    "simulation",  "multiplayer", "filters",     "collage",   "camera",     "retouch",
    "portraits",   "timelapse",   "albums",      "panorama",  "streaming",  "podcasts",
    "synth",       "guitar",      "karaoke",     "mixing",    "radio",      "lyrics",
    "notes",       "calendar",    "tasks",       "documents", "scanner",    "mindmaps",
    "focus",       "mail",        "budget",      "banking",   "stocks",     "taxes",
    "invoices",    "savings",     "crypto",      "pension",   "running",    "yoga",
    "sleep",       "nutrition",   "meditation",  "cycling",   "strength",   "hydration",
    "languages",   "maths",       "history",     "coding",    "flashcards", "astronomy",
    "writing",     "exams",       "maps",        "flights",   "hotels",     "hiking",
    "trains",      "camping",     "translation", "guides",    "recipes",    "baking",
    "vegan",       "delivery",    "wine",        "coffee",    "groceries",  "restaurants",
    "headlines",   "politics",    "science",     "local",     "magazines",  "economy",
    "culture",     "satire",      "fashion",     "bargains",  "secondhand", "auctions",
    "furniture",   "coupons",     "gifts",       "shoes",     "messaging",  "dating",
    "video-calls", "communities", "events",      "stories",   "neighbours", "pen-pals",
    "radar",       "rain",        "pollen",      "tides",     "storms",     "snow",
    "aurora",      "forecast",    "colouring",   "bedtime",   "letters",    "animals",
    "counting",    "fairy-tales", "crafts",      "dinosaurs", "football",   "tennis",
    "scores",      "climbing",    "golf",        "sailing",   "motorsport", "chess",
    "backup",      "passwords",   "torch",       "keyboard",  "files",      "battery",
    "network",     "measuring"};

constexpr std::string_view kTitleOpenings[] = {"Bright", "Quiet",  "Tiny",     "Grand",  "Swift",
                                               "Lucky",  "Silver", "Open",     "Daily",  "Hidden",
                                               "Clever", "Warm",   "Northern", "Simple", "Wild",
                                               "Golden", "Early",  "Paper",    "Blue",   "Pocket"};
constexpr std::string_view kTitleEndings[] = {
    "Garden",  "Harbour", "Studio",  "Quest",    "Planner", "Companion", "Atlas",
    "Journal", "Lab",     "Club",    "Workshop", "Compass", "Library",   "Meadow",
    "Engine",  "Lantern", "Orchard", "Signal",   "Tower",   "Bridge"};
constexpr std::string_view kPublisherOpenings[] = {"Alder", "Birch",   "Cedar",   "Dune",
                                                   "Ember", "Fjord",   "Grove",   "Heron",
                                                   "Iris",  "Juniper", "Kestrel", "Larch"};
constexpr std::string_view kPublisherEndings[] = {
    "works", "soft", "craft", " Studios", " & Daughters", " Labs", " Collective", " Interactive"};

constexpr Zone kZones[] = {
    {"Europe/Berlin", 60, "de-DE", "DE"},         {"Europe/Zurich", 60, "de-CH", "CH"},
    {"Europe/London", 0, "en-GB", "GB"},          {"Europe/Paris", 60, "fr-FR", "FR"},
    {"Europe/Madrid", 60, "es-ES", "ES"},         {"Europe/Helsinki", 120, "fi-FI", "FI"},
    {"America/New_York", -300, "en-US", "US"},    {"America/Chicago", -360, "en-US", "US"},
    {"America/Los_Angeles", -480, "en-US", "US"}, {"America/Sao_Paulo", -180, "pt-BR", "BR"},
    {"Asia/Kolkata", 330, "en-IN", "IN"},         {"Asia/Tokyo", 540, "ja-JP", "JP"},
    {"Asia/Seoul", 540, "ko-KR", "KR"},           {"Australia/Sydney", 600, "en-AU", "AU"},
    {"Africa/Lagos", 60, "en-NG", "NG"},          {"America/Mexico_City", -360, "es-MX", "MX"}};

constexpr Device kDevices[] = {
    {"mobile",
     "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) "
     "Version/17.1 Mobile/15E148 Safari/604.1",
     "4.2.0"},
    {"mobile",
     "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/124.0.0.0 "
     "Mobile Safari/537.36",
     "4.1.3"},
    {"mobile",
     "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/122.0.0.0 "
     "Mobile Safari/537.36",
     "4.0.7"},
    {"tablet",
     "Mozilla/5.0 (iPad; CPU OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.1 Mobile/15E148 Safari/604.1",
     "4.2.0"},
    {"desktop", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
     "web-812"},
    {"desktop",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/125.0.0.0 "
     "Safari/537.36",
     "web-812"},
    {"desktop",
     "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.4 Safari/605.1.15",
     "web-809"}};

}  // namespace

std::string_view category_name(std::uint16_t category) { return kCategories[category]; }
std::string_view tag_name(std::uint16_t tag) { return kTags[tag]; }
std::span<const std::string_view> title_openings() { return kTitleOpenings; }
std::span<const std::string_view> title_endings() { return kTitleEndings; }
std::span<const std::string_view> publisher_openings() { return kPublisherOpenings; }
std::span<const std::string_view> publisher_endings() { return kPublisherEndings; }
std::span<const Zone> zones() { return kZones; }
std::span<const Device> devices() { return kDevices; }

}  // namespace attune::learn::simulate
