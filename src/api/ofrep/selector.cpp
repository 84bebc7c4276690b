#include "api/ofrep/selector.h"

#include "http/text.h"

namespace attune::api::ofrep {

Result<FlagSelector> FlagSelector::of(const http::Request& request) {
    FlagSelector selector;
    const auto header = request.header("flagd-selector");
    if (!header) return selector;
    const std::string_view text = http::trimmed(*header);
    if (text.empty()) return selector;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        selector.set_id_ = text;
        return selector;
    }
    if (http::trimmed(text.substr(0, equals)) != "flagSetId")
        return fail(Code::invalid_argument,
                    "Flagd-Selector can name a flagSetId and nothing else: flags here have no "
                    "source.");
    selector.set_id_ = http::trimmed(text.substr(equals + 1));
    return selector;
}

}  // namespace attune::api::ofrep
