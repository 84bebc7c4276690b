// Definitions of segments of any kind, several at once: nothing crashes, what is refused has a place, and whatever compiles
// puts somebody into segments that there are, the same ones each time, and into all that last for them.
#include "base/json.h"
#include "engine/segment/segment_set.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

using attune::base::JsonDocument;
using attune::engine::Definition;
using attune::engine::LogicValue;
using attune::engine::Revision;
using attune::engine::SegmentSet;

constexpr std::string_view kProfile =
    R"({"user_id":"ann","version":7,"traits":{"plan":"pro","age":33},"behaviour":{"counts":{"purchase":{"count":2}}}})";
constexpr std::string_view kInterests = R"({"chess":{"score":0.8},"go":{"score":0.1}})";
constexpr std::string_view kSession = R"({"events":3,"device":"mobile"})";
constexpr std::string_view kTime = R"({"hour":9,"weekday":1,"now":"2026-03-01T09:00:00Z"})";

[[noreturn]] void wrong(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

// {"id": body, …}; sorted by id, as a tenant's are.
std::vector<Definition> definitions_in(std::string_view text) {
    std::map<std::string, attune::base::JsonText> bodies;
    if (const auto file = JsonDocument::parse(text); file && file->root().is_object())
        for (const auto& [id, body] : file->root().members()) bodies.emplace(id, body.text());
    std::vector<Definition> definitions;
    std::uint64_t version = 0;  // the first is the one that is being saved
    for (auto& [id, body] : bodies)
        definitions.push_back({id, {Revision{.version = version++, .body = std::move(body)}}});
    return definitions;
}

void put_somebody_into(const SegmentSet& set) {
    const auto profile = JsonDocument::parse(kProfile).value();
    const auto interests = JsonDocument::parse(kInterests).value();
    const auto session = JsonDocument::parse(kSession).value();
    const auto time = JsonDocument::parse(kTime).value();
    const attune::engine::SegmentFacts facts{.profile = LogicValue(profile.root()),
                                             .interests = LogicValue(interests.root()),
                                             .session = LogicValue(session.root()),
                                             .time = LogicValue(time.root()),
                                             .now = {}};
    const auto lasting = set.lasting(facts);
    const auto members = set.members(facts, lasting);
    if (!std::ranges::is_sorted(lasting) || !std::ranges::is_sorted(members)) wrong("not sorted");
    if (!std::ranges::includes(members, lasting)) wrong("what lasts did not last");
    if (set.is_lasting() && members != lasting) wrong("something lasts and does not");
    if (std::ranges::any_of(members, [&](auto place) { return place >= set.size(); }))
        wrong("in what there is not");
    if (set.lasting(facts) != lasting || set.members(facts, lasting) != members)
        wrong("another answer to the same question");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto definitions = definitions_in({reinterpret_cast<const char*>(data), size});
    const auto set = SegmentSet::compile(definitions);
    if (!set) {
        if (set.error().fields.empty()) wrong("refused without a place");
        return 0;
    }
    if ((*set)->size() != definitions.size()) wrong("one is missing");
    put_somebody_into(**set);
    return 0;
}
