#include "api/circumstances.h"
#include "engine/segment/segments.h"

namespace attune::api {

Result<Circumstances> circumstances_of(const Call& call) {
    engine::Engine& engine = call.services.engine;
    Circumstances around;
    ATTUNE_TRY(around.segments, engine.segments().of(call.tenant()));
    ATTUNE_TRY(around.heard, engine.event_names().heard(call.tenant()));
    return around;
}

}  // namespace attune::api
