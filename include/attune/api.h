// Everything that Attune's HTTP API answers, without HTTP: for what attune/engine.h has no function of its own.
//
//     auto engine = attune::Engine::open("./data");
//     auto api = attune::Api::open(*engine);
//
//     api->get("/api/v1/personalization/rules");                                      // the rules, a page
//     api->post("/api/v1/personalization/rules:test", R"({"rule":{…},"user_id":"ann"})");
//     api->get("/api/v1/personalization/rules/dark/performance");
//     api->post("/api/v1/personalization/optimize", R"({"apply":["dark"]})");         // "{}": only propose
//     api->post("/api/v1/experiments/hero:start");
//     api->get("/api/v1/experiments/hero/results");
//     api->post("/ofrep/v1/evaluate/flags/dark", R"({"context":{"targetingKey":"ann"}})");
//     api->post("/api/v1/flags/dark:revert", R"({"version":2})");
//     api->get("/api/v1/flags:stale?days=90");
//     api->get("/api/v1/flags/new-search/rollout");
//
// Paths, parameters, bodies and answers are those of docs/api.md and of /openapi.json, answered by the same handlers as a
// server's clients are: what one way can do, the other can. The answers are about the tenant that the engine was opened for,
// with an admin's rights; histories show its changes as the library's. What is read along from the log ("is_current" in
// answers) is read by a thread of the engine's, so that the first answer after opening may be of before.
//
// Threads: as the Engine's. The engine outlives it; once it was closed, calls are failed_precondition.
// Standard library only.
#pragma once

#include <attune/engine.h>
#include <attune/result.h>

#include <memory>
#include <string>
#include <string_view>

namespace attune {

class Api {
public:
    // Milliseconds: keep it. failed_precondition when the engine was closed.
    [[nodiscard]] static Result<Api> open(Engine& engine);

    Api(Api&&) noexcept;
    Api& operator=(Api&&) noexcept;
    ~Api();

    // The answer's body; empty where there is nothing to say. `path` is percent-encoded, parameters behind a '?'; `json` may be
    // empty where a request needs no body. Errors are those that HTTP would answer, with the same pointers to what is wrong;
    // what was written is as durable as an answer over HTTP says when the call returns.
    Result<std::string> get(std::string_view path) const;
    Result<std::string> post(std::string_view path, std::string_view json = {}) const;
    Result<std::string> put(std::string_view path, std::string_view json) const;
    Result<std::string> patch(std::string_view path, std::string_view json) const;
    Result<std::string> remove(std::string_view path) const;

private:
    class Impl;
    explicit Api(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// As one segment of a path, whatever is in it: "a/b" is "a%2Fb".
[[nodiscard]] std::string path_segment(std::string_view text);

}  // namespace attune
