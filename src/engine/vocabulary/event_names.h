// EventNames: what the events are called that a tenant has sent, so that a metric on one that nobody sends is noticed before
// weeks of it are waited for.
//
//     EventNames names(store);
//     ATTUNE_TRY(const auto heard, names.heard(tenant));
//     heard->has("purchse")                      // false
//     heard->describe_unknown("purchse")         // "no event 'purchse' was ever sent; did you mean 'purchase'?"
//
// The log is read once in its life: how far, and what was heard, is kept in a document, and who asks reads what came
// since, for half a second at most. What is left goes on in the background, and until then is_whole is false: a name that
// is missing may stand in what was not read. Nobody who does not ask costs anything.
//
// Thread-safe. Fails with what the store fails with.
#pragma once

#include "base/result.h"
#include "domain/tenant.h"
#include "store/store.h"

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

// Of a tenant, at a moment. Names beyond the first kNamesMax are not kept, and then none is called unknown.
struct HeardNames {
    static constexpr std::size_t kNamesMax = 10'000;

    std::set<std::string, std::less<>> names;  // without those that begin with '$'
    bool is_whole = false;                     // everything that was sent was looked at

    // Whether it was sent, for all that is known. Names of our own are always had, and so are all while nothing was
    // ever sent or not everything was read: whoever says nothing yet has misspelled nothing.
    [[nodiscard]] bool has(std::string_view name) const;
    // Those that are spelled most alike, nearest first; few, often none.
    [[nodiscard]] std::vector<std::string> alike(std::string_view name) const;
    [[nodiscard]] std::string describe_unknown(std::string_view name) const;
};

class EventNames {
public:
    // The store outlives it.
    explicit EventNames(store::Store& store);
    ~EventNames();

    [[nodiscard]] Result<std::shared_ptr<const HeardNames>> heard(domain::TenantId tenant);
    // Somebody is erased, or was: what only they may have sent is known no more, and the log is read anew when somebody asks.
    void forget(domain::TenantId tenant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
