#include "engine/profile/trait_checks.h"

#include "base/time.h"
#include "engine/profile/member_scan.h"

#include <string>

namespace attune::engine {
namespace {

constexpr double kAgeMax = 150;
constexpr std::string_view kFirstYear = "1800";
constexpr std::string_view kLastYear = "2199";

// All that were assigned in 2025, and XK, which many use for Kosovo.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA "
    "ZM ZW";

bool is_age(std::string_view value) {
    const auto age = value.starts_with('"') ? std::nullopt : number_of(value);
    return age && *age >= 0 && *age <= kAgeMax;
}

// A date, or a moment of one.
bool is_birthday(std::string_view value) {
    const auto text = value.starts_with('"') ? text_of(value) : std::nullopt;
    if (!text || text->size() < 10) return false;
    const std::string_view year = std::string_view(*text).substr(0, 4);
    const bool is_moment = text->size() > 10;
    return year >= kFirstYear && year <= kLastYear &&
           base::parse_time(is_moment ? *text : *text + "T00:00:00Z").has_value();
}

}  // namespace

bool is_country(std::string_view code) {
    return code.size() == 2 && code[0] != ' ' && code[1] != ' ' && kCountries.contains(code);
}

std::optional<std::string_view> trait_problem(std::string_view key, std::string_view value) {
    if (key == "age" && !is_age(value)) return "must be a number from 0 to 150";
    if (key == "birthday" && !is_birthday(value))
        return "must be a date such as 1990-05-17, from 1800 on";
    if (key == "country" && !(value.starts_with('"') && is_country(text_of(value).value_or(""))))
        return "must be a country's two letters (ISO 3166-1), such as CH";
    return std::nullopt;
}

}  // namespace attune::engine
