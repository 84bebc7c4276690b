#include "http/status.h"

namespace attune::http {

namespace {

// Most refusals of input are a plain 400; these words are the ones HTTP has a number of its own for.
unsigned status_of_bad_input(std::string_view reason) noexcept {
    if (reason.empty()) return 400;
    if (reason == "too_large") return 413;
    if (reason == "unprocessable") return 422;
    if (reason == "method_not_allowed") return 405;
    if (reason == "request_timeout") return 408;
    if (reason == "target_too_long") return 414;
    if (reason == "unsupported_media") return 415;
    if (reason == "expectation_failed") return 417;
    if (reason == "headers_too_large") return 431;
    if (reason == "version_not_supported") return 505;
    return 400;
}

// 429 asks to wait. Where a stock is full (a list, a layer, the people of a tenant), waiting changes nothing: whoever can
// make room is in conflict with what is there, and whoever cannot has sent what will not be taken.
unsigned status_of_exhaustion(std::string_view reason) noexcept {
    if (reason == "disk_full") return 507;
    if (reason == "queue_full") return 503;
    if (reason == "people_max") return 422;
    if (reason == "too_many" || reason == "layer_full") return 409;
    return 429;
}

}  // namespace

unsigned status_of(const Error& error) noexcept {
    switch (error.code) {
        case Code::invalid_argument:
            return status_of_bad_input(error.reason);
        case Code::not_found:
            return 404;
        case Code::already_exists:
            return 409;
        case Code::failed_precondition:
            return error.reason == "version_mismatch" ? 412 : 409;
        case Code::aborted:
            return 409;
        case Code::permission_denied:
            return 403;
        case Code::unauthenticated:
            return 401;
        case Code::resource_exhausted:
            return status_of_exhaustion(error.reason);
        case Code::unavailable:
            return 503;
        case Code::deadline_exceeded:
            return 504;
        case Code::data_loss:
            return 500;
        case Code::unimplemented:
            return 501;
        case Code::internal:
            return 500;
        case Code::cancelled:
            return 499;
    }
    return 500;
}

std::string_view reason_phrase(unsigned status) noexcept {
    switch (status) {
        case 100:
            return "Continue";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 207:
            return "Multi-Status";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 402:
            return "Payment Required";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 425:
            return "Too Early";
        case 426:
            return "Upgrade Required";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 499:
            return "Client Closed Request";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        case 507:
            return "Insufficient Storage";
        default:
            return "Status";
    }
}

}  // namespace attune::http
