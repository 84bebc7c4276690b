// What was true: written beside the log, so that whatever learns from the log can be held against
// it.
#pragma once

#include "base/flat_map.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::learn::simulate {

struct PersonTruth {
    std::string user_id;
    std::vector<std::string> anonymous_ids;
    std::int32_t joins_day = 0;
    std::optional<std::int32_t>
        leaves_day;  // the first day without them, when that is within the world's days
    std::optional<std::int32_t> logs_in_day;  // from the first visit on or after it; never for some
    double visits_per_day = 0;
    double price_sensitivity = 0;
    double patience = 1;
    std::string time_zone;
    base::FlatMap<std::string, double> tastes_first;  // by category, on day 0
    base::FlatMap<std::string, double> tastes_last;  // on the last day: the difference is the drift
    base::FlatMap<std::string, double> tag_tastes;
};
BOOST_DESCRIBE_STRUCT(PersonTruth, (),
                      (user_id, anonymous_ids, joins_day, leaves_day, logs_in_day, visits_per_day,
                       price_sensitivity, patience, time_zone, tastes_first, tastes_last,
                       tag_tastes))

struct ItemTruth {
    std::string item_id;
    double quality = 0;
    double popularity = 0;
    std::int32_t released_day = 0;
};
BOOST_DESCRIBE_STRUCT(ItemTruth, (), (item_id, quality, popularity, released_day))

}  // namespace attune::learn::simulate
