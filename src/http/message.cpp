#include "http/message.h"

#include "http/text.h"

namespace attune::http {

std::string_view name_of(Method method) noexcept {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::del:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
        case Method::other:
            break;
    }
    return "OTHER";
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const Header& header : headers)
        if (equal_ignoring_case(header.name, name)) return header.value;
    return std::nullopt;
}

std::string_view Request::param(std::string_view name) const {
    for (const PathParam& param : params)
        if (param.name == name) return param.value;
    return {};
}

std::optional<std::string> Request::query_param(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const std::size_t equals = pair.find('=');
        const auto key = percent_decoded(pair.substr(0, equals), Plus::space);
        if (!key || *key != name) continue;
        if (equals == std::string_view::npos) return std::string{};
        const std::string_view raw = pair.substr(equals + 1);
        auto value = percent_decoded(raw, Plus::space);
        // A value that does not decode is handed on as it came, so that the handler's own check names it.
        return value ? std::move(*value) : std::string(raw);
    }
    return std::nullopt;
}

}  // namespace attune::http
