#include "learn/ranking/diversity.h"
#include "learn/ranking/unit_range.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace attune::learn {

namespace {

// One label's part of the miscalibration.
double part(double person, double list, double smoothing) {
    return person * std::log(person / ((1 - smoothing) * list + smoothing * person));
}

// A list in the making, by what it has of each label of the person's mix. Candidates with as many labels add equal shares, so what a
// candidate would change is the sum of a few numbers that are worked out once a step, not once a candidate.
class List {
public:
    List(std::span<const Labels> labels, const Mix& person, double smoothing)
        : smoothing_(smoothing) {
        std::map<std::uint32_t, std::size_t> wanted;
        for (const auto& [label, share] : person) {
            if (share <= 0) continue;
            wanted.emplace(label, shares_.size());
            shares_.push_back(share);
        }
        counts_.resize(shares_.size());
        std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;
        for (const Labels& given : labels) {
            const std::set<std::uint32_t> all(given.begin(), given.end());
            Terms& terms = candidates_.emplace_back();
            terms.is_labelled = !all.empty();
            for (const std::uint32_t label : all) {
                const auto found = wanted.find(label);
                if (found == wanted.end()) continue;
                const auto [term, is_new] =
                    known.try_emplace({found->second, all.size()}, terms_.size());
                if (is_new) terms_.push_back({found->second, 1 / static_cast<double>(all.size())});
                terms.terms.push_back(term->second);
            }
        }
        changes_.resize(terms_.size());
        prepare();
    }

    void take(Candidate candidate) {
        const Terms& terms = candidates_[candidate];
        for (const std::size_t term : terms.terms)
            counts_[terms_[term].label] += terms_[term].share;
        if (terms.is_labelled) ++labelled_;
        prepare();
    }

    // The miscalibration with this candidate in the list.
    [[nodiscard]] double with(Candidate candidate) const {
        const Terms& terms = candidates_[candidate];
        if (!terms.is_labelled) return now_;
        double sum = diluted_;
        for (const std::size_t term : terms.terms) sum += changes_[term];
        return sum;
    }

private:
    struct Term {
        std::size_t label = 0;
        double share = 0;  // that it adds to the label
    };
    struct Terms {
        bool is_labelled = false;
        std::vector<std::size_t> terms;
    };

    // `now_` as the list is, `diluted_` if it grew by something with none of the wanted labels, `changes_` what each term would
    // change of that.
    void prepare() {
        const auto of = [&](std::size_t label, double more, std::size_t items) {
            const double share =
                items == 0 ? 0 : (counts_[label] + more) / static_cast<double>(items);
            return part(shares_[label], share, smoothing_);
        };
        now_ = diluted_ = 0;
        for (std::size_t label = 0; label < shares_.size(); ++label) {
            now_ += of(label, 0, labelled_);
            diluted_ += of(label, 0, labelled_ + 1);
        }
        for (std::size_t term = 0; term < terms_.size(); ++term)
            changes_[term] = of(terms_[term].label, terms_[term].share, labelled_ + 1) -
                             of(terms_[term].label, 0, labelled_ + 1);
    }

    double smoothing_;
    std::vector<double> shares_;  // of the person, by label that they want
    std::vector<double> counts_;  // of the list
    std::vector<Term> terms_;
    std::vector<Terms> candidates_;
    std::vector<double> changes_;
    std::size_t labelled_ = 0;
    double now_ = 0;
    double diluted_ = 0;
};

}  // namespace

Mix mix_of(std::span<const LabelledTouch> touches) {
    Mix mix;
    double sum = 0;
    for (const LabelledTouch& touch : touches) {
        const std::set<std::uint32_t> labels(touch.labels.begin(), touch.labels.end());
        if (labels.empty() || !(touch.weight > 0)) continue;
        sum += touch.weight;
        for (const std::uint32_t label : labels)
            mix[label] += touch.weight / static_cast<double>(labels.size());
    }
    for (auto& [label, share] : mix) share /= sum;
    return mix;
}

double miscalibration(const Mix& person, const Mix& list, double smoothing) {
    double sum = 0;
    for (const auto& [label, share] : person) {
        const auto found = list.find(label);
        if (share > 0) sum += part(share, found == list.end() ? 0 : found->second, smoothing);
    }
    return sum;
}

std::vector<Candidate> calibrated(std::span<const float> scores, std::span<const Labels> labels,
                                  const Mix& person, std::size_t limit,
                                  const CalibratedOptions& options) {
    ATTUNE_CHECK(labels.size() == scores.size());
    const std::vector<double> relevance = unit_range(scores);
    List list(labels, person, options.smoothing);
    std::vector<char> is_taken(scores.size());
    for (const Candidate candidate : options.placed) {
        is_taken[candidate] = 1;
        list.take(candidate);
    }
    std::vector<Candidate> out;
    while (out.size() < limit) {
        double best_value = -std::numeric_limits<double>::infinity();
        std::size_t best = scores.size();
        for (std::size_t i = 0; i < scores.size(); ++i) {
            if (is_taken[i]) continue;
            const double value = (1 - options.calibration) * relevance[i] -
                                 options.calibration * list.with(static_cast<Candidate>(i));
            if (value > best_value) {
                best_value = value;
                best = i;
            }
        }
        if (best == scores.size()) break;
        is_taken[best] = 1;
        list.take(static_cast<Candidate>(best));
        out.push_back(static_cast<Candidate>(best));
    }
    return out;
}

}  // namespace attune::learn
