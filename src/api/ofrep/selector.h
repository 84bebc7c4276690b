// Flagd-Selector: which of a tenant's flags a client wants, as flagd's clients say it: "flagSetId=checkout", or
// "checkout" alone. A flag belongs to the set that its metadata names, or that of the tenant's shared metadata.
#pragma once

#include "base/result.h"
#include "engine/flags/flag_set.h"
#include "http/message.h"

#include <optional>
#include <string>

namespace attune::api::ofrep {

class FlagSelector {
public:
    // Everything when the request does not say. invalid_argument for what else flagd can select by: a "source" is a file
    // or address that flagd reads, and flags here come from none.
    [[nodiscard]] static Result<FlagSelector> of(const http::Request& request);

    [[nodiscard]] bool selects(const engine::Flag& flag) const {
        return !set_id_ || flag.set_id == *set_id_;
    }

private:
    std::optional<std::string> set_id_;
};

}  // namespace attune::api::ofrep
