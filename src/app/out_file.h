// OutFile: lines that go to a file or, without a name or by the name "-", to standard output.
//
//     ATTUNE_TRY(auto out, OutFile::open(console, invocation.text("out")));
//     out.buffer() += "a line";
//     if (!out.row()) return fail(Code::cancelled, …);      // nobody reads any more, or the disk is full
//     ATTUNE_TRY_VOID(out.finish());
#pragma once

#include "app/console.h"
#include "base/result.h"

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace attune::app {

[[nodiscard]] bool is_standard_output(const std::optional<std::string>& path);

class OutFile {
public:
    // What was in the file is gone. invalid_argument when it cannot be written.
    [[nodiscard]] static Result<OutFile> open(Console& console,
                                              const std::optional<std::string>& path);

    // Where the next line is put together.
    [[nodiscard]] std::string& buffer() { return buffer_; }
    // Ends the line. False when it cannot be written any more.
    [[nodiscard]] bool row();
    // Everything is written; cancelled when it cannot be.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

private:
    explicit OutFile(Console& console) : console_(&console) {}
    bool flush();

    Console* console_;
    std::optional<std::ofstream> file_;
    std::string buffer_;
    std::uint64_t rows_ = 0;
};

}  // namespace attune::app
