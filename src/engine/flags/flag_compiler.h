// FlagSetCompiler: what was written down into a FlagSet. Inside of engine/flags.
#pragma once

#include "engine/flags/flag_set.h"

#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

class FlagSetCompiler {
public:
    explicit FlagSetCompiler(const FlagSetSource& source) : source_(source) {}

    [[nodiscard]] Result<std::shared_ptr<const FlagSet>> compile();

private:
    Result<void> evaluators();
    Result<Flag> flag(const FlagSource& source);
    static void unknown_members(const FlagSource& source, Flag& flag);
    Result<void> variants(const FlagSource& source, Flag& flag) const;
    Result<void> fallback(const FlagSource& source, Flag& flag) const;
    Result<void> targeting(const FlagSource& source, Flag& flag) const;
    Result<void> rollout(const FlagSource& source, Flag& flag) const;
    Result<void> schedule(const FlagSource& source, Flag& flag) const;
    Result<Logic> logic(base::JsonView rule, std::string pointer) const;
    Result<void> metadata(const FlagSource& source, Flag& flag) const;

    Result<void> link_prerequisites();
    Result<FlagPrerequisite> prerequisite(base::JsonView body, const std::string& pointer) const;
    // How many flags are asked when this one is, and how far down the last of them is.
    struct Reach {
        std::uint32_t flags = 0;  // 0: not looked at yet
        std::uint32_t depth = 0;
    };
    // Fails when they go in circles.
    Result<Reach> reach(std::uint32_t flag, std::vector<Reach>& reaches, std::size_t above) const;

    void see_through_prerequisites();

    const FlagSetSource& source_;
    std::shared_ptr<FlagSet> set_ = std::make_shared<FlagSet>();
};

}  // namespace attune::engine
