// Seeded events of every kind, over few enough names, items and minutes that they meet, tie and
// overlap.
#pragma once

#include "domain/event.h"

#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace attune::engine::testing {

class RandomEvents {
public:
    explicit RandomEvents(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    bool chance(std::uint64_t percent) { return below(100) < percent; }

    // About a user "ann" who is "v0" … "v3" before login; over some three years, or some two hours.
    domain::Event next() {
        static const char* kNames[] = {"view",      "click",       "Product Viewed", "purchase",
                                       "rating",    "like",        "search",         "page",
                                       "screen",    "dislike",     "impression",     "dwell",
                                       "favourite", "unfavourite", "add_to_cart",    "my own thing",
                                       "$identify", "$consent",    "$preference",    "$group",
                                       "scroll",    "review",      "Order Completed"};
        domain::Event e;
        e.id = prefix + std::to_string(count_++);
        e.event = kNames[below(std::size(kNames))];
        if (decisions && chance(10)) e.event = "$decision";
        const auto start = std::chrono::sys_days(std::chrono::year(2025) / 3 / 1);
        e.time = base::Time(start) + (chance(50) ? std::chrono::minutes(below(120))
                                                 : std::chrono::minutes(below(1'500'000)));
        if (chance(5)) e.time -= std::chrono::days(20'000);
        e.received_at = e.time;
        if (chance(60)) e.user_id = "ann";
        if (chance(60) || !e.user_id) e.anonymous_id = "v" + std::to_string(below(4));
        if (chance(70)) e.item_id = "item-" + std::to_string(below(80));
        if (chance(60)) e.value = static_cast<double>(below(1000)) / 7.0 - 20;
        if (chance(50)) e.enriched.device = chance(50) ? "mobile" : "desktop";
        if (chance(50)) e.enriched.os = "OS " + std::to_string(below(5));
        if (chance(50)) e.enriched.locale = chance(50) ? "de-CH" : "en";
        if (chance(50)) e.enriched.local_hour = static_cast<int>(below(24));
        if (chance(50)) e.enriched.local_weekday = static_cast<int>(below(7));
        e.properties = base::JsonText::trusted(properties(e.event));
        return e;
    }
    std::vector<domain::Event> many(std::size_t count) {
        std::vector<domain::Event> events;
        for (std::size_t i = 0; i < count; ++i) events.push_back(next());
        return events;
    }

    std::string prefix = "e";  // of the ids
    bool decisions = false;    // some of them, which are no events of a person's own

private:
    std::string properties(const std::string& event) {
        const std::string n = std::to_string(below(30));
        if (event == "$identify")
            return chance(20) ? R"({"plan":null})" : R"({"plan":"p)" + n + R"(","age":)" + n + "}";
        if (event == "$consent")
            return chance(50) ? R"({"ads":true})" : R"({"ads":{"granted":false,"source":"form"}})";
        if (event == "$preference")
            return R"({"category":"ui","key":"k)" + n + R"(","value":)" +
                   (chance(20) ? "null" : n) + "}";
        if (event == "$group") return R"({"group_id":"g)" + n + R"(","traits":{"size":)" + n + "}}";
        if (event == "$decision")
            return R"({"choices":[{"of":"experiment:x)" + std::to_string(below(9)) +
                   R"(","chosen":"v)" + n +
                   R"("},{"chosen":"applied","of":"rule:r"}],"kind":"config"})";
        if (event == "page") return R"({"path":"/p/)" + n + R"("})";
        if (event == "screen") return R"({"name":"S)" + n + R"("})";
        if (event == "search") return R"({"query":"q )" + n + R"("})";
        if (event == "Order Completed") {
            return R"({"products":[{"brand":"acme","price":9.5,"product_id":"item-)" + n +
                   R"(","quantity":2},{"category":"games","price":"3","sku":7}]})";
        }
        return R"({"brand":"b)" + n + R"(","category":"c)" + std::to_string(below(6)) +
               R"(","feature":"f)" + n + R"(","tags":["t)" + n +
               R"(","x \"y\" \u00e9"],"z":[{"a":[1,2,{}]}]})";
    }

    std::mt19937_64 engine_;
    std::uint64_t count_ = 0;
};

}  // namespace attune::engine::testing
