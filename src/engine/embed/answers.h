// What Receipt and Profile hold.
#pragma once

#include "base/ticket.h"
#include "domain/profile.h"
#include "engine/profile/people.h"
#include "engine/track/tracker.h"

#include <attune/engine.h>

namespace attune {

struct Receipt::State {
    engine::Tracked tracked;
    std::vector<Rejection> rejected;
};

struct Profile::State {
    std::shared_ptr<const engine::RenderedProfile> rendered;
    domain::Profile values;
};

}  // namespace attune
