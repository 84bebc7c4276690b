#include "api/line_results.h"

#include "base/json.h"

#include <utility>

namespace attune::api {

namespace {

// 4 MB of runs. An honest file has a few.
constexpr std::size_t kRunsMax = 1 << 18;
constexpr std::size_t kPieceBytes = 32 * 1024;

std::string_view name_of(LineOutcome outcome) {
    switch (outcome) {
        case LineOutcome::accepted:
            return "accepted";
        case LineOutcome::rejected:
            return "rejected";
        case LineOutcome::blank:
            return "blank";
    }
    return "accepted";
}

}  // namespace

std::vector<wire::Problem> problems_of(const Error& error) {
    std::vector<wire::Problem> problems;
    for (const FieldError& field : error.fields) problems.push_back({field.pointer, field.detail});
    if (problems.empty()) problems.push_back({"", error.message});
    return problems;
}

Result<void> LineResults::add(const PendingLine& line) {
    ++lines_;
    if (line.outcome == LineOutcome::accepted) ++taken_;
    if (line.outcome == LineOutcome::rejected) {
        ++rejected_;
        if (reasons_.size() < reasons_max_ && line.why) {
            reasons_.push_back({lines_, problems_of(*line.why)});
        }
    }
    if (!runs_.empty() && runs_.back().outcome == line.outcome) {
        ++runs_.back().count;
        return {};
    }
    if (runs_.size() == kRunsMax) {
        return fail(
            Code::invalid_argument,
            "Good and wrong lines alternate too often to tell them all; see what the first wrong "
            "ones lack.",
            "too_many_rejected");
    }
    runs_.push_back({1, line.outcome});
    return {};
}

wire::UploadReply LineResults::summary() const {
    return {lines_, accepted_, duplicates_, rejected_, reasons_};
}

// Renders the runs back into lines as the peer takes them.
class LineAnswer final : public http::BodySource {
public:
    explicit LineAnswer(LineResults results) : results_(std::move(results)) {}

    std::optional<std::string> next() override {
        if (done_) return std::nullopt;
        std::string piece;
        while (piece.size() < kPieceBytes && run_ < results_.runs_.size()) {
            const auto& run = results_.runs_[run_];
            append_line(piece, run.outcome);
            if (++in_run_ == run.count) {
                ++run_;
                in_run_ = 0;
            }
        }
        if (run_ == results_.runs_.size()) {
            done_ = true;
            results_.reasons_.clear();  // every one of them was in its line
            base::append_json(piece, results_.summary());
            piece += '\n';
        }
        return piece;
    }

private:
    void append_line(std::string& out, LineOutcome outcome) {
        wire::LineReply reply;
        reply.line = ++line_;
        reply.status = std::string(name_of(outcome));
        if (reason_ < results_.reasons_.size() && results_.reasons_[reason_].line == line_) {
            reply.errors = std::move(results_.reasons_[reason_++].errors);
        }
        base::append_json(out, reply);
        out += '\n';
    }

    LineResults results_;
    std::size_t run_ = 0;
    std::uint64_t in_run_ = 0;
    std::uint64_t line_ = 0;
    std::size_t reason_ = 0;
    bool done_ = false;
};

std::unique_ptr<http::BodySource> LineResults::as_lines() && {
    return std::make_unique<LineAnswer>(std::move(*this));
}

}  // namespace attune::api
