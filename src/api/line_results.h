// LineResults: what became of each line of an upload of any length, in bounded memory: runs of equal outcomes, and the
// reasons of the first rejected lines.
#pragma once

#include "api/wire.h"
#include "base/result.h"
#include "http/message.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace attune::api {

enum class LineOutcome : std::uint8_t { accepted, rejected, blank };

// A line whose group is not tracked yet.
struct PendingLine {
    LineOutcome outcome = LineOutcome::accepted;
    std::optional<Error> why;  // of a rejected one
};

class LineResults {
public:
    explicit LineResults(std::size_t reasons_max) : reasons_max_(reasons_max) {}

    // The next line. Fails (invalid_argument, "too_many_rejected") when good and bad lines alternate more
    // often than can be remembered.
    [[nodiscard]] Result<void> add(const PendingLine& line);
    void count(std::uint64_t accepted, std::uint64_t duplicates) {
        accepted_ += accepted;
        duplicates_ += duplicates;
    }

    [[nodiscard]] std::uint64_t lines() const { return lines_; }
    // Every line that held something was wrong.
    [[nodiscard]] bool all_rejected() const { return rejected_ > 0 && taken_ == 0; }
    [[nodiscard]] wire::UploadReply summary() const;
    // One line of NDJSON for each line of the upload, then the summary. Takes the results with it.
    [[nodiscard]] std::unique_ptr<http::BodySource> as_lines() &&;

private:
    friend class LineAnswer;
    struct Run {
        std::uint64_t count = 0;
        LineOutcome outcome = LineOutcome::accepted;
    };

    std::size_t reasons_max_;
    std::uint64_t lines_ = 0;
    std::uint64_t taken_ = 0;  // lines that were taken, new or seen before
    std::uint64_t accepted_ = 0;
    std::uint64_t duplicates_ = 0;
    std::uint64_t rejected_ = 0;
    std::vector<Run> runs_;
    std::vector<wire::RejectedLine> reasons_;  // by line
};

// An error's fields as they are answered; an error without fields speaks for the whole.
[[nodiscard]] std::vector<wire::Problem> problems_of(const Error& error);

}  // namespace attune::api
