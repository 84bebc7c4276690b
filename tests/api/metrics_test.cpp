// What /metrics says, byte for byte: dashboards and alerts depend on these names and forms.
#include "api/metrics.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <ranges>

namespace attune::api {
namespace {

using namespace std::chrono_literals;

std::string rendered(base::MetricsFormat format) {
    http::Router router;
    const auto nothing = [](const http::Request&) { return http::Answer{}; };
    EXPECT_TRUE(router.add({.pattern = "/users/{id}", .handler = nothing}));
    EXPECT_TRUE(
        router.add({.method = http::Method::post, .pattern = "/events", .handler = nothing}));
    Metrics metrics;
    metrics.bind(router);
    metrics.count_dropped(3);
    const http::Request request;
    const http::Route* users = router.routes().front().get();
    metrics.observe({request, users, 200, 100, 2'000'000, 50us});
    metrics.observe({request, users, 200, 0, 1'234'567, 51us});
    metrics.observe({request, users, 503, 1, 1, 20s});
    metrics.observe({request, nullptr, 404, 10, 20, 3ms});
    base::MetricsText text(format);
    metrics.write(text);
    return std::move(text).finish();
}

constexpr std::string_view kText =
    R"(# HELP attune_segment_dropped_total Messages of Segment batches that were wrong.
# TYPE attune_segment_dropped_total counter
attune_segment_dropped_total 3
# HELP attune_http_requests_total Answered requests by route and class of status.
# TYPE attune_http_requests_total counter
attune_http_requests_total{method="GET",route="/users/{id}",code="2xx"} 2
attune_http_requests_total{method="GET",route="/users/{id}",code="5xx"} 1
attune_http_requests_total{method="",route="",code="4xx"} 1
# HELP attune_http_request_seconds Time from the parsed head to the written answer.
# TYPE attune_http_request_seconds histogram
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="5e-05"} 1
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="1e-04"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.00025"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="5e-04"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.001"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.0025"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.005"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.01"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.025"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.05"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.1"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="0.25"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="1"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="10"} 2
attune_http_request_seconds_bucket{method="GET",route="/users/{id}",le="+Inf"} 3
attune_http_request_seconds_sum{method="GET",route="/users/{id}"} 20.000101
attune_http_request_seconds_count{method="GET",route="/users/{id}"} 3
attune_http_request_seconds_bucket{method="",route="",le="5e-05"} 0
attune_http_request_seconds_bucket{method="",route="",le="1e-04"} 0
attune_http_request_seconds_bucket{method="",route="",le="0.00025"} 0
attune_http_request_seconds_bucket{method="",route="",le="5e-04"} 0
attune_http_request_seconds_bucket{method="",route="",le="0.001"} 0
attune_http_request_seconds_bucket{method="",route="",le="0.0025"} 0
attune_http_request_seconds_bucket{method="",route="",le="0.005"} 1
attune_http_request_seconds_bucket{method="",route="",le="0.01"} 1
attune_http_request_seconds_bucket{method="",route="",le="0.025"} 1
attune_http_request_seconds_bucket{method="",route="",le="0.05"} 1
attune_http_request_seconds_bucket{method="",route="",le="0.1"} 1
attune_http_request_seconds_bucket{method="",route="",le="0.25"} 1
attune_http_request_seconds_bucket{method="",route="",le="1"} 1
attune_http_request_seconds_bucket{method="",route="",le="10"} 1
attune_http_request_seconds_bucket{method="",route="",le="+Inf"} 1
attune_http_request_seconds_sum{method="",route=""} 0.003
attune_http_request_seconds_count{method="",route=""} 1
# HELP attune_http_received_bytes_total Bytes of requests.
# TYPE attune_http_received_bytes_total counter
attune_http_received_bytes_total{method="GET",route="/users/{id}"} 101
attune_http_received_bytes_total{method="",route=""} 10
# HELP attune_http_sent_bytes_total Bytes of answers.
# TYPE attune_http_sent_bytes_total counter
attune_http_sent_bytes_total{method="GET",route="/users/{id}"} 3234568
attune_http_sent_bytes_total{method="",route=""} 20
)";

TEST(Metrics, AreWrittenForPrometheusAsEver) {
    EXPECT_EQ(rendered(base::MetricsFormat::prometheus), kText);
}

TEST(Metrics, AreTheSameSeriesInOpenMetrics) {
    const auto samples = [](std::string_view text) {
        std::vector<std::string_view> out;
        for (const auto line : std::views::split(text, '\n')) {
            const std::string_view view(line.begin(), line.end());
            if (!view.starts_with('#')) out.push_back(view.substr(0, view.find("le=")));
        }
        return out;
    };
    const std::string open = rendered(base::MetricsFormat::openmetrics);
    EXPECT_EQ(samples(open), samples(kText));
    EXPECT_TRUE(open.ends_with("# EOF\n"));
}

TEST(Metrics, SayHowManyPeopleEachTenantHas) {
    testing::World world(testing::Backend::memory);
    ASSERT_EQ(world
                  .ask({.method = "POST",
                        .path = "/api/v1/events",
                        .as = "service",
                        .body = R"({"user_id":"ann","event":"view"})"})
                  .status,
              200u);
    const auto answer = world.ask({.method = "GET", .path = "/metrics", .as = "root"});
    EXPECT_NE(answer.body.find("# TYPE attune_tenant_people gauge\n"), std::string::npos);
    EXPECT_NE(answer.body.find("attune_tenant_people{tenant=\"default\"} 1\n"), std::string::npos)
        << answer.body;
}

}  // namespace
}  // namespace attune::api
