#include "learn/trials/bandit_trials.h"

#include "base/random.h"
#include "learn/bandit/linear.h"
#include "learn/bandit/strategies.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace attune::learn {
namespace {

using Chances = Result<std::vector<double>>;

// A person a second, so that a half-life in people is one in time.
constexpr base::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

class Strategy {
public:
    virtual ~Strategy() = default;
    virtual void show(std::size_t kind, std::size_t arm, base::Time at) = 0;
    virtual void reward(std::size_t kind, std::size_t arm, base::Time shown_at) = 0;
    // For each kind of people.
    virtual Result<std::vector<std::vector<double>>> chances(base::Time now) = 0;
};

// One that does not look who asks.
class Plain final : public Strategy {
public:
    using Choose = std::function<Chances(std::span<const Tally>)>;
    Plain(const BanditTrialOptions& options, Memory memory, Choose choose)
        : kinds_(options.kinds), memory_(memory), arms_(options.arms), choose_(std::move(choose)) {}

    void show(std::size_t, std::size_t arm, base::Time at) override {
        arms_[arm].show(at, memory_);
    }
    void reward(std::size_t, std::size_t arm, base::Time shown_at) override {
        arms_[arm].reward(1, shown_at, memory_);
    }
    Result<std::vector<std::vector<double>>> chances(base::Time now) override {
        for (Tally& arm : arms_) arm.age(now, memory_);
        ATTUNE_TRY(auto chances, choose_(arms_));
        return std::vector(kinds_, std::move(chances));
    }

private:
    const std::size_t kinds_;
    const Memory memory_;
    std::vector<Tally> arms_;
    const Choose choose_;
};

// One that knows the kind of who asks: a constant, and a one at the kind's place.
class Linear final : public Strategy {
public:
    using Choose =
        std::function<Chances(std::span<const LinearModel* const>, std::span<const double>)>;
    Linear(const BanditTrialOptions& options, Memory memory, Choose choose)
        : memory_(memory),
          arms_(options.arms, LinearTally(options.kinds + 1)),
          choose_(std::move(choose)) {
        for (std::size_t kind = 0; kind < options.kinds; ++kind) {
            contexts_.emplace_back(options.kinds + 1);
            contexts_.back()[0] = contexts_.back()[kind + 1] = 1;
        }
    }

    void show(std::size_t kind, std::size_t arm, base::Time at) override {
        ATTUNE_CHECK(arms_[arm].show(contexts_[kind], at, memory_));
    }
    void reward(std::size_t kind, std::size_t arm, base::Time shown_at) override {
        ATTUNE_CHECK(arms_[arm].reward(contexts_[kind], 1, shown_at, memory_));
    }
    Result<std::vector<std::vector<double>>> chances(base::Time now) override {
        std::vector<LinearModel> models;
        std::vector<const LinearModel*> pointers;
        for (LinearTally& arm : arms_) {
            arm.age(now, memory_);
            ATTUNE_TRY(auto model, LinearModel::fit(arm, 1));
            models.push_back(std::move(model));
        }
        for (const LinearModel& model : models) pointers.push_back(&model);
        std::vector<std::vector<double>> all;
        for (const auto& context : contexts_) {
            ATTUNE_TRY(auto chances, choose_(pointers, context));
            all.push_back(std::move(chances));
        }
        return all;
    }

private:
    const Memory memory_;
    std::vector<LinearTally> arms_;
    std::vector<std::vector<double>> contexts_;
    const Choose choose_;
};

struct Named {
    std::string_view name;
    std::function<std::unique_ptr<Strategy>()> make;
};

std::vector<Named> strategies(const BanditTrialOptions& options) {
    const Memory memory{.half_life = std::chrono::seconds(options.half_life)};
    const auto plain = [=](Plain::Choose choose) {
        return [=] { return std::make_unique<Plain>(options, memory, choose); };
    };
    const auto linear = [=](Linear::Choose choose) {
        return [=] { return std::make_unique<Linear>(options, memory, choose); };
    };
    // The deviation of a reward, as one would guess it from the rates.
    const double rate = (options.rate_min + options.rate_max) / 2;
    const double noise = std::sqrt(rate * (1 - rate));
    return {{"even", plain([](auto arms) { return epsilon_greedy(arms, 1); })},
            {"epsilon_greedy", plain([epsilon = options.epsilon](auto arms) {
                 return epsilon_greedy(arms, epsilon);
             })},
            {"ucb", plain([](auto arms) { return upper_confidence(arms, 1); })},
            {"thompson", plain([](auto arms) { return thompson_bernoulli(arms, {}); })},
            {"lin_ucb", linear([noise](auto arms, auto context) {
                 return linear_upper_confidence(arms, context, 2 * noise);
             })},
            {"linear_thompson", linear([noise](auto arms, auto context) {
                 return linear_thompson(arms, context, noise);
             })}};
}

// One world: what is true of it, and who comes.
struct World {
    std::vector<std::vector<double>> rates;  // by kind and arm

    World(const BanditTrialOptions& options, base::Random& random)
        : rates(options.kinds, std::vector<double>(options.arms)) {
        for (auto& kind : rates)
            for (double& rate : kind)
                rate = options.rate_min + (random.unit() * (options.rate_max - options.rate_min));
    }
    [[nodiscard]] double rate(std::size_t kind, std::size_t arm, bool turned) const {
        return rates[kind][turned ? rates[kind].size() - 1 - arm : arm];
    }
};

struct Missed {
    double regret = 0;
    double best_at_last = 0;
};

Result<Missed> live(const BanditTrialOptions& options, std::uint64_t run, Strategy& strategy) {
    struct Due {
        std::uint64_t at = 0;
        std::size_t kind = 0;
        std::size_t arm = 0;
        base::Time shown_at;
    };
    base::SeededRandom truth(options.seed + run);
    const World world(options, truth);
    base::SeededRandom random((options.seed + run) * 0x9E3779B97F4A7C15ULL);
    std::deque<Due> due;
    std::vector<std::vector<double>> chances;
    Missed missed;
    const std::uint64_t last_tenth = options.people - (options.people / 10);
    for (std::uint64_t person = 0; person < options.people; ++person) {
        const base::Time now = kStart + std::chrono::seconds(person);
        for (; !due.empty() && due.front().at <= person; due.pop_front())
            strategy.reward(due.front().kind, due.front().arm, due.front().shown_at);
        if (person % options.every == 0) {
            ATTUNE_TRY(chances, strategy.chances(now));
            for (auto& one : chances) ATTUNE_TRY_VOID(keep_exploring(one, options.floor));
        }
        const bool turned = options.turns && person >= options.people / 2;
        const std::size_t kind = random.below(options.kinds);
        const std::size_t arm = draw(chances[kind], random).arm;
        const double best = *std::ranges::max_element(world.rates[kind]);
        const double rate = world.rate(kind, arm, turned);
        missed.regret += best - rate;
        if (person >= last_tenth) missed.best_at_last += rate == best ? 1 : 0;
        strategy.show(kind, arm, now);
        if (random.unit() < rate) due.push_back({person + options.delay + 1, kind, arm, now});
    }
    missed.best_at_last /= static_cast<double>(options.people - last_tenth);
    return missed;
}

Result<StrategyOutcome> try_out(const BanditTrialOptions& options, const Named& strategy) {
    double sum = 0;
    double squares = 0;
    StrategyOutcome outcome{.strategy = std::string(strategy.name)};
    for (std::uint64_t run = 0; run < options.runs; ++run) {
        const auto made = strategy.make();
        ATTUNE_TRY(const Missed missed, live(options, run, *made));
        sum += missed.regret;
        squares += missed.regret * missed.regret;
        outcome.best_at_last += missed.best_at_last;
    }
    const auto runs = static_cast<double>(options.runs);
    outcome.best_at_last /= runs;
    outcome.regret = sum / runs;
    outcome.standard_error =
        std::sqrt(std::max((squares / runs) - (outcome.regret * outcome.regret), 0.0) / runs);
    return outcome;
}

Result<void> check(const BanditTrialOptions& options) {
    const auto within = [](std::uint64_t value, std::uint64_t least, std::uint64_t most) {
        return value >= least && value <= most;
    };
    if (!within(options.arms, 2, 100)) return fail_field("/arms", "must be 2 to 100");
    if (!within(options.kinds, 1, 50)) return fail_field("/kinds", "must be 1 to 50");
    if (!within(options.people, 10, 10'000'000))
        return fail_field("/people", "must be 10 to 10,000,000");
    if (!within(options.every, 1, options.people))
        return fail_field("/every", "must be 1 to all people");
    if (!within(options.runs, 1, 100'000)) return fail_field("/runs", "must be 1 to 100,000");
    if (!(options.rate_min >= 0 && options.rate_min < options.rate_max && options.rate_max <= 1))
        return fail_field("/rate_min", "rates lie between 0 and 1, the least below the most");
    return {};
}

}  // namespace

Result<std::vector<StrategyOutcome>> run_bandit_trials(const BanditTrialOptions& options) {
    ATTUNE_TRY_VOID(check(options));
    std::vector<StrategyOutcome> outcomes;
    for (const Named& strategy : strategies(options)) {
        ATTUNE_TRY(auto outcome, try_out(options, strategy));
        const double even = outcomes.empty() ? outcome.regret : outcomes.front().regret;
        outcome.share_of_even = even > 0 ? outcome.regret / even : 0;
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace attune::learn
