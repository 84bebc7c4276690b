#include "api/segment/answer.h"

#include "api/object_text.h"
#include "http/problem.h"
#include "http/status.h"

namespace attune::api::segment {

namespace {

constexpr unsigned kTooLarge = 413;
constexpr unsigned kUnprocessable = 422;

std::string_view code_of(const Error& error, unsigned status) {
    if (!error.reason.empty()) return error.reason;
    switch (status) {
        case 400:
            return "invalid_request";
        case 401:
            return "invalid_write_key";
        case 403:
            return "forbidden";
        case 404:
            return "not_found";
        case 429:
            return "rate_limited";
        default:
            return status < 500 ? "refused" : "unavailable";
    }
}

}  // namespace

http::Response success() { return http::Response::json(200, R"({"success": true})"); }

http::Response error_answer(const Error& error) {
    unsigned status = http::status_of(error);
    if (status == kTooLarge || status == kUnprocessable) status = 400;
    ObjectText body;
    body.add("success", "false");
    body.add_string("code", code_of(error, status));
    body.add_string("message", status == 500 ? "Something went wrong here." : error.message);
    http::Response response =
        http::Response::json(status, std::string(std::move(body).finish().text()));
    const std::string wait = http::retry_after(status, error);
    if (!wait.empty()) response.with("Retry-After", wait);
    if (status == 429) response.with("X-RateLimit-Reset", wait);
    return response;
}

}  // namespace attune::api::segment
