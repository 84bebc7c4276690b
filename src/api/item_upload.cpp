#include "api/item_upload.h"

#include "api/answers.h"
#include "api/dispatch.h"
#include "api/list_body.h"
#include "api/wire_items.h"
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/item_json.h"

#include <algorithm>
#include <utility>

namespace attune::api {
namespace {

// As many as make a commit cheap for each, and few enough that a group is little memory.
constexpr std::size_t kGroupLinesMax = 1'000;
constexpr std::size_t kGroupBytesMax = 4 << 20;
constexpr std::size_t kListItemsMax = 10'000;
constexpr std::size_t kErrorsListedMax = 1'000;

Error nothing_saved(const std::vector<wire::RejectedEvent>& rejected) {
    Error error{Code::invalid_argument, "No item could be saved.", {}, {}};
    for (const wire::RejectedEvent& one : rejected)
        for (const wire::Problem& problem : one.errors)
            if (error.fields.size() < kErrorsListedMax)
                error.fields.push_back(
                    {"/" + std::to_string(one.index) + problem.pointer, problem.detail});
    return error;
}

}  // namespace

ItemUpload::ItemUpload(const Call& call, bool answer_in_lines)
    : services_(call.services),
      tenant_(call.tenant()),
      path_(call.request.path),
      request_id_(call.request.request_id),
      answer_in_lines_(answer_in_lines),
      body_(call, "items"),
      results_(call.services.options.rejected_listed_max) {}

Result<std::optional<base::Ticket>> ItemUpload::write(std::string_view piece) {
    ATTUNE_TRY_VOID(body_.feed(piece, [this](const base::Line& line) { take_line(line); }));
    if (pending_.size() >= kGroupLinesMax || group_bytes_ >= kGroupBytesMax) {
        if (auto saved = save_group(); !saved)
            return std::unexpected(broken_off(std::move(saved).error()));
    }
    return std::nullopt;
}

void ItemUpload::take_line(const base::Line& line) {
    // The reader passes over blank lines; they keep their numbers.
    while (results_.lines() + pending_.size() + 1 < line.number)
        pending_.push_back({LineOutcome::blank, {}});
    group_bytes_ += line.text.size();
    if (line.error) {
        pending_.push_back({LineOutcome::rejected, line.error});
        return;
    }
    auto item = [&]() -> Result<domain::Item> {
        ATTUNE_TRY(const auto document, base::JsonDocument::parse(line.text));
        return engine::read_item(document.root());
    }();
    if (!item) {
        pending_.push_back({LineOutcome::rejected, std::move(item).error()});
        return;
    }
    places_.push_back(pending_.size());
    group_.push_back({*std::move(item)});
    pending_.push_back({});
}

Result<void> ItemUpload::save_group() {
    const auto saved = services_.engine.catalogue().put(tenant_, group_);
    std::uint64_t written = 0;
    std::uint64_t unchanged = 0;
    for (std::size_t i = 0; i < saved.size(); ++i) {
        if (saved[i]) {
            ++(saved[i]->is_changed ? written : unchanged);
            continue;
        }
        if (!engine::is_of_one_item(saved[i].error())) return std::unexpected(saved[i].error());
        pending_[places_[i]] = {LineOutcome::rejected, saved[i].error()};
    }
    results_.count(written, unchanged);
    for (const PendingLine& line : pending_) ATTUNE_TRY_VOID(results_.add(line));
    pending_.clear();
    group_.clear();
    places_.clear();
    group_bytes_ = 0;
    return {};
}

Error ItemUpload::broken_off(Error why) const {
    if (!body_.is_lines()) return why;  // nothing was saved before the end
    if (!why.message.ends_with('.')) why.message += '.';
    why.message += " The first " + std::to_string(results_.lines()) +
                   " lines are safe; send what follows them again.";
    return why;
}

http::Answer ItemUpload::finish() {
    auto answer = body_.is_lines() ? finish_lines() : finish_json();
    if (!answer) {
        http::Request request;
        request.path = path_;
        request.request_id = request_id_;
        answer = http::Answer{error_response(services_, request, answer.error())};
    }
    secure(answer->response);
    return *std::move(answer);
}

Result<http::Answer> ItemUpload::finish_lines() {
    body_.finish([this](const base::Line& line) { take_line(line); });
    if (auto saved = save_group(); !saved)
        return std::unexpected(broken_off(std::move(saved).error()));
    if (results_.lines() == 0) return fail_field("", "must hold at least one item");
    http::Response response;
    response.status = results_.all_rejected() ? 400 : 200;
    if (answer_in_lines_) {
        response.content_type = "application/x-ndjson";
        response.stream = std::move(results_).as_lines();
    } else {
        response.body = base::to_json(results_.summary());
    }
    return http::Answer{std::move(response)};
}

Result<http::Answer> ItemUpload::finish_json() {
    const base::JsonLimits limits{.bytes_max = services_.options.track_body_bytes_max};
    ATTUNE_TRY(const auto list, ListBody::parse(body_.json(), "", kListItemsMax, limits));
    if (!list.root().is_array()) {
        ATTUNE_TRY(auto item, engine::read_item(list.root()));
        ATTUNE_TRY(const auto saved, services_.engine.catalogue().put(tenant_, {std::move(item)}));
        return json_answer(200, base::to_json(wire::ItemsReply{
                                    saved.is_changed ? 1u : 0u, saved.is_changed ? 0u : 1u, {}}));
    }
    const std::size_t count = list.size(list.root());
    if (count == 0) return fail_field("", "must hold at least one item");
    if (count > kListItemsMax)
        return fail(Code::invalid_argument,
                    "A list of items has at most " + std::to_string(kListItemsMax) +
                        "; longer ones are sent as NDJSON.",
                    "too_large");
    wire::ItemsReply reply;
    std::size_t index = 0;
    list.visit(list.root(), [&](Result<base::JsonView> element) {
        auto item = element ? engine::read_item(*element) : std::unexpected(element.error());
        if (item) {
            places_.push_back(index);
            group_.push_back({*std::move(item)});
        } else {
            reply.rejected.push_back({index, problems_of(item.error())});
        }
        ++index;
    });
    const auto saved = services_.engine.catalogue().put(tenant_, group_);
    for (std::size_t i = 0; i < saved.size(); ++i) {
        if (saved[i])
            ++(saved[i]->is_changed ? reply.accepted : reply.duplicates);
        else if (engine::is_of_one_item(saved[i].error()))
            reply.rejected.push_back({places_[i], problems_of(saved[i].error())});
        else
            return std::unexpected(saved[i].error());
    }
    std::ranges::sort(reply.rejected, {}, &wire::RejectedEvent::index);
    if (reply.rejected.size() == count) return std::unexpected(nothing_saved(reply.rejected));
    return json_answer(200, base::to_json(reply));
}

}  // namespace attune::api
