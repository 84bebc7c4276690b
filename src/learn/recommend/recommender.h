// Recommender: what a learner learned, ready to answer. It holds nothing of any person: whoever asks brings
// their history, and is folded in at that moment. So a click counts in the next answer, somebody new is served after
// their first one, and who is erased has left nothing behind.
//
//     ATTUNE_TRY(auto model, kIals.learn({interactions}, settings, training));
//     auto ten = model->best({history, now}, 10, allowed);
//
// Immutable, so any thread may ask. tests/learn/recommend/recommender_contract.h is the meaning of this file; every learner
// passes it.
#pragma once

#include "learn/recommend/interactions.h"
#include "learn/recommend/item_mask.h"

#include <memory>
#include <string_view>

namespace attune::learn {

class ModelWriter;

struct Query {
    History history;
    std::int64_t now = 0;  // in seconds; what decays is read as of this moment
};

struct Scored {
    ItemIndex item = 0;
    float score = 0;
    friend bool operator==(const Scored&, const Scored&) = default;
};

class Recommender {
public:
    virtual ~Recommender() = default;

    // Of the learner that made it: "ials".
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual ItemIndex items() const = 0;

    // One finite score an item, larger is better, also for items of the history. What a model of evidence has no evidence
    // for scores 0. An empty history is answered too (by what everybody likes, or by all alike); items of the history that
    // the model does not know of (past items()) and touches without positive weight are passed over.
    virtual void score(const Query& query, std::span<float> scores) const = 0;

    // The scores of some: as score() gives them, bit by bit.
    virtual void score_some(const Query& query, std::span<const ItemIndex> some,
                            std::span<float> scores) const;

    // The best of those allowed, best first, of equals the lower number first. May hold fewer than `limit`: what
    // there is no evidence for is left out by models that know the difference.
    [[nodiscard]] virtual std::vector<Scored> best(const Query& query, std::size_t limit,
                                                   const ItemMask& allowed) const;

    // What is like an item, itself left out. By default, what is best for somebody who touched nothing else.
    [[nodiscard]] virtual std::vector<Scored> like(ItemIndex item, std::size_t limit,
                                                   const ItemMask& allowed) const;

    // What Learner::load reads back; a model that was saved and loaded answers bit by bit alike.
    virtual void save(ModelWriter& writer) const = 0;
    [[nodiscard]] virtual std::size_t bytes() const = 0;  // in memory
};

// The best of a row of scores, as Recommender::best orders them.
[[nodiscard]] std::vector<Scored> best_of_scores(std::span<const float> scores, std::size_t limit,
                                                 const ItemMask& allowed);
// The same of a list, which is reordered.
[[nodiscard]] std::vector<Scored> best_of_list(std::vector<Scored> list, std::size_t limit);

}  // namespace attune::learn
