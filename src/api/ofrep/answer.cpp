#include "api/ofrep/answer.h"

#include "api/etag.h"
#include "api/object_text.h"
#include "base/fingerprint.h"
#include "base/json.h"
#include "http/problem.h"
#include "http/text.h"

#include <utility>

namespace attune::api::ofrep {

namespace {

using engine::FlagAnswer;
using engine::FlagError;

std::string etag_of(std::string_view body) {
    return "\"" + base::fingerprint(body).to_text() + "\"";
}

// Of a single evaluation's path, when it can be read.
std::string key_in(std::string_view path) {
    constexpr std::string_view kPrefix = "/ofrep/v1/evaluate/flags/";
    if (!path.starts_with(kPrefix)) return {};
    auto key = http::percent_decoded(path.substr(kPrefix.size()));
    return key && http::is_valid_utf8(*key) ? *std::move(key) : std::string();
}

}  // namespace

void append_evaluation(std::string& out, std::string_view key, const FlagAnswer& answer) {
    ObjectText object;
    object.add_string("key", key);
    if (answer.error != FlagError::none) {
        object.add_string("errorCode", engine::name_of(answer.error));
        object.add_string("errorDetails", answer.detail);
    } else {
        object.add_string("reason", engine::name_of(answer.reason));
        if (answer.variant != nullptr) {
            object.add_string("variant", answer.variant->name);
            object.add("value", answer.variant->value);
        }
    }
    if (answer.metadata != nullptr) object.add("metadata", *answer.metadata);
    out += std::move(object).finish().text();
}

http::Response evaluation(std::string_view key, const FlagAnswer& answer) {
    std::string body;
    append_evaluation(body, key, answer);
    const unsigned status = answer.error == FlagError::none             ? 200
                            : answer.error == FlagError::flag_not_found ? 404
                                                                        : 400;
    return http::Response::json(status, std::move(body));
}

http::Response bulk(const Bulk& what, const engine::FlagContext& context,
                    const http::Request& request) {
    std::string body = R"({"flags":[)";
    for (const engine::Flag& flag : what.set.flags()) {
        if (!what.selector.selects(flag)) continue;
        if (body.back() != '[') body += ',';
        const FlagAnswer answer = what.set.evaluate(flag, context);
        if (flag.use) flag.use->list(context.now);
        if (answer.draw && what.drawn) what.drawn(flag, *answer.draw);
        append_evaluation(body, flag.key, answer);
    }
    body += ']';
    if (what.set.metadata()) body.append(R"(,"metadata":)").append(what.set.metadata()->text());
    if (!what.stream.empty()) body.append(R"(,"eventStreams":[)").append(what.stream) += ']';
    body += '}';
    std::string etag = etag_of(body);
    const auto known = request.header("if-none-match");
    const bool is_known = known && etag_matches(*known, etag);
    return http::Response::json(is_known ? 304 : 200, is_known ? std::string() : std::move(body))
        .with("ETag", std::move(etag));
}

http::Response refusal(std::string_view key, std::string_view code, std::string_view details) {
    ObjectText object;
    if (!key.empty()) object.add_string("key", key);
    object.add_string("errorCode", code);
    object.add_string("errorDetails", details);
    return http::Response::json(400, std::string(std::move(object).finish().text()));
}

http::Response error_answer(const http::Request& request, const Error& error) {
    // Status, Retry-After and what is kept inside are those of every error; the body is the protocol's.
    http::Response response = http::problem(request, error);
    const bool is_inside = response.status >= 500;
    http::Response refused = refusal(key_in(request.path), "GENERAL",
                                     is_inside ? "The server could not answer." : error.message);
    response.content_type = refused.content_type;
    response.body = std::move(refused.body);
    return response;
}

}  // namespace attune::api::ofrep
