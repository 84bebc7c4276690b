// Question: something that the log of decisions answers: who was given what, and what they did then. An experiment is
// one; so is a rule with a goal, whose matches are split between applying and a holdout. Whoever has questions is a source
// of them, and the reader (question_reader.h) does not care which.
//
//     class RuleQuestions final : public QuestionSource { … };
#pragma once

#include "base/result.h"
#include "domain/experiment.h"
#include "domain/tenant.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::engine {

using domain::TenantId;

struct Question {
    std::string of;  // as choices name it: "experiment:checkout"
    // The arms, by their names in `chosen`, and what is measured. Never null.
    std::shared_ptr<const domain::Experiment> definition;
    std::uint64_t since_version = 0;       // choices of earlier versions answered another question
    bool is_followed = true;               // false: only once somebody asks
    std::uint64_t units_max = UINT64_MAX;  // those exposed first are counted, and no others
};

struct Questions {
    std::vector<Question> list;
    // Decisions that chose for anything whose name begins so are counted, asked about or not: "rule:". Empty: none are.
    std::string counted;

    [[nodiscard]] const Question* find(std::string_view of) const {
        for (const Question& one : list)
            if (one.of == of) return &one;
        return nullptr;
    }
};

// Thread-safe.
class QuestionSource {
public:
    virtual ~QuestionSource() = default;
    // All that may have been decided about, and is in force now. Asked for before each batch that is read: the same
    // pointer while nothing changed, without waiting.
    [[nodiscard]] virtual Result<std::shared_ptr<const Questions>> questions(TenantId tenant) = 0;
};

}  // namespace attune::engine
