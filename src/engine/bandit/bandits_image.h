// All that is known of a tenant's bandits, in a checkpoint: written and read some at a time (follow/reading_keeper.h). A bandit that
// is not under way any more, or learns otherwise than then, is left out when it is taken up. Internal to bandit.
#pragma once

#include "engine/bandit/draws_image.h"
#include "engine/bandit/learner_image.h"
#include "engine/bandit/tenant_bandits.h"
#include "engine/follow/reading_keeper.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace attune::engine {

// Raised when what is in it changes, or what is read out of an event (exposure.h) or learned from it.
inline constexpr CheckpointFormat kBanditsFormat{.kind = "bandits", .version = 1};

class BanditsSaver final : public KnowledgeSaver {
public:
    // They outlive it.
    explicit BanditsSaver(const FollowedBandits& followed)
        : followed_(followed), next_(followed.begin()) {}
    [[nodiscard]] Result<bool> step(CheckpointWriter& to) override;
    // About as many as it takes.
    [[nodiscard]] static std::uint64_t bytes(const FollowedBandits& followed);

private:
    struct One {
        LearnerSaver learner;
        DrawsSaver draws;
        bool has_learner = false;  // written
    };
    const FollowedBandits& followed_;
    bool is_begun_ = false;
    FollowedBandits::const_iterator next_;
    std::optional<One> saving_;
};

// One of them, as it is read.
class BanditLoader {
public:
    // True when all is read.
    [[nodiscard]] Result<bool> step(CheckpointReader& from);
    // Known from the first step on.
    [[nodiscard]] const std::string& id() const { return id_; }
    // In the place of what it knows. False, and nothing changes, where it learns something else than was learned.
    [[nodiscard]] bool take(FollowedBandit& bandit) &&;

private:
    bool is_begun_ = false;
    bool has_learner_ = false;  // read
    std::string id_;
    std::string learned_;
    LearnerLoader learner_;
    DrawsLoader draws_;
};

class BanditsLoader final : public KnowledgeLoader {
public:
    using Taken = std::function<void(std::vector<BanditLoader>, const LogMark&)>;
    // `taken` is called once, where it was whole.
    explicit BanditsLoader(Taken taken) : taken_(std::move(taken)) {}
    [[nodiscard]] Result<bool> step(CheckpointReader& from) override;
    void take(const LogMark& mark) override { taken_(std::move(bandits_), mark); }

private:
    const Taken taken_;
    bool is_begun_ = false;
    std::uint64_t left_ = 0;
    std::vector<BanditLoader> bandits_;
};

}  // namespace attune::engine
