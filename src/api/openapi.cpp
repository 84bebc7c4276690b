#include "api/openapi.h"

#include "api/object_text.h"
#include "api/schema.h"
#include "api/wire.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>
#include <vector>

namespace attune::api {

namespace {

std::string in_quotes(std::string_view text) {
    std::string out;
    base::append_json(out, text);
    return out;
}

std::string text_of(ObjectText&& object) { return std::string(std::move(object).finish().text()); }

std::string joined(const std::vector<std::string>& parts) {
    std::string out = "[";
    for (const std::string& part : parts) out += (out.size() > 1 ? "," : "") + part;
    return out + "]";
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string parameter(std::string_view name, std::string_view in, const Param& param) {
    ObjectText schema;
    schema.add_string("type", param.type);
    if (!param.format.empty()) schema.add_string("format", param.format);
    if (param.maximum != 0) {
        schema.add("minimum", std::to_string(param.minimum));
        schema.add("maximum", std::to_string(param.maximum));
    }
    if (!param.one_of.empty()) {
        std::vector<std::string> words;
        for (std::string_view rest = param.one_of; !rest.empty();)
            words.emplace_back(next_word(rest));
        schema.add("enum", base::to_json(words));
    }
    ObjectText out;
    out.add_string("name", name);
    out.add_string("in", in);
    if (in == "path") out.add("required", "true");
    if (!param.doc.empty()) out.add_string("description", param.doc);
    out.add("schema", text_of(std::move(schema)));
    return text_of(std::move(out));
}

void add_path_parameters(const Route& route, std::vector<std::string>& out) {
    std::string_view rest = route.pattern;
    while (true) {
        const std::size_t open = rest.find('{');
        if (open == std::string_view::npos) return;
        const std::size_t close = rest.find('}', open);
        const std::string_view name = rest.substr(open + 1, close - open - 1);
        out.push_back(parameter(name, "path", {.name = name, .doc = {}}));
        rest.remove_prefix(close + 1);
    }
}

std::string parameters(const Route& route) {
    std::vector<std::string> all;
    add_path_parameters(route, all);
    for (const Param& param : route.query) all.push_back(parameter(param.name, "query", param));
    auto shared = [&](std::string_view name) {
        all.push_back(R"({"$ref":"#/components/parameters/)" + std::string(name) + "\"}");
    };
    if (route.access.names_tenant()) shared("Tenant");
    if (route.writes() && route.idempotent) shared("IdempotencyKey");
    // A question asked by POST changes nothing.
    const bool changes = route.writes() && route.idempotent;
    if (route.conditional) shared(changes ? "IfMatch" : "IfNoneMatch");
    return joined(all);
}

std::string content(std::string_view type, const std::string& schema, std::string_view example) {
    ObjectText media;
    media.add("schema", schema);
    if (!example.empty()) media.add("example", example);
    ObjectText out;
    out.add(type, text_of(std::move(media)));
    return text_of(std::move(out));
}

std::string request_body(const Route& route, base::SchemaSet& schemas) {
    const Body& body = route.body;
    const std::string schema = body.schema(schemas);
    ObjectText media;
    media.add("schema", schema);
    if (!body.example.empty()) media.add("example", body.example);
    ObjectText types;
    types.add("application/json", text_of(std::move(media)));
    if (!body.also.empty()) types.add(body.also, R"({"schema":{"type":"string"}})");
    ObjectText out;
    if (!body.doc.empty()) out.add_string("description", body.doc);
    out.add("required", body.required ? "true" : "false");
    out.add("content", text_of(std::move(types)));
    return text_of(std::move(out));
}

std::string responses(const Route& route, base::SchemaSet& schemas) {
    ObjectText out;
    for (const Reply& reply : route.replies) {
        ObjectText one;
        one.add_string("description", reply.doc);
        if (route.conditional && reply.status < 400) {
            one.add("headers", R"({"ETag":{"schema":{"type":"string"}}})");
        }
        if (reply.schema)
            one.add("content", content(reply.content_type, reply.schema(schemas), {}));
        out.add(std::to_string(reply.status), text_of(std::move(one)));
    }
    const bool own_errors = route.access.rule() == Access::Rule::write_key;
    const std::string_view problem = own_errors
                                         ? R"({"$ref":"#/components/responses/SegmentError"})"
                                         : R"({"$ref":"#/components/responses/Problem"})";
    out.add("default", problem);
    return text_of(std::move(out));
}

std::string security(const Access& access) {
    if (!access.needs_key()) return "[]";
    if (access.rule() == Access::Rule::write_key) return R"([{"basic":[]},{"writeKey":[]},{}])";
    if (access.rule() == Access::Rule::metrics) return R"([{"bearer":[]},{"apiKey":[]},{}])";
    return R"([{"bearer":[]},{"apiKey":[]},{"basic":[]}])";
}

std::string roles(const Access& access) {
    std::vector<std::string> names;
    for (Role role :
         {Role::root, Role::admin, Role::service, Role::ingest, Role::analyst, Role::person}) {
        if (access.roles().has(role)) names.push_back(base::to_json(role));
    }
    return joined(names);
}

std::string operation(const Route& route, base::SchemaSet& schemas) {
    ObjectText out;
    out.add_string("operationId", route.id);
    out.add("tags", "[" + in_quotes(route.tag) + "]");
    out.add_string("summary", route.summary);
    if (!route.description.empty()) out.add_string("description", route.description);
    if (std::string list = parameters(route); list != "[]") out.add("parameters", list);
    if (route.body.schema) out.add("requestBody", request_body(route, schemas));
    out.add("responses", responses(route, schemas));
    out.add("security", security(route.access));
    if (route.access.needs_key()) out.add("x-attune-roles", roles(route.access));
    return text_of(std::move(out));
}

std::string header_parameter(std::string_view name, std::string_view doc) {
    return parameter(name, "header", {.name = name, .doc = doc});
}

std::string components(const base::SchemaSet& schemas, const std::string& problem) {
    ObjectText parameters;
    parameters.add(
        "Tenant",
        header_parameter("X-Tenant", "The tenant that root acts for; other keys have one."));
    parameters.add("IdempotencyKey",
                   header_parameter("Idempotency-Key",
                                    "Names this write. For 24 hours the same key and body get the "
                                    "first answer again; another body is refused with 422."));
    parameters.add("IfMatch", header_parameter("If-Match", "Only when it is still at this ETag."));
    parameters.add("IfNoneMatch",
                   header_parameter("If-None-Match", "304 when it is still at this ETag."));

    ObjectText answers;
    answers.add("Problem", R"({"description":"What is wrong, as RFC 9457 has it.","content":)" +
                               content("application/problem+json", problem, {}) + "}");
    answers.add(
        "SegmentError",
        R"({"description":"What is wrong.","content":{"application/json":{"schema":{"type":"object",)"
        R"("properties":{"success":{"const":false},"code":{"type":"string"},"message":{"type":"string"}},)"
        R"("required":["success","code","message"]}}}})");

    ObjectText schemes;
    schemes.add("bearer",
                R"({"type":"http","scheme":"bearer","description":"A key, or a person's token."})");
    schemes.add("apiKey", R"({"type":"apiKey","in":"header","name":"X-API-Key"})");
    schemes.add(
        "basic",
        R"({"type":"http","scheme":"basic","description":"The key as user name, no password."})");
    schemes.add(
        "writeKey",
        R"({"type":"http","scheme":"bearer","description":"Any token, beside writeKey in the body."})");

    ObjectText out;
    out.add("schemas", schemas.components());
    out.add("parameters", text_of(std::move(parameters)));
    out.add("responses", text_of(std::move(answers)));
    out.add("securitySchemes", text_of(std::move(schemes)));
    return text_of(std::move(out));
}

}  // namespace

std::string openapi_document(std::span<const Route* const> routes, std::string_view version) {
    base::SchemaSet schemas;
    const std::string problem = schemas.ref<wire::ProblemDocument>();
    std::vector<std::string_view> order;
    std::map<std::string_view, ObjectText> paths;
    std::vector<std::string> tags;
    for (const Route* route : routes) {
        if (!paths.contains(route->pattern)) order.push_back(route->pattern);
        paths[route->pattern].add(lower(http::name_of(route->method)), operation(*route, schemas));
        std::string tag = R"({"name":)" + in_quotes(route->tag) + "}";
        if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
    }
    ObjectText all;
    for (std::string_view pattern : order) all.add(pattern, text_of(std::move(paths[pattern])));

    ObjectText info;
    info.add_string("title", "Attune");
    info.add_string("version", version);
    info.add_string("description",
                    "Events in, profiles out, nothing lost. Times are RFC 3339, lists are paged by "
                    "`limit` and an opaque `cursor`, errors are problem documents.");
    ObjectText document;
    document.add_string("openapi", "3.1.0");
    document.add("info", text_of(std::move(info)));
    document.add("servers", R"([{"url":"/"}])");
    document.add("tags", joined(tags));
    document.add("paths", text_of(std::move(all)));
    document.add("components", components(schemas, problem));
    return text_of(std::move(document));
}

}  // namespace attune::api
