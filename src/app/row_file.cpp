#include "app/import_rows.h"
#include "base/crypto.h"
#include "base/encoding.h"

#include <sys/stat.h>
#include <zlib.h>

namespace attune::app {

namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::size_t kFingerprintBytes = 64 * 1024;

}  // namespace

struct RowFile::Handle {
    gzFile file = nullptr;
    ~Handle() {
        if (file != nullptr) gzclose_r(file);
    }
};

RowFile::~RowFile() = default;

Result<std::unique_ptr<RowFile>> RowFile::open(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) {
        return fail(Code::not_found, path + " is no file that can be read");
    }
    auto rows = std::unique_ptr<RowFile>(new RowFile);
    rows->handle_ = std::make_unique<Handle>();
    // zlib reads a file that is not compressed as it is.
    rows->handle_->file = gzopen(path.c_str(), "rb");
    if (rows->handle_->file == nullptr) return fail(Code::not_found, path + " cannot be opened");
    (void)gzbuffer(rows->handle_->file, kPieceBytes);
    rows->bytes_total_ = static_cast<std::uint64_t>(status.st_size);
    rows->buffer_.resize(kPieceBytes);
    const int got = gzread(rows->handle_->file, rows->buffer_.data(), kFingerprintBytes);
    if (got < 0)
        return fail(Code::invalid_argument,
                    path + " is damaged: its compressed data cannot be read");
    rows->ahead_ = static_cast<std::size_t>(got);
    rows->fingerprint_ =
        base::to_hex(
            base::view_of(base::sha256(std::string_view(rows->buffer_).substr(0, rows->ahead_))))
            .substr(0, 32);
    return rows;
}

Result<std::string_view> RowFile::read() {
    if (ahead_ > 0) return std::string_view(buffer_).substr(0, std::exchange(ahead_, 0));
    const int got = gzread(handle_->file, buffer_.data(), static_cast<unsigned>(buffer_.size()));
    int error = Z_OK;
    (void)gzerror(handle_->file, &error);
    // A compressed file that ends too early is told by an error beside a good last piece.
    if (error == Z_BUF_ERROR)
        return fail(Code::invalid_argument, "the file's compressed data is cut off");
    if (got < 0 || (error != Z_OK && error != Z_STREAM_END))
        return fail(Code::invalid_argument, "the file's compressed data is damaged");
    return std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
}

std::uint64_t RowFile::bytes_done() const {
    const auto offset = gzoffset(handle_->file);
    return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
}

}  // namespace attune::app
