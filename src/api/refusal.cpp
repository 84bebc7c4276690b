#include "api/refusal.h"

#include "api/wire.h"
#include "base/json.h"

#include <utility>

namespace attune::api {
namespace {

const base::JsonOptions kLenient{
    .limits = {.bytes_max = 64u << 20}, .unknown = base::Unknown::ignore, .require_members = false};

struct OfrepRefusal {
    std::string errorCode;     // NOLINT(readability-identifier-naming): as the protocol has it
    std::string errorDetails;  // NOLINT(readability-identifier-naming)
};
BOOST_DESCRIBE_STRUCT(OfrepRefusal, (), (errorCode, errorDetails))

Code code_of(unsigned status) {
    switch (status) {
        case 401:
            return Code::unauthenticated;
        case 403:
            return Code::permission_denied;
        case 404:
            return Code::not_found;
        case 400:
        case 413:
        case 422:
            return Code::invalid_argument;
        case 409:
        case 412:
            return Code::failed_precondition;
        default:
            return status == 429 || status >= 500 ? Code::unavailable : Code::internal;
    }
}

std::string_view first_that_says(std::string_view a, std::string_view b) {
    return a.empty() ? b : a;
}

}  // namespace

Error refusal_of(unsigned status, std::string_view body) {
    Error error{.code = code_of(status),
                .message = "refused with the status " + std::to_string(status)};
    auto problem = base::from_json<wire::ProblemDocument>(body, kLenient);
    if (!problem) return error;
    std::string_view words = first_that_says(problem->detail, problem->title);
    const auto ofrep = base::from_json<OfrepRefusal>(body, kLenient);
    if (words.empty() && ofrep) words = first_that_says(ofrep->errorDetails, ofrep->errorCode);
    if (!words.empty()) error.message = words;
    for (auto& wrong : problem->errors.value_or(std::vector<wire::Problem>{}))
        error.fields.push_back({std::move(wrong.pointer), std::move(wrong.detail)});
    return error;
}

}  // namespace attune::api
