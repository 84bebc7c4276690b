#include "learn/evaluate/exam.h"

#include "learn/evaluate/beyond_accuracy.h"
#include "learn/evaluate/metrics.h"
#include "learn/recommend/parallel.h"

#include <algorithm>

namespace attune::learn {

namespace {

// People whose rankings are held at a time.
constexpr std::size_t kBatch = 4'096;
constexpr std::size_t kChunk = 16;

class Marks {
public:
    Marks(const Exam& exam, const std::vector<std::size_t>& at)
        : at_(at), by_group_(exam.groups.size()) {
        all_.sums.resize(at.size());
        for (Sums& group : by_group_) group.sums.resize(at.size());
    }

    void add(const Examinee& one, std::span<const ItemIndex> ranking) {
        std::vector<ItemIndex> wanted = one.wanted;
        std::ranges::sort(wanted);
        // Of bool, but addressable.
        const auto hits = std::make_unique<bool[]>(ranking.size());
        for (std::size_t i = 0; i < ranking.size(); ++i)
            hits[i] = std::ranges::binary_search(wanted, ranking[i]);
        for (std::size_t cut = 0; cut < at_.size(); ++cut) {
            const ListMarks marks = marks_of({hits.get(), ranking.size()}, wanted.size(), at_[cut]);
            all_.add(cut, marks);
            if (one.group < by_group_.size()) by_group_[one.group].add(cut, marks);
        }
        all_.people += 1;
        if (one.group < by_group_.size()) by_group_[one.group].people += 1;
    }

    void report(const Exam& exam, std::vector<Metric>& metrics) const {
        for (std::size_t cut = 0; cut < at_.size(); ++cut)
            for (std::size_t mark = 0; mark < kListMarkNames.size(); ++mark)
                metrics.push_back({name(mark, cut), all_.mean(cut, mark)});
        // Fairness: the mean of each group, and how far the best and the worst served are apart.
        constexpr auto kNdcg = static_cast<std::size_t>(ListMark::ndcg);
        for (std::size_t cut = 0; cut < at_.size() && !by_group_.empty(); ++cut) {
            double least = 1;
            double most = 0;
            for (std::size_t group = 0; group < by_group_.size(); ++group) {
                if (by_group_[group].people == 0) continue;
                const double mean = by_group_[group].mean(cut, kNdcg);
                least = std::min(least, mean);
                most = std::max(most, mean);
                metrics.push_back({name(kNdcg, cut) + "/" + exam.groups[group], mean});
            }
            metrics.push_back(
                {"ndcg_gap@" + std::to_string(at_[cut]), std::max(0.0, most - least)});
        }
    }

private:
    struct Sums {
        std::vector<ListMarks> sums;
        double people = 0;
        void add(std::size_t cut, const ListMarks& marks) {
            for (std::size_t mark = 0; mark < marks.size(); ++mark) sums[cut][mark] += marks[mark];
        }
        [[nodiscard]] double mean(std::size_t cut, std::size_t mark) const {
            return people > 0 ? sums[cut][mark] / people : 0;
        }
    };
    [[nodiscard]] std::string name(std::size_t mark, std::size_t cut) const {
        return std::string(kListMarkNames[mark]) + "@" + std::to_string(at_[cut]);
    }

    const std::vector<std::size_t>& at_;
    Sums all_;
    std::vector<Sums> by_group_;
};

std::vector<ItemIndex> among_candidates(const Recommender& model, const Query& query,
                                        const Examinee& one) {
    std::vector<ItemIndex> items = one.candidates;
    items.insert(items.end(), one.wanted.begin(), one.wanted.end());
    std::vector<float> scores(items.size());
    model.score_some(query, items, scores);
    std::vector<std::uint32_t> order(items.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    // What is wanted stands at the end of the list, so the order of the list puts it behind its equals.
    std::ranges::sort(order, [&](auto a, auto b) {
        return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    });
    std::vector<ItemIndex> ranking;
    ranking.reserve(order.size());
    for (const std::uint32_t i : order) ranking.push_back(items[i]);
    return ranking;
}

}  // namespace

double ExamReport::operator[](std::string_view name) const {
    const auto found = std::ranges::find(metrics, name, &Metric::name);
    return found == metrics.end() ? 0 : found->value;
}

std::vector<ItemIndex> ranking_of(const Recommender& model, const Exam& exam, const Examinee& one,
                                  std::size_t limit, bool may_repeat) {
    const Query query{.history = exam.history_of(one), .now = one.now};
    std::vector<ItemIndex> ranking;
    if (!one.candidates.empty()) {
        ranking = among_candidates(model, query, one);
        ranking.resize(std::min(limit, ranking.size()));
        return ranking;
    }
    ItemMask allowed(model.items());
    if (!may_repeat)
        for (const Touch& touch : query.history) allowed.forbid(touch.item);
    for (const Scored& scored : model.best(query, limit, allowed)) ranking.push_back(scored.item);
    return ranking;
}

Result<ExamReport> examine(const Recommender& model, const Exam& exam, const ExamOptions& options,
                           const Training& training) {
    if (options.at.empty() || std::ranges::min(options.at) == 0)
        return fail(Code::invalid_argument, "the places to look at begin with 1");
    if (model.items() != exam.train.items())
        return fail(Code::invalid_argument, "the model is of another catalogue than the exam");
    const std::size_t limit = std::ranges::max(options.at);
    Marks marks(exam, options.at);
    std::optional<BeyondAccuracy> beyond;
    if (options.beyond_accuracy) beyond.emplace(exam, options.at);

    // Rankings side by side, sums in order: the same to the last bit for any number of threads.
    std::vector<std::vector<ItemIndex>> rankings(std::min(kBatch, exam.people.size()));
    for (std::size_t begin = 0; begin < exam.people.size(); begin += kBatch) {
        const std::size_t count = std::min(kBatch, exam.people.size() - begin);
        ATTUNE_TRY_VOID(for_chunks(
            count, kChunk, training, [&](std::size_t from, std::size_t to, unsigned /*worker*/) {
                for (std::size_t i = from; i < to; ++i)
                    rankings[i] =
                        ranking_of(model, exam, exam.people[begin + i], limit, options.may_repeat);
            }));
        for (std::size_t i = 0; i < count; ++i) {
            marks.add(exam.people[begin + i], rankings[i]);
            if (beyond) beyond->add(begin + i, rankings[i]);
        }
    }
    ExamReport report;
    marks.report(exam, report.metrics);
    if (beyond) beyond->report(report.metrics);
    return report;
}

}  // namespace attune::learn
