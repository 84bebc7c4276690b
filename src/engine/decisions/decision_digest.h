// DecisionDigest: what tells one decision of a session from another: what was chosen, by which version of what. Made of
// numbers that definitions work out once for each of their choices, so that an answer that was given before costs no text.
//
//     DecisionDigest digest("config", "dashboard");
//     digest.add(rule.when_applied);                       // digest_of(choice)
//     const auto slot = log.begin(tenant, who, session, digest);
//
// Whatever is not a choice (probabilities, segments, what was known) is not part of it. The same in every process.
#pragma once

#include "base/id128.h"
#include "domain/decision.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace attune::engine {

inline constexpr std::size_t kChoicesMax = 100;  // of one decision; further ones are not recorded

[[nodiscard]] std::uint64_t digest_of(const domain::Choice& choice);
// The same of its words, for who has no choice made of them.
[[nodiscard]] std::uint64_t digest_of(std::string_view of, std::string_view chosen,
                                      std::uint64_t version, std::string_view unit);

class DecisionDigest {
public:
    DecisionDigest(std::string_view kind, std::string_view subject);
    [[nodiscard]] static DecisionDigest of(const domain::Decision& decision);

    void add(std::uint64_t choice) {
        if (count_ < numbers_.size()) numbers_[count_++] = choice;
    }
    // How many choices more it can tell apart.
    [[nodiscard]] std::size_t room() const { return numbers_.size() - count_; }
    [[nodiscard]] base::Id128 value() const;

private:
    // What it is about, then its choices.
    std::array<std::uint64_t, 1 + kChoicesMax> numbers_;
    std::size_t count_ = 1;
};

}  // namespace attune::engine
