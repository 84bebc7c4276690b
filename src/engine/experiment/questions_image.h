// All that a QuestionReader knows of a tenant, in a checkpoint: written and read some at a time (follow/reading_keeper.h). What was
// followed then and is not asked any more, or is asked otherwise, is left out when it is taken up. Internal to experiment.
#pragma once

#include "engine/experiment/follower_image.h"
#include "engine/follow/reading_keeper.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace attune::engine {

// Raised when what is in it changes, or what is read out of an event (exposure.h) or counted of it.
inline constexpr CheckpointFormat kQuestionsFormat{.kind = "questions", .version = 2};

using FollowersByName = std::map<std::string, std::unique_ptr<Follower>, std::less<>>;
using CountersByPrefix = std::map<std::string, std::unique_ptr<ChoiceCounter>, std::less<>>;

class QuestionsSaver final : public KnowledgeSaver {
public:
    // Both outlive it.
    QuestionsSaver(const FollowersByName& followers, const CountersByPrefix& counters)
        : followers_(followers), counters_(counters), next_(followers.begin()) {}
    [[nodiscard]] Result<bool> step(CheckpointWriter& to) override;

private:
    const FollowersByName& followers_;
    const CountersByPrefix& counters_;
    bool is_begun_ = false;
    FollowersByName::const_iterator next_;
    std::optional<FollowerSaver> saving_;
};

class QuestionsLoader final : public KnowledgeLoader {
public:
    using Taken = std::function<void(QuestionsLoader&, const LogMark&)>;
    // `taken` is called once, where it was whole.
    explicit QuestionsLoader(Taken taken) : taken_(std::move(taken)) {}
    [[nodiscard]] Result<bool> step(CheckpointReader& from) override;
    void take(const LogMark& mark) override { taken_(*this, mark); }

    std::vector<FollowerLoader> followers;
    CountersByPrefix counters;  // their positions are to be said

private:
    [[nodiscard]] Result<void> begin(CheckpointReader& from);

    const Taken taken_;
    bool is_begun_ = false;
    std::uint64_t left_ = 0;
};

// About as many bytes as a checkpoint of it takes.
[[nodiscard]] std::uint64_t saved_bytes(const FollowersByName& followers);

}  // namespace attune::engine
