#include "engine/worth/estimate.h"

#include "base/json.h"
#include "domain/describe.h"
#include "domain/event.h"
#include "learn/policy/evaluation.h"

#include <set>
#include <utility>

namespace attune::engine {
namespace {

struct Explored {
    std::string id;
    double probability = 1;          // of any item of the pool in any place
    std::vector<std::string> items;  // by place
};

// What the log says of lists that were left to chance, and of clicks on them.
struct Log {
    std::vector<Explored> lists;
    std::set<std::pair<std::string, std::string>> clicked;  // decision and item
};

std::string text_at(base::JsonView object, std::string_view name) {
    const auto found = object.find(name);
    return std::string(found ? found->as_string().value_or("") : "");
}

void read_decision(base::JsonView event, std::string_view of, std::uint64_t version, Log& log) {
    const auto properties = event.find("properties");
    const auto choices = properties ? properties->find("choices") : std::nullopt;
    if (!choices) return;
    Explored list{.id = text_at(event, "id")};
    for (const base::JsonView choice : choices->elements()) {
        if (text_at(choice, "of") != of) continue;
        const auto by = choice.find("version");
        if (!by || by->as_uint64() != version) return;
        const auto probability = choice.find("probability");
        if (list.items.empty() && probability)
            list.probability = probability->as_double().value_or(1);
        list.items.push_back(text_at(choice, "chosen"));
    }
    if (!list.items.empty()) log.lists.push_back(std::move(list));
}

Result<Log> read_log(store::Store& store, domain::TenantId tenant, std::string_view of,
                     std::uint64_t version) {
    Log log;
    Result<void> readable;
    ATTUNE_TRY_VOID(store.scan_all(tenant, {}, [&](const store::LoggedEvent& logged) {
        const auto document = base::JsonDocument::parse(logged.payload);
        if (!document) {
            readable = std::unexpected(document.error());
            return false;
        }
        const base::JsonView event = document->root();
        const std::string name = text_at(event, "event");
        if (name == domain::event_names::kDecision)
            read_decision(event, of, version, log);
        else if (name == "click")
            log.clicked.emplace(text_at(event, "decision_id"), text_at(event, "item_id"));
        return true;
    }));
    ATTUNE_TRY_VOID(readable);
    return log;
}

}  // namespace

Result<WorthEstimate> Foretelling::estimate(store::Store& store, domain::TenantId tenant) const {
    ATTUNE_TRY(const Log log, read_log(store, tenant, of_, version_));
    learn::PolicyLog rows;
    WorthEstimate estimate;
    for (const Explored& list : log.lists) {
        const auto target = targets_.find(list.id);
        if (target == targets_.end()) continue;
        const std::size_t places = std::min(list.items.size(), target->second.size());
        for (std::size_t place = 0; place < places; ++place) {
            const std::string& item = list.items[place];
            const std::string& wanted = target->second[place];
            const std::pair<std::string_view, double> sure{wanted, 1.0};
            ATTUNE_TRY(const auto context,
                       base::JsonDocument::parse(R"({"place":")" + std::to_string(place) + "\"}"));
            ATTUNE_TRY_VOID(rows.add({.context = context.root(),
                                      .action = item,
                                      .reward = log.clicked.contains({list.id, item}) ? 1.0 : 0.0,
                                      .propensity = list.probability,
                                      .target = std::span(&sure, 1)}));
            if (item == wanted) ++estimate.matched;
        }
    }
    ATTUNE_TRY(const auto report, rows.evaluate({}));
    estimate.rows = report.rows;
    estimate.logged = report.logged.value;
    estimate.ips = report.estimators.ips.value;
    estimate.snips = report.estimators.snips.value;
    estimate.value = report.estimators.dr.value;
    estimate.ci = report.estimators.dr.ci;
    for (const auto& warning : report.warnings) estimate.warnings.push_back(warning.code);
    return estimate;
}

}  // namespace attune::engine
