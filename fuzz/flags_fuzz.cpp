// Flag files of any kind: nothing crashes, what is refused has a place, and each flag that was taken answers something that
// can be said in OFREP.
#include "base/json.h"
#include "engine/flags/flag_set.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using attune::base::JsonDocument;
using attune::engine::Flag;
using attune::engine::FlagAnswer;
using attune::engine::FlagError;
using attune::engine::FlagReason;
using attune::engine::FlagSet;
using attune::engine::FlagSetSource;
using attune::engine::LogicValue;

[[noreturn]] void wrong(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

void check(const FlagAnswer& answer) {
    const bool is_error = answer.error != FlagError::none;
    if (is_error != (answer.reason == FlagReason::error))
        wrong("the reason does not fit the error");
    if (is_error && answer.variant != nullptr) wrong("an error with a variant");
    if (is_error == answer.detail.empty()) wrong("an error says why, and nothing else does");
    if (answer.reason == FlagReason::fixed && answer.variant == nullptr)
        wrong("STATIC without a variant");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto attributes =
        JsonDocument::parse(
            R"({"targetingKey":"u","email":"ada@example.org","n":5,"list":[1,"a"],"segments":["vip"]})")
            .value();
    const auto file = JsonDocument::parse({reinterpret_cast<const char*>(data), size});
    if (!file) return 0;
    const auto source = FlagSetSource::of_file(file->root());
    if (!source) {
        if (source.error().fields.empty()) wrong("refused without a place");
        return 0;
    }
    const auto set = FlagSet::compile(*source);
    if (!set) {
        if (set.error().fields.empty()) wrong("refused without a place");
        return 0;
    }
    for (const Flag& flag : (*set)->flags()) {
        check((*set)->evaluate(flag.key, {.attributes = LogicValue(attributes.root())}));
        check((*set)->evaluate(flag, {}));
        for (const auto day : {19'000, 20'500, 22'000}) {
            const attune::base::Time now{std::chrono::days(day)};
            check(
                (*set)->evaluate(flag, {.attributes = LogicValue(attributes.root()), .now = now}));
            if (!flag.rollout) continue;
            const auto at = flag.rollout->at(now);
            if (at.share < 0 || at.share > 1) wrong("a share that is none");
            if (at.share == 1 && !flag.rollout->holds("u", at.share))
                wrong("not everybody is in a whole");
        }
    }
    check((*set)->evaluate("none such", {}));
    return 0;
}
