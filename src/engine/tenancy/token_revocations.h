// TokenRevocations: which of a tenant's person tokens no longer hold, though their signature is right and their time is not
// over. Every revocation has a number; a token says how many there had been when it was signed, so that no clock decides
// whether it was before or after.
//
//     TokenRevocations next = current;
//     next.revoke({&who, 1}, now);              // `who`: the hashed id that the token is bound to
//     next.is_revoked(who, token.revocations)   // signed before: true
//
// A revocation is forgotten when no token that it ended can be alive, and there are kPeopleMax at most: beyond that the older
// half becomes one for everybody's tokens of before. A value: copies are changed, and published as immutable.
#pragma once

#include "base/id128.h"
#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>

namespace attune::engine {

class TokenRevocations {
public:
    static constexpr std::size_t kPeopleMax = 2'048;

    struct OfPerson {
        std::uint32_t number = 0;  // tokens signed when there had been fewer are revoked
        base::Time forgotten_at;   // no token of before lives longer
    };

    // Whether a token may have been signed by who knows this. One that may not was signed after a backup that was restored:
    // nobody remembers what of it was revoked since, nor for how long a revocation of it would have to be kept.
    [[nodiscard]] bool may_have_signed(std::uint32_t signed_after, base::Time expires_at) const {
        return signed_after <= count_ && expires_at <= signed_until_;
    }
    [[nodiscard]] bool is_revoked(const base::Id128& who, std::uint32_t signed_after) const;
    // How many there were.
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] base::Time signed_until() const { return signed_until_; }
    [[nodiscard]] std::uint32_t everybody_before() const { return everybody_before_; }
    [[nodiscard]] const auto& people() const { return people_; }

    // A token that lives until then is signed.
    void signs_until(base::Time expires_at);
    // Answers whether there was anything to revoke.
    bool revoke(std::span<const base::Id128> whom, base::Time now);
    // Answers whether there was anything to forget.
    bool forget(base::Time now);
    // As it was kept.
    void restore(std::uint32_t count, std::uint32_t everybody_before, base::Time signed_until,
                 std::map<base::Id128, OfPerson> people);

private:
    void keep_bounded();

    std::uint32_t count_ = 0;
    std::uint32_t everybody_before_ = 0;
    base::Time signed_until_{};
    std::map<base::Id128, OfPerson> people_;  // by hashed id, so that no caller chooses their order
};

}  // namespace attune::engine
