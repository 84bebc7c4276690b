#include "api/local_api.h"
#include "engine/embed/impl.h"
#include "http/text.h"

#include <attune/api.h>

#include <utility>

namespace attune {

class Api::Impl {
public:
    static Result<std::unique_ptr<Impl>> open(const Engine::Impl& opened) {
        ATTUNE_TRY(auto* const engine, opened.engine());
        auto impl = std::make_unique<Impl>();
        impl->opened_ = &opened;
        ATTUNE_TRY(impl->local_, api::LocalApi::open(*engine, {}));
        ATTUNE_TRY(const auto tenant, engine->tenants().get(opened.tenant()));
        impl->speaker_ = {.caller = {.tenant = opened.tenant(),
                                     .tenant_name = tenant.tenant.id,
                                     .role = domain::Role::admin,
                                     .key_id = {},
                                     .person = {},
                                     .expires_at = {}},
                          .author = "library"};
        return impl;
    }

    Result<std::string> ask(http::Method method, std::string_view path,
                            std::string_view json) const {
        ATTUNE_TRY_VOID(opened_->engine());
        return local_->ask(speaker_, {.method = method, .target = path, .body = json});
    }

private:
    const Engine::Impl* opened_ = nullptr;
    std::unique_ptr<api::LocalApi> local_;
    api::LocalApi::Speaker speaker_;
};

Api::Api(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Api::Api(Api&&) noexcept = default;
Api& Api::operator=(Api&&) noexcept = default;
Api::~Api() = default;

Result<Api> Api::open(Engine& engine) {
    ATTUNE_TRY(auto impl, Impl::open(*engine.impl_));
    return Api(std::move(impl));
}

Result<std::string> Api::get(std::string_view path) const {
    return impl_->ask(http::Method::get, path, {});
}
Result<std::string> Api::post(std::string_view path, std::string_view json) const {
    return impl_->ask(http::Method::post, path, json);
}
Result<std::string> Api::put(std::string_view path, std::string_view json) const {
    return impl_->ask(http::Method::put, path, json);
}
Result<std::string> Api::patch(std::string_view path, std::string_view json) const {
    return impl_->ask(http::Method::patch, path, json);
}
Result<std::string> Api::remove(std::string_view path) const {
    return impl_->ask(http::Method::del, path, {});
}

std::string path_segment(std::string_view text) { return http::percent_encoded(text); }

}  // namespace attune
