#include "engine/recommend/homepage.h"

#include "base/json.h"
#include "engine/recommend/sources.h"

#include <algorithm>

namespace attune::engine {
namespace {

constexpr std::size_t kCategories = 2;

struct Row {
    std::string id;
    std::string title;
    std::string label;                   // only items with it
    std::vector<std::string> goes_with;  // the item it is about
};

// The item that the person liked last, as they said or showed.
std::string liked_last(const PersonFacts& facts) {
    for (auto deed = facts.deeds.rbegin(); deed != facts.deeds.rend(); ++deed) {
        const domain::EventKind kind = domain::event_kind(deed->event);
        const bool speaks_for =
            kind == domain::EventKind::like || kind == domain::EventKind::thumbs_up ||
            kind == domain::EventKind::favourite || kind == domain::EventKind::purchase ||
            (kind == domain::EventKind::rating && deed->value.value_or(0) >= 4);
        if (speaks_for) return deed->item_id;
    }
    return facts.deeds.empty() ? std::string() : facts.deeds.back().item_id;
}

std::vector<Row> rows_for(const PersonFacts* facts) {
    std::vector<Row> rows;
    if (facts != nullptr)
        rows.push_back({"homepage.continue", "Continue where you left off", {}, {}});
    rows.push_back({"homepage.featured", "Featured for you", {}, {}});
    if (facts != nullptr) {
        if (std::string liked = liked_last(*facts); !liked.empty())
            rows.push_back(
                {"homepage.because_you_liked", "Because you liked", {}, {std::move(liked)}});
        std::size_t categories = 0;
        for (const LikedLabel& liked : liked_labels(*facts, 50)) {
            if (!liked.label.starts_with("category:") || categories++ == kCategories) continue;
            rows.push_back({"homepage.category",
                            std::string(liked.label.substr(std::string_view("category:").size())),
                            std::string(liked.label),
                            {}});
        }
    }
    rows.push_back({"homepage.trending", "Trending", {}, {}});
    rows.push_back({"homepage.new", "New for you", {}, {}});
    return rows;
}

void append_row(std::string& out, const Row& row, const RecommendAnswer& answer) {
    out.append(out.ends_with('[') ? "" : ",").append(R"({"row":)");
    base::append_json(out, std::string_view(row.id));
    out += R"(,"title":)";
    base::append_json(out, std::string_view(row.title));
    if (!row.goes_with.empty()) {
        out += R"(,"because_of":)";
        base::append_json(out, std::string_view(row.goes_with.front()));
    }
    if (!row.label.empty()) {
        out += R"(,"label":)";
        base::append_json(out, std::string_view(row.label));
    }
    out.append(",").append(std::string_view(answer.json).substr(1));
}

// Why rows have nothing in them: each kind of reason once, with the rows that it is about.
class Missing {
public:
    void add(std::string_view row, const Fallbacks& fallbacks) {
        for (const Fallback& one : fallbacks) {
            auto known =
                std::ranges::find(all_, one.kind, [](const Kind& kind) { return kind.why.kind; });
            if (known == all_.end()) known = all_.insert(known, {one, {}});
            known->rows.push_back(row);
        }
    }
    void append(std::string& out) const {
        out += '[';
        for (const Kind& one : all_) {
            out.append(out.ends_with('[') ? "" : ",").append(R"({"kind":)");
            base::append_json(out, one.why.kind);
            out += R"(,"detail":)";
            base::append_json(out, std::string_view(one.why.detail));
            out += R"(,"rows":[)";
            for (const std::string_view& row : one.rows) {
                if (&row != one.rows.data()) out += ',';
                base::append_json(out, row);
            }
            out += "]}";
        }
        out += ']';
    }

private:
    struct Kind {
        Fallback why;
        std::vector<std::string_view> rows;
    };
    std::vector<Kind> all_;
};

}  // namespace

Result<std::string> homepage(Recommendations& recommendations, People& people, TenantId tenant,
                             const HomepageQuestion& question) {
    ATTUNE_TRY(auto facts, facts_of(people, tenant, question.user_id));
    if (facts != nullptr && facts->opted_out) facts = nullptr;
    ConditionWork work = recommendations.condition_work();
    std::vector<std::string> shown;
    Missing missing;
    std::string out = R"({"rows":[)";
    const auto rows = rows_for(facts.get());
    for (const Row& row : rows) {
        if (!row.goes_with.empty()) {
            ATTUNE_TRY(const bool is_open, recommendations.is_open(tenant, row.goes_with.front()));
            if (!is_open) continue;
        }
        ATTUNE_TRY(const RecommendAnswer answer,
                   recommendations.recommend(tenant, {.placement = row.id,
                                                      .user_id = question.user_id,
                                                      .context = question.context,
                                                      .limit = question.per_row,
                                                      .exclude = shown,
                                                      .goes_with = row.goes_with,
                                                      .label = row.label,
                                                      .reasons = question.reasons,
                                                      .with_items = question.with_items,
                                                      .work = &work}));
        if (answer.items.empty()) {
            missing.add(row.id, answer.fallbacks);
            continue;
        }
        shown.insert(shown.end(), answer.items.begin(), answer.items.end());
        append_row(out, row, answer);
    }
    out += R"(],"fallbacks":)";
    missing.append(out);
    return out + "}";
}

}  // namespace attune::engine
