// What a placement would earn that nobody was shown yet: estimated from the log of decisions in which another version left its lists
// to chance, each with its probability. Internal to worth.
//
//     Foretelling foretelling("home", 1);
//     foretelling.would_show(answered.decision_id, preview);   // while it happens: what the new version would have shown instead
//     …
//     ATTUNE_TRY(const auto estimate, foretelling.estimate(store, tenant));
//
// A row is a place of a list. That a click depends on the item and on its place, and not on what stands around it, is what makes
// places comparable (the item-position model: Li, Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay and Wen, "Offline Evaluation of
// Ranking Policies with Click Models", KDD 2018). It holds where lists are short of distractions; a whole list that chance makes just
// like the treatment's would take 10^19 of them. A list that is all chance is an even draw without replacement, so any item of its
// pool is as likely in one place as in any other: the logged probability of the first place is that of each.
#pragma once

#include "base/result.h"
#include "engine/worth/worth.h"
#include "store/store.h"

#include <map>
#include <string>
#include <vector>

namespace attune::engine {

class Foretelling {
public:
    Foretelling(std::string placement, std::uint64_t version)
        : of_("placement:" + std::move(placement)), version_(version) {}

    void would_show(const std::string& decision_id, std::vector<std::string> items) {
        targets_.insert_or_assign(decision_id, std::move(items));
    }

    // Reads the whole log. invalid_argument when there is too little to tell.
    [[nodiscard]] Result<WorthEstimate> estimate(store::Store& store,
                                                 domain::TenantId tenant) const;

private:
    const std::string of_;
    const std::uint64_t version_;
    std::map<std::string, std::vector<std::string>> targets_;  // by decision
};

}  // namespace attune::engine
