#include "app/reach.h"

#include "api/local_api.h"
#include "app/remote.h"
#include "app/workplace.h"
#include "engine/bandit/bandits.h"
#include "engine/experiment/question_reader.h"
#include "engine/models/models.h"
#include "engine/outcomes/outcomes.h"

#include <utility>

namespace attune::app {
namespace {

class ServerReach final : public Reach {
public:
    explicit ServerReach(std::unique_ptr<Remote> remote) : remote_(std::move(remote)) {}

    Result<std::string> ask(http::Method method, const std::string& target,
                            const std::string& body) override {
        return remote_->send(method, target, body);
    }
    Result<void> read(const std::string& target, const Consumer& consume) override {
        return remote_->read(target, consume);
    }
    bool finish_trainings() override { return false; }
    Result<void> close() override { return {}; }

private:
    std::unique_ptr<Remote> remote_;
};

class PlaceReach final : public Reach {
public:
    static Result<std::unique_ptr<Reach>> open(const Invocation& invocation, ReachNeeds needs) {
        auto reach = std::make_unique<PlaceReach>();
        ATTUNE_TRY(reach->place_, Workplace::open(invocation, !needs.may_begin));
        engine::Engine& engine = reach->place_->engine();
        ATTUNE_TRY(const auto tenant, reach->place_->tenant(invocation));
        ATTUNE_TRY(const auto document, engine.tenants().get(tenant));
        if (needs.whole_log) ATTUNE_TRY_VOID(catch_up(engine, tenant));
        ATTUNE_TRY(reach->api_, api::LocalApi::open(engine, {}));
        reach->speaker_ = {.caller = {.tenant = tenant,
                                      .tenant_name = document.tenant.id,
                                      .role = domain::Role::root,
                                      .key_id = {},
                                      .person = {},
                                      .expires_at = {}},
                           .author = "cli"};
        return reach;
    }

    Result<std::string> ask(http::Method method, const std::string& target,
                            const std::string& body) override {
        return api_->ask(speaker_, {.method = method, .target = target, .body = body});
    }
    Result<void> read(const std::string& target, const Consumer& consume) override {
        return api_->read(speaker_, {.target = target}, consume);
    }
    bool finish_trainings() override {
        place_->engine().models().finish();
        return true;
    }
    Result<void> close() override {
        api_.reset();
        return place_->close();
    }

private:
    // What a server knows after a while.
    static Result<void> catch_up(engine::Engine& engine, engine::TenantId tenant) {
        ATTUNE_TRY_VOID(engine.questions().catch_up(tenant));
        ATTUNE_TRY_VOID(engine.bandits().catch_up(tenant));
        return engine.outcomes().catch_up(tenant);
    }

    std::unique_ptr<Workplace> place_;
    std::unique_ptr<api::LocalApi> api_;  // looks at the place's engine
    api::LocalApi::Speaker speaker_;
};

}  // namespace

Result<std::unique_ptr<Reach>> Reach::open(const Invocation& invocation, ReachNeeds needs) {
    if (!invocation.has("url")) return PlaceReach::open(invocation, needs);
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    return std::make_unique<ServerReach>(std::move(remote));
}

}  // namespace attune::app
