// What a recommender does beside finding what people want: metrics of the lists it gives to everybody, at k.
//
//     coverage         how much of the catalogue is in anybody's list
//     diversity        1 − the mean likeness of two items of a list, over people; likeness is the cosine between who
//                      touched the one and who touched the other. Over at most 2,000 people, evenly picked
//     novelty          the mean of −log2(the share of people who touched an item); one nobody touched counts as half a person
//     popularity_bias  how many people touched what is recommended, over how many touched what the same people had in their
//                      histories, both as means over items and people. 1: as popular as people's taste; above: more so
#pragma once

#include "learn/evaluate/exam.h"

namespace attune::learn {

class BeyondAccuracy {
public:
    BeyondAccuracy(const Exam& exam, std::vector<std::size_t> at);

    // From one thread, in the order of the exam's people.
    void add(std::size_t person, std::span<const ItemIndex> ranking);
    void report(std::vector<Metric>& metrics) const;

private:
    struct Sums {
        std::vector<bool> is_covered;
        double diversity = 0;
        double lists_of_pairs = 0;
        double novelty = 0;
        double popularity = 0;
        double lists = 0;
    };
    [[nodiscard]] double likeness(ItemIndex a, ItemIndex b) const;
    [[nodiscard]] double popularity_of(ItemIndex item) const {
        return static_cast<double>(people_of_.columns_of(item).size());
    }

    const Exam& exam_;
    std::vector<std::size_t> at_;
    SparseRows people_of_;  // by item
    std::vector<Sums> sums_;
    double taste_ = 0;  // the mean popularity of histories, summed over people
    double tastes_ = 0;
    std::size_t diversity_step_ = 1;
};

}  // namespace attune::learn
