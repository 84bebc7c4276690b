// Access: who may use a route, and for which tenant. There is no default: a route that names no Access does not
// compile, and the only ways to make one are the functions below, so no route exists without a role and a
// tenant rule.
//
//     .access = Access::of_tenant(kReaders)                      // a key of the tenant, or root naming one
//     .access = Access::of_person(kReaders, "user_id")           // … or the person {user_id} with their token
//     .access = Access::of_root()
#pragma once

#include "domain/tenant.h"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace attune::api {

using domain::Role;

class RoleSet {
public:
    constexpr RoleSet(std::initializer_list<Role> roles) {
        for (Role role : roles) bits_ |= bit(role);
    }
    [[nodiscard]] constexpr bool has(Role role) const { return (bits_ & bit(role)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr RoleSet with(Role role) const {
        RoleSet set = *this;
        set.bits_ |= bit(role);
        return set;
    }

private:
    static constexpr std::uint32_t bit(Role role) { return 1u << static_cast<unsigned>(role); }
    std::uint32_t bits_ = 0;
};

inline constexpr RoleSet kWriters{Role::root, Role::admin, Role::service, Role::ingest};
inline constexpr RoleSet kReaders{Role::root, Role::admin, Role::service};
inline constexpr RoleSet kAnalysts{Role::root, Role::admin, Role::service, Role::analyst};
inline constexpr RoleSet kAdmins{Role::root, Role::admin};
inline constexpr RoleSet kRoot{Role::root};
inline constexpr RoleSet kAnyRole{Role::root,   Role::admin,   Role::service,
                                  Role::ingest, Role::analyst, Role::person};

class Access {
public:
    enum class Rule : std::uint8_t {
        open,       // anybody; shows nothing of any tenant
        docs,       // anybody, unless documentation is closed by configuration
        metrics,    // root, or anybody where metrics are opened by configuration
        any_key,    // whoever holds a key or token; speaks of the caller alone
        tenant,     // the caller's tenant; root names one by X-Tenant or ?tenant=
        root,       // root, above tenants
        write_key,  // the tenant of a key that may also stand in the body (Segment's protocol)
        stream,     // the tenant of a stream token in the address (?token=), or of a key
    };

    [[nodiscard]] static constexpr Access open() { return {Rule::open, {}, {}}; }
    [[nodiscard]] static constexpr Access to_docs() { return {Rule::docs, {}, {}}; }
    [[nodiscard]] static constexpr Access to_metrics() { return {Rule::metrics, kRoot, {}}; }
    [[nodiscard]] static constexpr Access any_key() { return {Rule::any_key, kAnyRole, {}}; }
    [[nodiscard]] static constexpr Access of_tenant(RoleSet roles) {
        return {Rule::tenant, roles, {}};
    }
    // `param` names the path parameter that must be the person's own id; any other id is, to them, not there.
    [[nodiscard]] static constexpr Access of_person(RoleSet roles, std::string_view param) {
        return {Rule::tenant, roles.with(Role::person), param};
    }
    [[nodiscard]] static constexpr Access of_root() { return {Rule::root, kRoot, {}}; }
    [[nodiscard]] static constexpr Access by_write_key(RoleSet roles) {
        return {Rule::write_key, roles, {}};
    }

    // For a browser's EventSource, which sends no header.
    [[nodiscard]] static constexpr Access of_stream(RoleSet roles) {
        return {Rule::stream, roles, {}};
    }

    [[nodiscard]] constexpr Rule rule() const { return rule_; }
    [[nodiscard]] constexpr RoleSet roles() const { return roles_; }
    [[nodiscard]] constexpr std::string_view person_param() const { return person_param_; }
    [[nodiscard]] constexpr bool needs_key() const {
        return rule_ != Rule::open && rule_ != Rule::docs;
    }
    // Whether root has to say which tenant is meant.
    [[nodiscard]] constexpr bool names_tenant() const {
        return rule_ == Rule::tenant || rule_ == Rule::stream;
    }
    [[nodiscard]] constexpr bool tenant_bound() const {
        return names_tenant() || rule_ == Rule::write_key;
    }

private:
    constexpr Access(Rule rule, RoleSet roles, std::string_view param)
        : rule_(rule), roles_(roles), person_param_(param) {}

    Rule rule_;
    RoleSet roles_;
    std::string_view person_param_;
};

}  // namespace attune::api
