#include "app/item_target.h"

#include "api/wire_items.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "base/json.h"
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/item_json.h"
#include "http/text.h"

#include <iterator>
#include <utility>

namespace attune::app {
namespace {

constexpr std::size_t kPageItems = 500;
constexpr std::size_t kBodyBytesMax = 4u << 20;

std::unexpected<Error> no_such_item(std::string_view id) {
    return fail(Code::not_found, "there is no item '" + std::string(id) + "'");
}

class LocalItems final : public ItemTarget {
public:
    LocalItems(std::unique_ptr<Workplace> place, engine::TenantId tenant)
        : place_(std::move(place)), tenant_(tenant) {}

    Result<Outcome> put(std::vector<domain::Item> items) override {
        std::vector<engine::ItemEdit> edits;
        edits.reserve(items.size());
        for (domain::Item& item : items) edits.push_back({std::move(item)});
        const auto saved = catalogue().put(tenant_, edits);
        Outcome outcome;
        for (std::size_t i = 0; i < saved.size(); ++i) {
            if (saved[i])
                ++(saved[i]->is_changed ? outcome.accepted : outcome.duplicates);
            else if (engine::is_of_one_item(saved[i].error()))
                outcome.rejected.push_back({i, saved[i].error().fields, saved[i].error().message});
            else
                return std::unexpected(saved[i].error());
        }
        return outcome;
    }

    Result<std::string> get(std::string_view id) override {
        ATTUNE_TRY(const auto items, catalogue().of(tenant_));
        const auto number = items->find(id);
        if (!number) return no_such_item(id);
        return engine::item_json(*items->item(*number), engine::ItemParts::all);
    }

    Result<void> list(const ItemFilterText& filter, const Take& take) override {
        ATTUNE_TRY(const auto items, catalogue().of(tenant_));
        engine::ItemFilter labels;
        if (!filter.category.empty()) labels.labels.push_back("category:" + filter.category);
        if (!filter.tag.empty()) labels.labels.push_back("tag:" + filter.tag);
        const auto all = engine::list_items(*items, labels, std::nullopt, items->count());
        for (const engine::ItemNumber number : all.items)
            if (!take(
                    engine::item_json(*items->item(number), engine::ItemParts::without_embeddings)))
                break;
        return {};
    }

    Result<void> remove(std::string_view id) override {
        return catalogue().remove(tenant_, id, std::nullopt);
    }
    Result<void> close() override { return place_->close(); }

private:
    engine::Catalogue& catalogue() { return place_->engine().catalogue(); }

    std::unique_ptr<Workplace> place_;
    engine::TenantId tenant_;
};

class RemoteItems final : public ItemTarget {
public:
    explicit RemoteItems(std::unique_ptr<Remote> remote) : remote_(std::move(remote)) {}

    // In bodies that a server takes.
    Result<Outcome> put(std::vector<domain::Item> items) override {
        Outcome all;
        std::string body;
        std::size_t first = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            base::append_json(body, items[i]);
            body += '\n';
            if (body.size() < kBodyBytesMax && i + 1 < items.size()) continue;
            ATTUNE_TRY_VOID(send(std::exchange(body, {}), first, all));
            first = i + 1;
        }
        return all;
    }

    Result<std::string> get(std::string_view id) override {
        return remote_->get("/api/v1/items/" + http::percent_encoded(id));
    }

    Result<void> list(const ItemFilterText& filter, const Take& take) override {
        std::string target = "/api/v1/items?limit=" + std::to_string(kPageItems);
        if (!filter.category.empty())
            target += "&category=" + http::percent_encoded(filter.category);
        if (!filter.tag.empty()) target += "&tag=" + http::percent_encoded(filter.tag);
        std::string cursor;
        do {
            ATTUNE_TRY(const auto page, remote_->get(target + cursor));
            ATTUNE_TRY(const auto document,
                       base::JsonDocument::parse(page, {.bytes_max = 64u << 20}));
            const auto items = document.root().find("items");
            if (!items) return fail(Code::data_loss, "the server's answer is no page of items");
            for (const base::JsonView item : items->elements())
                if (!take(item.text().text())) return {};
            const auto next = document.root().find("cursor");
            const auto after = next ? next->as_string() : std::nullopt;
            cursor = after ? "&cursor=" + http::percent_encoded(*after) : std::string();
        } while (!cursor.empty());
        return {};
    }

    Result<void> remove(std::string_view id) override {
        return remote_->remove("/api/v1/items/" + http::percent_encoded(id));
    }
    Result<void> close() override { return {}; }

private:
    Result<void> send(std::string body, std::size_t first, Outcome& all) {
        // Lines, for then also an upload of which nothing was right is answered line by line.
        ATTUNE_TRY(const auto answer, remote_->post_lines("/api/v1/items", body));
        ATTUNE_TRY(const auto reply, base::from_json<api::wire::UploadReply>(answer));
        all.accepted += reply.accepted;
        all.duplicates += reply.duplicates;
        for (const api::wire::RejectedLine& line : reply.rejected) {
            Rejected rejected{first + static_cast<std::size_t>(line.line) - 1, {}, {}};
            for (const api::wire::Problem& problem : line.errors)
                rejected.fields.push_back({problem.pointer, problem.detail});
            all.rejected.push_back(std::move(rejected));
        }
        return {};
    }

    std::unique_ptr<Remote> remote_;
};

}  // namespace

Result<std::unique_ptr<ItemTarget>> ItemTarget::open(const Invocation& invocation,
                                                     bool must_exist) {
    if (invocation.has("url")) {
        ATTUNE_TRY(auto remote, Remote::connect(invocation));
        return std::make_unique<RemoteItems>(std::move(remote));
    }
    ATTUNE_TRY(auto place, Workplace::open(invocation, must_exist));
    ATTUNE_TRY(const auto tenant, place->tenant(invocation));
    return std::make_unique<LocalItems>(std::move(place), tenant);
}

}  // namespace attune::app
