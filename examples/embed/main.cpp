// Opens an engine in a folder, tracks what somebody does, reads what that says about them, and decides by it what they see.
#include <attune/api.h>
#include <attune/engine.h>

#include <iostream>

int main(int argc, char** argv) {
    auto engine = attune::Engine::open(argc > 1 ? argv[1] : "./embed-data");
    if (!engine) {
        std::cerr << engine.error().message << '\n';
        return 1;
    }
    const auto receipt =
        engine->track({{.anonymous_id = "visitor-1",
                        .event = "view",
                        .item_id = "boots",
                        .properties = R"({"category":"shoes","brand":"alder"})"},
                       {.user_id = "ann", .anonymous_id = "visitor-1", .event = "$identify"},
                       {.user_id = "ann", .event = "purchase", .item_id = "boots", .value = 89.9}});
    if (!receipt || !receipt->wait()) return 1;

    const auto profile = engine->profile("ann");
    if (!profile) return 1;
    std::cout << "purchases: " << profile->count("purchase")
              << ", views: " << profile->count("view") << '\n';
    for (const auto& interest : profile->interests())
        std::cout << interest.topic << ' ' << interest.score << '\n';

    const auto api = attune::Api::open(*engine);
    if (!api) return 1;
    const auto rule = api->put(
        "/api/v1/personalization/rules/thanks",
        R"({"name":"Thanks","condition":{">":[{"var":"profile.behaviour.counts.purchase.count"},0]},)"
        R"("actions":[{"path":"content.greeting","value":"Thank you"}]})");
    const auto config = rule ? engine->config("ann") : rule;
    std::cout << (config ? *config : config.error().message) << '\n';
    return config && engine->close() ? 0 : 1;
}
