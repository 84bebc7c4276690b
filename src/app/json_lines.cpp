#include "app/json_lines.h"

#include "app/command.h"

#include <array>
#include <cstdio>

namespace attune::app {

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

struct JsonProblemField {
    std::string pointer;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(JsonProblemField, (), (pointer, detail))

struct JsonProblem {
    std::string code;
    std::string message;
    std::vector<JsonProblemField> fields;
};
BOOST_DESCRIBE_STRUCT(JsonProblem, (), (code, message, fields))

struct JsonRefusal {
    JsonProblem error;
};
BOOST_DESCRIBE_STRUCT(JsonRefusal, (), (error))

std::string refusal(const Error& error) {
    JsonRefusal answer{{std::string(name_of(error.code)), error.message, {}}};
    for (const auto& field : error.fields)
        answer.error.fields.push_back({field.pointer, field.detail});
    return base::to_json(answer);
}

// One value over many lines, or one a line: the first line tells, by being a value or not.
class Answers {
public:
    Answers(Console& console, const JsonAnswer& answer) : console_(console), answer_(answer) {}

    bool take(const base::Line& line) {
        if (line.error) return put(line.number, std::unexpected(*line.error));
        if (!pending_.empty()) return keep(line.text);
        auto document = base::JsonDocument::parse(line.text);
        if (document) {
            seen_ = true;
            return put(line.number, answer_(document->root()));
        }
        if (seen_) return put(line.number, std::unexpected(std::move(document).error()));
        seen_ = true;
        return keep(line.text);
    }

    // What is left over after the last line, and the exit code.
    int finish() {
        if (!pending_.empty()) {
            const auto document = base::JsonDocument::parse(pending_);
            (void)put(1, document ? answer_(document->root())
                                  : Result<std::string>(std::unexpected(document.error())));
        }
        if (!seen_) {
            console_.fail_with(
                Error{Code::invalid_argument, "standard input holds no JSON", {}, {}});
            return kExitUsage;
        }
        return console_.flush() && !failed_ ? kExitDone : kExitProblems;
    }

private:
    bool keep(std::string_view text) {
        pending_ += text;
        pending_ += '\n';
        if (pending_.size() <= base::JsonLimits{}.bytes_max) return true;
        return false;  // parse() refuses it, and says the limit
    }
    bool put(std::uint64_t line, const Result<std::string>& answer) {
        seen_ = true;
        if (answer) return console_.write_line(*answer);
        failed_ = true;
        Error error = answer.error();
        const bool written = console_.write_line(refusal(error));
        error.message = "line " + std::to_string(line) + ": " + error.message;
        console_.fail_with(error);
        return written;
    }

    Console& console_;
    const JsonAnswer& answer_;
    std::string pending_;
    bool seen_ = false;
    bool failed_ = false;
};

}  // namespace

bool each_input_line(const std::function<bool(const base::Line& line)>& visit) {
    base::LineReader reader;
    bool wanted = true;
    const auto on_line = [&](const base::Line& line) { wanted = wanted && visit(line); };
    std::array<char, kPieceBytes> piece;
    while (wanted) {
        const std::size_t got = std::fread(piece.data(), 1, piece.size(), stdin);
        if (got == 0) break;
        reader.feed({piece.data(), got}, on_line);
    }
    reader.finish(on_line);
    return wanted;
}

int answer_json(Console& console, const JsonAnswer& answer) {
    Answers answers(console, answer);
    (void)each_input_line([&](const base::Line& line) { return answers.take(line); });
    return answers.finish();
}

}  // namespace attune::app
