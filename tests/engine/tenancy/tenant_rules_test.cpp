#include "engine/tenancy/tenant_rules.h"

#include <gtest/gtest.h>

#include <cmath>

namespace attune::engine {
namespace {

domain::Tenant shop() { return {.id = "shop", .name = "Shop"}; }

std::vector<std::string> wrong_fields(const domain::Tenant& tenant) {
    std::vector<std::string> pointers;
    if (const auto checked = check_tenant(tenant); !checked) {
        EXPECT_EQ(checked.error().code, Code::invalid_argument);
        for (const FieldError& field : checked.error().fields) pointers.push_back(field.pointer);
    }
    return pointers;
}

TEST(TenantRules, TakesNamesThatAreSafeEverywhere) {
    for (const char* name : {"a", "0", "shop-1", "a--b-"})
        EXPECT_TRUE(is_tenant_name(name)) << name;
    EXPECT_TRUE(is_tenant_name(std::string(63, 'a')));
    for (const char* name : {"", "-a", "Shop", "a_b", "a.b", "a/b", "..", "ä", "a b"}) {
        EXPECT_FALSE(is_tenant_name(name)) << name;
    }
    EXPECT_FALSE(is_tenant_name(std::string(64, 'a')));
}

TEST(TenantRules, NamesEveryFieldThatIsWrong) {
    EXPECT_TRUE(wrong_fields(shop()).empty());
    domain::Tenant tenant = shop();
    tenant.id = "Shop";
    tenant.name = std::string(201, 'x');
    tenant.ip_policy = "keep";
    tenant.limits.batch_events_max = 0;
    tenant.event_weights["A B"] = {.weight = 1, .half_life_days = 1};
    tenant.event_weights["a_b"] = {.weight = 2, .half_life_days = 1};
    tenant.event_weights["a/b"] = {.weight = std::nan(""), .half_life_days = 0};
    EXPECT_EQ(
        wrong_fields(tenant),
        (std::vector<std::string>{"/id", "/name", "/ip_policy", "/limits/batch_events_max",
                                  "/event_weights/a~1b/weight",
                                  "/event_weights/a~1b/half_life_days", "/event_weights/a_b"}));
}

}  // namespace
}  // namespace attune::engine
