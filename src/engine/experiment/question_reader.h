// QuestionReader: keeps the tallies of a tenant's questions up with the log. What it counts is a reading of the log, kept in
// memory and in a checkpoint that spares a start most of the reading, so that it can be lost, changed or doubted without harm. A
// question that is asked otherwise than when the checkpoint was written is counted from the log.
//
//     QuestionReader reader(store, {&experiment_questions, &rule_questions});
//     reader.watch(tenant);                                       // from now on it reads along
//     reader.look(tenant, "experiment:checkout", [](const QuestionReader::View& seen) {
//         if (const Tally* tally = seen.tally("experiment:checkout")) …
//     });
//
// A thread of its own reads along for the tenants that are watched or were looked at; a look reads at most a few thousand
// events more and says whether it is current. What erased people did stays counted until the log is read again: within a day,
// while what was counted goes on answering, or at the next start. Of such a reading no checkpoint is written.
// Thread-safe.
#pragma once

#include "engine/experiment/choice_counter.h"
#include "engine/experiment/question.h"
#include "engine/experiment/tally.h"
#include "engine/follow/checkpoints.h"
#include "store/store.h"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace attune::engine {

class QuestionReader {
public:
    // The arguments outlive it. Without checkpoints every start reads all of the log.
    QuestionReader(store::Store& store, std::vector<QuestionSource*> sources,
                   Checkpoints* checkpoints = nullptr);
    // Writes checkpoints of what a start would read for long.
    ~QuestionReader();
    QuestionReader(const QuestionReader&) = delete;
    QuestionReader& operator=(const QuestionReader&) = delete;

    void watch(TenantId tenant);

    // What is known at one moment. Of use only while it is being looked at.
    class View {
    public:
        virtual ~View() = default;
        // As it was asked when its tally was made. Null: there is none of this name.
        [[nodiscard]] virtual const Question* question(std::string_view of) const = 0;
        // Null: nobody follows it (yet).
        [[nodiscard]] virtual const Tally* tally(std::string_view of) const = 0;
        // Empty: nobody counts them, or not all of them.
        [[nodiscard]] virtual std::optional<ChoiceCount> count(
            std::string_view of, std::uint64_t since_version) const = 0;
        // Decisions of any kind, by whole days (UTC). Empty: nobody counts what begins like `of`.
        [[nodiscard]] virtual std::optional<std::uint64_t> decisions_since(
            std::string_view of, base::Time time) const = 0;
        // False: the log is still being read.
        [[nodiscard]] virtual bool is_current() const = 0;
    };
    using Look = std::function<Result<void>(const View& seen)>;
    // `asked` is followed from now on, if it was not; may be empty. `look` is called once, holds up the reading for the
    // tenant while it runs, and must not call back. Fails with what `look` fails with, or the store.
    [[nodiscard]] Result<void> look(TenantId tenant, std::string_view asked, const Look& look);

    // Somebody is about to be erased, and a Checkpoints::Erasure is held until that is over: no checkpoint says anything of the
    // tenant when this returns. Errors of remove_checkpoint(): then nobody may be erased.
    [[nodiscard]] Result<void> begin_erasure(TenantId tenant);

    // Reads until everything committed so far is counted.
    [[nodiscard]] Result<void> catch_up(TenantId tenant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
