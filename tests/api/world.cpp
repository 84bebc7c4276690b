#include "tests/api/world.h"

#include "engine/engine_options.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include <unistd.h>

namespace attune::api::testing {

namespace {

constexpr std::uint64_t kSeed = 20260301;

domain::Role role_named(std::string_view name) {
    if (name == "admin") return domain::Role::admin;
    if (name == "service") return domain::Role::service;
    if (name == "ingest") return domain::Role::ingest;
    if (name == "analyst") return domain::Role::analyst;
    ADD_FAILURE() << "no such role: " << name;
    return domain::Role::analyst;
}

std::filesystem::path fresh_directory() {
    static std::atomic<int> count{0};
    auto path = std::filesystem::temp_directory_path() /
                ("attune-api-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::remove_all(path);
    return path;
}

}  // namespace

std::string name_of(Backend backend) { return backend == Backend::memory ? "memory" : "rocksdb"; }

std::filesystem::path source_folder() { return ATTUNE_API_TESTS; }

World::World(Backend backend, ApiOptions options, store::MemoryOptions memory)
    : backend_(backend),
      options_(std::move(options)),
      memory_(std::move(memory)),
      clock_(*base::parse_time("2026-03-01T12:00:00Z")),
      random_(kSeed) {
    if (backend_ == Backend::rocksdb) directory_ = fresh_directory();
    start();
    domain::Tenant other;
    other.id = std::string(kOther);
    other.name = "Other";
    EXPECT_TRUE(engine_->tenants().create(other));
}

World::~World() {
    stop();
    if (directory_.empty()) return;
    std::filesystem::remove_all(directory_);
    std::filesystem::remove_all(checkpoints());
}

std::unique_ptr<store::Store> World::open_store() {
    if (backend_ == Backend::memory) return store::open_memory(memory_);
    store::RocksOptions options;
    options.directory = directory_.string();
    options.clock = &clock_;
    options.random = &random_;
    options.memory_bytes = 32u << 20;
    auto store = store::open_rocksdb(std::move(options));
    if (!store) {
        ADD_FAILURE() << store.error().message;
        std::abort();
    }
    return std::move(*store);
}

void World::start() {
    engine::EngineOptions engine_options;
    engine_options.tenancy.root_key = std::string(kRootKey);
    if (!directory_.empty()) engine_options.checkpoint_dir = checkpoints().string();
    auto engine = engine::Engine::open(open_store(), clock_, random_, std::move(engine_options));
    if (!engine) {
        ADD_FAILURE() << engine.error().message;
        std::abort();
    }
    engine_ = std::move(*engine);
    api_ = std::make_unique<Api>(*engine_, options_);
    auto router = api_->router();
    if (!router) {
        ADD_FAILURE() << router.error().message;
        std::abort();
    }
    http::ServerOptions server_options = http::testing::quick_options();
    api_->attach(server_options);
    server_ = std::make_unique<http::Server>(server_options, std::move(*router), clock_);
    api_->watch([this] { return server_->stats(); });
    auto started = server_->start();
    ASSERT_TRUE(started) << started.error().message;
}

void World::stop() {
    connection_.reset();
    server_.reset();
    api_.reset();
    engine_.reset();
}

void World::restart() {
    stop();
    start();
}

http::testing::RawPeer World::peer() const { return http::testing::RawPeer(server_->port()); }

std::string World::make_key(std::string_view as) {
    const std::size_t at = as.find('@');
    const std::string_view who = as.substr(0, at);
    const std::string_view tenant_name = at == as.npos ? "default" : as.substr(at + 1);
    auto& tenants = engine_->tenants();
    auto tenant = tenants.find(tenant_name);
    EXPECT_TRUE(tenant) << as;
    constexpr std::string_view kPerson = "person:";
    if (who.starts_with(kPerson)) {
        auto token =
            tenants.person_token(*tenant, who.substr(kPerson.size()), std::chrono::hours(1));
        EXPECT_TRUE(token);
        return token->text;
    }
    auto made = tenants.create_key(*tenant, as, role_named(who), std::nullopt);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made->secret;
}

std::string World::key(std::string_view as) {
    if (as.empty()) return {};
    if (as == "root") return std::string(kRootKey);
    if (as == "forged") return "atk_service_0123456789012345678901_000000";
    // Signed anew each time: what a test did may have revoked the one before.
    if (as.starts_with("person:")) return make_key(as);
    for (const auto& [name, key] : keys_) {
        if (name == as) return key;
    }
    keys_.emplace_back(as, make_key(as));
    return keys_.back().second;
}

std::string request_text(const Ask& ask, std::string_view key) {
    std::string text = ask.method + " " + ask.path + " HTTP/1.1\r\nHost: attune.test\r\n";
    if (!key.empty()) text += "Authorization: Bearer " + std::string(key) + "\r\n";
    text += ask.headers;
    if (!ask.body.empty() || ask.method == "POST" || ask.method == "PUT") {
        text += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
    }
    return text + "\r\n" + ask.body;
}

std::string World::body_of(std::string_view method, std::string path, std::string body,
                           unsigned status) {
    auto answer = ask({.method = std::string(method),
                       .path = "/api/v1" + path,
                       .as = "admin",
                       .body = std::move(body)});
    EXPECT_EQ(answer.status, status) << path << "\n" << answer.body;
    return std::move(answer.body);
}

http::testing::RawAnswer World::ask(const Ask& ask) {
    const std::string text = request_text(ask, key(ask.as));
    const bool head = ask.method == "HEAD";
    if (connection_) {
        auto answer = connection_->ask(text, head);
        if (answer.closes() || answer.status == 0) connection_.reset();
        if (answer.status != 0) return answer;
    }
    connection_.emplace(server_->port());
    auto answer = connection_->ask(text, head);
    if (answer.closes()) connection_.reset();
    return answer;
}

}  // namespace attune::api::testing
