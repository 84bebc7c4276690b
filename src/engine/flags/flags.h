// Flags: the flags of every tenant, kept with their history and in force as soon as they are saved. Each flag is a
// definition of its own; what they share stands in the definitions "$evaluators" and "$metadata".
//
//     Flags flags(store, clock, zones);
//     ATTUNE_TRY(auto saved, flags.put(tenant, "new-checkout", body, {.by = caller}));
//     ATTUNE_TRY(const auto set, flags.of(tenant));             // on every request; reads memory
//     const FlagAnswer answer = set->evaluate("new-checkout", context);
//
// Thread-safe.
#pragma once

#include "engine/definitions/definitions.h"
#include "engine/flags/flag_news.h"
#include "engine/flags/flag_set.h"
#include "engine/flags/flag_uses.h"
#include "engine/flags/stale_flags.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

struct FlagPart;

struct FlagsLoaded {
    std::size_t saved = 0;
    std::size_t unchanged = 0;
    std::vector<std::string> keys;             // of the flags in the file
    std::vector<std::string> unknown_members;  // of the file itself, which mean nothing
    bool has_evaluators = false;
};

class Flags {
public:
    static constexpr std::string_view kEvaluators = "$evaluators";
    static constexpr std::string_view kMetadata = "$metadata";

    // The arguments outlive it.
    Flags(store::Store& store, const base::Clock& clock, const TimeZones& zones);
    ~Flags();  // saves when flags were asked for last
    Flags(const Flags&) = delete;
    Flags& operator=(const Flags&) = delete;

    [[nodiscard]] Result<std::shared_ptr<const FlagSet>> of(TenantId tenant);

    // `body` is a flag of flagd (state, variants, defaultVariant, targeting, metadata), with prerequisites, a schedule or a rollout perhaps; of
    // the shared definitions their object. invalid_argument names the place in it, or the flag "/flags/…" that the
    // change would break; otherwise the errors of Definitions::put.
    [[nodiscard]] Result<Definition> put(TenantId tenant, std::string_view key, base::JsonText body,
                                         const DefinitionChange& change);
    // failed_precondition, "in_use", names the flags whose prerequisite it is.
    [[nodiscard]] Result<void> remove(TenantId tenant, std::string_view key,
                                      const DefinitionChange& change);
    [[nodiscard]] Result<Definition> revert(TenantId tenant, std::string_view key,
                                            std::uint64_t version, DefinitionChange change);
    [[nodiscard]] Result<Definition> get(TenantId tenant, std::string_view key) const;
    [[nodiscard]] Result<std::shared_ptr<const std::vector<Definition>>> list(TenantId tenant);
    // That stand aside, as Definitions::refused_count.
    [[nodiscard]] std::size_t refused_count() const { return definitions_.refused_count(); }

    // Saves what a file of flagd holds, whole or not at all; flags that it does not name stay.
    [[nodiscard]] Result<FlagsLoaded> load(TenantId tenant, std::string_view file,
                                           const DefinitionChange& change);
    using Then = Definitions<FlagSet>::Then;
    // The same as a part of a batch, as Definitions::put_all; flags of `gone` go.
    [[nodiscard]] Result<bool> put_all(DefinitionBatch& batch, base::JsonView file,
                                       std::span<const std::string> gone, const Then& then);

    // What the flags of a file come to by themselves, with these evaluators where it has none; nothing is saved.
    [[nodiscard]] Result<std::shared_ptr<const FlagSet>> compile(
        base::JsonView file, std::optional<base::JsonView> evaluators = {}) const;

    // What may be cleaned up, by key: flags of which something that makes them stale has been so for so long.
    [[nodiscard]] Result<std::vector<StaleFlag>> stale(TenantId tenant, base::Duration for_so_long);
    [[nodiscard]] FlagUses& uses() { return uses_; }

    // Is told of every change.
    [[nodiscard]] FlagNews& news() { return news_; }

private:
    void tell(TenantId tenant);
    Result<void> check_is_not_used(TenantId tenant, std::string_view key);
    Result<bool> put_edits(DefinitionBatch& batch, std::span<const DefinitionEdit> edits,
                           const Then& then);

    store::Store& store_;
    const base::Clock& clock_;
    const TimeZones& zones_;
    FlagUses uses_;
    Definitions<FlagSet> definitions_;
    FlagNews news_;
};

}  // namespace attune::engine
