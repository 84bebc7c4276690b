#include "app/out_file.h"

#include <utility>

namespace attune::app {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

}  // namespace

bool is_standard_output(const std::optional<std::string>& path) { return !path || *path == "-"; }

Result<OutFile> OutFile::open(Console& console, const std::optional<std::string>& path) {
    OutFile out(console);
    if (is_standard_output(path)) return out;
    out.file_.emplace(*path, std::ios::trunc | std::ios::binary);
    if (!*out.file_) return fail(Code::invalid_argument, *path + " cannot be written");
    return out;
}

bool OutFile::row() {
    buffer_ += '\n';
    ++rows_;
    return buffer_.size() < kBufferBytes || flush();
}

bool OutFile::flush() {
    const std::string bytes = std::exchange(buffer_, {});
    if (!file_) return console_->write(bytes);
    file_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file_->flush();
    return file_->good();
}

Result<void> OutFile::finish() {
    if (!flush()) return fail(Code::cancelled, "the output cannot be written");
    return {};
}

}  // namespace attune::app
