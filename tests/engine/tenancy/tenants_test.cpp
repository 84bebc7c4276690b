#include "engine/tenancy/tenants.h"

#include "base/manual_clock.h"
#include "engine/tenancy/key_text.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace attune::engine {
namespace {

using domain::Role;
using namespace std::chrono_literals;

class TenantsTest : public testing::Test {
protected:
    std::unique_ptr<Tenants> open(TenancyOptions options = {}) {
        auto opened = Tenants::open(*store_, clock_, random_, std::move(options));
        EXPECT_TRUE(opened) << opened.error().message;
        return opened ? *std::move(opened) : nullptr;
    }
    static TenantId number(const Tenants& tenants, std::string_view name = "default") {
        return tenants.find(name).value();
    }
    static std::string reason(const auto& result) { return result ? "" : result.error().reason; }
    static Code code(const auto& result) { return result ? Code::internal : result.error().code; }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{base::Time(1'780'000'000s)};
    base::SeededRandom random_{42};
};

TEST_F(TenantsTest, FirstStartMakesARootKeyAndADefaultTenantAndLaterOnesDoNot) {
    auto first = open();
    ASSERT_TRUE(first->made_root_key());
    const auto root = first->authenticate(*first->made_root_key());
    ASSERT_TRUE(root);
    EXPECT_EQ(root->role, Role::root);
    EXPECT_EQ(root->tenant, TenantId{});
    EXPECT_EQ(number(*first), TenantId{1});
    const std::string key = *first->made_root_key();
    first.reset();

    auto second = open();
    EXPECT_FALSE(second->made_root_key());
    EXPECT_TRUE(second->authenticate(key));
    EXPECT_EQ(number(*second), TenantId{1});
    EXPECT_EQ(second->list().size(), 1u);
}

TEST_F(TenantsTest, AConfiguredRootKeyIsTheOnlyOne) {
    const std::string stored = *open()->made_root_key();
    const auto tenants = open({.root_key = "correct horse battery"});
    EXPECT_FALSE(tenants->made_root_key());
    EXPECT_EQ(tenants->authenticate("correct horse battery")->role, Role::root);
    EXPECT_FALSE(tenants->authenticate(stored));
    EXPECT_EQ(code(tenants->create_key({}, "x", Role::root, {})), Code::failed_precondition);
    EXPECT_EQ(code(tenants->revoke_key({}, "root")), Code::failed_precondition);
    EXPECT_FALSE(Tenants::open(*store_, clock_, random_, {.root_key = "short"}));
    EXPECT_FALSE(Tenants::open(*store_, clock_, random_, {.root_key = "atk_root_0123456789"}));
}

TEST_F(TenantsTest, ADefaultTenantThatWasRemovedStaysRemoved) {
    auto tenants = open();
    ASSERT_TRUE(tenants->remove(number(*tenants)));
    tenants.reset();
    EXPECT_TRUE(open()->list().empty());
}

TEST_F(TenantsTest, KeysOpenTheirTenantInTheirRoleAndNothingElse) {
    const auto tenants = open();
    const auto shop = tenants->create({.id = "shop"});
    ASSERT_TRUE(shop);
    const TenantId id = number(*tenants, "shop");
    for (const Role role : {Role::admin, Role::service, Role::ingest, Role::analyst}) {
        const auto made = tenants->create_key(id, "k", role, {});
        ASSERT_TRUE(made);
        const auto caller = tenants->authenticate(made->secret);
        ASSERT_TRUE(caller);
        EXPECT_EQ(caller->tenant, id);
        EXPECT_EQ(caller->tenant_name, "shop");
        EXPECT_EQ(caller->role, role);
        EXPECT_EQ(caller->key_id, made->key.id);
    }
    EXPECT_EQ(code(tenants->create_key(id, "k", Role::root, {})), Code::invalid_argument);
    EXPECT_EQ(code(tenants->create_key({}, "k", Role::admin, {})), Code::invalid_argument);
    EXPECT_EQ(code(tenants->create_key(id, "k", Role::person, {})), Code::invalid_argument);
    EXPECT_EQ(code(tenants->create_key({99}, "k", Role::admin, {})), Code::not_found);
}

TEST_F(TenantsTest, EveryRefusalReadsTheSame) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const auto expiring = tenants->create_key(id, "e", Role::service, clock_.now() + 1h).value();
    const auto revoked = tenants->create_key(id, "r", Role::service, {}).value();
    ASSERT_TRUE(tenants->revoke_key(id, revoked.key.id));
    EXPECT_TRUE(tenants->authenticate(expiring.secret));
    clock_.advance(1h);
    base::SeededRandom other(7);
    std::string typo = expiring.secret;
    typo[15] = typo[15] == 'x' ? 'y' : 'x';
    const auto unknown = tenants->authenticate(make_key_text(Role::service, other));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Code::unauthenticated);
    for (const std::string& key :
         {expiring.secret, revoked.secret, typo, std::string("atp_AAAA.BBBB"),
          std::string(2000, 'x'), std::string()}) {
        const auto refused = tenants->authenticate(key);
        ASSERT_FALSE(refused) << key;
        EXPECT_EQ(refused.error(), unknown.error()) << key;
    }
}

TEST_F(TenantsTest, KeysAreRotatedByHavingTwo) {
    auto tenants = open();
    const TenantId id = number(*tenants);
    const auto before = tenants->create_key(id, "before", Role::service, {}).value();
    clock_.advance(1s);
    const auto after = tenants->create_key(id, "after", Role::service, {}).value();
    EXPECT_TRUE(tenants->authenticate(before.secret));
    EXPECT_TRUE(tenants->authenticate(after.secret));
    const std::uint64_t epoch = tenants->epoch();
    ASSERT_TRUE(tenants->revoke_key(id, before.key.id));
    EXPECT_NE(tenants->epoch(), epoch);
    EXPECT_FALSE(tenants->authenticate(before.secret));
    EXPECT_TRUE(tenants->authenticate(after.secret));
    EXPECT_EQ(code(tenants->revoke_key(id, before.key.id)), Code::not_found);
    tenants = open();
    EXPECT_FALSE(tenants->authenticate(before.secret));
    EXPECT_TRUE(tenants->authenticate(after.secret));
}

TEST_F(TenantsTest, RootKeysAreRotatedTheSameWayAndTheLastOneStays) {
    const auto tenants = open();
    const std::string first_id = tenants->keys({})[0].id;
    EXPECT_EQ(code(tenants->revoke_key({}, first_id)), Code::failed_precondition);
    const auto second = tenants->create_key({}, "second", Role::root, {});
    ASSERT_TRUE(second);
    EXPECT_TRUE(tenants->revoke_key({}, first_id));
    EXPECT_FALSE(tenants->authenticate(*tenants->made_root_key()));
    EXPECT_EQ(tenants->authenticate(second->secret)->role, Role::root);
}

TEST_F(TenantsTest, NoKeyOfAnotherTenantCanBeRevoked) {
    const auto tenants = open();
    ASSERT_TRUE(tenants->create({.id = "other"}));
    const auto key = tenants->create_key(number(*tenants), "k", Role::admin, {}).value();
    EXPECT_EQ(code(tenants->revoke_key(number(*tenants, "other"), key.key.id)), Code::not_found);
    EXPECT_TRUE(tenants->authenticate(key.secret));
}

TEST_F(TenantsTest, TheStoreNeverHoldsAKey) {
    auto tenants = open();
    const TenantId id = number(*tenants);
    const auto key = tenants->create_key(id, "k", Role::admin, {}).value();
    const std::string token = tenants->person_token(id, "ann", 1h).value().text;
    for (const char* collection : {"keys", "tenants", "secrets", "counters"}) {
        for (const store::Document& document :
             store_->list_documents({}, collection, {}).value().items) {
            EXPECT_EQ(document.value.find(key.secret), std::string::npos);
            EXPECT_EQ(document.value.find(key.secret.substr(key.secret.size() - 20)),
                      std::string::npos);
            EXPECT_EQ(document.value.find(*tenants->made_root_key()), std::string::npos);
        }
    }
}

TEST_F(TenantsTest, LastUseIsShownAtOnceAndSavedNowAndThen) {
    auto tenants = open();
    const TenantId id = number(*tenants);
    const auto key = tenants->create_key(id, "k", Role::admin, {}).value();
    EXPECT_FALSE(tenants->keys(id)[0].last_used_at);
    clock_.advance(5s);
    const base::Time used = clock_.now();
    ASSERT_TRUE(tenants->authenticate(key.secret));
    EXPECT_EQ(tenants->keys(id)[0].last_used_at, used);
    const auto stored = [&] {
        return store_->get_document({}, "keys", key.key.id).value()->version;
    };
    EXPECT_TRUE(tenants->maintain());
    EXPECT_EQ(stored(), 1u);
    clock_.advance(11min);
    const std::uint64_t epoch = tenants->epoch();
    EXPECT_TRUE(tenants->maintain());
    EXPECT_EQ(stored(), 2u);
    EXPECT_EQ(tenants->epoch(), epoch) << "a saved use ends no authentication";
    EXPECT_TRUE(tenants->maintain());
    EXPECT_EQ(stored(), 2u);
    ASSERT_TRUE(tenants->authenticate(key.secret));
    const base::Time again = clock_.now();
    tenants.reset();
    EXPECT_EQ(open()->keys(id)[0].last_used_at, again) << "saved at the end";
}

TEST_F(TenantsTest, AnotherProcessSeesChangesWithinThePromisedTime) {
    const auto here = open({.revoke_within = 30s});
    const auto there = open({.revoke_within = 30s});
    const TenantId id = number(*here);
    const auto key = here->create_key(id, "k", Role::service, {}).value();
    ASSERT_TRUE(here->create({.id = "new"}));
    clock_.advance(15s);
    EXPECT_TRUE(there->maintain());
    EXPECT_TRUE(there->authenticate(key.secret));
    EXPECT_TRUE(there->find("new"));
    const std::string token = there->person_token(id, "ann", 1h).value().text;
    EXPECT_TRUE(here->maintain());
    EXPECT_TRUE(here->authenticate(token)) << "both share the tenant's secret";
    EXPECT_EQ(here->hashed_id(id, "user", "ann"), there->hashed_id(id, "user", "ann"));
    ASSERT_TRUE(here->revoke_key(id, key.key.id));
    ASSERT_TRUE(here->revoke_person_tokens(id));
    clock_.advance(15s);
    const std::uint64_t epoch = there->epoch();
    EXPECT_TRUE(there->maintain());
    EXPECT_NE(there->epoch(), epoch);
    EXPECT_FALSE(there->authenticate(key.secret));
    EXPECT_FALSE(there->authenticate(token));
}

TEST_F(TenantsTest, StreamTokensStayTheSameForHalfADayAndWorkForADayAtMost) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const std::string token = tenants->stream_token(id).value();
    const auto caller = tenants->authenticate_stream(token);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->tenant, id);
    EXPECT_EQ(caller->role, Role::ingest);
    EXPECT_FALSE(tenants->authenticate(token)) << "it is no key";
    const std::string persons = tenants->person_token(id, "ann", 1h).value().text;
    EXPECT_FALSE(tenants->authenticate_stream(persons));
    clock_.advance(12h);
    const std::string next = tenants->stream_token(id).value();
    EXPECT_NE(next, token);
    EXPECT_TRUE(tenants->authenticate_stream(token)) << "it works while the next is handed out";
    clock_.advance(12h);
    EXPECT_FALSE(tenants->authenticate_stream(token));
    EXPECT_TRUE(tenants->authenticate_stream(next));
    ASSERT_TRUE(tenants->revoke_person_tokens(id));
    EXPECT_FALSE(tenants->authenticate_stream(next));
    EXPECT_EQ(code(tenants->stream_token({9})), Code::not_found);
}

TEST_F(TenantsTest, PersonTokensOpenOnePersonUntilTheyExpireOrAreRevoked) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const std::string token = tenants->person_token(id, "ann", 1h).value().text;
    const auto caller = tenants->authenticate(token);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->role, Role::person);
    EXPECT_EQ(caller->tenant, id);
    EXPECT_EQ(caller->person, "ann");
    clock_.advance(59min);
    EXPECT_TRUE(tenants->authenticate(token));
    clock_.advance(1min);
    EXPECT_FALSE(tenants->authenticate(token));

    const std::string other = tenants->person_token(id, "ann", 1h).value().text;
    const base::Id128 before = tenants->hashed_id(id, "user", "ann");
    ASSERT_TRUE(tenants->revoke_person_tokens(id));
    EXPECT_FALSE(tenants->authenticate(other));
    EXPECT_TRUE(tenants->authenticate(tenants->person_token(id, "ann", 1h).value().text));
    EXPECT_EQ(tenants->hashed_id(id, "user", "ann"), before);
    EXPECT_EQ(code(tenants->person_token(id, "", 1h)), Code::invalid_argument);
    EXPECT_EQ(code(tenants->person_token(id, "ann", 0s)), Code::invalid_argument);
    EXPECT_EQ(code(tenants->person_token({9}, "ann", 1h)), Code::not_found);
}

std::string signed_by(Tenants& tenants, TenantId id, std::string_view who, std::string_view key) {
    return tenants.person_token(id, who, 24h, key).value().text;
}

TEST_F(TenantsTest, ATokenEndsWithTheKeyThatAskedForIt) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const auto leaked = tenants->create_key(id, "leaked", Role::service, {}).value();
    const auto other = tenants->create_key(id, "other", Role::service, {}).value();
    const std::string of_leaked = signed_by(*tenants, id, "ann", leaked.key.id);
    const std::string of_other = signed_by(*tenants, id, "ann", other.key.id);
    EXPECT_TRUE(tenants->authenticate(of_leaked));
    ASSERT_TRUE(tenants->revoke_key(id, leaked.key.id));
    EXPECT_FALSE(tenants->authenticate(of_leaked));
    EXPECT_TRUE(tenants->authenticate(of_other));
    EXPECT_EQ(code(tenants->person_token(id, "ann", 1h, leaked.key.id)), Code::unauthenticated);
}

TEST_F(TenantsTest, ATokenLivesNoLongerThanTheKeyThatAskedForIt) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const base::Time end = clock_.now() + 1h;
    const auto key = tenants->create_key(id, "short", Role::service, end).value();
    const auto token = tenants->person_token(id, "ann", 24h, key.key.id).value();
    EXPECT_EQ(token.expires_at, end);
    clock_.advance(1h);
    EXPECT_FALSE(tenants->authenticate(token.text));
}

TEST_F(TenantsTest, TokensOfAConfiguredRootKeyEndWhenItIsChanged) {
    auto tenants = open({.root_key = "a root key of long ago"});
    const TenantId id = number(*tenants);
    const std::string token = signed_by(*tenants, id, "ann", "root");
    EXPECT_TRUE(tenants->authenticate(token));
    tenants = open({.root_key = "a root key of long ago"});
    EXPECT_TRUE(tenants->authenticate(token));
    tenants = open({.root_key = "another root key by now"});
    EXPECT_FALSE(tenants->authenticate(token));
}

TEST_F(TenantsTest, RevokingOnePersonsTokensLeavesTheOthersAndThoseToCome) {
    auto tenants = open();
    const TenantId id = number(*tenants);
    const std::string anns = signed_by(*tenants, id, "ann", {});
    const std::string bobs = signed_by(*tenants, id, "bob", {});
    const std::vector<std::string> whom{"ann"};
    const std::uint64_t epoch = tenants->epoch();
    ASSERT_TRUE(tenants->revoke_person_tokens(id, whom));
    EXPECT_NE(tenants->epoch(), epoch) << "who remembers an authentication asks again";
    const std::string next = signed_by(*tenants, id, "ann", {});
    for (int start = 0; start < 2; ++start) {
        EXPECT_FALSE(tenants->authenticate(anns));
        EXPECT_TRUE(tenants->authenticate(bobs));
        EXPECT_TRUE(tenants->authenticate(next)) << "signed in the same microsecond";
        tenants = open();
    }
    EXPECT_EQ(code(tenants->revoke_person_tokens({9}, whom)), Code::not_found);
}

TEST_F(TenantsTest, WhoseTokensWereRevokedIsNotKeptLongerThanTheTokensLived) {
    const auto tenants = open({.revoke_within = 30s});
    const TenantId id = number(*tenants);
    const auto stored = [&] {
        return store_->list_documents({}, "tokens", {}).value().items.at(0).value;
    };
    const std::vector<std::string> whom{"ann"};
    ASSERT_TRUE(tenants->revoke_person_tokens(id, whom));
    EXPECT_TRUE(store_->list_documents({}, "tokens", {}).value().items.empty())
        << "where no token can be alive, nothing is written";
    (void)signed_by(*tenants, id, "ann", {});
    ASSERT_TRUE(tenants->revoke_person_tokens(id, whom));
    EXPECT_NE(stored().find("\"who\""), std::string::npos);
    EXPECT_EQ(stored().find("ann"), std::string::npos);
    clock_.advance(26h);
    EXPECT_TRUE(tenants->maintain());
    EXPECT_EQ(stored().find("\"who\""), std::string::npos);
}

TEST_F(TenantsTest, ARevocationHoldsAtOnceWhereTheDiskIsFullAndIsStoredLater) {
    auto tenants = open({.revoke_within = 30s});
    const TenantId id = number(*tenants);
    const std::string token = signed_by(*tenants, id, "ann", {});
    const std::vector<std::string> whom{"ann"};
    store_->set_disk_full(true);
    ASSERT_TRUE(tenants->revoke_person_tokens(id, whom));
    EXPECT_FALSE(tenants->authenticate(token));
    clock_.advance(15s);
    EXPECT_TRUE(tenants->maintain());
    EXPECT_FALSE(tenants->authenticate(token));
    store_->set_disk_full(false);
    clock_.advance(15s);
    EXPECT_TRUE(tenants->maintain());
    tenants = open();
    EXPECT_FALSE(tenants->authenticate(token));
}

TEST_F(TenantsTest, AnotherProcessSeesWhoseTokensWereRevoked) {
    const auto here = open({.revoke_within = 30s});
    const auto there = open({.revoke_within = 30s});
    const TenantId id = number(*here);
    const std::string token = signed_by(*here, id, "ann", {});
    const std::vector<std::string> whom{"ann"};
    ASSERT_TRUE(there->revoke_person_tokens(id, whom)) << "of tokens that it did not sign itself";
    EXPECT_FALSE(there->authenticate(token));
    clock_.advance(15s);
    EXPECT_TRUE(here->maintain());
    EXPECT_FALSE(here->authenticate(token));
}

// The store as it was: of what was signed since, nobody knows what was revoked.
TEST_F(TenantsTest, AnOlderStoreHoldsNoTokensOfLater) {
    auto tenants = open();
    const TenantId id = number(*tenants);
    const auto stored = [&] {
        return store_->list_documents({}, "tokens", {}).value().items.at(0);
    };
    const auto go_back = [&](std::string_view value) {
        const store::Document now = stored();
        ASSERT_TRUE(store_->put_document({}, "tokens", now.name, value, now.version));
        tenants = open();
    };
    const std::string before = signed_by(*tenants, id, "ann", {});
    const std::string backup = stored().value;
    const std::string longer = tenants->person_token(id, "ann", 72h).value().text;
    go_back(backup);
    EXPECT_TRUE(tenants->authenticate(before));
    EXPECT_FALSE(tenants->authenticate(longer)) << "a revocation would be forgotten before it ends";
    const std::vector<std::string> whom{"bob"};
    ASSERT_TRUE(tenants->revoke_person_tokens(id, whom));
    const std::string after = signed_by(*tenants, id, "ann", {});
    EXPECT_TRUE(tenants->authenticate(after));
    go_back(backup);
    EXPECT_TRUE(tenants->authenticate(before));
    EXPECT_FALSE(tenants->authenticate(after)) << "signed after a revocation that is not there";
    ASSERT_TRUE(store_->delete_document({}, "tokens", stored().name, std::nullopt));
    tenants = open();
    EXPECT_FALSE(tenants->authenticate(before)) << "before any was signed";
}

TEST_F(TenantsTest, TokensEndWhereAStoreIsBroughtBack) {
    auto tenants = open();
    const TenantId id = number(*tenants);
    const std::string token = signed_by(*tenants, id, "ann", {});
    const std::string stream = tenants->stream_token(id).value();
    ASSERT_TRUE(end_tokens(*store_, clock_.now()));
    tenants = open();
    EXPECT_FALSE(tenants->authenticate(token));
    EXPECT_FALSE(tenants->authenticate_stream(stream));
    const std::string next = signed_by(*tenants, id, "ann", {});
    EXPECT_TRUE(tenants->authenticate(next));
    ASSERT_TRUE(end_tokens(*store_, clock_.now())) << "in the same second";
    tenants = open();
    EXPECT_FALSE(tenants->authenticate(next));
}

// In memory what was signed is known, whether or not it could be stored.
TEST_F(TenantsTest, ATokenThatIsSignedWhereTheDiskIsFullHolds) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    store_->set_disk_full(true);
    EXPECT_TRUE(tenants->authenticate(signed_by(*tenants, id, "ann", {})));
}

TEST_F(TenantsTest, ATokenOfOneTenantIsNothingInAnother) {
    const auto tenants = open();
    ASSERT_TRUE(tenants->create({.id = "other"}));
    const auto caller = tenants->authenticate(
        tenants->person_token(number(*tenants, "other"), "ann", 1h).value().text);
    EXPECT_EQ(caller->tenant, number(*tenants, "other"));
    ASSERT_TRUE(tenants->remove(number(*tenants, "other")));
    EXPECT_FALSE(tenants->authenticate(
        tenants->person_token(number(*tenants), "ann", 1h).value().text.replace(8, 1, "B")));
}

TEST_F(TenantsTest, HashedIdsDifferByTenantKindAndId) {
    const auto tenants = open();
    ASSERT_TRUE(tenants->create({.id = "other"}));
    const TenantId a = number(*tenants);
    const TenantId b = number(*tenants, "other");
    std::vector<base::Id128> all;
    for (const TenantId tenant : {a, b, TenantId{77}}) {
        for (const char* kind : {"user", "anonymous", "event"}) {
            for (const char* id : {"ann", "ann ", "é", "e\u0301", ""}) {
                all.push_back(tenants->hashed_id(tenant, kind, id));
            }
        }
    }
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
}

TEST_F(TenantsTest, TenantsAreMadeOnceAndNumbersNeverReused) {
    auto tenants = open();
    ASSERT_TRUE(tenants->create({.id = "a"}));
    EXPECT_EQ(code(tenants->create({.id = "a"})), Code::already_exists);
    EXPECT_EQ(code(tenants->create({.id = "A"})), Code::invalid_argument);
    const TenantId first = number(*tenants, "a");
    ASSERT_TRUE(tenants->remove(first));
    EXPECT_EQ(code(tenants->get(first)), Code::not_found);
    EXPECT_EQ(code(tenants->settings(first)), Code::not_found);
    tenants = open();
    ASSERT_TRUE(tenants->create({.id = "a"}));
    EXPECT_GT(number(*tenants, "a"), first);
}

TEST_F(TenantsTest, UpdatesAreComparedAndSet) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    TenantDocument document = tenants->get(id).value();
    document.tenant.name = "One";
    document.tenant.created_at = {};
    const auto changed = tenants->update(id, document.tenant, document.version);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->version, document.version + 1);
    EXPECT_NE(changed->tenant.created_at, base::Time{}) << "the time of creation stays";
    EXPECT_EQ(reason(tenants->update(id, document.tenant, document.version)), "version_mismatch");
    EXPECT_TRUE(tenants->update(id, document.tenant, std::nullopt));
    document.tenant.id = "renamed";
    EXPECT_EQ(code(tenants->update(id, document.tenant, std::nullopt)), Code::invalid_argument);
}

TEST_F(TenantsTest, SettingsAndWeightsFollowAnUpdate) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    domain::Tenant changed = tenants->get(id)->tenant;
    changed.event_weights["hum"] = {.weight = 7, .half_life_days = 3};
    const std::uint64_t fingerprint = tenants->weights(id)->fingerprint();
    ASSERT_TRUE(tenants->update(id, changed, std::nullopt));
    EXPECT_EQ(tenants->weights(id)->of("hum").weight, 7);
    EXPECT_EQ(tenants->weights(id)->of("Hum").weight, 7) << "one name, however it is spelled";
    EXPECT_NE(tenants->weights(id)->fingerprint(), fingerprint);
    EXPECT_EQ(tenants->weights({99})->fingerprint(), fingerprint);
    EXPECT_EQ((*tenants->settings(id))->event_weights.size(), 1u);
}

TEST_F(TenantsTest, ATenantWithPeopleIsNotRemovedAndKeysGoWithOneThatIs) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const auto key = tenants->create_key(id, "k", Role::service, {}).value();
    const base::Id128 person = random_.id();
    ASSERT_TRUE(store_->append({.tenant = id,
                                .person = person,
                                .events = {{random_.id(), "{}"}},
                                .aliases = {random_.id()}}));
    EXPECT_EQ(reason(tenants->remove(id)), "not_empty");
    EXPECT_TRUE(tenants->authenticate(key.secret));
    ASSERT_TRUE(store_->erase(id, person));
    EXPECT_TRUE(tenants->remove(id));
    EXPECT_FALSE(tenants->authenticate(key.secret));
    EXPECT_TRUE(store_->list_documents({}, "keys", {}).value().items.size() == 1) << "the root key";
}

TEST_F(TenantsTest, NumbersOfTenantsAndKeysAreLimited) {
    const auto tenants = open({.tenants_max = 2, .keys_of_tenant_max = 2});
    EXPECT_TRUE(tenants->create({.id = "second"}));
    EXPECT_EQ(reason(tenants->create({.id = "third"})), "too_many");
    const TenantId id = number(*tenants);
    EXPECT_TRUE(tenants->create_key(id, "1", Role::admin, {}));
    EXPECT_TRUE(tenants->create_key(id, "2", Role::admin, {}));
    EXPECT_EQ(reason(tenants->create_key(id, "3", Role::admin, {})), "too_many");
    EXPECT_EQ(code(tenants->create_key(id, "3", Role::admin, clock_.now())),
              Code::invalid_argument);
}

TEST_F(TenantsTest, AFullDiskChangesNothing) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    store_->set_disk_full(true);
    EXPECT_FALSE(tenants->create({.id = "a"}));
    EXPECT_FALSE(tenants->create_key(id, "k", Role::admin, {}));
    EXPECT_FALSE(tenants->find("a"));
    EXPECT_TRUE(tenants->keys(id).empty());
    store_->set_disk_full(false);
    EXPECT_TRUE(tenants->create({.id = "a"}));
}

TEST_F(TenantsTest, ADamagedSecretStopsTheStart) {
    open();
    ASSERT_TRUE(store_->put_document({}, "secrets", "pepper", R"({"key":"12"})", std::nullopt));
    const auto opened = Tenants::open(*store_, clock_, random_, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::data_loss);
}

TEST_F(TenantsTest, AuthenticationGoesOnWhileKeysChange) {
    const auto tenants = open();
    const TenantId id = number(*tenants);
    const auto steady = tenants->create_key(id, "steady", Role::service, {}).value();
    std::atomic<bool> stop{false};
    std::atomic<int> refused{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                if (!tenants->authenticate(steady.secret)) ++refused;
                (void)tenants->hashed_id(id, "user", "ann");
            }
        });
    }
    for (int i = 0; i < 100; ++i) {
        const auto key = tenants->create_key(id, "k", Role::admin, {}).value();
        EXPECT_TRUE(tenants->authenticate(key.secret));
        EXPECT_TRUE(tenants->revoke_key(id, key.key.id));
        EXPECT_FALSE(tenants->authenticate(key.secret));
    }
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace attune::engine
