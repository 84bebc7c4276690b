// What a question says, as experiments and contexts take it. Internal to decide.
#pragma once

#include "engine/decide/decider.h"

namespace attune::engine {

// Empty when the context does not have it as a text.
[[nodiscard]] inline std::string_view text_in(base::JsonView context, std::string_view name) {
    const auto found = context.find(name);
    return found ? found->as_string().value_or("") : "";
}

// Borrows from the question and the facts.
[[nodiscard]] inline ExperimentSubject subject_of(const ConfigQuestion& question,
                                                  const PersonFacts& facts, const LogicInput& input,
                                                  BanditDrawing& drawing) {
    return {.input = input,
            .person = question.user_id,
            .session = facts.session_name,
            .group = text_in(question.context, "group"),
            .remembered = facts.assignments,
            .bandits = &drawing};
}

}  // namespace attune::engine
