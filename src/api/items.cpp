// /items: the catalogue: what can be shown, bought, read or played.
#include "api/answers.h"
#include "api/call.h"
#include "api/definition_answers.h"
#include "api/etag.h"
#include "api/item_upload.h"
#include "api/merge_patch.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/schema.h"
#include "api/wire_items.h"
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/item_json.h"

#include <limits>
#include <utility>

namespace attune::api {
namespace {

engine::Catalogue& catalogue_of(const Call& call) { return call.services.engine.catalogue(); }

std::string_view id_in(const Call& call) { return call.request.param("item_id"); }

std::unexpected<Error> no_such_item() { return fail(Code::not_found, "There is no such item."); }

http::Answer item_answer(unsigned status, const engine::CatalogueItem& item) {
    return http::Response::json(status, engine::item_json(item, engine::ItemParts::all))
        .with("ETag", "\"" + std::to_string(item.version) + "\"");
}

Result<engine::ItemFilter> filter_of(const Call& call) {
    engine::ItemFilter filter;
    for (const std::string_view kind : {"category", "tag", "brand"})
        if (const auto name = call.request.query_param(kind))
            filter.labels.push_back(std::string(kind) + ":" + *name);
    if (call.request.query_param("hidden")) {
        ATTUNE_TRY(filter.hidden, switch_in(call.request, "hidden"));
    }
    ATTUNE_TRY(const bool open, switch_in(call.request, "available"));
    if (open) filter.open_at = call.services.engine.clock().now();
    return filter;
}

Result<http::Answer> list_items(const Call& call) {
    ATTUNE_TRY(const auto page, page_of(call));
    ATTUNE_TRY(const auto filter, filter_of(call));
    ATTUNE_TRY(const auto items, catalogue_of(call).of(call.tenant()));
    const auto found = engine::list_items(*items, filter, page.after, page.limit);
    std::string list = "[";
    for (const engine::ItemNumber number : found.items) {
        if (list.size() > 1) list += ',';
        list += engine::item_json(*items->item(number), engine::ItemParts::without_embeddings);
    }
    ObjectText answer;
    answer.add("items", list + "]");
    if (found.after)
        answer.add_string("cursor", cursor_after(call, *found.after));
    else
        answer.add("cursor", "null");
    return json_answer(200, std::string(std::move(answer).finish().text()));
}

Result<std::unique_ptr<http::BodySink>> upload_items(const Call& call) {
    return std::make_unique<ItemUpload>(call,
                                        names_lines(call.request.header("accept").value_or("")));
}

Result<http::Answer> get_item(const Call& call) {
    ATTUNE_TRY(const auto items, catalogue_of(call).of(call.tenant()));
    const auto number = items->find(id_in(call));
    if (!number) return no_such_item();
    http::Answer answer = item_answer(200, *items->item(*number));
    const auto seen = call.request.header("if-none-match");
    const std::string etag = "\"" + std::to_string(items->item(*number)->version) + "\"";
    if (seen && etag_matches(*seen, etag)) {
        answer.response.status = 304;
        answer.response.body.clear();
    }
    return answer;
}

// What is there after a change.
Result<http::Answer> saved_answer(const Call& call, const engine::SavedItem& saved) {
    ATTUNE_TRY(const auto items, catalogue_of(call).of(call.tenant()));
    const auto number = items->find(id_in(call));
    if (!number) return no_such_item();  // gone again already
    return item_answer(saved.is_new ? 201 : 200, *items->item(*number));
}

// The version that is there, where If-Match (or If-None-Match: *) asks for it; empty where neither asks.
Result<std::optional<std::uint64_t>> expected_version(const Call& call) {
    ATTUNE_TRY(const auto change, change_of(call));
    if (!change.expected) return std::nullopt;
    ATTUNE_TRY(const auto items, catalogue_of(call).of(call.tenant()));
    const auto number = items->find(id_in(call));
    const std::uint64_t there = number ? items->item(*number)->version : 0;
    if (change.expected->includes(there)) return there;
    if (there == 0 && call.request.method == http::Method::del) return no_such_item();
    return fail(Code::failed_precondition,
                there == 0 ? "there is no item of this id"
                           : "the item is at version " + std::to_string(there),
                "version_mismatch");
}

Result<http::Answer> put_item(const Call& call) {
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(call.request.body));
    ATTUNE_TRY(auto item, engine::read_item(document.root(), id_in(call)));
    ATTUNE_TRY(const auto expected, expected_version(call));
    ATTUNE_TRY(const auto saved,
               catalogue_of(call).put(call.tenant(), {std::move(item), expected}));
    return saved_answer(call, saved);
}

// The item that is there, changed as the body says.
Result<engine::ItemEdit> patched(const Call& call, base::JsonView patch,
                                 std::optional<std::uint64_t> expected) {
    ATTUNE_TRY(const auto items, catalogue_of(call).of(call.tenant()));
    const auto number = items->find(id_in(call));
    if (!number) return no_such_item();
    const engine::CatalogueItem& there = *items->item(*number);
    ATTUNE_TRY(const auto document,
               base::JsonDocument::parse(engine::item_json(there, engine::ItemParts::all)));
    const base::JsonText changed = merge_patch(document.root(), patch);
    ATTUNE_TRY(const auto read, base::JsonDocument::parse(changed.text()));
    ATTUNE_TRY(auto item, engine::read_item(read.root(), id_in(call)));
    return engine::ItemEdit{std::move(item), expected ? *expected : there.version};
}

Result<http::Answer> patch_item(const Call& call) {
    constexpr int kTries = 10;
    ATTUNE_TRY(const auto document, base::JsonDocument::parse(call.request.body));
    if (!document.root().is_object()) return fail_field("", "must be an object");
    ATTUNE_TRY(const auto expected, expected_version(call));
    for (int i = 0;; ++i) {
        ATTUNE_TRY(auto edit, patched(call, document.root(), expected));
        const auto saved = catalogue_of(call).put(call.tenant(), std::move(edit));
        if (saved) return saved_answer(call, *saved);
        // Somebody else was faster; what was asked for is done to what they made.
        const bool raced = saved.error().reason == "version_mismatch" && !expected;
        if (!raced || i == kTries) return std::unexpected(saved.error());
    }
}

Result<http::Answer> delete_item(const Call& call) {
    ATTUNE_TRY(const auto expected, expected_version(call));
    ATTUNE_TRY_VOID(catalogue_of(call).remove(call.tenant(), id_in(call), expected));
    return http::Answer{http::Response::json(204, {})};
}

std::string schema_of_item(base::SchemaSet& schemas) {
    return R"({"allOf":[)" + schemas.ref<domain::Item>() +
           R"(,{"type":"object","properties":{"version":{"type":"integer"}}}]})";
}

std::string schema_of_items(base::SchemaSet& schemas) {
    return page_schema(schema_of_item(schemas));
}

std::string schema_of_one_or_more_items(base::SchemaSet& schemas) {
    const std::string one = schemas.ref<domain::Item>();
    return R"({"oneOf":[)" + one + R"(,{"type":"array","minItems":1,"items":)" + one + "}]}";
}

std::string schema_of_patch(base::SchemaSet&) { return R"({"type":"object"})"; }

constexpr std::string_view kExample =
    R"({"id":"app-7","title":"Blue Chess","categories":["games"],"tags":["board","two players"],"price":2.99,"currency":"EUR"})";
constexpr std::string_view kPutExample =
    R"({"title":"Blue Chess","categories":["games"],"tags":["board","two players"],"price":2.99,"currency":"EUR"})";

constexpr Param kListParams[] = {
    {"category", "Only those in it."},
    {"tag", "Only those with it."},
    {"brand", "Only those of it."},
    {"hidden", "true: only those that are hidden; false: only the others.", "boolean"},
    {"available", "true: only those that may be in an answer now.", "boolean"},
    kPageLimit,
    kPageCursor};
constexpr Reply kListReplies[] = {
    {200, "A page of items, by id, without their embeddings.", schema_of_items}};
constexpr Reply kUploadReplies[] = {
    {200, "Durable. How many were saved, and why the others were not.",
     schema_of<wire::ItemsReply>},
    {400, "Nothing was saved.", schema_of<wire::ProblemDocument>, "application/problem+json"}};
constexpr Reply kShownReplies[] = {{200, "The item.", schema_of_item},
                                   {304, "Unchanged since the ETag that was sent."}};
constexpr Reply kPutReplies[] = {{200, "The item as it was saved.", schema_of_item},
                                 {201, "The same; it is new.", schema_of_item}};
constexpr Reply kPatchReplies[] = {{200, "The item as it was saved.", schema_of_item}};
constexpr Reply kGoneReplies[] = {{204, "It is in no answer any more."}};

constexpr Route kRoutes[] = {
    {.method = http::Method::get,
     .pattern = "/api/v1/items",
     .id = "list_items",
     .tag = "items",
     .summary = "The items",
     .access = Access::of_tenant(kAnalysts),
     .handler = list_items,
     .query = kListParams,
     .replies = kListReplies,
     .description = "Several filters narrow each other.",
     .waits = true},
    {.method = http::Method::post,
     .pattern = "/api/v1/items",
     .id = "put_items",
     .tag = "items",
     .summary = "Save items: one, an array, or NDJSON of any length",
     .access = Access::of_tenant(kReaders),
     .stream = upload_items,
     .body = {schema_of_one_or_more_items,
              "One item, an array of them, or one a line as application/x-ndjson.", kExample,
              "application/x-ndjson"},
     .replies = kUploadReplies,
     .description =
         "Each replaces the item of its id as a whole. Answered when everything accepted is on "
         "disk "
         "and in answers. A wrong item never costs its neighbours; sending items again is no "
         "change. NDJSON answers a summary with `lines`, `accepted`, `duplicates`, "
         "`rejected_total` and the first `rejected`; with `Accept: application/x-ndjson`, one line "
         "for each line, then the summary. What breaks off in the middle says how many lines are "
         "safe.",
     .body_bytes_max = std::numeric_limits<std::uint64_t>::max(),
     .waits = true},
    {.method = http::Method::get,
     .pattern = "/api/v1/items/{item_id}",
     .id = "get_item",
     .tag = "items",
     .summary = "An item",
     .access = Access::of_tenant(kAnalysts),
     .handler = get_item,
     .replies = kShownReplies,
     .conditional = true},
    {.method = http::Method::put,
     .pattern = "/api/v1/items/{item_id}",
     .id = "put_item",
     .tag = "items",
     .summary = "Save an item",
     .access = Access::of_tenant(kReaders),
     .handler = put_item,
     .body = {schema_of_item,
              "All of the item; what is left out it does not have. Its id may be left out.",
              kPutExample},
     .replies = kPutReplies,
     .description = "With If-Match, only when the item is still at that version; with "
                    "If-None-Match: *, only when it is new.",
     .waits = true,
     .conditional = true},
    {.method = http::Method::patch,
     .pattern = "/api/v1/items/{item_id}",
     .id = "patch_item",
     .tag = "items",
     .summary = "Change some of an item",
     .access = Access::of_tenant(kReaders),
     .handler = patch_item,
     .body = {schema_of_patch,
              "A JSON merge patch (RFC 7396): what is named is replaced, null takes away.",
              R"({"price":1.99,"hidden":false})"},
     .replies = kPatchReplies,
     .waits = true,
     .conditional = true},
    {.method = http::Method::del,
     .pattern = "/api/v1/items/{item_id}",
     .id = "delete_item",
     .tag = "items",
     .summary = "Remove an item",
     .access = Access::of_tenant(kReaders),
     .handler = delete_item,
     .replies = kGoneReplies,
     .description = "What people did with it stays in their logs; should it come back, it counts "
                    "again.",
     .waits = true,
     .conditional = true},
};

}  // namespace

std::span<const Route> item_routes() { return kRoutes; }

}  // namespace attune::api
