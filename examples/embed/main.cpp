// Opens an engine in a folder, tracks what somebody does, and reads what that says about them.
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
    return engine->close() ? 0 : 1;
}
