// Runs the text tests beside this file over every backend. A file is one world; its cases follow each other:
//
//     ## Shows an event in the profile at once
//     > POST /api/v1/events as service
//     > Content-Type: application/json
//     {"user_id":"ann","event":"view"}
//     < 200
//     {"accepted":1}
//
// `as` takes a role, "role@tenant" or "person:ann". "> !clock 3600" lets seconds pass, "> !gzip" packs the body. "{{service}}"
// in a request is that key, "{{basic:ingest}}" its Basic credential, "{{last:ETag}}" a header and "{{last:/cursor}}" a member
// of the answer before. Expected headers are compared whole; an expected JSON body by its members ("*" is anything), any
// other body and one under "< 200 exact" byte by byte; no body expects nothing of it, and "< 204 empty" that there is none.
// ATTUNE_UPDATE_GOLDEN=1 writes the answers of failing cases back into the files.
#include "base/encoding.h"
#include "tests/api/expect_json.h"
#include "tests/api/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace attune::api::testing {
namespace {

struct Case {
    std::string name;
    std::vector<std::string> request;  // without "> "
    std::string body;
    std::vector<std::string> answer;  // without "< "
    std::string expected;
    std::size_t line = 0;
};

struct Script {
    std::string preamble;
    std::vector<Case> cases;
};

Script read_script(const std::filesystem::path& path) {
    Script script;
    std::ifstream file(path);
    std::string line;
    std::size_t number = 0;
    bool answering = false;
    while (std::getline(file, line)) {
        ++number;
        if (line.starts_with("## ")) {
            script.cases.push_back({.name = line.substr(3), .line = number});
            answering = false;
        } else if (script.cases.empty()) {
            script.preamble += line + "\n";
        } else if (line.starts_with("> ")) {
            script.cases.back().request.push_back(line.substr(2));
        } else if (line.starts_with("< ")) {
            script.cases.back().answer.push_back(line.substr(2));
            answering = true;
        } else {
            std::string& text = answering ? script.cases.back().expected : script.cases.back().body;
            text += line + "\n";
        }
    }
    auto trim = [](std::string& text) {
        while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    };
    for (Case& one : script.cases) {
        trim(one.body);
        trim(one.expected);
    }
    return script;
}

void write_script(const std::filesystem::path& path, const Script& script) {
    std::ofstream file(path);
    file << script.preamble;
    for (std::size_t i = 0; i < script.cases.size(); ++i) {
        const Case& one = script.cases[i];
        file << "## " << one.name << "\n";
        for (const auto& line : one.request) file << "> " << line << "\n";
        if (!one.body.empty()) file << one.body << "\n";
        for (const auto& line : one.answer) file << "< " << line << "\n";
        if (!one.expected.empty()) file << one.expected << "\n";
        if (i + 1 < script.cases.size()) file << "\n";
    }
}

class Runner {
public:
    explicit Runner(Backend backend) : world_(backend) {}

    // What is wrong with the answer; empty when nothing is.
    std::string run(const Case& one) {
        Ask ask;
        bool gzip = false;
        for (const std::string& raw : one.request) {
            const std::string line = filled(raw);
            if (line.starts_with("!clock ")) {
                world_.clock().advance(std::chrono::seconds(std::stoll(line.substr(7))));
            } else if (line == "!gzip") {
                gzip = true;
            } else if (&raw == request_line(one)) {
                take_request_line(line, ask);
            } else {
                ask.headers += line + "\r\n";
            }
        }
        ask.body = filled(one.body);
        if (gzip) {
            ask.body = http::testing::gzipped(ask.body);
            ask.headers += "Content-Encoding: gzip\r\n";
        }
        last_ = world_.ask(ask);
        return judge(one);
    }

    void update(Case& one) const {
        std::istringstream words(one.answer.empty() ? "" : one.answer.front());
        std::string status;
        std::string mode;
        words >> status >> mode;
        if (one.answer.empty()) one.answer.emplace_back();
        one.answer.front() = std::to_string(last_.status) + (mode.empty() ? "" : " " + mode);
        for (std::size_t i = 1; i < one.answer.size(); ++i) {
            const std::string name = one.answer[i].substr(0, one.answer[i].find(':'));
            one.answer[i] = name + ": " + last_.header(name);
        }
        one.expected = last_.body;
        while (one.expected.ends_with('\n')) one.expected.pop_back();
    }

private:
    static const std::string* request_line(const Case& one) {
        for (const std::string& line : one.request) {
            if (!line.starts_with("!")) return &line;
        }
        return nullptr;
    }

    static void take_request_line(const std::string& line, Ask& ask) {
        std::istringstream words(line);
        std::string as;
        words >> ask.method >> ask.path >> as >> ask.as;
    }

    std::string filled(std::string text) {
        std::size_t from = 0;
        while (true) {
            const std::size_t open = text.find("{{", from);
            if (open == std::string::npos) return text;
            const std::size_t close = text.find("}}", open);
            if (close == std::string::npos) return text;
            const std::string value = value_of(text.substr(open + 2, close - open - 2));
            text.replace(open, close + 2 - open, value);
            from = open + value.size();
        }
    }

    std::string value_of(const std::string& name) {
        if (name.starts_with("last:/")) return json_at(last_.body, name.substr(5));
        if (name.starts_with("last:")) return last_.header(name.substr(5));
        if (name.starts_with("basic:")) {
            return base::to_base64(world_.key(name.substr(6)) + ":");
        }
        return world_.key(name);
    }

    [[nodiscard]] std::string judge(const Case& one) const {
        if (one.answer.empty()) return "names no status";
        std::istringstream words(one.answer.front());
        unsigned status = 0;
        std::string mode;
        words >> status >> mode;
        const std::string got = "status " + std::to_string(last_.status) + "\n" + last_.body;
        if (last_.status != status) return "expected " + std::to_string(status) + ", got " + got;
        for (std::size_t i = 1; i < one.answer.size(); ++i) {
            const std::size_t colon = one.answer[i].find(": ");
            const std::string name = one.answer[i].substr(0, colon);
            const std::string value =
                colon == std::string::npos ? "" : one.answer[i].substr(colon + 2);
            if (value == "*" ? last_.header(name).empty() : last_.header(name) != value) {
                return "header " + name + " is '" + last_.header(name) + "'";
            }
        }
        if (mode == "empty" && !last_.body.empty()) return "expected no body, got " + got;
        if (one.expected.empty()) return {};
        std::string body = last_.body;
        while (body.ends_with('\n')) body.pop_back();
        const bool json = one.expected.starts_with('{') || one.expected.starts_with('[');
        const bool lines = one.expected.find("}\n{") != std::string::npos;
        if (mode == "exact" || !json || lines) return body == one.expected ? "" : "got " + got;
        return json_difference(one.expected, body).value_or("");
    }

    World world_;
    http::testing::RawAnswer last_;
};

std::vector<std::string> scripts() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(source_folder())) {
        if (entry.path().extension() == ".test") names.push_back(entry.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

class Golden : public ::testing::TestWithParam<std::tuple<std::string, Backend>> {};

TEST_P(Golden, AnswersAsWritten) {
    const auto& [name, backend] = GetParam();
    const auto path = source_folder() / (name + ".test");
    Script script = read_script(path);
    ASSERT_FALSE(script.cases.empty()) << path;
    const bool update =
        std::getenv("ATTUNE_UPDATE_GOLDEN") != nullptr && backend == Backend::memory;
    bool changed = false;
    Runner runner(backend);
    for (Case& one : script.cases) {
        const std::string wrong = runner.run(one);
        if (wrong.empty()) continue;
        if (update) {
            runner.update(one);
            changed = true;
        } else {
            ADD_FAILURE() << path.filename().string() << ":" << one.line << " " << one.name << "\n"
                          << wrong;
        }
    }
    if (changed) write_script(path, script);
}

INSTANTIATE_TEST_SUITE_P(Scripts, Golden,
                         ::testing::Combine(::testing::ValuesIn(scripts()),
                                            ::testing::Values(Backend::memory, Backend::rocksdb)),
                         [](const auto& info) {
                             std::string name = std::get<0>(info.param);
                             std::ranges::replace(name, '-', '_');
                             return name + "_" + name_of(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace attune::api::testing
